// Reductions in the order of numerics N4, and argmax. For each op: infer, evaluate, buildVjp, buildJvp, buildBatched.
#include "dialects/dlc/Dlc.h"

using namespace mlir;
using namespace dlc;

using Index = std::vector<int64_t>;

Order dlc::defaultReduceOrder(int64_t rank, ArrayRef<int64_t> dims) {
  return llvm::is_contained(dims, rank - 1) ? Order::lanes : Order::chain;
}

int64_t dlc::reduceBlockLength(Order order) { return order == Order::chain ? 128 : 1024; }

//===--- reduce ---===//

static bool acceptsElement(ReduceKind kind, Type element) {
  if (isa<ComplexType>(element))
    return kind == ReduceKind::sum || kind == ReduceKind::prod;
  bool isLogical = kind == ReduceKind::all || kind == ReduceKind::any;
  return isLogical == element.isInteger(1);
}

LogicalResult ReduceOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                         SmallVectorImpl<Type> &types) {
  InferError error(getOperationName(), location);
  Dims from = dimsOf(op.getX()), to;
  if (failed(error.checkDims("dims", op.getDims(), int64_t(from.size()))))
    return failure();
  if (!acceptsElement(op.getKind(), elementTypeOf(op.getX())))
    return error.fail("expected 'x' to have elements that '", stringifyReduceKind(op.getKind()), "' combines, but got ",
                      elementTypeOf(op.getX()));
  for (auto [i, dim] : llvm::enumerate(from)) {
    if (!llvm::is_contained(op.getDims(), int64_t(i)))
      to.push_back(dim);
    else if (dim == DimExpr(0) && (op.getKind() == ReduceKind::max || op.getKind() == ReduceKind::min))
      return error.fail("expected dimension ", i, " of 'x' not to be empty, but got 0 (max and min have no neutral)");
  }
  types.push_back(tensorType(to, elementTypeOf(op.getX())));
  return success();
}

namespace {
/// One reduction over the values at `base + offsets[k]`, k = 0, 1, ..., in the order of N4.
template <class T> class OrderedReduction {
public:
  OrderedReduction(ReduceKind kind, DType type, Order order) : kind(kind), type(type), order(order) {}

  T operator()(const T *base, const Index &offsets) const {
    int64_t count = int64_t(offsets.size());
    if (count == 0)
      return ofNothing();
    std::vector<T> blocks;
    int64_t length = reduceBlockLength(order);
    for (int64_t begin = 0; begin < count; begin += length)
      blocks.push_back(block(base, offsets.data() + begin, std::min(length, count - begin)));
    return tree(blocks.data(), int64_t(blocks.size()));
  }

private:
  T ofNothing() const {
    bool isOne = kind == ReduceKind::prod || kind == ReduceKind::all;
    if constexpr (std::is_same_v<T, HostValue>)
      return scalar::HostScalarBuilder().cast(HostValue::ofDouble(isOne), type);
    else
      return T(isOne);
  }

  T block(const T *base, const int64_t *offsets, int64_t count) const {
    int64_t lanes = order == Order::lanes ? 32 : 1;
    std::vector<T> sums(std::min(lanes, count));
    for (int64_t i = 0; i < count; ++i)
      sums[i % lanes] = i < lanes ? base[offsets[i]] : combine(sums[i % lanes], base[offsets[i]]);
    for (int64_t half = lanes / 2; half > 0; half /= 2)
      for (int64_t lane = 0; lane < half; ++lane)
        if (lane + half < int64_t(sums.size()))
          sums[lane] = combine(sums[lane], sums[lane + half]);
    return sums[0];
  }

  T tree(const T *blocks, int64_t count) const {
    if (count == 1)
      return blocks[0];
    int64_t split = 1;
    while (split * 2 < count)
      split *= 2;
    return combine(tree(blocks, split), tree(blocks + split, count - split));
  }

  T combine(T x, T y) const { return dlc::combine(kind, type, x, y); }

  ReduceKind kind;
  DType type;
  Order order;
};
} // namespace

/// Offsets of the listed dims of a tensor, flattened row-major in the listed order.
static Index offsetsOf(const HostTensor &x, ArrayRef<int64_t> dims) {
  Index shape, offsets, strides = x.strides();
  for (int64_t dim : dims)
    shape.push_back(x.shape[dim]);
  forEachIndex(shape, [&](const Index &index) {
    int64_t offset = 0;
    for (auto [i, dim] : llvm::enumerate(dims))
      offset += index[i] * strides[dim];
    offsets.push_back(offset);
  });
  return offsets;
}

