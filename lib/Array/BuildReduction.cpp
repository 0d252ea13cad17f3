// Builders that reduce along axes. Axes are ascending and the order of additions is the default one (numerics N3, N4).
#include "lib/Array/Builders.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace dlc {

static Value reduceBy(Builder &b, Value x, ReduceKind kind, ArrayRef<int64_t> axes, bool keep) {
  return keep ? b.ops.reduceKeep(x, kind, axes) : b.ops.reduce(x, kind, axes);
}

/// Checks that max and min have something to choose from.
static bool checkNotEmpty(Builder &b, Value x, ArrayRef<int64_t> axes) {
  Dims dims = dimsOf(x);
  for (int64_t axis : axes)
    if (dims[axis] == DimExpr(0))
      return b.fail("expected elements along axis ", axis, ", but got extent 0");
  return true;
}

/// What sums and products of integers and bool add up: 64 bits of the same signedness (Array API).
static Value countable(Builder &b, Value x, ReduceKind kind) {
  auto element = dyn_cast<IntegerType>(elementTypeOf(x));
  bool isNarrow = element && element.getWidth() < 64 && (kind == ReduceKind::sum || kind == ReduceKind::prod);
  if (!isNarrow && !elementTypeOf(x).isInteger(1))
    return x;
  auto signedness = element.isUnsigned() ? IntegerType::Unsigned : IntegerType::Signless;
  return b.ops.cast(x, IntegerType::get(element.getContext(), 64, signedness));
}

/// {kind, axes, keepdims}: sums and products of integers have 64 bits; all and any are of bool.
static bool buildReduce(Builder &b) {
  auto kind = symbolizeReduceKind(b.text("kind"));
  if (!b.checkOperands(1) || !kind)
    return b.fail("expected an operand and a kind of reduction, but got '", b.text("kind"), "'");
  Value x = b.value(0);
  auto axes = b.axes(rankOf(x));
  if (!axes)
    return false;
  if (elementTypeOf(x).isInteger(1) && (*kind == ReduceKind::max || *kind == ReduceKind::min)) {
    if (!checkNotEmpty(b, x, *axes))
      return false;
    kind = *kind == ReduceKind::max ? ReduceKind::any : ReduceKind::all;
  }
  bool isLogical = *kind == ReduceKind::all || *kind == ReduceKind::any;
  bool isChoice = *kind == ReduceKind::max || *kind == ReduceKind::min;
  Type element = elementTypeOf(x);
  if (isLogical && !element.isInteger(1))
    x = b.ops.compare(ComparePredicate::ne, x, b.ops.full(x, 0));
  else if (!isLogical)
    x = countable(b, x, *kind);
  if (isa<ComplexType>(elementTypeOf(x)) && isChoice)
    return b.failType("expected real elements to combine by ", b.text("kind"), ", but got element type ",
                      dlc::name(dtypeOf(x.getType())));
  if (isChoice && !checkNotEmpty(b, x, *axes))
    return false;
  b.results.push_back(reduceBy(b, x, *kind, *axes, b.flag("keepdims")));
  return true;
}

static bool buildMean(Builder &b) {
  if (!b.checkOperands(1))
    return false;
  Value x = analyticOperand(b, 0);
  auto axes = b.axes(rankOf(x));
  if (!axes)
    return false;
  Value wide = b.ops.cast(x, wideElement(elementTypeOf(x)));
  b.results.push_back(b.ops.cast(b.ops.mean(wide, *axes, b.flag("keepdims")), elementTypeOf(x)));
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
  Value mean = b.broadcastTo(b.ops.mean(wide, *axes, true), dimsOf(wide));
  Value distance = b.ops.sub(wide, mean);
  Value sum = reduceBy(b, b.ops.mul(distance, distance), ReduceKind::sum, *axes, b.flag("keepdims"));
  Value count = b.ops.count(wide, *axes);
  if (double correction = b.number("correction", 0))
    count = b.ops.create<MaxOp>(b.ops.sub(count, b.ops.scalar(correction, elementTypeOf(wide))),
                                b.ops.scalar(0, elementTypeOf(wide)));
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

//===--- scans and sorts ---===//

/// {kind, axis}: sums and products of integers have 64 bits.
static bool buildCumulative(Builder &b) {
  auto kind = symbolizeReduceKind(b.text("kind"));
  if (!b.checkOperands(1) || !kind || *kind == ReduceKind::all || *kind == ReduceKind::any)
    return b.fail("expected an operand and a kind of scan, but got '", b.text("kind"), "'");
  Value x = b.value(0);
  auto axis = b.axis(rankOf(x));
  if (!axis)
    return false;
  x = countable(b, x, *kind);
  if (isa<ComplexType>(elementTypeOf(x)) && *kind != ReduceKind::sum && *kind != ReduceKind::prod)
    return b.failType("expected real elements to scan by ", b.text("kind"), ", but got element type ",
                      dlc::name(dtypeOf(x.getType())));
  b.results.push_back(b.ops.create<CumulativeOp>(x, *kind, *axis));
  return true;
}

/// {axis, descending}: values and where they were.
static bool buildSort(Builder &b) {
  if (!b.checkOperands(1))
    return false;
  Value x = b.value(0);
  auto axis = b.axis(rankOf(x));
  if (!axis)
    return false;
  auto sort = SortOp::create(b.irBuilder, b.location, x, *axis, b.flag("descending"));
  b.results.append({sort.getValues(), sort.getIndices()});
  return true;
}

/// {k, axis, largest}: the first k of a sort.
static bool buildTopK(Builder &b) {
  if (!b.checkOperands(1))
    return false;
  Value x = b.value(0);
  auto axis = b.axis(rankOf(x));
  if (!axis)
    return false;
  int64_t k = b.integer("k", -1);
  auto extent = dimsOf(x)[*axis].constant();
  if (k < 0 || (extent && k > *extent))
    return b.fail("expected k to be in [0, ", dimsOf(x)[*axis].str(), "], the extent along axis ", *axis, ", but got ",
                  k);
  auto top = TopKOp::create(b.irBuilder, b.location, x, k, *axis, b.flag("largest"));
  b.results.append({top.getValues(), top.getIndices()});
  return true;
}

ArrayRef<NamedBuilder> reductionBuilders() {
  static const NamedBuilder builders[] = {
      {"reduce", buildReduce, Takes::computed},
      {"mean", buildMean, Takes::computed},
      {"var", buildVar},
      {"argmax", buildArg<ArgmaxOp>},
      {"argmin", buildArg<ArgminOp>},
      {"cumulative", buildCumulative, Takes::computed},
      {"sort", buildSort},
      {"top_k", buildTopK},
  };
  return builders;
}

} // namespace dlc
