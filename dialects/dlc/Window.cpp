// Sliding windows: reduce_window and window_argmax. For each op: infer, evaluate, and the rules.
#include "dialects/dlc/Dlc.h"

using namespace mlir;
using namespace dlc;

using Index = std::vector<int64_t>;

template <class Adaptor>
static LogicalResult inferWindow(const InferError &error, Adaptor op, Type element, SmallVectorImpl<Type> &types) {
  Dims from = dimsOf(op.getX()), to;
  size_t rank = from.size();
  if (failed(error.checkCount("window", op.getWindow().size(), rank)) ||
      failed(error.checkCount("strides", op.getStrides().size(), rank)) ||
      failed(error.checkCount("low", op.getLow().size(), rank)) ||
      failed(error.checkCount("high", op.getHigh().size(), rank)))
    return failure();
  for (size_t i = 0; i < rank; ++i) {
    int64_t window = op.getWindow()[i], stride = op.getStrides()[i];
    if (window < 1 || stride < 1)
      return error.fail("expected entries ", i, " of 'window' and 'strides' to be positive, but got ", window, " and ",
                        stride);
    if (op.getLow()[i] < 0 || op.getHigh()[i] < 0 || op.getLow()[i] >= window || op.getHigh()[i] >= window)
      return error.fail("expected entries ", i, " of 'low' and 'high' to be in [0, ", window, "), but got ",
                        op.getLow()[i], " and ", op.getHigh()[i]);
    DimExpr padded = from[i] + DimExpr(op.getLow()[i] + op.getHigh()[i]);
    auto extent = padded.constant();
    if (extent && *extent < window && !(window == 1 && *extent == 0))
      return error.fail("expected the window of dimension ", i, " of 'x' to fit its padded extent, but got ", window,
                        " and ", *extent);
    to.push_back(window == 1 && stride == 1 ? from[i]
                                            : DimExpr::floorDiv(padded - DimExpr(window), stride) + DimExpr(1));
  }
  types.push_back(tensorType(to, element));
  return success();
}

/// Calls `visit(position, offset)` for each element of the window at an output index, row-major, padding left out.
template <class Op, class Visit>
static void forEachInWindow(Op op, const HostTensor &x, const Index &strides, const Index &output, Visit visit) {
  int64_t position = 0;
  forEachIndex(Index(op.getWindow().begin(), op.getWindow().end()), [&](const Index &within) {
    int64_t offset = 0;
    bool inside = true;
    for (size_t i = 0; i < within.size(); ++i) {
      int64_t at = output[i] * op.getStrides()[i] + within[i] - op.getLow()[i];
      inside &= at >= 0 && at < x.shape[i];
      offset += at * strides[i];
    }
    if (inside)
      visit(position, offset);
    ++position;
  });
}

LogicalResult ReduceWindowOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                               SmallVectorImpl<Type> &types) {
  InferError error(getOperationName(), location);
  if (op.getKind() != ReduceKind::sum && op.getKind() != ReduceKind::max && op.getKind() != ReduceKind::min)
    return error.fail("expected 'kind' to be sum, max or min, but got ", stringifyReduceKind(op.getKind()));
  return inferWindow(error, op, elementTypeOf(op.getX()), types);
}

void ReduceWindowOp::evaluate(EvaluateContext &, ArrayRef<HostTensor> inputs, MutableArrayRef<HostTensor> outputs) {
  const HostTensor &x = inputs[0];
  Index strides = x.strides();
  bool isExtreme = getKind() == ReduceKind::max || getKind() == ReduceKind::min;
  scalar::HostScalarBuilder b;
  withAccumulator(x.type, [&](auto zero) {
    using T = decltype(zero);
    std::vector<T> values = readAll<T>(x), results;
    forEachIndex(outputs[0].shape, [&](const Index &index) {
      bool isFirst = true;
      T sum = T(0);
      scalar::Scalar best;
      forEachInWindow(*this, x, strides, index, [&](int64_t, int64_t offset) {
        if (isExtreme) {
          scalar::Scalar next = scalar::load(x.type, x.at(offset));
          best = isFirst ? next : getKind() == ReduceKind::max ? b.maximum(best, next) : b.minimum(best, next);
        } else {
          T next = values[offset];
          sum = isFirst ? next : plus(sum, next);
        }
        isFirst = false;
      });
      if (isExtreme)
        scalar::store(best, outputs[0].at(int64_t(results.size())));
      results.push_back(sum);
    });
    if (!isExtreme)
      writeAll(outputs[0], results);
  });
}

/// Elements of a dim behind the first element of the last window.
static DimExpr restBehind(Value x, Value windows, int64_t stride, size_t i) {
  return dimsOf(x)[i] - ((dimsOf(windows)[i] - DimExpr(1)) * DimExpr(stride) + DimExpr(1));
}

StringRef ReduceWindowOp::whyNotDifferentiable() {
  for (size_t i = 0; i < getStrides().size(); ++i)
    if (!restBehind(getX(), getR(), getStrides()[i], i).isConstant())
      return "the number of elements behind the last window depends on symbols";
  return "";
}

/// Sends `ct` of every window back to the places of its elements: for each position of the window, in ascending order,
/// the cotangents of all windows spread by the strides; `pick(position)` selects those that reach this position.
static Value spreadWindows(DlcBuilder &b, Value x, Value ct, ArrayRef<int64_t> window, ArrayRef<int64_t> strides,
                           ArrayRef<int64_t> low, llvm::function_ref<Value(int64_t)> pick) {
  Value sum;
  int64_t position = 0;
  forEachIndex(Index(window.begin(), window.end()), [&](const Index &within) {
    SmallVector<int64_t> before, after, interior;
    for (size_t i = 0; i < within.size(); ++i) {
      before.push_back(within[i] - low[i]);
      after.push_back(*restBehind(x, ct, strides[i], i).constant() - before.back());
      interior.push_back(strides[i] - 1);
    }
    Value part = b.pad(pick(position++), 0, before, after, interior);
    sum = sum ? b.add(sum, part) : part;
  });
  return sum;
}

