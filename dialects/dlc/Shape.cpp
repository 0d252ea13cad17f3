// Ops that move elements. For each op, in this order: infer, evaluate, buildAt, buildVjp, buildJvp, buildBatched, fold.
#include "dialects/dlc/Dlc.h"

using namespace mlir;
using namespace dlc;

using Index = std::vector<int64_t>;

static SmallVector<int64_t> iotaDims(int64_t count) {
  SmallVector<int64_t> dims;
  for (int64_t i = 0; i < count; ++i)
    dims.push_back(i);
  return dims;
}

//===--- broadcast ---===//

LogicalResult BroadcastOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                            SmallVectorImpl<Type> &types) {
  InferError error(getOperationName(), location);
  Dims from = dimsOf(op.getX()), to(op.getShape().getDims());
  ArrayRef<int64_t> dims = op.getDims();
  if (failed(error.checkCount("dims", dims.size(), from.size())) ||
      failed(error.checkDims("dims", dims, int64_t(to.size()))))
    return failure();
  for (auto [i, dim] : llvm::enumerate(dims)) {
    if (i > 0 && dims[i - 1] >= dim)
      return error.fail("expected entries ", i - 1, " and ", i, " of 'dims' to ascend, but got ", dims[i - 1], " and ",
                        dim);
    if (from[i] != to[dim] && from[i] != DimExpr(1))
      return error.fail("expected dimension ", i, " of 'x' to be 1 or equal dimension ", dim, " of 'shape', but got ",
                        from[i].str(), " and ", to[dim].str());
  }
  types.push_back(tensorType(to, elementTypeOf(op.getX())));
  return success();
}

void BroadcastOp::evaluate(EvaluateContext &, ArrayRef<HostTensor> inputs, MutableArrayRef<HostTensor> outputs) {
  Index strides = inputs[0].strides();
  evaluateMoves(inputs[0], outputs[0], [&](const Index &index) {
    int64_t source = 0;
    for (auto [i, dim] : llvm::enumerate(getDims()))
      source += inputs[0].shape[i] == 1 ? 0 : index[dim] * strides[i];
    return source;
  });
}

PointValue BroadcastOp::buildAt(PointBuilder &b, ArrayRef<LaneIndex> index) {
  SmallVector<LaneIndex> source;
  Dims from = dimsOf(getX()), to = dimsOf(getR());
  for (auto [i, dim] : llvm::enumerate(getDims()))
    source.push_back(from[i] == to[dim] ? index[dim] : b.constant(0)); // an emitter may pass a flat index in a dim of 1
  return b.read(getX(), source);
}

/// A stretched last dim is summed on its own, behind the others: where its extent is 1 nobody can tell whether it
/// stretches, so whether it does must not decide the order in which the others are summed (numerics N3).
SmallVector<Value> BroadcastOp::buildVjp(DlcBuilder &b, ArrayRef<Value> cts) {
  Dims from = dimsOf(getX()), to = dimsOf(getR());
  int64_t last = int64_t(to.size()) - 1;
  SmallVector<int64_t> reduced, stretchedLast;
  for (int64_t dim = 0; dim <= last; ++dim) {
    auto place = llvm::find(getDims(), dim);
    bool isNew = place == getDims().end();
    if (!isNew && dim == last && from.back() != to.back())
      stretchedLast.push_back(last - int64_t(reduced.size()));
    else if (isNew || from[place - getDims().begin()] != to[dim])
      reduced.push_back(dim);
  }
  Value sum = b.reduce(b.reduce(cts[0], ReduceKind::sum, reduced), ReduceKind::sum, stretchedLast);
  return {b.reshape(sum, from)};
}

SmallVector<Value> BroadcastOp::buildJvp(DlcBuilder &b, ArrayRef<Value> tangents) { return {b.again(*this, tangents)}; }

