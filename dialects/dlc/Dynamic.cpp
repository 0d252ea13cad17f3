// dynamic_slice and dynamic_update_slice: a part of a tensor at a place that is data. For each op: infer, evaluate,
// buildAt, buildVjp, buildJvp, buildBatched.
#include "dialects/dlc/Dlc.h"

using namespace mlir;
using namespace dlc;

using Index = std::vector<int64_t>;

/// Starts are rank-0 integers, one a dim of 'x', and a part of extents `sizes` fits.
static LogicalResult checkPart(const InferError &error, Value x, ValueRange starts, ArrayRef<DimExpr> sizes,
                               StringRef name) {
  Dims dims = dimsOf(x);
  if (failed(error.checkCount("starts", starts.size(), dims.size())) ||
      failed(error.checkCount(name, sizes.size(), dims.size())))
    return failure();
  for (size_t i = 0; i < dims.size(); ++i) {
    if (rankOf(starts[i]) != 0)
      return error.fail("expected entry ", i, " of 'starts' to have rank 0, but got ", starts[i].getType());
    auto room = (dims[i] - sizes[i]).constant(), size = sizes[i].constant();
    if ((room && *room < 0) || (size && *size < 0))
      return error.fail("expected entry ", i, " of '", name, "' to be in [0, ", dims[i].str(),
                        "], the extent of dimension ", i, " of 'x', but got ", sizes[i].str());
  }
  return success();
}

/// Where the part begins: clamped into the operand; the first start that was not there is reported unless the op says
/// clamp.
static Index resolveStarts(EvaluateContext &context, IndexMode mode, ArrayRef<HostTensor> starts, const Index &extents,
                           const Index &sizes, bool isRead) {
  Index resolved;
  for (size_t i = 0; i < starts.size(); ++i) {
    int64_t start = readAll<int64_t>(starts[i])[0], room = extents[i] - sizes[i];
    resolved.push_back(std::clamp<int64_t>(start, 0, room));
    if (mode == IndexMode::error && isRead && resolved.back() != start) {
      context.report(0, start, room + 1);
      isRead = false;
    }
  }
  return resolved;
}

/// The same in code.
static SmallVector<LaneIndex> buildStarts(PointBuilder &b, Operation *op, IndexMode mode, ValueRange starts,
                                          ArrayRef<DimExpr> extents, ArrayRef<DimExpr> sizes) {
  SmallVector<LaneIndex> resolved;
  for (size_t i = 0; i < starts.size(); ++i) {
    PointValue raw = b.read(starts[i], {});
    PointValue start = {b.scalars.cast(raw.value, DType::I64), raw.isUniform};
    LaneIndex index = b.valueToIndex(start), zero = b.constant(0), room = b.uniform(b.extent(extents[i] - sizes[i]));
    PointValue low = b.compare(arith::CmpIPredicate::slt, index, zero);
    PointValue high = b.compare(arith::CmpIPredicate::sgt, index, room);
    if (mode == IndexMode::error) {
      PointValue bad = {b.scalars.bitOr({b.spread(low), DType::Bool}, {b.spread(high), DType::Bool}), false};
      b.report(op, bad, zero, start, b.extent(extents[i] - sizes[i] + DimExpr(1)));
    }
    PointValue atMost = b.select(high, b.indexToValue(room), start);
    resolved.push_back(b.valueToIndex(b.select(low, b.indexToValue(zero), atMost)));
  }
  return resolved;
}

//===--- Batches ---===//

static bool isAnyBatched(ArrayRef<Batched> operands) {
  return llvm::any_of(operands, [](const Batched &operand) { return operand.dim.has_value(); });
}

/// The starts of an op whose batch dim `at` is taken whole.
static SmallVector<Value> startsBeside(DlcBuilder &b, ArrayRef<Batched> starts, int64_t at) {
  SmallVector<Value> values;
  for (const Batched &start : starts)
    values.push_back(start.value);
  Type element = values.empty() ? Type(b.builder.getI64Type()) : elementTypeOf(values[0]);
  values.insert(values.begin() + at, b.scalar(0, element));
  return values;
}

/// An extent as a rank-0 i64: a constant, or as many ones added up.
static Value extentValue(DlcBuilder &b, const DimExpr &dim) {
  Value one = b.scalar(dim.constant().value_or(1), b.builder.getI64Type());
  return dim.isConstant() ? one : b.reduce(b.broadcast(one, dim, {}), ReduceKind::sum, 0);
}

namespace {
/// Starts of each example's own: parts are then read and written by gather, one dim at a time.
struct OwnStarts {
  OwnStarts(DlcBuilder &b, const DimExpr &extent, IndexMode mode) : b(b), extent(extent), mode(mode) {}

