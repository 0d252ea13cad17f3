// cumulative: blocks of 1,024 along a dim, each a chain; every element is then combined with the total of the blocks
// before (numerics N7). Infer, evaluate, buildVjp, buildJvp, buildBatched.
#include "dialects/dlc/Dlc.h"

using namespace mlir;
using namespace dlc;

using Index = std::vector<int64_t>;

LogicalResult CumulativeOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                             SmallVectorImpl<Type> &types) {
  InferError error(getOperationName(), location);
  if (op.getKind() == ReduceKind::all || op.getKind() == ReduceKind::any)
    return error.fail("expected 'kind' to be sum, prod, max or min, but got ", stringifyReduceKind(op.getKind()));
  bool isChoice = op.getKind() == ReduceKind::max || op.getKind() == ReduceKind::min;
  if (isChoice && isa<ComplexType>(elementTypeOf(op.getX())))
    return error.fail("expected 'x' to have elements that '", stringifyReduceKind(op.getKind()), "' combines, but got ",
                      elementTypeOf(op.getX()));
  if (failed(error.checkDim("dim", op.getDim(), rankOf(op.getX()))))
    return failure();
  types.push_back(op.getX().getType());
  return success();
}

/// The running values over `count` elements at `from`, `stride` apart.
template <class T> static void scan(ReduceKind kind, DType type, const T *from, T *to, int64_t count, int64_t stride) {
  T before = T();
  for (int64_t begin = 0; begin < count; begin += 1024) {
    T sum = T();
    for (int64_t i = begin, end = std::min(begin + 1024, count); i < end; ++i) {
      sum = i == begin ? from[i * stride] : combine(kind, type, sum, from[i * stride]);
      to[i * stride] = begin == 0 ? sum : combine(kind, type, before, sum);
    }
    before = begin == 0 ? sum : combine(kind, type, before, sum);
  }
}

bool CumulativeOp::isOfParts() { return getKind() != ReduceKind::prod; }
Value CumulativeOp::buildFromParts(DlcBuilder &b) {
  return b.complex(b.again(*this, {b.real(getX())}), b.again(*this, {b.imag(getX())}));
}

void CumulativeOp::evaluate(EvaluateContext &context, ArrayRef<HostTensor> inputs,
                            MutableArrayRef<HostTensor> outputs) {
  if (isPartwise(*this))
    return evaluateByParts(*this, context, inputs, outputs);
  const HostTensor &x = inputs[0];
  int64_t dim = getDim(), count = x.shape[dim], stride = x.strides()[dim];
  withCombined(x.type, [&](auto zero) {
    using T = decltype(zero);
    std::vector<T> values = readAll<T>(x), results(values.size());
    Index rows = x.shape, strides = x.strides();
    rows[dim] = 1;
    forEachIndex(rows, [&](const Index &index) {
      int64_t base = linearIndex(index, strides);
      scan(getKind(), x.type, values.data() + base, results.data() + base, count, stride);
    });
    writeAll(outputs[0], results);
  });
}

namespace {
/// The derivatives of one op.
class ScanDerivative {
public:
  ScanDerivative(DlcBuilder &b, CumulativeOp op) : b(b), x(op.getX()), r(op.getR()), dim(op.getDim()) {}

  /// The sum of `of` over each place and all behind it.
  Value fromTheEnd(Value of) {
    Value turned = b.create<ReverseOp>(of, ArrayRef<int64_t>{dim});
    return b.create<ReverseOp>(cumulative(turned, ReduceKind::sum), ArrayRef<int64_t>{dim});
  }
  Value cumulative(Value of, ReduceKind kind) { return b.create<CumulativeOp>(of, kind, dim); }

  /// Without zeros: the sum from the end of ct * r, divided by x. The first zero gets the products of all others, as
  /// far as the next zero, and what comes after it gets nothing.
  Value productVjp(Value ct) {
    Factors f = factors();
    Value atFirst = b.select(f.isFirst, fromTheEnd(b.mul(ct, f.others)), b.full(x, 0));
    return b.select(f.isBeforeZeros, b.div(fromTheEnd(b.mul(ct, r)), f.divisor), atFirst);
  }

  /// Up to the first zero r * sum(tangent / x), from there on the tangent of that zero times the others.
  Value productJvp(Value tangent) {
    Factors f = factors();
    Value before = b.mul(r, cumulative(b.div(tangent, f.divisor), ReduceKind::sum));
    Value ofFirst = cumulative(b.select(f.isFirst, tangent, b.full(x, 0)), ReduceKind::sum);
    return b.select(f.isBeforeZeros, before, b.mul(f.others, ofFirst));
  }

  /// The first place that holds the running extreme. A NaN is reached once and stays.
  Value place() {
    Value before = shifted(r);
    Value position = b.create<IotaOp>(DimsAttr::get(x.getContext(), dimsOf(x)), dim, b.builder.getI64Type());
    Value isStart = b.eq(position, b.full(position, 0));
    Value stays = b.create<OrOp>(b.eq(r, before), b.create<IsNanOp>(before));
    Value isNew = b.create<OrOp>(isStart, b.create<NotOp>(stays));
    return cumulative(b.select(isNew, position, b.full(position, 0)), ReduceKind::max);
  }

private:
  struct Factors {
    Value isFirst;       // the first zero
    Value isBeforeZeros; // no zero up to here
    Value others;        // the running product without the first zero
    Value divisor;       // x, and 1 for its zeros
  };
  Factors factors() {
    Value one = b.full(x, 1), isZero = b.eq(x, b.full(x, 0));
    Value zeros = cumulative(b.cast(isZero, b.builder.getI64Type()), ReduceKind::sum);
    Value isFirst = b.logicalAnd(isZero, b.eq(zeros, b.full(zeros, 1)));
    return {isFirst, b.eq(zeros, b.full(zeros, 0)), cumulative(b.select(isFirst, one, x), ReduceKind::prod),
            b.select(isZero, one, x)};
  }
  /// Every element one place later along the dim.
  Value shifted(Value of) {
    SmallVector<int64_t> low(rankOf(of), 0), high(rankOf(of), 0);
    low[dim] = 1;
    high[dim] = -1;
    return b.pad(of, 0, low, high, SmallVector<int64_t>(rankOf(of), 0));
  }

  DlcBuilder &b;
  Value x, r;
  int64_t dim;
};
} // namespace

SmallVector<Value> CumulativeOp::buildVjp(DlcBuilder &b, ArrayRef<Value> cts) {
  ScanDerivative derivative(b, *this);
  switch (getKind()) {
  case ReduceKind::sum:
    return {derivative.fromTheEnd(cts[0])};
  case ReduceKind::prod:
    return {derivative.productVjp(cts[0])};
  default:
    return {b.scatterAlong(b.full(getX(), 0), derivative.place(), cts[0], getDim())};
  }
}

SmallVector<Value> CumulativeOp::buildJvp(DlcBuilder &b, ArrayRef<Value> tangents) {
  ScanDerivative derivative(b, *this);
  switch (getKind()) {
  case ReduceKind::sum:
    return {derivative.cumulative(tangents[0], ReduceKind::sum)};
  case ReduceKind::prod:
    return {derivative.productJvp(tangents[0])};
  default:
    return {b.gatherAlong(tangents[0], derivative.place(), getDim())};
  }
}

SmallVector<Batched> CumulativeOp::buildBatched(DlcBuilder &b, ArrayRef<Batched> operands, const DimExpr &) {
  int64_t at = *operands[0].dim;
  return {{b.create<CumulativeOp>(operands[0].value, getKind(), dimBeside(at, getDim())), at}};
}