/// The batch dim goes right behind the dim before it, so that `dims` still ascends and nothing moves.
SmallVector<Batched> BroadcastOp::buildBatched(DlcBuilder &b, ArrayRef<Batched> operands, const DimExpr &extent) {
  int64_t from = *operands[0].dim, at = from == 0 ? 0 : getDims()[from - 1] + 1;
  Dims shape(getShape().getDims());
  shape.insert(shape.begin() + at, extent);
  return {{b.broadcast(operands[0].value, shape, withEntry<int64_t>(dimsBeside(at, getDims()), from, at)), at}};
}

//===--- reshape ---===//

static DimExpr sizeOf(ArrayRef<DimExpr> dims) {
  DimExpr size(1);
  for (const DimExpr &dim : dims)
    size = size * dim;
  return size;
}

LogicalResult ReshapeOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                          SmallVectorImpl<Type> &types) {
  Dims from = dimsOf(op.getX()), to(op.getShape().getDims());
  if (sizeOf(from) != sizeOf(to))
    return InferError(getOperationName(), location)
        .fail("expected 'shape' to hold the ", sizeOf(from).str(), " elements of 'x', but got ", sizeOf(to).str(),
              " for ", dimsText(to));
  types.push_back(tensorType(to, elementTypeOf(op.getX())));
  return success();
}

void ReshapeOp::evaluate(EvaluateContext &, ArrayRef<HostTensor> inputs, MutableArrayRef<HostTensor> outputs) {
  int64_t next = 0;
  evaluateMoves(inputs[0], outputs[0], [&](const Index &) { return next++; });
}

bool ReshapeOp::onlyUnitDims() {
  auto wide = [](Dims dims) {
    llvm::erase(dims, DimExpr(1));
    return dims;
  };
  return wide(dimsOf(getX())) == wide(dimsOf(getR()));
}

PointValue ReshapeOp::buildAt(PointBuilder &b, ArrayRef<LaneIndex> index) {
  Dims from = dimsOf(getX()), to = dimsOf(getR());
  if (onlyUnitDims()) {
    SmallVector<LaneIndex> source;
    size_t at = 0;
    for (const DimExpr &dim : from) {
      while (dim != DimExpr(1) && to[at] == DimExpr(1))
        ++at;
      source.push_back(dim == DimExpr(1) ? b.constant(0) : index[at++]);
    }
    return b.read(getX(), source);
  }
  return b.read(getX(), b.delinearize(b.linearize(index, to), from));
}

SmallVector<Value> ReshapeOp::buildVjp(DlcBuilder &b, ArrayRef<Value> cts) {
  return {b.reshape(cts[0], dimsOf(getX()))};
}

SmallVector<Value> ReshapeOp::buildJvp(DlcBuilder &b, ArrayRef<Value> tangents) { return {b.again(*this, tangents)}; }

SmallVector<Batched> ReshapeOp::buildBatched(DlcBuilder &b, ArrayRef<Batched> operands, const DimExpr &extent) {
  return {{b.reshape(moveBatch(b, operands[0], 0), withEntry<DimExpr>(getShape().getDims(), 0, extent)), 0}};
}

OpFoldResult ReshapeOp::fold(FoldAdaptor) { return getX().getType() == getType() ? getX() : OpFoldResult(); }

//===--- transpose ---===//

LogicalResult TransposeOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                            SmallVectorImpl<Type> &types) {
  InferError error(getOperationName(), location);
  Dims from = dimsOf(op.getX()), to;
  if (failed(error.checkCount("perm", op.getPerm().size(), from.size())) ||
      failed(error.checkDims("perm", op.getPerm(), int64_t(from.size()))))
    return failure();
  for (int64_t dim : op.getPerm())
    to.push_back(from[dim]);
  types.push_back(tensorType(to, elementTypeOf(op.getX())));
  return success();
}

