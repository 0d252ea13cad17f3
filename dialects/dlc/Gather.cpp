// Ops that read and write where indices say: gather and scatter share one map of dims and one rule for bad indices.
#include "dialects/dlc/Dlc.h"

using namespace mlir;
using namespace dlc;

using Index = std::vector<int64_t>;

template <class... Ops> static bool isChecked(Operation *op) {
  return ((isa<Ops>(op) && cast<Ops>(op).getMode() == IndexMode::error) || ...);
}

bool dlc::canFail(Operation *op) {
  return isa<CustomCallOp>(op) || isChecked<GatherOp, ScatterOp, DynamicSliceOp, DynamicUpdateSliceOp>(op);
}

/// The shape of gather's result: [batch..., before..., picks..., after...].
static LogicalResult inferPicked(const InferError &error, Value x, Value indices, int64_t axis, int64_t batch,
                                 Dims &picked) {
  Dims from = dimsOf(x), at = dimsOf(indices);
  int64_t rank = int64_t(from.size());
  if (axis < 0 || axis >= rank)
    return error.fail("expected 'axis' to be in [0, ", rank, "), but got ", axis);
  if (batch < 0 || batch > axis || batch > int64_t(at.size()))
    return error.fail("expected 'batch_dims' to be at most 'axis' and the rank of 'indices', but got ", batch, " with ",
                      axis, " and ", at.size());
  for (int64_t i = 0; i < batch; ++i)
    if (failed(error.checkEqual("indices", i, at[i], "x", i, from[i])))
      return failure();
  picked.append(from.begin(), from.begin() + axis);
  picked.append(at.begin() + batch, at.end());
  picked.append(from.begin() + axis + 1, from.end());
  return success();
}

/// Takes an index of the result apart into the one of the indices tensor; `axis` dims stay in front of the picks.
template <class T>
static void splitIndex(ArrayRef<T> index, int64_t axis, int64_t batch, int64_t picks, SmallVectorImpl<T> &at) {
  at.append(index.begin(), index.begin() + batch);
  at.append(index.begin() + axis, index.begin() + axis + picks);
}

/// Counts a negative index from the end; clamps, and reports unless the op says clamp.
static int64_t resolveIndex(EvaluateContext &context, IndexMode mode, int64_t element, int64_t index, int64_t extent) {
  int64_t wrapped = index < 0 ? index + extent : index;
  if (wrapped >= 0 && wrapped < extent)
    return wrapped;
  if (mode == IndexMode::error)
    context.report(element, index, extent);
  return std::clamp<int64_t>(wrapped, 0, std::max<int64_t>(extent - 1, 0));
}

//===--- gather ---===//

LogicalResult GatherOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                         SmallVectorImpl<Type> &types) {
  Dims picked;
  if (failed(inferPicked(InferError(getOperationName(), location), op.getX(), op.getIndices(), op.getAxis(),
                         op.getBatchDims(), picked)))
    return failure();
  types.push_back(tensorType(picked, elementTypeOf(op.getX())));
  return success();
}

void GatherOp::evaluate(EvaluateContext &context, ArrayRef<HostTensor> inputs, MutableArrayRef<HostTensor> outputs) {
  const HostTensor &x = inputs[0];
  int64_t axis = getAxis(), batch = getBatchDims(), picks = inputs[1].rank() - batch, element = 0;
  Index strides = x.strides(), indexStrides = inputs[1].strides();
  std::vector<int64_t> indices = readAll<int64_t>(inputs[1]);
  int64_t width = byteWidth(x.type);
  forEachIndex(outputs[0].shape, [&](const Index &index) {
    SmallVector<int64_t> at;
    splitIndex<int64_t>(index, axis, batch, picks, at);
    int64_t picked = indices[linearIndex(Index(at.begin(), at.end()), indexStrides)];
    int64_t source = resolveIndex(context, getMode(), element, picked, x.shape[axis]) * strides[axis];
    for (int64_t i = 0; i < axis; ++i)
      source += index[i] * strides[i];
    for (int64_t i = axis + 1; i < x.rank(); ++i)
      source += index[i - 1 + picks] * strides[i];
    if (x.size())
      memcpy(outputs[0].at(element), x.at(source), width);
    ++element;
  });
}

