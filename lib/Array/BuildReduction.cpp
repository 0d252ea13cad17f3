// Builders that reduce along axes. Axes are ascending and the order of additions is the default one (numerics N3, N4).
#include "lib/Array/Builders.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace dlc {

static Value reduceBy(Builder &b, Value x, ReduceKind kind, ArrayRef<int64_t> axes, bool keep) {
  return keep ? b.ops.reduceKeep(x, kind, axes) : b.ops.reduce(x, kind, axes);
}

/// How many elements are reduced into one, as a float of every shape: a constant, or the sum of ones over symbolic
/// dims.
static Value countOf(Builder &b, Value x, ArrayRef<int64_t> axes, Type element) {
  DimExpr count(1);
  Dims dims = dimsOf(x), reduced;
  for (int64_t axis : axes)
    count = count * dims[axis];
  if (auto constant = count.constant())
    return b.ops.scalar(double(*constant), element);
  SmallVector<int64_t> all;
  for (int64_t axis : axes) {
    all.push_back(int64_t(reduced.size()));
    reduced.push_back(dims[axis]);
  }
  return b.ops.reduce(b.ops.broadcast(b.ops.scalar(1, element), reduced, {}), ReduceKind::sum, all);
}

/// Checks that max and min have something to choose from.
static bool checkNotEmpty(Builder &b, Value x, ArrayRef<int64_t> axes) {
  Dims dims = dimsOf(x);
  for (int64_t axis : axes)
    if (dims[axis] == DimExpr(0))
      return b.fail("expected elements along axis ", axis, ", but got extent 0");
  return true;
}

/// {kind, axes, keepdims}: sums of bool count (i64); all and any are of bool.
static bool buildReduce(Builder &b) {
  auto kind = symbolizeReduceKind(b.text("kind"));
  if (!b.checkOperands(1) || !kind)
    return b.fail("expected an operand and a kind of reduction, but got '", b.text("kind"), "'");
  Value x = b.value(0);
  auto axes = b.axes(rankOf(x));
  if (!axes)
    return false;
  bool isLogical = *kind == ReduceKind::all || *kind == ReduceKind::any;
  bool isChoice = *kind == ReduceKind::max || *kind == ReduceKind::min;
  Type element = elementTypeOf(x);
  if (isLogical && !element.isInteger(1))
    x = b.ops.compare(ComparePredicate::ne, x, b.ops.full(x, 0));
  else if (!isLogical && element.isInteger(1))
    x = b.ops.cast(x, IntegerType::get(b.irBuilder.getContext(), 64));
  if (isChoice && !checkNotEmpty(b, x, *axes))
    return false;
  b.results.push_back(reduceBy(b, x, *kind, *axes, b.flag("keepdims")));
  return true;
}

static Value meanOf(Builder &b, Value wide, ArrayRef<int64_t> axes, bool keep) {
  Value sum = reduceBy(b, wide, ReduceKind::sum, axes, keep);
  Value count = countOf(b, wide, axes, elementTypeOf(wide));
  return b.ops.div(sum, b.ops.broadcast(count, dimsOf(sum), {}));
}

static bool buildMean(Builder &b) {
  if (!b.checkOperands(1))
    return false;
  Value x = floatOperand(b, 0);
  auto axes = b.axes(rankOf(x));
  if (!axes)
    return false;
  Value wide = b.ops.cast(x, wideElement(elementTypeOf(x)));
  b.results.push_back(b.ops.cast(meanOf(b, wide, *axes, b.flag("keepdims")), elementTypeOf(x)));
  return true;
}

/// {axes, keepdims, correction}: the mean of squared distances from the mean, by two passes.
static bool buildVar(Builder &b) {
  if (!b.checkOperands(1))
    return false;
  Value x = floatOperand(b, 0);
  auto axes = b.axes(rankOf(x));
  if (!axes)
    return false;
  Value wide = b.ops.cast(x, wideElement(elementTypeOf(x)));
  Value mean = b.broadcastTo(meanOf(b, wide, *axes, true), dimsOf(wide));
  Value distance = b.ops.sub(wide, mean);
  Value sum = reduceBy(b, b.ops.mul(distance, distance), ReduceKind::sum, *axes, b.flag("keepdims"));
  Value count = countOf(b, wide, *axes, elementTypeOf(wide));
  if (int64_t correction = b.integer("correction", 0))
    count = b.ops.sub(count, b.ops.scalar(double(correction), elementTypeOf(wide)));
  Value var = b.ops.div(sum, b.ops.broadcast(count, dimsOf(sum), {}));
  b.results.push_back(b.ops.cast(var, elementTypeOf(x)));
  return true;
}