void TransposeOp::evaluate(EvaluateContext &, ArrayRef<HostTensor> inputs, MutableArrayRef<HostTensor> outputs) {
  Index strides = inputs[0].strides();
  evaluateMoves(inputs[0], outputs[0], [&](const Index &index) {
    int64_t source = 0;
    for (auto [i, dim] : llvm::enumerate(getPerm()))
      source += index[i] * strides[dim];
    return source;
  });
}

PointValue TransposeOp::buildAt(PointBuilder &b, ArrayRef<LaneIndex> index) {
  SmallVector<LaneIndex> source(index.size());
  for (auto [i, dim] : llvm::enumerate(getPerm()))
    source[dim] = index[i];
  return b.read(getX(), source);
}

SmallVector<Value> TransposeOp::buildVjp(DlcBuilder &b, ArrayRef<Value> cts) {
  SmallVector<int64_t> inverse(getPerm().size());
  for (auto [i, dim] : llvm::enumerate(getPerm()))
    inverse[dim] = int64_t(i);
  return {b.transpose(cts[0], inverse)};
}

SmallVector<Value> TransposeOp::buildJvp(DlcBuilder &b, ArrayRef<Value> tangents) { return {b.again(*this, tangents)}; }

SmallVector<Batched> TransposeOp::buildBatched(DlcBuilder &b, ArrayRef<Batched> operands, const DimExpr &) {
  int64_t from = *operands[0].dim;
  return {{b.transpose(operands[0].value, withEntry<int64_t>(dimsBeside(from, getPerm()), 0, from)), 0}};
}

OpFoldResult TransposeOp::fold(FoldAdaptor) {
  return llvm::is_sorted(getPerm()) && getX().getType() == getType() ? getX() : OpFoldResult();
}

//===--- slice ---===//

LogicalResult SliceOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                        SmallVectorImpl<Type> &types) {
  InferError error(getOperationName(), location);
  Dims from = dimsOf(op.getX()), limits(op.getLimits().getDims()), to;
  size_t rank = from.size();
  if (failed(error.checkCount("starts", op.getStarts().size(), rank)) ||
      failed(error.checkCount("limits", limits.size(), rank)) ||
      failed(error.checkCount("strides", op.getStrides().size(), rank)))
    return failure();
  for (size_t i = 0; i < rank; ++i) {
    int64_t start = op.getStarts()[i], stride = op.getStrides()[i];
    auto room = (from[i] - limits[i]).constant(), length = (limits[i] - DimExpr(start)).constant();
    if (stride < 1)
      return error.fail("expected entry ", i, " of 'strides' to be positive, but got ", stride);
    if (start < 0 || (length && *length < 0) || (room && *room < 0))
      return error.fail("expected 0 <= start <= limit <= ", from[i].str(), " in dimension ", i, " of 'x', but got ",
                        start, " and ", limits[i].str());
    to.push_back(DimExpr::ceilDiv(limits[i] - DimExpr(start), stride));
  }
  types.push_back(tensorType(to, elementTypeOf(op.getX())));
  return success();
}

void SliceOp::evaluate(EvaluateContext &, ArrayRef<HostTensor> inputs, MutableArrayRef<HostTensor> outputs) {
  Index strides = inputs[0].strides();
  evaluateMoves(inputs[0], outputs[0], [&](const Index &index) {
    int64_t source = 0;
    for (size_t i = 0; i < index.size(); ++i)
      source += (getStarts()[i] + index[i] * getStrides()[i]) * strides[i];
    return source;
  });
}

PointValue SliceOp::buildAt(PointBuilder &b, ArrayRef<LaneIndex> index) {
  SmallVector<LaneIndex> source;
  for (size_t i = 0; i < index.size(); ++i)
    source.push_back(b.add(b.mul(index[i], getStrides()[i]), b.constant(getStarts()[i])));
  return b.read(getX(), source);
}

/// Elements of a dim behind the last one that the slice takes.
static DimExpr restBehind(SliceOp op, size_t i) {
  DimExpr from = dimsOf(op.getX())[i], to = dimsOf(op.getR())[i];
  DimExpr used = to == DimExpr(0) ? DimExpr(0) : (to - DimExpr(1)) * DimExpr(op.getStrides()[i]) + DimExpr(1);
  return from - DimExpr(op.getStarts()[i]) - used;
}