static SmallVector<int64_t> otherDims(int64_t rank, ArrayRef<int64_t> dims) {
  SmallVector<int64_t> others;
  for (int64_t dim = 0; dim < rank; ++dim)
    if (!llvm::is_contained(dims, dim))
      others.push_back(dim);
  return others;
}

bool ReduceOp::isOfParts() { return getKind() != ReduceKind::prod; }
Value ReduceOp::buildFromParts(DlcBuilder &b) {
  return b.complex(b.again(*this, {b.real(getX())}), b.again(*this, {b.imag(getX())}));
}

void ReduceOp::evaluate(EvaluateContext &context, ArrayRef<HostTensor> inputs, MutableArrayRef<HostTensor> outputs) {
  if (isPartwise(*this))
    return evaluateByParts(*this, context, inputs, outputs);
  const HostTensor &x = inputs[0];
  Index reduced = offsetsOf(x, getDims()), kept = offsetsOf(x, otherDims(x.rank(), getDims()));
  withCombined(x.type, [&](auto zero) {
    using T = decltype(zero);
    std::vector<T> values = readAll<T>(x), results;
    OrderedReduction<T> reduction(getKind(), x.type, getOrder());
    for (int64_t base : kept)
      results.push_back(reduction(values.data() + base, reduced));
    writeAll(outputs[0], results);
  });
}

/// A value of the reduced shape, spread over the operand's shape again.
static Value spread(DlcBuilder &b, Value reduced, Value x, ArrayRef<int64_t> dims) {
  return b.broadcast(reduced, dimsOf(x), otherDims(rankOf(x), dims));
}

/// For each element the product of all others: the product over it, or, where zeros are, that of the elements that are
/// not zero (if the element is the only zero) and zero.
static Value productOfOthers(DlcBuilder &b, Value x, ArrayRef<int64_t> dims) {
  Value zero = b.full(x, 0), one = b.full(x, 1), isZero = b.eq(x, zero);
  Value zeros = spread(b, b.reduce(b.cast(isZero, elementTypeOf(x)), ReduceKind::sum, dims), x, dims);
  Value product = spread(b, b.reduce(b.select(isZero, one, x), ReduceKind::prod, dims), x, dims);
  Value atOnlyZero = b.select(b.logicalAnd(isZero, b.eq(zeros, one)), product, zero);
  return b.select(b.eq(zeros, zero), b.div(product, x), atOnlyZero);
}

SmallVector<Value> ReduceOp::buildVjp(DlcBuilder &b, ArrayRef<Value> cts) {
  Value x = getX(), ct = spread(b, cts[0], x, getDims());
  switch (getKind()) {
  case ReduceKind::sum:
    return {ct};
  case ReduceKind::prod:
    return {b.mul(ct, productOfOthers(b, x, getDims()))};
  case ReduceKind::max:
  case ReduceKind::min: { // ties share evenly
    Value isExtreme = b.cast(b.eq(x, spread(b, getR(), x, getDims())), elementTypeOf(x));
    Value share = b.div(cts[0], b.reduce(isExtreme, ReduceKind::sum, getDims()));
    return {b.mul(isExtreme, spread(b, share, x, getDims()))};
  }
  default:
    return {Value()};
  }
}

SmallVector<Value> ReduceOp::buildJvp(DlcBuilder &b, ArrayRef<Value> tangents) {
  Value x = getX(), tangent = tangents[0];
  auto sum = [&](Value y) -> Value { return b.create<ReduceOp>(y, ReduceKind::sum, getDims(), getOrder()); };
  switch (getKind()) {
  case ReduceKind::sum:
    return {sum(tangent)};
  case ReduceKind::prod:
    return {sum(b.mul(tangent, productOfOthers(b, x, getDims())))};
  case ReduceKind::max:
  case ReduceKind::min: { // the mean over ties
    Value isExtreme = b.eq(x, spread(b, getR(), x, getDims()));
    Value total = sum(b.select(isExtreme, tangent, b.full(tangent, 0)));
    return {b.div(total, sum(b.cast(isExtreme, elementTypeOf(x))))};
  }
  default:
    return {Value()};
  }
}