  /// [N, length]: where the part of each example begins, in [0, room], repeated. A start that must be there is looked
  /// up in a table of all that may be; a negative one, which the table would count from its end, is moved out of it.
  Value resolved(const Batched &start, const DimExpr &room, const DimExpr &length) {
    Value wide = b.cast(start.value, b.builder.getI64Type()), zero = b.full(wide, 0);
    auto like = [&](Value scalar) { return b.broadcast(scalar, dimsOf(wide), {}); };
    if (mode == IndexMode::clamp) {
      wide = b.create<ClampOp>(wide, zero, like(extentValue(b, room)));
    } else {
      DimExpr count = room + DimExpr(1);
      Value below = b.sub(wide, like(extentValue(b, count)));
      Value place = b.select(b.lt(wide, zero), below, wide);
      wide = b.create<GatherOp>(iota(count, 0), place, int64_t(0), int64_t(0), mode);
    }
    SmallVector<int64_t> dims;
    if (start.dim)
      dims.push_back(0);
    return b.broadcast(wide, {extent, length}, dims);
  }
  /// [N, length]: the place within a row.
  Value places(const DimExpr &length) { return iota({extent, length}, 1); }

private:
  Value iota(ArrayRef<DimExpr> dims, int64_t dim) {
    return b.create<IotaOp>(DimsAttr::get(b.builder.getContext(), dims), dim, b.builder.getI64Type());
  }
  DlcBuilder &b;
  const DimExpr &extent;
  IndexMode mode;
};
} // namespace

//===--- dynamic_slice ---===//

LogicalResult DynamicSliceOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                               SmallVectorImpl<Type> &types) {
  Dims sizes(op.getSizes().getDims());
  if (failed(checkPart(InferError(getOperationName(), location), op.getX(), op.getStarts(), sizes, "sizes")))
    return failure();
  types.push_back(tensorType(sizes, elementTypeOf(op.getX())));
  return success();
}

void DynamicSliceOp::evaluate(EvaluateContext &context, ArrayRef<HostTensor> inputs,
                              MutableArrayRef<HostTensor> outputs) {
  const HostTensor &x = inputs[0];
  Index starts = resolveStarts(context, getMode(), inputs.drop_front(), x.shape, outputs[0].shape, outputs[0].size());
  Index strides = x.strides();
  int64_t base = linearIndex(starts, strides);
  evaluateMoves(x, outputs[0], [&](const Index &index) { return base + linearIndex(index, strides); });
}

PointValue DynamicSliceOp::buildAt(PointBuilder &b, ArrayRef<LaneIndex> index) {
  SmallVector<LaneIndex> source = buildStarts(b, *this, getMode(), getStarts(), dimsOf(getX()), dimsOf(getR()));
  for (auto [start, at] : llvm::zip(source, index))
    start = b.add(start, at);
  return b.read(getX(), source);
}

SmallVector<Value> DynamicSliceOp::buildVjp(DlcBuilder &b, ArrayRef<Value> cts) {
  SmallVector<Value> gradients(getNumOperands());
  gradients[0] = b.create<DynamicUpdateSliceOp>(b.full(getX(), 0), cts[0], getStarts(), getMode());
  return gradients;
}

SmallVector<Value> DynamicSliceOp::buildJvp(DlcBuilder &b, ArrayRef<Value> tangents) {
  SmallVector<Value> operands(getOperands());
  operands[0] = tangents[0];
  return {b.again(*this, operands)};
}

/// Where each example has its own starts, one gather a dim.
SmallVector<Batched> DynamicSliceOp::buildBatched(DlcBuilder &b, ArrayRef<Batched> operands, const DimExpr &extent) {
  Dims from = dimsOf(getX()), sizes(getSizes().getDims());
  ArrayRef<Batched> starts = operands.drop_front();
  if (!isAnyBatched(starts)) {
    int64_t at = *operands[0].dim;
    auto all = DimsAttr::get(getContext(), withEntry<DimExpr>(sizes, at, extent));
    return {{b.create<DynamicSliceOp>(operands[0].value, startsBeside(b, starts, at), all, getMode()), at}};
  }
  OwnStarts own(b, extent, getMode());
  Value x = batchedAt(b, operands[0], 0, extent);
  for (size_t i = 0; i < from.size(); ++i) {
    Value indices = b.add(own.resolved(starts[i], from[i] - sizes[i], sizes[i]), own.places(sizes[i]));
    x = b.create<GatherOp>(x, indices, int64_t(i) + 1, int64_t(1), IndexMode::clamp);
  }
  return {{x, 0}};
}

//===--- dynamic_update_slice ---===//

LogicalResult DynamicUpdateSliceOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                                     SmallVectorImpl<Type> &types) {
  InferError error(getOperationName(), location);
  if (elementTypeOf(op.getUpdate()) != elementTypeOf(op.getX()))
    return error.fail("expected 'update' to have elements of ", elementTypeOf(op.getX()), ", but got ",
                      elementTypeOf(op.getUpdate()));
  if (failed(checkPart(error, op.getX(), op.getStarts(), dimsOf(op.getUpdate()), "update")))
    return failure();
  types.push_back(op.getX().getType());
  return success();
}