StringRef SliceOp::whyNotDifferentiable() {
  for (size_t i = 0; i < getStarts().size(); ++i)
    if (!restBehind(*this, i).isConstant())
      return "the number of elements behind the slice depends on symbols";
  return "";
}

/// The elements go back to their places; those that the slice left out get zero.
SmallVector<Value> SliceOp::buildVjp(DlcBuilder &b, ArrayRef<Value> cts) {
  SmallVector<int64_t> low(getStarts()), high, interior;
  for (size_t i = 0; i < low.size(); ++i) {
    interior.push_back(getStrides()[i] - 1);
    high.push_back(*restBehind(*this, i).constant());
  }
  return {b.pad(cts[0], 0, low, high, interior)};
}

SmallVector<Value> SliceOp::buildJvp(DlcBuilder &b, ArrayRef<Value> tangents) { return {b.again(*this, tangents)}; }

SmallVector<Batched> SliceOp::buildBatched(DlcBuilder &b, ArrayRef<Batched> operands, const DimExpr &extent) {
  int64_t at = *operands[0].dim;
  auto limits = DimsAttr::get(getContext(), withEntry<DimExpr>(getLimits().getDims(), at, extent));
  return {{b.create<SliceOp>(operands[0].value, withEntry<int64_t>(getStarts(), at, 0), limits,
                             withEntry<int64_t>(getStrides(), at, 1)),
           at}};
}

//===--- pad ---===//

LogicalResult PadOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                      SmallVectorImpl<Type> &types) {
  InferError error(getOperationName(), location);
  Dims from = dimsOf(op.getX()), to;
  size_t rank = from.size();
  if (failed(error.checkCount("low", op.getLow().size(), rank)) ||
      failed(error.checkCount("high", op.getHigh().size(), rank)) ||
      failed(error.checkCount("interior", op.getInterior().size(), rank)))
    return failure();
  if (rankOf(op.getValue()) != 0 || elementTypeOf(op.getValue()) != elementTypeOf(op.getX()))
    return error.fail("expected 'value' to be a rank-0 tensor of ", elementTypeOf(op.getX()), ", but got ",
                      op.getValue().getType());
  for (size_t i = 0; i < rank; ++i) {
    int64_t gap = op.getInterior()[i];
    if (gap < 0)
      return error.fail("expected entry ", i, " of 'interior' not to be negative, but got ", gap);
    DimExpr spread = from[i] == DimExpr(0) ? DimExpr(0) : from[i] + (from[i] - DimExpr(1)) * DimExpr(gap);
    to.push_back(spread + DimExpr(op.getLow()[i] + op.getHigh()[i]));
    auto extent = to.back().constant();
    if (extent && *extent < 0)
      return error.fail("expected dimension ", i, " of the result not to be negative, but got ", *extent);
  }
  types.push_back(tensorType(to, elementTypeOf(op.getX())));
  return success();
}

void PadOp::evaluate(EvaluateContext &, ArrayRef<HostTensor> inputs, MutableArrayRef<HostTensor> outputs) {
  const HostTensor &x = inputs[0];
  Index strides = x.strides();
  int64_t width = byteWidth(x.type);
  char *to = outputs[0].data<char>();
  forEachIndex(outputs[0].shape, [&](const Index &index) {
    int64_t source = 0;
    bool inside = true;
    for (size_t i = 0; i < index.size(); ++i) {
      int64_t at = index[i] - getLow()[i], step = getInterior()[i] + 1;
      inside &= at >= 0 && at % step == 0 && at / step < x.shape[i];
      source += inside ? at / step * strides[i] : 0;
    }
    memcpy(to, inside ? x.at(source) : inputs[1].at(0), width);
    to += width;
  });
}