LaneIndex dlc::buildPickedIndex(PointBuilder &b, Operation *op, IndexMode mode, PointValue raw, Value extent,
                                const LaneIndex &element) {
  PointValue index64 = {b.scalars.cast(raw.value, DType::I64), raw.isUniform};
  LaneIndex picked = b.valueToIndex(index64);
  LaneIndex zero = b.constant(0), end = b.uniform(extent);
  auto choose = [&](PointValue condition, LaneIndex x, LaneIndex y) {
    return b.valueToIndex(b.select(condition, b.indexToValue(x), b.indexToValue(y)));
  };
  PointValue negative = b.compare(arith::CmpIPredicate::slt, picked, zero);
  LaneIndex wrapped = choose(negative, b.add(picked, end), picked);
  PointValue low = b.compare(arith::CmpIPredicate::slt, wrapped, zero);
  PointValue high = b.compare(arith::CmpIPredicate::sge, wrapped, end);
  if (mode == IndexMode::error) {
    PointValue bad = {b.scalars.bitOr({b.spread(low), DType::Bool}, {b.spread(high), DType::Bool}), false};
    b.report(op, bad, element, index64, extent);
  }
  return choose(low, zero, choose(high, b.sub(end, b.constant(1)), wrapped));
}

PointValue GatherOp::buildAt(PointBuilder &b, ArrayRef<LaneIndex> index) {
  int64_t axis = getAxis(), batch = getBatchDims(), picks = rankOf(getIndices()) - batch;
  SmallVector<LaneIndex> at;
  splitIndex<LaneIndex>(index, axis, batch, picks, at);
  LaneIndex picked = buildPickedIndex(b, *this, getMode(), b.read(getIndices(), at), b.extent(dimsOf(getX())[axis]),
                                      b.linearize(index, dimsOf(getR())));
  SmallVector<LaneIndex> source(index.begin(), index.begin() + axis);
  source.push_back(picked);
  source.append(index.begin() + axis + picks, index.end());
  DimExpr extent = dimsOf(getX())[axis];
  if (extent.constant().value_or(0) > 0)
    return b.read(getX(), source);
  PointValue isThere = b.compare(arith::CmpIPredicate::sgt, b.uniform(b.extent(extent)), b.constant(0));
  PointValue value = b.guarded(isThere, [&] { return b.read(getX(), source); });
  Type element = scalar::elementType(b.b.getContext(), value.value.type);
  Value zero = arith::ConstantOp::create(b.b, b.location, cast<TypedAttr>(b.b.getZeroAttr(element)));
  return b.select(isThere, value, {{zero, value.value.type}, true});
}

SmallVector<Value> GatherOp::buildVjp(DlcBuilder &b, ArrayRef<Value> cts) {
  Value zero = b.full(getX(), 0);
  return {b.create<ScatterOp>(zero, getIndices(), cts[0], getAxis(), getBatchDims(), getMode(), ScatterKind::add),
          Value()};
}

SmallVector<Value> GatherOp::buildJvp(DlcBuilder &b, ArrayRef<Value> tangents) {
  return {b.again(*this, {tangents[0], getIndices()})};
}

/// A batch of operands is one more dim that is picked whole, a batch of indices are more picks; where each example has
/// its own operand and indices, the batch is one of the shared dims.
SmallVector<Batched> GatherOp::buildBatched(DlcBuilder &b, ArrayRef<Batched> operands, const DimExpr &extent) {
  const Batched &x = operands[0], &indices = operands[1];
  int64_t axis = getAxis(), batch = getBatchDims(), picks = rankOf(getIndices()) - batch;
  if (x.dim && indices.dim)
    return {{b.create<GatherOp>(moveBatch(b, x, 0), moveBatch(b, indices, 0), axis + 1, batch + 1, getMode()), 0}};
  int64_t at = std::max(*(x.dim ? x.dim : indices.dim), batch);
  if (indices.dim)
    return {{b.create<GatherOp>(x.value, moveBatch(b, indices, at), axis, batch, getMode()), axis + at - batch}};
  bool isBefore = at <= axis;
  return {{b.create<GatherOp>(moveBatch(b, x, at), indices.value, isBefore ? axis + 1 : axis, batch, getMode()),
           isBefore ? at : at - 1 + picks}};
}

