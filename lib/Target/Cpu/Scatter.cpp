// Kernels around scatter: the operand is copied, then updates are combined with it in row-major order (numerics N7).
// Updates that differ in their batch dims never meet, so a task is one index of the batch; within it lanes run along
// the dim after the indexed one, if there is one, and elements of one place are met in order because rows of updates
// are. Sums of f16 and bf16 accumulate in f32, in the worker's own scratch, and are rounded at the end.
#include "lib/Target/Cpu/Combine.h"
#include "lib/Target/Cpu/CpuPoint.h"
#include "lib/Target/Cpu/Emitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace dlc::cpu {

static DimExpr product(ArrayRef<DimExpr> dims) {
  DimExpr size(1);
  for (const DimExpr &dim : dims)
    size = size * dim;
  return size;
}

static ScatterOp scatterOf(rt::KernelOp kernel) { return cast<ScatterOp>(orderedOp(kernel.getKernelBody())); }

/// The type in which elements are combined.
static DType accumulatorOf(ScatterOp op) {
  DType type = dtypeOf(op.getX().getType());
  return op.getKind() == ScatterKind::add ? accumulatorOf(type) : type;
}

static DictionaryAttr describe(rt::KernelOp kernel, const Machine &machine) {
  ScatterOp op = scatterOf(kernel);
  Dims dims = dimsOf(op.getX()), updates = dimsOf(op.getUpdates());
  int64_t batch = op.getBatchDims();
  bool hasAfter = int64_t(op.getAxis()) + 1 < int64_t(dims.size());
  int64_t accumulatorBytes = byteWidth(accumulatorOf(op));
  int64_t bytes = std::max<int64_t>(widestElement(kernel.getKernelBody()), accumulatorBytes);
  int64_t width = hasAfter ? machine.lanes(bytes) : 1;
  Stage stage;
  stage.name = "compute";
  stage.tasks = product(ArrayRef<DimExpr>(dims).take_front(batch));
  DimExpr perTask = product(ArrayRef<DimExpr>(dims).drop_front(batch)) +
                    product(ArrayRef<DimExpr>(updates).drop_front(batch)) * DimExpr(2);
  stage.cost = DimExpr::ceilDiv(perTask, width) + DimExpr(1);
  if (accumulatorOf(op) != dtypeOf(op.getX().getType()))
    stage.own = product(ArrayRef<DimExpr>(dims).drop_front(batch)) * DimExpr(accumulatorBytes);
  return makeDescriptor(kernel.getContext(), "scatter", stage, {{"width", width}});
}

namespace {

/// Writes the loops of one kernel.
class ScatterWriter {
public:
  ScatterWriter(StageBuilder &stage, rt::KernelOp kernel)
      : stage(stage), op(scatterOf(kernel)), width(parameter(kernel, "width")), type(dtypeOf(op.getX().getType())),
        accumulator(accumulatorOf(op)) {
    memory = accumulator == type ? stage.resultBuffer(0)
                                 : stage.own(scalar::memoryType(stage.b.getContext(), accumulator), stage.constant(0));
  }

  /// Visits every element of `dims` below the batch, in row-major order, lanes along the last dim.
  void forEachElement(Value task, ArrayRef<DimExpr> dims, bool isVector,
                      llvm::function_ref<void(CpuPoint &, ArrayRef<LaneIndex>)> visit) {
    int64_t batch = op.getBatchDims();
    SmallVector<Value> first = stage.coordinates(task, dims.take_front(batch));
    ArrayRef<DimExpr> inner = dims.drop_front(batch), rows = isVector ? inner.drop_back() : inner;
    Value columns = isVector ? stage.extent(inner.back()) : stage.constant(1);
    Value step = stage.constant(isVector ? width : 1);
    stage.forEach(stage.constant(0), stage.extent(product(rows)), stage.constant(1), [&](Value row) {
      SmallVector<Value> within = stage.coordinates(row, rows);
      auto point = [&](Value column, bool isTail) {
        CpuPoint at(stage, isVector ? width : 1);
        if (isTail)
          at.limit(stage.sub(columns, column));
        SmallVector<LaneIndex> index;
        for (Value coordinate : first)
          index.push_back(at.uniform(coordinate));
        for (Value coordinate : within)
          index.push_back(at.uniform(coordinate));
        if (isVector)
          index.push_back(at.contiguous(column));
        visit(at, index);
      };
      if (!isVector)
        return point(stage.constant(0), false);
      Value full = stage.sub(columns, stage.mod(columns, step));
      stage.forEach(stage.constant(0), full, step, [&](Value column) { point(column, false); });
      Value isRest = arith::CmpIOp::create(stage.b, stage.location, arith::CmpIPredicate::slt, full, columns);
      stage.ifThen(isRest, [&] { point(full, true); });
    });
  }

