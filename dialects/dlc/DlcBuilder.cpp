// The short forms in which gradient rules and decompositions are written.
#include "dialects/dlc/DlcBuilder.h"
#include "dialects/dlc/Dlc.h"

using namespace mlir;

namespace dlc {

using Value = mlir::Value;

Value DlcBuilder::again(Operation *op, ArrayRef<Value> operands) {
  OperationState state(location, op->getName());
  state.addOperands(operands);
  state.addAttributes(op->getAttrs());
  SmallVector<Type> types;
  auto inference = llvm::cast<InferTypeOpInterface>(op);
  LogicalResult inferred =
      inference.inferReturnTypes(op->getContext(), location, operands, op->getDiscardableAttrDictionary(),
                                 op->getPropertiesStorage(), op->getRegions(), types);
  assert(succeeded(inferred) && "a rule must build ops that verify");
  (void)inferred;
  state.addTypes(types);
  return builder.create(state)->getResult(0);
}

Value DlcBuilder::sum(Value x, Value y) { return !x ? y : !y ? x : add(x, y); }

Value DlcBuilder::neg(Value x) { return create<NegOp>(x); }
Value DlcBuilder::sign(Value x) { return create<SignOp>(x); }
Value DlcBuilder::real(Value x) { return create<RealOp>(x); }
Value DlcBuilder::imag(Value x) { return create<ImagOp>(x); }
Value DlcBuilder::conj(Value x) { return create<ConjOp>(x); }
Value DlcBuilder::complex(Value re, Value im) { return create<ComplexOp>(re, im); }
Value DlcBuilder::exp(Value x) { return create<ExpOp>(x); }
Value DlcBuilder::sigmoid(Value x) { return create<SigmoidOp>(x); }
Value DlcBuilder::tanh(Value x) { return create<TanhOp>(x); }
Value DlcBuilder::fma(Value x, Value y, Value z) { return create<FmaOp>(x, y, z); }
Value DlcBuilder::log(Value x) { return create<LogOp>(x); }
Value DlcBuilder::sin(Value x) { return create<SinOp>(x); }
Value DlcBuilder::cos(Value x) { return create<CosOp>(x); }
Value DlcBuilder::sinh(Value x) { return create<SinhOp>(x); }
Value DlcBuilder::cosh(Value x) { return create<CoshOp>(x); }
Value DlcBuilder::rsqrt(Value x) { return create<RsqrtOp>(x); }
Value DlcBuilder::digamma(Value x) { return create<DigammaOp>(x); }
Value DlcBuilder::trigamma(Value x) { return create<TrigammaOp>(x); }
Value DlcBuilder::trunc(Value x) { return create<TruncOp>(x); }
Value DlcBuilder::add(Value x, Value y) { return create<AddOp>(x, y); }
Value DlcBuilder::sub(Value x, Value y) { return create<SubOp>(x, y); }
Value DlcBuilder::mul(Value x, Value y) { return create<MulOp>(x, y); }
Value DlcBuilder::div(Value x, Value y) { return create<DivOp>(x, y); }
Value DlcBuilder::pow(Value x, Value y) { return create<PowOp>(x, y); }
Value DlcBuilder::select(Value condition, Value x, Value y) { return create<SelectOp>(condition, x, y); }
Value DlcBuilder::logicalAnd(Value x, Value y) { return create<AndOp>(x, y); }
Value DlcBuilder::compare(ComparePredicate predicate, Value x, Value y) { return create<CompareOp>(x, y, predicate); }
Value DlcBuilder::eq(Value x, Value y) { return compare(ComparePredicate::eq, x, y); }
Value DlcBuilder::lt(Value x, Value y) { return compare(ComparePredicate::lt, x, y); }
Value DlcBuilder::le(Value x, Value y) { return compare(ComparePredicate::le, x, y); }
Value DlcBuilder::gt(Value x, Value y) { return compare(ComparePredicate::gt, x, y); }
Value DlcBuilder::ge(Value x, Value y) { return compare(ComparePredicate::ge, x, y); }

Value DlcBuilder::cast(Value x, Type element) {
  return elementTypeOf(x) == element ? x : create<CastOp>(x, TypeAttr::get(element));
}

Value DlcBuilder::scalar(double value, Type element) {
  auto type = RankedTensorType::get({}, element);
  if (isa<ComplexType>(element)) {
    char bytes[16];
    scalar::store(scalar::HostScalarBuilder().cast(scalar::Scalar::ofDouble(value), dtypeOf(element)), bytes);
    return create<ConstantOp>(DenseElementsAttr::getFromRawBuffer(type, ArrayRef(bytes, byteWidth(dtypeOf(element)))));
  }
  Attribute attr;
  if (auto floatType = dyn_cast<FloatType>(element))
    attr = FloatAttr::get(floatType, value);
  else
    attr = IntegerAttr::get(element, APInt(element.getIntOrFloatBitWidth(), int64_t(value), true, true));
  return create<ConstantOp>(DenseElementsAttr::get(type, attr));
}

Value DlcBuilder::full(Value like, double value) {
  return broadcast(scalar(value, elementTypeOf(like)), dimsOf(like), {});
}

Value DlcBuilder::broadcast(Value x, ArrayRef<DimExpr> shape, ArrayRef<int64_t> dims) {
  if (shape.empty() || (leavesOutIdentities && dimsOf(x) == shape)) // a rank is no extent
    return x;
  return create<BroadcastOp>(x, DimsAttr::get(builder.getContext(), shape), dims);
}

Value DlcBuilder::reshape(Value x, ArrayRef<DimExpr> shape) {
  if (leavesOutIdentities && dimsOf(x) == shape)
    return x;
  return create<ReshapeOp>(x, DimsAttr::get(builder.getContext(), shape));
}

Value DlcBuilder::transpose(Value x, ArrayRef<int64_t> perm) {
  bool isIdentity = true;
  for (auto [i, dim] : llvm::enumerate(perm))
    isIdentity &= dim == int64_t(i);
  return isIdentity ? x : create<TransposeOp>(x, perm);
}

Value DlcBuilder::reduce(Value x, ReduceKind kind, ArrayRef<int64_t> dims) {
  if (dims.empty())
    return x;
  return create<ReduceOp>(x, kind, dims, defaultReduceOrder(rankOf(x), dims));
}

Value DlcBuilder::reduceKeep(Value x, ReduceKind kind, ArrayRef<int64_t> dims) {
  Dims kept = dimsOf(x);
  for (int64_t dim : dims)
    kept[dim] = DimExpr(1);
  return reshape(reduce(x, kind, dims), kept);
}

/// A symbol or a quotient, none of which is above an extent of an input: the last of the integers from 0 to it.
static Value atomValue(DlcBuilder &b, const std::string &atom) {
  DimsAttr shape = DimsAttr::get(b.builder.getContext(), {DimExpr::symbol(atom) + DimExpr(1)});
  Value integers = b.create<IotaOp>(shape, int64_t(0), b.builder.getI64Type());
  return b.reshape(b.part(b.create<ReverseOp>(integers, ArrayRef<int64_t>{0}), 0, DimExpr(0), DimExpr(1)), {});
}

Value DlcBuilder::extent(const DimExpr &value, Type element) {
  if (auto constant = value.constant())
    return scalar(double(*constant), element);
  Type wide = builder.getI64Type();
  Value total;
  for (const auto &[product, coefficient] : value.products()) {
    Value term;
    for (const std::string &atom : product)
      term = term ? mul(term, atomValue(*this, atom)) : atomValue(*this, atom);
    if (!term || coefficient != 1) {
      Value factor = scalar(double(coefficient), wide);
      term = term ? mul(term, factor) : factor;
    }
    total = total ? add(total, term) : term;
  }
  return cast(total, element);
}

Value DlcBuilder::count(Value x, ArrayRef<int64_t> dims) {
  DimExpr product(1);
  Dims all = dimsOf(x);
  for (int64_t dim : dims)
    product = product * all[dim];
  return extent(product, elementTypeOf(x));
}

Value DlcBuilder::mean(Value x, ArrayRef<int64_t> dims, bool keep) {
  if (isa<ComplexType>(elementTypeOf(x)))
    return complex(mean(real(x), dims, keep), mean(imag(x), dims, keep));
  Value sum = keep ? reduceKeep(x, ReduceKind::sum, dims) : reduce(x, ReduceKind::sum, dims);
  return div(sum, broadcast(count(x, dims), dimsOf(sum), {}));
}

Value DlcBuilder::spread(Value x, Value like, ArrayRef<int64_t> dims) {
  SmallVector<int64_t> others;
  for (int64_t dim = 0; dim < rankOf(like); ++dim)
    if (!llvm::is_contained(dims, dim))
      others.push_back(dim);
  return broadcast(x, dimsOf(like), others);
}

Value DlcBuilder::part(Value x, int64_t dim, const DimExpr &start, const DimExpr &limit) {
  Dims limits = dimsOf(x);
  limits[dim] = limit;
  SmallVector<int64_t> starts(limits.size(), 0), strides(limits.size(), 1);
  starts[dim] = *start.constant();
  return create<SliceOp>(x, starts, DimsAttr::get(builder.getContext(), limits), strides);
}

Value DlcBuilder::dot(Value lhs, Value rhs, ArrayRef<int64_t> lhsBatch, ArrayRef<int64_t> rhsBatch,
                      ArrayRef<int64_t> lhsContract, ArrayRef<int64_t> rhsContract) {
  Order order = defaultDotOrder(rankOf(lhs), rankOf(rhs), lhsBatch, lhsContract, rhsContract);
  return create<DotGeneralOp>(lhs, rhs, lhsBatch, rhsBatch, lhsContract, rhsContract, order);
}

Value DlcBuilder::pad(Value x, double value, ArrayRef<int64_t> low, ArrayRef<int64_t> high,
                      ArrayRef<int64_t> interior) {
  return create<PadOp>(x, scalar(value, elementTypeOf(x)), low, high, interior);
}

Value DlcBuilder::gatherAlong(Value x, Value indices, int64_t dim, bool mayFail) {
  int64_t last = rankOf(x) - 1;
  Value picked = create<GatherOp>(moveDim(x, dim, last), moveDim(indices, dim, last), last, last,
                                  mayFail ? IndexMode::error : IndexMode::clamp);
  return moveDim(picked, last, dim);
}

Value DlcBuilder::scatterAlong(Value x, Value indices, Value updates, int64_t dim) {
  int64_t last = rankOf(x) - 1;
  Value sums = create<ScatterOp>(moveDim(x, dim, last), moveDim(indices, dim, last), moveDim(updates, dim, last), last,
                                 last, IndexMode::clamp, ScatterKind::add);
  return moveDim(sums, last, dim);
}

Value DlcBuilder::moveDim(Value x, int64_t from, int64_t to) {
  SmallVector<int64_t> perm;
  for (int64_t dim = 0; dim < rankOf(x); ++dim)
    if (dim != from)
      perm.push_back(dim);
  perm.insert(perm.begin() + to, from);
  return transpose(x, perm);
}

Value DlcBuilder::shareOfMax(Value x, Value y) {
  Value tie = select(eq(x, y), full(x, 0.5), full(x, 0));
  return select(gt(x, y), full(x, 1), tie);
}

/// y * x^(y - 1), and 0 where y is 0 (so that x = 0 gives no NaN).
Value DlcBuilder::powGradBase(Value x, Value y) {
  Value power = mul(y, pow(x, sub(y, full(y, 1))));
  return select(eq(y, full(y, 0)), full(y, 0), power);
}

/// x^y * ln x, and 0 where x is 0 and (the real part of) y is not negative (the limit).
Value DlcBuilder::powGradExponent(Value x, Value y, Value r) {
  Value size = isa<ComplexType>(elementTypeOf(y)) ? real(y) : y;
  Value atZero = logicalAnd(eq(x, full(x, 0)), ge(size, full(size, 0)));
  return select(atZero, full(x, 0), mul(r, log(x)));
}

Value DlcBuilder::acoshSlope(Value x) {
  Value one = full(x, 1);
  if (isa<ComplexType>(elementTypeOf(x)))
    return mul(rsqrt(sub(x, one)), rsqrt(add(x, one)));
  return rsqrt(sub(mul(x, x), one));
}

Value DlcBuilder::castGrad(Value ct, Value x) {
  Type to = elementTypeOf(x), from = elementTypeOf(ct);
  if (!isa<FloatType, ComplexType>(to) || !isa<FloatType, ComplexType>(from))
    return {};
  return cast(isa<ComplexType>(from) && !isa<ComplexType>(to) ? real(ct) : ct, to);
}

/// The parts of conj(x) / |x|, and 0 where x is 0.
static std::pair<Value, Value> towardsZero(DlcBuilder &b, Value x, Value r) {
  Value zero = b.full(r, 0), isZero = b.eq(r, zero);
  Value re = b.select(isZero, zero, b.div(b.real(x), r)), im = b.select(isZero, zero, b.div(b.imag(x), r));
  return {re, b.neg(im)};
}

Value DlcBuilder::absGrad(Value ct, Value x, Value r) {
  if (!isa<ComplexType>(elementTypeOf(x)))
    return mul(ct, sign(x));
  auto [re, im] = towardsZero(*this, x, r);
  return complex(mul(ct, re), mul(ct, im));
}

Value DlcBuilder::absTangent(Value ct, Value x, Value r) {
  if (!isa<ComplexType>(elementTypeOf(x)))
    return mul(ct, sign(x));
  auto [re, im] = towardsZero(*this, x, r);
  return sub(mul(real(ct), re), mul(imag(ct), im));
}

} // namespace dlc