//===--- scatter ---===//

LogicalResult ScatterOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                          SmallVectorImpl<Type> &types) {
  InferError error(getOperationName(), location);
  Dims picked;
  DType element = dtypeOf(op.getX().getType());
  bool isUnordered = isComplex(element) && op.getKind() != ScatterKind::add;
  if (op.getKind() != ScatterKind::set && (element == DType::Bool || isStorage(element) || isUnordered))
    return error.fail("expected 'x' to have elements that '", stringifyScatterKind(op.getKind()),
                      "' combines, but got ", elementTypeOf(op.getX()));
  if (failed(inferPicked(error, op.getX(), op.getIndices(), op.getAxis(), op.getBatchDims(), picked)))
    return failure();
  Type expected = tensorType(picked, elementTypeOf(op.getX()));
  if (op.getUpdates().getType() != expected)
    return error.fail("expected 'updates' to be ", expected, ", but got ", op.getUpdates().getType());
  types.push_back(op.getX().getType());
  return success();
}

Value ScatterOp::buildFromParts(DlcBuilder &b) {
  Value re = b.again(*this, {b.real(getX()), getIndices(), b.real(getUpdates())});
  return b.complex(re, b.again(*this, {b.imag(getX()), getIndices(), b.imag(getUpdates())}));
}

void ScatterOp::evaluate(EvaluateContext &context, ArrayRef<HostTensor> inputs, MutableArrayRef<HostTensor> outputs) {
  if (isPartwise(*this))
    return evaluateByParts(*this, context, inputs, outputs);
  const HostTensor &x = inputs[0];
  int64_t axis = getAxis(), batch = getBatchDims(), picks = inputs[1].rank() - batch;
  Index strides = x.strides(), indexStrides = inputs[1].strides();
  std::vector<int64_t> indices = readAll<int64_t>(inputs[1]);
  ReduceKind kind = getKind() == ScatterKind::max   ? ReduceKind::max
                    : getKind() == ScatterKind::min ? ReduceKind::min
                                                    : ReduceKind::sum;
  withAccumulator(x.type, [&](auto zero) {
    using T = decltype(zero);
    std::vector<T> sums = readAll<T>(x), updates = readAll<T>(inputs[2]);
    int64_t element = 0;
    forEachIndex(inputs[2].shape, [&](const Index &index) {
      SmallVector<int64_t> at;
      splitIndex<int64_t>(index, axis, batch, picks, at);
      int64_t picked = indices[linearIndex(Index(at.begin(), at.end()), indexStrides)];
      int64_t target = resolveIndex(context, getMode(), element, picked, x.shape[axis]) * strides[axis];
      for (int64_t i = 0; i < axis; ++i)
        target += index[i] * strides[i];
      for (int64_t i = axis + 1; i < x.rank(); ++i)
        target += index[i - 1 + picks] * strides[i];
      if (!sums.empty())
        sums[target] =
            getKind() == ScatterKind::set ? updates[element] : combine(kind, x.type, sums[target], updates[element]);
      ++element;
    });
    writeAll(outputs[0], sums);
  });
}

namespace {
/// The derivatives of one scatter.
class ScatterGradient {
public:
  ScatterGradient(DlcBuilder &b, ScatterOp op, Value ct) : b(b), op(op), ct(ct) {}

  SmallVector<Value> run() {
    switch (op.getKind()) {
    case ScatterKind::add:
      return {ct, Value(), picked(ct)};
    case ScatterKind::set:
      return ofSet();
    default:
      return ofExtreme();
    }
  }