PointValue PadOp::buildAt(PointBuilder &b, ArrayRef<LaneIndex> index) {
  Dims from = dimsOf(getX());
  SmallVector<LaneIndex> source;
  PointValue inside = {{arith::ConstantIntOp::create(b.b, b.location, 1, 1), DType::Bool}, true};
  for (size_t i = 0; i < index.size(); ++i) {
    if (getLow()[i] == 0 && getHigh()[i] == 0 && getInterior()[i] == 0) {
      source.push_back(index[i]);
      continue;
    }
    LaneIndex at = b.sub(index[i], b.constant(getLow()[i]));
    inside = b.logicalAnd(inside, b.compare(arith::CmpIPredicate::sge, at, b.constant(0)));
    if (int64_t gap = getInterior()[i]) {
      Value step = b.indexConstant(gap + 1);
      inside = b.logicalAnd(inside, b.compare(arith::CmpIPredicate::eq, b.mod(at, step), b.constant(0)));
      at = b.floorDiv(at, step);
    }
    inside = b.logicalAnd(inside, b.compare(arith::CmpIPredicate::slt, at, b.uniform(b.extent(from[i]))));
    source.push_back(at);
  }
  PointValue value = b.guarded(inside, [&] { return b.read(getX(), source); });
  return b.select(inside, value, b.read(getValue(), {}));
}

SmallVector<Value> PadOp::buildVjp(DlcBuilder &b, ArrayRef<Value> cts) {
  Dims from = dimsOf(getX()), to = dimsOf(getR());
  SmallVector<int64_t> low, high, starts, strides;
  Dims limits;
  for (size_t i = 0; i < from.size(); ++i) { // undo crops first, then pick the operand's places
    low.push_back(std::max<int64_t>(0, -getLow()[i]));
    high.push_back(std::max<int64_t>(0, -getHigh()[i]));
    starts.push_back(std::max<int64_t>(0, getLow()[i]));
    strides.push_back(getInterior()[i] + 1);
    limits.push_back(to[i] + DimExpr(low[i] + high[i]) - DimExpr(std::max<int64_t>(0, getHigh()[i])));
  }
  Value whole = b.pad(cts[0], 0, low, high, SmallVector<int64_t>(from.size(), 0));
  Value dx = b.create<SliceOp>(whole, starts, DimsAttr::get(getContext(), limits), strides);
  SmallVector<int64_t> all = iotaDims(to.size());
  Value total = b.reduce(cts[0], ReduceKind::sum, all), inside = b.reduce(dx, ReduceKind::sum, all);
  return {dx, b.sub(total, inside)};
}

SmallVector<Value> PadOp::buildJvp(DlcBuilder &b, ArrayRef<Value> tangents) {
  return {b.again(*this, {b.orZeros(tangents[0], getX()), b.orZeros(tangents[1], getValue())})};
}

/// With a value for each example, what lies outside of the operand is selected by a padded mask.
SmallVector<Batched> PadOp::buildBatched(DlcBuilder &b, ArrayRef<Batched> operands, const DimExpr &extent) {
  int64_t at = operands[0].dim.value_or(0);
  Value x = batchedAt(b, operands[0], at, extent), value = operands[1].value;
  auto padded = [&](Value x, Value value) -> Value {
    return b.create<PadOp>(x, value, withEntry<int64_t>(getLow(), at, 0), withEntry<int64_t>(getHigh(), at, 0),
                           withEntry<int64_t>(getInterior(), at, 0));
  };
  if (!operands[1].dim)
    return {{padded(x, value), at}};
  Type isInside = boolType(getContext());
  Value inside = padded(b.broadcast(b.scalar(1, isInside), dimsOf(x), {}), b.scalar(0, isInside));
  Value whole = padded(x, b.scalar(0, elementTypeOf(x)));
  return {{b.select(inside, whole, b.broadcast(value, dimsOf(whole), {at})), at}};
}

//===--- concat ---===//