/// Where a batch dim at `at` lies once `dims` of each example are reduced.
static int64_t batchBehind(int64_t at, ArrayRef<int64_t> dims) {
  return at - llvm::count_if(dims, [&](int64_t dim) { return dim < at; });
}

SmallVector<Batched> ReduceOp::buildBatched(DlcBuilder &b, ArrayRef<Batched> operands, const DimExpr &) {
  int64_t at = *operands[0].dim;
  return {{b.create<ReduceOp>(operands[0].value, getKind(), dimsBeside(at, getDims()), getOrder()),
           batchBehind(at, getDims())}};
}

//===--- argmax, argmin ---===//

template <class Op>
static LogicalResult inferArg(std::optional<Location> location, typename Op::Adaptor op, SmallVectorImpl<Type> &types) {
  InferError error(Op::getOperationName(), location);
  Dims dims = dimsOf(op.getX());
  int64_t dim = op.getDim(), rank = int64_t(dims.size());
  if (dim < 0 || dim >= rank)
    return error.fail("expected 'dim' to be in [0, ", rank, "), but got ", dim);
  if (dims[dim] == DimExpr(0))
    return error.fail("expected dimension ", dim, " of 'x' not to be empty, but got 0");
  dims.erase(dims.begin() + dim);
  types.push_back(tensorType(dims, IntegerType::get(op.getX().getContext(), 64)));
  return success();
}

/// Whether `y` beats `x`: NaN wins over all but an earlier NaN, and -0 is below +0 (numerics N1).
static bool beats(bool largest, const scalar::Scalar &x, const scalar::Scalar &y) {
  scalar::HostScalarBuilder b;
  if (isFloat(x.type) && b.isNaN(x).asBool())
    return false;
  if (isFloat(x.type) && b.isNaN(y).asBool())
    return true;
  scalar::Scalar best = largest ? b.maximum(x, y) : b.minimum(x, y);
  return best.bits() != x.bits();
}

static void evaluateArg(bool largest, int64_t dim, const HostTensor &x, HostTensor &output) {
  Index along = offsetsOf(x, {dim}), kept = offsetsOf(x, otherDims(x.rank(), {dim}));
  int64_t *to = output.data<int64_t>();
  for (int64_t base : kept) {
    int64_t best = 0;
    for (int64_t i = 1; i < int64_t(along.size()); ++i)
      if (beats(largest, scalar::load(x.type, x.at(base + along[best])), scalar::load(x.type, x.at(base + along[i]))))
        best = i;
    *to++ = best;
  }
}

LogicalResult ArgmaxOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                         SmallVectorImpl<Type> &types) {
  return inferArg<ArgmaxOp>(location, op, types);
}
void ArgmaxOp::evaluate(EvaluateContext &, ArrayRef<HostTensor> inputs, MutableArrayRef<HostTensor> outputs) {
  evaluateArg(true, getDim(), inputs[0], outputs[0]);
}
SmallVector<Value> ArgmaxOp::buildVjp(DlcBuilder &, ArrayRef<Value>) { return {Value()}; }
SmallVector<Value> ArgmaxOp::buildJvp(DlcBuilder &, ArrayRef<Value>) { return {Value()}; }
SmallVector<Batched> ArgmaxOp::buildBatched(DlcBuilder &b, ArrayRef<Batched> operands, const DimExpr &) {
  int64_t at = *operands[0].dim, dim = getDim();
  return {{b.create<ArgmaxOp>(operands[0].value, dimBeside(at, dim)), batchBehind(at, {dim})}};
}

LogicalResult ArgminOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                         SmallVectorImpl<Type> &types) {
  return inferArg<ArgminOp>(location, op, types);
}
void ArgminOp::evaluate(EvaluateContext &, ArrayRef<HostTensor> inputs, MutableArrayRef<HostTensor> outputs) {
  evaluateArg(false, getDim(), inputs[0], outputs[0]);
}
SmallVector<Value> ArgminOp::buildVjp(DlcBuilder &, ArrayRef<Value>) { return {Value()}; }
SmallVector<Value> ArgminOp::buildJvp(DlcBuilder &, ArrayRef<Value>) { return {Value()}; }
SmallVector<Batched> ArgminOp::buildBatched(DlcBuilder &b, ArrayRef<Batched> operands, const DimExpr &) {
  int64_t at = *operands[0].dim, dim = getDim();
  return {{b.create<ArgminOp>(operands[0].value, dimBeside(at, dim)), batchBehind(at, {dim})}};
}