/// {axis, keepdims}; without axis, of the flattened operand.
template <class OpTy> static bool buildArg(Builder &b) {
  if (!b.checkOperands(1))
    return false;
  Value x = b.value(0);
  Dims dims = dimsOf(x);
  bool isFlat = !b.attributes.get("axis");
  if (isFlat) {
    DimExpr size(1);
    for (const DimExpr &dim : dims)
      size = size * dim;
    x = b.ops.reshape(x, {size});
  }
  auto axis = b.axis(rankOf(x));
  if (!axis || !checkNotEmpty(b, x, *axis))
    return false;
  if (elementTypeOf(x).isInteger(1))
    x = b.ops.cast(x, IntegerType::get(b.irBuilder.getContext(), 32));
  Value index = b.ops.create<OpTy>(x, *axis);
  if (b.flag("keepdims")) {
    Dims kept = isFlat ? Dims(dims.size(), DimExpr(1)) : dims;
    if (!isFlat)
      kept[*axis] = DimExpr(1);
    index = b.ops.reshape(index, kept);
  }
  b.results.push_back(index);
  return true;
}

//===--- softmax and relatives ---===//

namespace {

/// x in its wide type, and its maximum along the axes; the maximum is no path of differentiation, since what depends on
/// it cancels.
struct Shifted {
  Value shifted, max;
  Type element;
  SmallVector<int64_t> axes;
};

} // namespace

static std::optional<Shifted> shift(Builder &b, bool axisList, bool finiteMax) {
  if (!b.checkOperands(1))
    return std::nullopt;
  Shifted s;
  Value x = floatOperand(b, 0);
  s.element = elementTypeOf(x);
  if (axisList) {
    auto axes = b.axes(rankOf(x));
    if (!axes)
      return std::nullopt;
    s.axes = *axes;
  } else {
    auto axis = b.axis(rankOf(x));
    if (!axis)
      return std::nullopt;
    s.axes = {*axis};
  }
  if (!checkNotEmpty(b, x, s.axes))
    return std::nullopt;
  Value wide = b.ops.cast(x, wideElement(s.element));
  s.max = b.ops.create<StopGradientOp>(b.ops.reduceKeep(wide, ReduceKind::max, s.axes));
  if (finiteMax)
    s.max = b.ops.select(b.ops.create<IsFiniteOp>(s.max), s.max, b.ops.full(s.max, 0));
  s.shifted = b.ops.sub(wide, b.broadcastTo(s.max, dimsOf(wide)));
  return s;
}

/// {axis}: e = exp(x - max), e / sum(e).
static bool buildSoftmax(Builder &b) {
  auto s = shift(b, false, false);
  if (!s)
    return false;
  Value e = b.ops.exp(s->shifted);
  Value sum = b.ops.reduceKeep(e, ReduceKind::sum, s->axes);
  b.results.push_back(b.ops.cast(b.ops.div(e, b.broadcastTo(sum, dimsOf(e))), s->element));
  return true;
}

/// {axis}: (x - max) - log(sum(exp(x - max))).
static bool buildLogSoftmax(Builder &b) {
  auto s = shift(b, false, false);
  if (!s)
    return false;
  Value sum = b.ops.reduceKeep(b.ops.exp(s->shifted), ReduceKind::sum, s->axes);
  Value log = b.broadcastTo(b.ops.log(sum), dimsOf(s->shifted));
  b.results.push_back(b.ops.cast(b.ops.sub(s->shifted, log), s->element));
  return true;
}

/// {axes, keepdims}: log(sum(exp(x - max))) + max, where an infinite max counts as 0.
static bool buildLogSumExp(Builder &b) {
  auto s = shift(b, true, true);
  if (!s)
    return false;
  Value sum = b.ops.reduceKeep(b.ops.exp(s->shifted), ReduceKind::sum, s->axes);
  Value result = b.ops.add(b.ops.log(sum), s->max);
  if (!b.flag("keepdims")) {
    Dims dims, kept = dimsOf(result);
    for (int64_t i = 0; i < int64_t(kept.size()); ++i)
      if (!llvm::is_contained(s->axes, i))
        dims.push_back(kept[i]);
    result = b.ops.reshape(result, dims);
  }
  b.results.push_back(b.ops.cast(result, s->element));
  return true;
}

ArrayRef<NamedBuilder> reductionBuilders() {
  static const NamedBuilder builders[] = {
      {"reduce", buildReduce},
      {"mean", buildMean},
      {"var", buildVar},
      {"argmax", buildArg<ArgmaxOp>},
      {"argmin", buildArg<ArgminOp>},
      {"softmax", buildSoftmax},
      {"log_softmax", buildLogSoftmax},
      {"logsumexp", buildLogSumExp},
  };
  return builders;
}

} // namespace dlc