  Value meanOfTies(Value ofX, Value ofUpdates) {
    Value stays, wins, count;
    findTies(stays, wins, count);
    Value sum = scattered(b.select(stays, ofX, b.full(ofX, 0)), b.select(wins, ofUpdates, b.full(ofUpdates, 0)),
                          ScatterKind::add);
    return b.div(sum, count);
  }

private:
  Value picked(Value from) {
    return b.create<GatherOp>(from, op.getIndices(), op.getAxis(), op.getBatchDims(), op.getMode());
  }
  Value scattered(Value into, Value updates, ScatterKind kind) {
    return b.create<ScatterOp>(into, op.getIndices(), updates, op.getAxis(), op.getBatchDims(), op.getMode(), kind);
  }

  /// What was overwritten gets nothing, and of the updates of one element only the last gets its cotangent.
  SmallVector<Value> ofSet() {
    Dims dims = dimsOf(op.getUpdates());
    Type i64 = b.builder.getI64Type();
    DimExpr size(1);
    for (const DimExpr &dim : dims)
      size = size * dim;
    Value number = b.create<IotaOp>(DimsAttr::get(op.getContext(), ArrayRef(size)), int64_t(0), i64);
    number = b.reshape(number, dims);
    Value nobody = b.broadcast(b.scalar(-1, i64), dimsOf(op.getX()), {});
    Value isLast = b.eq(picked(scattered(nobody, number, ScatterKind::set)), number);
    Value zero = b.full(op.getUpdates(), 0);
    return {scattered(ct, zero, ScatterKind::set), Value(), b.select(isLast, picked(ct), zero)};
  }

  /// Which of the operand's elements and of the updates equal the result, and how many do.
  void findTies(Value &stays, Value &wins, Value &count) {
    Type element = elementTypeOf(op.getX());
    stays = b.eq(op.getX(), op.getR());
    wins = b.eq(op.getUpdates(), picked(op.getR()));
    count = scattered(b.cast(stays, element), b.cast(wins, element), ScatterKind::add);
  }

  /// Those that equal the result share its cotangent evenly.
  SmallVector<Value> ofExtreme() {
    Value stays, wins, count;
    findTies(stays, wins, count);
    Value share = b.div(ct, count);
    return {b.select(stays, share, b.full(ct, 0)), Value(), b.select(wins, picked(share), b.full(op.getUpdates(), 0))};
  }

  DlcBuilder &b;
  ScatterOp op;
  Value ct;
};
} // namespace

SmallVector<Value> ScatterOp::buildVjp(DlcBuilder &b, ArrayRef<Value> cts) {
  return ScatterGradient(b, *this, cts[0]).run();
}

/// The tangents are written as the elements are; where one of several was kept, their mean counts.
SmallVector<Value> ScatterOp::buildJvp(DlcBuilder &b, ArrayRef<Value> tangents) {
  bool isAdded = getKind() == ScatterKind::add;
  if (isAdded && !tangents[2])
    return {tangents[0]};
  Value ofX = b.orZeros(tangents[0], getX()), ofUpdates = b.orZeros(tangents[2], getUpdates());
  if (isAdded || getKind() == ScatterKind::set)
    return {b.again(*this, {ofX, getIndices(), ofUpdates})};
  return {ScatterGradient(b, *this, Value()).meanOfTies(ofX, ofUpdates)};
}

/// The batch is a dim that indices share or do not reach; either way the updates of an example keep their order.
SmallVector<Batched> ScatterOp::buildBatched(DlcBuilder &b, ArrayRef<Batched> operands, const DimExpr &extent) {
  int64_t batch = getBatchDims(), at = operands[1].dim ? 0 : batch;
  Value x = batchedAt(b, operands[0], at, extent), updates = batchedAt(b, operands[2], at, extent);
  Value indices = operands[1].dim ? moveBatch(b, operands[1], 0) : operands[1].value;
  return {{b.create<ScatterOp>(x, indices, updates, getAxis() + 1, operands[1].dim ? batch + 1 : batch, getMode(),
                               getKind()),
           at}};
}