  void write(Value task) {
    Dims dims = dimsOf(op.getX()), updates = dimsOf(op.getUpdates());
    int64_t axis = op.getAxis(), batch = op.getBatchDims(), picks = rankOf(op.getIndices()) - batch;
    bool hasAfter = axis + 1 < int64_t(dims.size());
    forEachElement(task, dims, hasAfter,
                   [&](CpuPoint &at, ArrayRef<LaneIndex> index) { store(at, index, at.read(op.getX(), index)); });
    forEachElement(task, updates, hasAfter, [&](CpuPoint &at, ArrayRef<LaneIndex> index) {
      SmallVector<LaneIndex> where(index.begin(), index.begin() + batch);
      where.append(index.begin() + axis, index.begin() + axis + picks);
      LaneIndex picked = buildPickedIndex(at, op, op.getMode(), at.read(op.getIndices(), where),
                                          stage.extent(dims[axis]), at.linearize(index, updates));
      SmallVector<LaneIndex> target(index.begin(), index.begin() + axis);
      target.push_back(picked);
      target.append(index.begin() + axis + picks, index.end());
      PointValue update = at.read(op.getUpdates(), index);
      Value isThere = stage.isLess(stage.constant(0), stage.extent(dims[axis])); // else no place is meant
      stage.ifThen(isThere, [&] {
        if (op.getKind() != ScatterKind::set)
          update = combined(at, at.load(memory, accumulator, placeOf(at, target)), update);
        store(at, target, update);
      });
    });
    if (accumulator == type)
      return;
    forEachElement(task, dims, hasAfter, [&](CpuPoint &at, ArrayRef<LaneIndex> index) {
      PointValue sum = at.load(memory, accumulator, placeOf(at, index));
      at.storeResult(0, index, {at.scalars.cast(sum.value, type), sum.isUniform});
    });
  }

private:
  /// Where the accumulator of an element lies: in the result, or in the scratch of one task.
  LaneIndex placeOf(CpuPoint &at, ArrayRef<LaneIndex> index) {
    Dims dims = dimsOf(op.getX());
    size_t first = accumulator == type ? 0 : op.getBatchDims();
    return at.linearize(index.drop_front(first), ArrayRef<DimExpr>(dims).drop_front(first));
  }

  void store(CpuPoint &at, ArrayRef<LaneIndex> index, const PointValue &value) {
    at.store(memory, placeOf(at, index), {at.scalars.cast(value.value, accumulator), value.isUniform});
  }

  PointValue combined(CpuPoint &at, const PointValue &sum, const PointValue &update) {
    bool isUniform = sum.isUniform && update.isUniform;
    IRValue x = isUniform ? sum.value : IRValue{at.spread(sum), sum.value.type};
    IRValue y = isUniform ? update.value : IRValue{at.spread(update), update.value.type};
    ReduceKind kind = op.getKind() == ScatterKind::max   ? ReduceKind::max
                      : op.getKind() == ScatterKind::min ? ReduceKind::min
                                                         : ReduceKind::sum;
    return {combine(at, kind, x, at.scalars.cast(y, accumulator)), isUniform};
  }

  StageBuilder &stage;
  ScatterOp op;
  int64_t width;
  DType type, accumulator;
  Value memory;
};

} // namespace

static LogicalResult emit(OpBuilder &b, rt::KernelOp kernel) {
  StageBuilder stage(b, kernel, kernel.getKernelBody(), "compute");
  ScatterWriter writer(stage, kernel);
  stage.forEach(stage.begin, stage.end, stage.constant(1), [&](Value task) { writer.write(task); });
  stage.finish();
  return success();
}

const EmitterRow scatterEmitter = {"scatter", [](Operation *root) { return isa_and_nonnull<ScatterOp>(root); },
                                   describe, emit};

} // namespace dlc::cpu
