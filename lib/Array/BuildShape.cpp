// Builders that move elements: shapes with an inferred extent, joining with promotion, picking by index, and writing a
// part of an array.
#include "lib/Array/Builders.h"

using namespace mlir;

namespace dlc {

static std::optional<Dims> shapeAttribute(Builder &b) {
  auto attr = b.attributes.getAs<DimsAttr>("shape");
  if (!attr) {
    b.fail("expected attribute 'shape', but found none");
    return std::nullopt;
  }
  return Dims(attr.getDims());
}

/// {shape}: broadcasts, also a literal.
static bool buildBroadcastTo(Builder &b) {
  auto shape = shapeAttribute(b);
  if (!b.checkOperands(1) || !shape)
    return false;
  Value x = b.value(0);
  Dims dims = dimsOf(x);
  bool fits = dims.size() <= shape->size();
  for (size_t i = 0; fits && i < dims.size(); ++i)
    fits = dims[i] == DimExpr(1) || dims[i] == (*shape)[shape->size() - dims.size() + i];
  if (!fits)
    return b.fail("expected a shape that broadcasts to ", dimsText(*shape), ", but got ", dimsText(dims));
  b.results.push_back(b.broadcastTo(x, *shape));
  return true;
}

/// {shape, element}: a literal or rank-0 value everywhere.
static bool buildFull(Builder &b) {
  auto shape = shapeAttribute(b);
  auto element = b.attributes.getAs<TypeAttr>("element");
  if (!b.checkOperands(1) || !shape)
    return false;
  Value x = element ? b.materialize(b.operands[0], element.getValue()) : b.value(0);
  if (rankOf(x) != 0)
    return b.fail("expected a value of rank 0, but got shape ", dimsText(dimsOf(x)));
  b.results.push_back(b.broadcastTo(x, *shape));
  return true;
}

/// {shape}: at most one extent is -1 and is inferred.
static bool buildReshape(Builder &b) {
  auto shape = shapeAttribute(b);
  if (!b.checkOperands(1) || !shape)
    return false;
  Value x = b.value(0);
  DimExpr size(1), known(1);
  for (const DimExpr &dim : dimsOf(x))
    size = size * dim;
  DimExpr *inferred = nullptr;
  for (DimExpr &dim : *shape) {
    if (dim != DimExpr(-1)) {
      known = known * dim;
      continue;
    }
    if (inferred)
      return b.fail("expected at most one extent of -1, but got shape ", dimsText(*shape));
    inferred = &dim;
  }
  if (inferred) {
    auto quotient = known == DimExpr(0) ? std::nullopt : size.exactDiv(known);
    if (!quotient)
      return b.fail("expected a shape that holds ", size.str(), " elements, but got ", dimsText(*shape));
    *inferred = *quotient;
  } else if (known != size) {
    return b.fail("expected a shape that holds ", size.str(), " elements, but got ", dimsText(*shape));
  }
  b.results.push_back(b.ops.reshape(x, *shape));
  return true;
}

/// {axis}: operands in their common element type, one after the other.
static bool buildConcat(Builder &b) {
  if (b.operands.empty())
    return b.fail("expected at least one operand, but got none");
  Type element = b.promote(b.operands);
  if (!element)
    return false;
  SmallVector<Value> values;
  for (const Operand &operand : b.operands)
    values.push_back(b.materialize(operand, element));
  auto axis = b.axis(rankOf(values[0]), 0);
  if (!axis)
    return false;
  auto dim = NamedAttribute(b.irBuilder.getStringAttr("dim"), b.irBuilder.getI64IntegerAttr(*axis));
  Operation *op = b.create("dlc.concat", values, b.irBuilder.getDictionaryAttr(dim));
  if (op)
    b.results.push_back(op->getResult(0));
  return op != nullptr;
}

/// {axis}: operands of one shape along a new axis.
static bool buildStack(Builder &b) {
  if (b.operands.empty())
    return b.fail("expected at least one operand, but got none");
  Type element = b.promote(b.operands);
  if (!element)
    return false;
  SmallVector<Value> values;
  for (const Operand &operand : b.operands)
    values.push_back(b.materialize(operand, element));
  Dims dims = dimsOf(values[0]);
  auto axis = b.axis(int64_t(dims.size()) + 1, 0);
  if (!axis)
    return false;
  Dims widened = dims;
  widened.insert(widened.begin() + *axis, DimExpr(1));
  for (Value &value : values) {
    if (dimsOf(value) != dims)
      return b.fail("expected operands of one shape, but got ", dimsText(dims), " and ", dimsText(dimsOf(value)));
    value = b.ops.reshape(value, widened);
  }
  auto dim = NamedAttribute(b.irBuilder.getStringAttr("dim"), b.irBuilder.getI64IntegerAttr(*axis));
  b.results.push_back(b.create("dlc.concat", values, b.irBuilder.getDictionaryAttr(dim))->getResult(0));
  return true;
}

static bool checkIndices(Builder &b, Value indices) {
  DType type = dtypeOf(indices.getType());
  if (isInteger(type) && !isStorage(type))
    return true;
  return b.failType("expected indices of an integer element type of 8 to 64 bits, but got ", dlc::name(type));
}

static IndexMode indexMode(Builder &b) { return b.text("mode") == "clamp" ? IndexMode::clamp : IndexMode::error; }

/// {axis, mode}: slices of the first operand along the axis, picked by the second.
static bool buildTake(Builder &b) {
  if (!b.checkOperands(2))
    return false;
  Value x = b.value(0), indices = b.value(1);
  auto axis = b.axis(rankOf(x), 0);
  if (!axis || !checkIndices(b, indices))
    return false;
  b.results.push_back(b.ops.create<GatherOp>(x, indices, *axis, int64_t(0), indexMode(b)));
  return true;
}

/// {axis, mode}: for each index, the element of its own row. The axis is moved to the end, so that all others are
/// shared.
static bool buildTakeAlongAxis(Builder &b) {
  if (!b.checkOperands(2))
    return false;
  Value x = b.value(0), indices = b.value(1);
  int64_t rank = rankOf(x);
  auto axis = b.axis(rank);
  if (!axis || !checkIndices(b, indices))
    return false;
  Dims dx = dimsOf(x), di = dimsOf(indices);
  bool fits = dx.size() == di.size();
  for (int64_t i = 0; fits && i < rank; ++i)
    fits = i == *axis || dx[i] == di[i];
  if (!fits)
    return b.fail("expected indices with the extents of the array but along axis ", *axis, ", but got shapes ",
                  dimsText(di), " and ", dimsText(dx));
  SmallVector<int64_t> toEnd, back;
  for (int64_t i = 0; i < rank; ++i)
    if (i != *axis)
      toEnd.push_back(i);
  toEnd.push_back(*axis);
  for (int64_t i = 0; i < rank; ++i)
    back.push_back(i < *axis ? i : i == *axis ? rank - 1 : i - 1);
  Value picked = b.ops.create<GatherOp>(b.ops.transpose(x, toEnd), b.ops.transpose(indices, toEnd), rank - 1, rank - 1,
                                        indexMode(b));
  b.results.push_back(b.ops.transpose(picked, back));
  return true;
}

/// {axis, mode, kind}: writes slices of the third operand into the first where the second says, in row-major order of
/// updates; adds them without a kind.
static bool buildScatter(Builder &b) {
  auto kind = b.text("kind").empty() ? ScatterKind::add : symbolizeScatterKind(b.text("kind"));
  if (!b.checkOperands(3) || !kind)
    return b.fail("expected three operands and a kind add, set, max or min, but got ", b.operands.size(), " and '",
                  b.text("kind"), "'");
  Value x = b.value(0), indices = b.value(1);
  auto axis = b.axis(rankOf(x), 0);
  if (!axis || !checkIndices(b, indices))
    return false;
  DType type = dtypeOf(x.getType());
  bool isUnordered = isComplex(type) && kind != ScatterKind::add;
  if (kind != ScatterKind::set && (type == DType::Bool || isStorage(type) || isUnordered))
    return b.failType("expected numbers to ", stringifyScatterKind(*kind), ", but got element type ", dlc::name(type));
  Value updates = b.materialize(b.operands[2], elementTypeOf(x));
  Dims shape = dimsOf(x), picks = dimsOf(indices);
  shape.erase(shape.begin() + *axis);
  shape.insert(shape.begin() + *axis, picks.begin(), picks.end());
  auto fitted = b.broadcastShape({updates, b.ops.broadcast(b.ops.scalar(0, elementTypeOf(x)), shape, {})});
  if (!fitted || *fitted != shape)
    return fitted
               ? b.fail("expected updates that broadcast to ", dimsText(shape), ", but got ", dimsText(dimsOf(updates)))
               : false;
  b.results.push_back(
      b.ops.create<ScatterOp>(x, indices, b.broadcastTo(updates, shape), *axis, int64_t(0), indexMode(b), *kind));
  return true;
}

/// {sizes, mode}: the array, then a start for each dimension.
static bool buildDynamicSlice(Builder &b) {
  auto sizes = b.attributes.getAs<DimsAttr>("sizes");
  if (b.operands.empty() || !sizes)
    return b.fail("expected an array and attribute 'sizes'");
  SmallVector<Value> operands = {b.value(0)};
  for (size_t i = 1; i < b.operands.size(); ++i) {
    operands.push_back(b.value(i));
    if (!checkIndices(b, operands.back()))
      return false;
  }
  auto mode = IndexModeAttr::get(b.irBuilder.getContext(), indexMode(b));
  NamedAttribute attributes[] = {b.irBuilder.getNamedAttr("mode", mode), b.irBuilder.getNamedAttr("sizes", sizes)};
  Operation *op = b.create("dlc.dynamic_slice", operands, b.irBuilder.getDictionaryAttr(attributes));
  if (op)
    b.results.push_back(op->getResult(0));
  return op != nullptr;
}

/// {mode}: the array, the update, then a start for each dimension.
static bool buildDynamicUpdateSlice(Builder &b) {
  if (b.operands.size() < 2)
    return b.fail("expected an array and an update, but got ", b.operands.size(), " operands");
  SmallVector<Value> operands = {b.value(0)};
  operands.push_back(b.materialize(b.operands[1], elementTypeOf(operands[0])));
  for (size_t i = 2; i < b.operands.size(); ++i) {
    operands.push_back(b.value(i));
    if (!checkIndices(b, operands.back()))
      return false;
  }
  auto mode = b.irBuilder.getNamedAttr("mode", IndexModeAttr::get(b.irBuilder.getContext(), indexMode(b)));
  Operation *op = b.create("dlc.dynamic_update_slice", operands, b.irBuilder.getDictionaryAttr(mode));
  if (op)
    b.results.push_back(op->getResult(0));
  return op != nullptr;
}

/// {depth, element}: a new last axis that holds 1 where its index equals the operand, else 0.
static bool buildOneHot(Builder &b) {
  int64_t depth = b.integer("depth", -1);
  auto element = b.attributes.getAs<TypeAttr>("element");
  if (!b.checkOperands(1))
    return false;
  Value indices = b.value(0);
  if (depth < 0 || !element || !checkIndices(b, indices))
    return depth < 0 || !element ? b.fail("expected a depth of 0 or more and an element type, but got ", depth) : false;
  Dims shape = dimsOf(indices);
  SmallVector<int64_t> dims;
  for (int64_t i = 0; i < int64_t(shape.size()); ++i)
    dims.push_back(i);
  shape.push_back(DimExpr(depth));
  Value wide = b.ops.broadcast(indices, shape, dims);
  Value positions = b.ops.create<IotaOp>(DimsAttr::get(b.irBuilder.getContext(), shape), int64_t(shape.size()) - 1,
                                         elementTypeOf(indices));
  b.results.push_back(b.ops.cast(b.ops.eq(wide, positions), element.getValue()));
  return true;
}

/// {starts, strides, counts}: the first operand with the second at starts[i] + k * strides[i], k < counts[i]. The
/// second has the shape that counts say, after broadcasting. Extents are static.
static bool buildUpdate(Builder &b) {
  if (!b.checkOperands(2))
    return false;
  Value x = b.value(0);
  Value update = b.materialize(b.operands[1], elementTypeOf(x));
  ArrayRef<int64_t> lists[3];
  const char *names[3] = {"starts", "strides", "counts"};
  for (auto [i, name] : llvm::enumerate(names)) {
    auto attr = b.attributes.getAs<DenseI64ArrayAttr>(name);
    if (!attr || attr.size() != rankOf(x))
      return b.fail("expected '", name, "' to have ", rankOf(x), " entries");
    lists[i] = attr.asArrayRef();
  }
  Dims dims = dimsOf(x), part;
  SmallVector<int64_t> high, interior;
  for (int64_t i = 0; i < rankOf(x); ++i) {
    int64_t start = lists[0][i], stride = lists[1][i], count = lists[2][i];
    auto extent = dims[i].constant();
    int64_t end = count == 0 ? start : start + (count - 1) * stride + 1;
    if (!extent || start < 0 || stride < 1 || count < 0 || end > *extent)
      return b.fail("expected a part of ", dimsText(dims), " with static extents, but got indices from ", start, " to ",
                    end, " in dimension ", i);
    part.push_back(DimExpr(count));
    high.push_back(*extent - end);
    interior.push_back(stride - 1);
  }
  auto fitted = b.broadcastShape({update, b.ops.broadcast(b.ops.scalar(0, elementTypeOf(x)), part, {})});
  if (!fitted || *fitted != part)
    return fitted ? b.fail("expected values that broadcast to ", dimsText(part), ", but got ", dimsText(dimsOf(update)))
                  : false;
  update = b.broadcastTo(update, part);
  if (part == dims) {
    b.results.push_back(update);
    return true;
  }
  Type boolean = boolType(b.irBuilder.getContext());
  Value inside = b.ops.broadcast(b.ops.scalar(1, boolean), part, {});
  Value mask = b.ops.pad(inside, 0, lists[0], high, interior);
  b.results.push_back(b.ops.select(mask, b.ops.pad(update, 0, lists[0], high, interior), x));
  return true;
}

ArrayRef<NamedBuilder> shapeBuilders() {
  static const NamedBuilder builders[] = {
      {"broadcast_to", buildBroadcastTo, Takes::all},
      {"full", buildFull, Takes::all},
      {"reshape", buildReshape, Takes::all},
      {"concat", buildConcat, Takes::all},
      {"stack", buildStack, Takes::all},
      {"take", buildTake, Takes::all},
      {"take_along_axis", buildTakeAlongAxis, Takes::all},
      {"scatter", buildScatter, Takes::all},
      {"dynamic_slice", buildDynamicSlice, Takes::all},
      {"dynamic_update_slice", buildDynamicUpdateSlice, Takes::all},
      {"one_hot", buildOneHot},
      {"update", buildUpdate, Takes::all},
  };
  return builders;
}

} // namespace dlc