LogicalResult ConcatOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                         SmallVectorImpl<Type> &types) {
  InferError error(getOperationName(), location);
  if (op.getXs().empty())
    return error.fail("expected at least one operand, but got none");
  Dims to = dimsOf(op.getXs()[0]);
  int64_t axis = op.getDim(), rank = int64_t(to.size());
  if (axis < 0 || axis >= rank)
    return error.fail("expected 'dim' to be in [0, ", rank, "), but got ", axis);
  for (auto [i, x] : llvm::enumerate(op.getXs().drop_front())) {
    Dims dims = dimsOf(x);
    if (dims.size() != to.size() || elementTypeOf(x) != elementTypeOf(op.getXs()[0]))
      return error.fail("expected operand ", i + 1, " to have the rank and element type of operand 0, but got ",
                        x.getType(), " and ", op.getXs()[0].getType());
    for (int64_t dim = 0; dim < rank; ++dim)
      if (dim != axis && dims[dim] != to[dim])
        return error.fail("expected dimension ", dim, " of operand ", i + 1, " to equal that of operand 0, but got ",
                          dims[dim].str(), " and ", to[dim].str());
    to[axis] = to[axis] + dims[axis];
  }
  types.push_back(tensorType(to, elementTypeOf(op.getXs()[0])));
  return success();
}

void ConcatOp::evaluate(EvaluateContext &, ArrayRef<HostTensor> inputs, MutableArrayRef<HostTensor> outputs) {
  int64_t axis = getDim(), width = byteWidth(outputs[0].type), start = 0;
  Index strides = outputs[0].strides();
  for (const HostTensor &input : inputs) {
    int64_t from = 0;
    forEachIndex(input.shape, [&](const Index &index) {
      memcpy(outputs[0].at(linearIndex(index, strides) + start * strides[axis]), input.at(from++), width);
    });
    start += input.shape[axis];
  }
}

PointValue ConcatOp::buildAt(PointBuilder &b, ArrayRef<LaneIndex> index) {
  SmallVector<LaneIndex> source(index);
  DimExpr start(0);
  PointValue result;
  for (auto [i, x] : llvm::enumerate(getXs())) {
    LaneIndex begin = b.uniform(b.extent(start));
    source[getDim()] = b.sub(index[getDim()], begin);
    start = start + dimsOf(x)[getDim()];
    PointValue after = b.compare(arith::CmpIPredicate::sge, index[getDim()], begin);
    PointValue before = b.compare(arith::CmpIPredicate::slt, index[getDim()], b.uniform(b.extent(start)));
    PointValue here = b.logicalAnd(after, before);
    PointValue value = b.guarded(here, [&, x = x] { return b.read(x, source); });
    result = i == 0 ? value : b.select(here, value, result);
  }
  return result;
}

StringRef ConcatOp::whyNotDifferentiable() {
  for (Value x : getXs().drop_back())
    if (!dimsOf(x)[getDim()].isConstant())
      return "the place of an operand in the result depends on symbols";
  return "";
}

SmallVector<Value> ConcatOp::buildVjp(DlcBuilder &b, ArrayRef<Value> cts) {
  SmallVector<Value> grads;
  DimExpr start(0);
  Dims to = dimsOf(getR());
  for (Value x : getXs()) {
    DimExpr limit = start + dimsOf(x)[getDim()];
    Dims limits = to;
    limits[getDim()] = limit;
    SmallVector<int64_t> starts(to.size(), 0);
    starts[getDim()] = *start.constant();
    grads.push_back(
        b.create<SliceOp>(cts[0], starts, DimsAttr::get(getContext(), limits), SmallVector<int64_t>(to.size(), 1)));
    start = limit;
  }
  return grads;
}

SmallVector<Value> ConcatOp::buildJvp(DlcBuilder &b, ArrayRef<Value> tangents) {
  SmallVector<Value> parts;
  for (auto [x, tangent] : llvm::zip(getXs(), tangents))
    parts.push_back(b.orZeros(tangent, x));
  return {b.again(*this, parts)};
}