void DynamicUpdateSliceOp::evaluate(EvaluateContext &context, ArrayRef<HostTensor> inputs,
                                    MutableArrayRef<HostTensor> outputs) {
  const HostTensor &x = inputs[0], &update = inputs[1];
  Index starts = resolveStarts(context, getMode(), inputs.drop_front(2), x.shape, update.shape, outputs[0].size());
  memcpy(outputs[0].data<char>(), x.at(0), x.bytes());
  Index strides = x.strides();
  int64_t base = linearIndex(starts, strides), from = 0;
  forEachIndex(update.shape, [&](const Index &index) {
    memcpy(outputs[0].at(base + linearIndex(index, strides)), update.at(from++), byteWidth(x.type));
  });
}

PointValue DynamicUpdateSliceOp::buildAt(PointBuilder &b, ArrayRef<LaneIndex> index) {
  Dims dims = dimsOf(getX()), sizes = dimsOf(getUpdate());
  SmallVector<LaneIndex> source = buildStarts(b, *this, getMode(), getStarts(), dims, sizes);
  PointValue inside = {{arith::ConstantIntOp::create(b.b, b.location, 1, 1), DType::Bool}, true};
  for (size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] == sizes[i]) { // begins at 0
      source[i] = index[i];
      continue;
    }
    source[i] = b.sub(index[i], source[i]);
    inside = b.logicalAnd(inside, b.compare(arith::CmpIPredicate::sge, source[i], b.constant(0)));
    inside = b.logicalAnd(inside, b.compare(arith::CmpIPredicate::slt, source[i], b.uniform(b.extent(sizes[i]))));
  }
  PointValue value = b.guarded(inside, [&] { return b.read(getUpdate(), source); });
  return b.select(inside, value, b.read(getX(), index));
}

SmallVector<Value> DynamicUpdateSliceOp::buildVjp(DlcBuilder &b, ArrayRef<Value> cts) {
  SmallVector<Value> gradients(getNumOperands());
  gradients[0] = b.create<DynamicUpdateSliceOp>(cts[0], b.full(getUpdate(), 0), getStarts(), getMode());
  gradients[1] =
      b.create<DynamicSliceOp>(cts[0], getStarts(), DimsAttr::get(getContext(), dimsOf(getUpdate())), getMode());
  return gradients;
}

SmallVector<Value> DynamicUpdateSliceOp::buildJvp(DlcBuilder &b, ArrayRef<Value> tangents) {
  SmallVector<Value> operands(getOperands());
  operands[0] = b.orZeros(tangents[0], getX());
  operands[1] = b.orZeros(tangents[1], getUpdate());
  return {b.again(*this, operands)};
}

/// Where each example has its own starts, every place of the result picks its element of the update, one gather a dim,
/// and keeps it if the place is in the part.
SmallVector<Batched> DynamicUpdateSliceOp::buildBatched(DlcBuilder &b, ArrayRef<Batched> operands,
                                                        const DimExpr &extent) {
  Dims dims = dimsOf(getX()), sizes = dimsOf(getUpdate());
  ArrayRef<Batched> starts = operands.drop_front(2);
  if (!isAnyBatched(starts)) {
    int64_t at = firstBatchDim(operands);
    Value x = batchedAt(b, operands[0], at, extent), update = batchedAt(b, operands[1], at, extent);
    return {{b.create<DynamicUpdateSliceOp>(x, update, startsBeside(b, starts, at), getMode()), at}};
  }
  Value x = batchedAt(b, operands[0], 0, extent), update = batchedAt(b, operands[1], 0, extent);
  if (llvm::is_contained(sizes, DimExpr(0)))
    return {{x, 0}};
  OwnStarts own(b, extent, getMode());
  Value inside = b.broadcast(b.scalar(1, boolType(getContext())), dimsOf(x), {});
  for (size_t i = 0; i < dims.size(); ++i) {
    Value places = b.sub(own.places(dims[i]), own.resolved(starts[i], dims[i] - sizes[i], dims[i]));
    Value zero = b.full(places, 0), size = b.broadcast(extentValue(b, sizes[i]), dimsOf(places), {});
    Value isPart = b.logicalAnd(b.le(zero, places), b.lt(places, size));
    inside = b.logicalAnd(inside, b.broadcast(isPart, dimsOf(x), {0, int64_t(i) + 1}));
    update = b.create<GatherOp>(update, b.select(isPart, places, zero), int64_t(i) + 1, int64_t(1), IndexMode::clamp);
  }
  return {{b.select(inside, update, x), 0}};
}
