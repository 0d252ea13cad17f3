// cumulative: blocks of 1,024 along a dim, each a chain; every element is then combined with the total of the blocks
// before (numerics N7). Infer, evaluate, buildVjp.
#include "dialects/dlc/Dlc.h"

using namespace mlir;
using namespace dlc;

using Index = std::vector<int64_t>;

LogicalResult CumulativeOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                             SmallVectorImpl<Type> &types) {
  InferError error(getOperationName(), location);
  if (op.getKind() == ReduceKind::all || op.getKind() == ReduceKind::any)
    return error.fail("expected 'kind' to be sum, prod, max or min, but got ", stringifyReduceKind(op.getKind()));
  if (failed(error.checkDim("dim", op.getDim(), rankOf(op.getX()))))
    return failure();
  types.push_back(op.getX().getType());
  return success();
}

/// The running values over `count` elements at `from`, `stride` apart.
template <class T>
static void scan(ReduceKind kind, DType type, const T *from, T *to, int64_t count, int64_t stride) {
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

void CumulativeOp::evaluate(EvaluateContext &, ArrayRef<HostTensor> inputs, MutableArrayRef<HostTensor> outputs) {
  const HostTensor &x = inputs[0];
  int64_t dim = getDim(), count = x.shape[dim], stride = x.strides()[dim];
  withAccumulator(x.type, [&](auto zero) {
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
/// The gradient of one op.
class ScanGradient {
public:
  ScanGradient(DlcBuilder &b, CumulativeOp op, Value ct) : b(b), x(op.getX()), r(op.getR()), ct(ct), dim(op.getDim()) {}

  Value ofSum() { return fromTheEnd(ct); }

  /// Without zeros: the sum from the end of ct * r, divided by x. The first zero gets the products of all others, as
  /// far as the next zero, and what comes after it gets nothing.
  Value ofProduct() {
    Value zero = b.full(x, 0), isZero = b.eq(x, zero);
    Value zeros = cumulative(b.cast(isZero, b.builder.getI64Type()), ReduceKind::sum), none = b.full(zeros, 0);
    Value isFirst = b.logicalAnd(isZero, b.eq(zeros, b.full(zeros, 1)));
    Value others = cumulative(b.select(isFirst, b.full(x, 1), x), ReduceKind::prod);
    Value atFirst = b.select(isFirst, fromTheEnd(b.mul(ct, others)), zero);
    Value divisor = b.select(isZero, b.full(x, 1), x);
    return b.select(b.eq(zeros, none), b.div(fromTheEnd(b.mul(ct, r)), divisor), atFirst);
  }

  /// A cotangent goes to the first place that holds the running extreme. A NaN is reached once and stays.
  Value ofExtreme() {
    Value before = shifted(r);
    Value position = b.create<IotaOp>(DimsAttr::get(x.getContext(), dimsOf(x)), dim, b.builder.getI64Type());
    Value isStart = b.eq(position, b.full(position, 0));
    Value stays = b.create<OrOp>(b.eq(r, before), b.create<IsNanOp>(before));
    Value isNew = b.create<OrOp>(isStart, b.create<NotOp>(stays));
    Value place = cumulative(b.select(isNew, position, b.full(position, 0)), ReduceKind::max);
    return b.scatterAlong(b.full(x, 0), place, ct, dim);
  }

private:
  Value cumulative(Value of, ReduceKind kind) { return b.create<CumulativeOp>(of, kind, dim); }
  Value fromTheEnd(Value of) {
    Value turned = b.create<ReverseOp>(of, ArrayRef<int64_t>{dim});
    return b.create<ReverseOp>(cumulative(turned, ReduceKind::sum), ArrayRef<int64_t>{dim});
  }
  /// Every element one place later along the dim.
  Value shifted(Value of) {
    SmallVector<int64_t> low(rankOf(of), 0), high(rankOf(of), 0);
    low[dim] = 1;
    high[dim] = -1;
    return b.pad(of, 0, low, high, SmallVector<int64_t>(rankOf(of), 0));
  }

  DlcBuilder &b;
  Value x, r, ct;
  int64_t dim;
};
} // namespace

SmallVector<Value> CumulativeOp::buildVjp(DlcBuilder &b, ArrayRef<Value> cts) {
  ScanGradient gradient(b, *this, cts[0]);
  switch (getKind()) {
  case ReduceKind::sum:
    return {gradient.ofSum()};
  case ReduceKind::prod:
    return {gradient.ofProduct()};
  default:
    return {gradient.ofExtreme()};
  }
}