SmallVector<Value> ReduceWindowOp::buildVjp(DlcBuilder &b, ArrayRef<Value> cts) {
  Value x = getX(), ct = cts[0];
  if (getKind() == ReduceKind::sum)
    return {spreadWindows(b, x, ct, getWindow(), getStrides(), getLow(), [&](int64_t) { return ct; })};
  Value key = getKind() == ReduceKind::max ? x : b.neg(x);
  Value place = b.create<WindowArgmaxOp>(key, getWindow(), getStrides(), getLow(), getHigh());
  Value zero = b.full(ct, 0);
  return {spreadWindows(b, x, ct, getWindow(), getStrides(), getLow(), [&](int64_t position) {
    return b.select(b.eq(place, b.full(place, double(position))), ct, zero);
  })};
}

/// The element of each window at `place`: for each position of the window, in ascending order, the elements that all
/// windows have there, selected where `place` says so.
static Value pickFromWindows(DlcBuilder &b, ReduceWindowOp op, Value x, Value place) {
  Dims windows = dimsOf(place);
  SmallVector<int64_t> high, none(windows.size(), 0);
  for (auto [padding, stride] : llvm::zip(op.getHigh(), op.getStrides()))
    high.push_back(padding + stride - 1); // so that a whole stride lies behind the last element that is picked
  Value padded = b.pad(x, 0, op.getLow(), high, none), picked;
  int64_t position = 0;
  forEachIndex(Index(op.getWindow().begin(), op.getWindow().end()), [&](const Index &within) {
    Dims limits;
    for (size_t i = 0; i < within.size(); ++i)
      limits.push_back(DimExpr(within[i]) + windows[i] * DimExpr(op.getStrides()[i]));
    Value part = b.create<SliceOp>(padded, within, DimsAttr::get(op.getContext(), limits), op.getStrides());
    picked = picked ? b.select(b.eq(place, b.full(place, double(position))), part, picked) : part;
    ++position;
  });
  return picked;
}

SmallVector<Value> ReduceWindowOp::buildJvp(DlcBuilder &b, ArrayRef<Value> tangents) {
  if (getKind() == ReduceKind::sum)
    return {b.again(*this, tangents)};
  Value key = getKind() == ReduceKind::max ? getX() : b.neg(getX());
  Value place = b.create<WindowArgmaxOp>(key, getWindow(), getStrides(), getLow(), getHigh());
  return {pickFromWindows(b, *this, tangents[0], place)};
}

/// A batch dim is one more dim with windows of one element: positions within windows stay what they are.
SmallVector<Batched> ReduceWindowOp::buildBatched(DlcBuilder &b, ArrayRef<Batched> operands, const DimExpr &) {
  int64_t at = *operands[0].dim;
  return {{b.create<ReduceWindowOp>(operands[0].value, getKind(), withEntry<int64_t>(getWindow(), at, 1),
                                    withEntry<int64_t>(getStrides(), at, 1), withEntry<int64_t>(getLow(), at, 0),
                                    withEntry<int64_t>(getHigh(), at, 0)),
           at}};
}

LogicalResult WindowArgmaxOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                               SmallVectorImpl<Type> &types) {
  return inferWindow(InferError(getOperationName(), location), op, IntegerType::get(op.getX().getContext(), 32), types);
}

void WindowArgmaxOp::evaluate(EvaluateContext &, ArrayRef<HostTensor> inputs, MutableArrayRef<HostTensor> outputs) {
  const HostTensor &x = inputs[0];
  Index strides = x.strides();
  scalar::HostScalarBuilder b;
  int32_t *to = outputs[0].data<int32_t>();
  forEachIndex(outputs[0].shape, [&](const Index &index) {
    int64_t best = -1;
    scalar::Scalar value;
    forEachInWindow(*this, x, strides, index, [&](int64_t position, int64_t offset) {
      scalar::Scalar next = scalar::load(x.type, x.at(offset));
      bool isNaN = best >= 0 && isFloat(x.type) && b.isNaN(value).asBool();
      bool wins =
          best < 0 ||
          (!isNaN && ((isFloat(x.type) && b.isNaN(next).asBool()) || b.maximum(value, next).bits() != value.bits()));
      if (wins) {
        best = position;
        value = next;
      }
    });
    *to++ = int32_t(std::max<int64_t>(best, 0));
  });
}

SmallVector<Value> WindowArgmaxOp::buildVjp(DlcBuilder &, ArrayRef<Value>) { return {Value()}; }
SmallVector<Value> WindowArgmaxOp::buildJvp(DlcBuilder &, ArrayRef<Value>) { return {Value()}; }
SmallVector<Batched> WindowArgmaxOp::buildBatched(DlcBuilder &b, ArrayRef<Batched> operands, const DimExpr &) {
  int64_t at = *operands[0].dim;
  return {{b.create<WindowArgmaxOp>(operands[0].value, withEntry<int64_t>(getWindow(), at, 1),
                                    withEntry<int64_t>(getStrides(), at, 1), withEntry<int64_t>(getLow(), at, 0),
                                    withEntry<int64_t>(getHigh(), at, 0)),
           at}};
}