SmallVector<Batched> ConcatOp::buildBatched(DlcBuilder &b, ArrayRef<Batched> operands, const DimExpr &extent) {
  int64_t at = firstBatchDim(operands);
  SmallVector<Value> parts;
  for (const Batched &operand : operands)
    parts.push_back(batchedAt(b, operand, at, extent));
  return {{b.create<ConcatOp>(parts, dimBeside(at, getDim())), at}};
}

//===--- reverse ---===//

LogicalResult ReverseOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                          SmallVectorImpl<Type> &types) {
  if (failed(InferError(getOperationName(), location).checkDims("dims", op.getDims(), rankOf(op.getX()))))
    return failure();
  types.push_back(op.getX().getType());
  return success();
}

void ReverseOp::evaluate(EvaluateContext &, ArrayRef<HostTensor> inputs, MutableArrayRef<HostTensor> outputs) {
  Index strides = inputs[0].strides();
  evaluateMoves(inputs[0], outputs[0], [&](const Index &index) {
    Index source = index;
    for (int64_t dim : getDims())
      source[dim] = inputs[0].shape[dim] - 1 - index[dim];
    return linearIndex(source, strides);
  });
}

PointValue ReverseOp::buildAt(PointBuilder &b, ArrayRef<LaneIndex> index) {
  SmallVector<LaneIndex> source(index);
  Dims dims = dimsOf(getX());
  for (int64_t dim : getDims())
    source[dim] = b.sub(b.uniform(b.extent(dims[dim] - DimExpr(1))), index[dim]);
  return b.read(getX(), source);
}

SmallVector<Value> ReverseOp::buildVjp(DlcBuilder &b, ArrayRef<Value> cts) {
  return {b.create<ReverseOp>(cts[0], getDims())};
}

SmallVector<Value> ReverseOp::buildJvp(DlcBuilder &b, ArrayRef<Value> tangents) { return {b.again(*this, tangents)}; }

SmallVector<Batched> ReverseOp::buildBatched(DlcBuilder &b, ArrayRef<Batched> operands, const DimExpr &) {
  int64_t at = *operands[0].dim;
  return {{b.create<ReverseOp>(operands[0].value, dimsBeside(at, getDims())), at}};
}

//===--- iota ---===//

LogicalResult IotaOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                       SmallVectorImpl<Type> &types) {
  Dims dims(op.getShape().getDims());
  int64_t dim = op.getDim(), rank = int64_t(dims.size());
  if (dim < 0 || dim >= rank)
    return InferError(getOperationName(), location).fail("expected 'dim' to be in [0, ", rank, "), but got ", dim);
  types.push_back(tensorType(dims, op.getElement()));
  return success();
}

void IotaOp::evaluate(EvaluateContext &, ArrayRef<HostTensor>, MutableArrayRef<HostTensor> outputs) {
  scalar::HostScalarBuilder builder;
  int64_t to = 0;
  forEachIndex(outputs[0].shape, [&](const Index &index) {
    int64_t value = index[getDim()];
    scalar::store(builder.cast(scalar::load(DType::I64, &value), outputs[0].type), outputs[0].at(to++));
  });
}

PointValue IotaOp::buildAt(PointBuilder &b, ArrayRef<LaneIndex> index) {
  PointValue value = b.indexToValue(index[getDim()]);
  return {b.scalars.cast(value.value, dtypeOf(getElement())), value.isUniform};
}

SmallVector<Value> IotaOp::buildVjp(DlcBuilder &, ArrayRef<Value>) { return {}; }
SmallVector<Value> IotaOp::buildJvp(DlcBuilder &, ArrayRef<Value>) { return {Value()}; }
SmallVector<Batched> IotaOp::buildBatched(DlcBuilder &b, ArrayRef<Batched>, const DimExpr &) {
  return {{b.again(*this, {}), std::nullopt}};
}
