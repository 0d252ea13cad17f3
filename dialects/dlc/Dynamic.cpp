// dynamic_slice and dynamic_update_slice: a part of a tensor at a place that is data. For each op: infer, evaluate,
// buildAt, buildVjp.
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
    inside =
        b.logicalAnd(inside, b.compare(arith::CmpIPredicate::slt, source[i], b.uniform(b.extent(sizes[i]))));
  }
  PointValue value = b.guarded(inside, [&] { return b.read(getUpdate(), source); });
  return b.select(inside, value, b.read(getX(), index));
}

SmallVector<Value> DynamicUpdateSliceOp::buildVjp(DlcBuilder &b, ArrayRef<Value> cts) {
  SmallVector<Value> gradients(getNumOperands());
  gradients[0] = b.create<DynamicUpdateSliceOp>(cts[0], b.full(getUpdate(), 0), getStarts(), getMode());
  gradients[1] = b.create<DynamicSliceOp>(cts[0], getStarts(),
                                          DimsAttr::get(getContext(), dimsOf(getUpdate())), getMode());
  return gradients;
}
