// Kernels around scatter: the operand is copied, then updates are added in row-major order (numerics N7). Updates that
// differ in their batch dims never meet, so a task is one index of the batch; within it lanes run along the dim after
// the indexed one, if there is one, and elements of one place are added in order because rows of updates are. f16 and
// bf16 add up in f32 in the worker's scratch, and are rounded once when all updates are in.
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

/// The extents that one task goes through.
static Dims taskDims(ScatterOp op) {
  Dims dims = dimsOf(op.getX());
  return Dims(dims.begin() + op.getBatchDims(), dims.end());
}

static DType accumulatorOf(ScatterOp op) {
  DType type = dtypeOf(op.getX().getType());
  return type == DType::F16 || type == DType::BF16 ? DType::F32 : type;
}

static bool hasSums(ScatterOp op) { return accumulatorOf(op) != dtypeOf(op.getX().getType()); }

static DictionaryAttr describe(rt::KernelOp kernel, const Machine &machine) {
  ScatterOp op = scatterOf(kernel);
  Dims dims = dimsOf(op.getX()), updates = dimsOf(op.getUpdates());
  int64_t batch = op.getBatchDims(), bytes = byteWidth(accumulatorOf(op));
  bool hasAfter = op.getAxis() + 1 < int64_t(dims.size());
  int64_t width = hasAfter ? machine.lanes(std::max(bytes, widestElement(kernel.getKernelBody()))) : 1;
  Stage stage;
  stage.name = "compute";
  stage.tasks = product(ArrayRef<DimExpr>(dims).take_front(batch));
  if (hasSums(op))
    stage.own = DimExpr::ceilDiv(product(taskDims(op)) * DimExpr(bytes), 64) * DimExpr(64);
  DimExpr perTask = product(taskDims(op)) * DimExpr(hasSums(op) ? 2 : 1) +
                    product(ArrayRef<DimExpr>(updates).drop_front(batch)) * DimExpr(2);
  stage.cost = DimExpr::ceilDiv(perTask, width) + DimExpr(1);
  return makeDescriptor(kernel.getContext(), "scatter", stage, {{"width", width}});
}

namespace {

/// Writes the loops of one kernel.
class ScatterWriter {
public:
  ScatterWriter(StageBuilder &stage, rt::KernelOp kernel)
      : stage(stage), op(scatterOf(kernel)), accumulator(accumulatorOf(op)), width(parameter(kernel, "width")) {
    if (hasSums(op))
      sums = stage.own(scalar::memoryType(stage.b.getContext(), accumulator), stage.constant(0));
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
    forEachElement(task, dims, hasAfter, [&](CpuPoint &at, ArrayRef<LaneIndex> index) {
      at.store(memory(), position(at, index), cast(at, at.read(op.getX(), index), accumulator));
    });
    forEachElement(task, updates, hasAfter, [&](CpuPoint &at, ArrayRef<LaneIndex> index) {
      SmallVector<LaneIndex> where(index.begin(), index.begin() + batch);
      where.append(index.begin() + axis, index.begin() + axis + picks);
      LaneIndex picked = buildPickedIndex(at, op, op.getMode(), at.read(op.getIndices(), where),
                                          stage.extent(dims[axis]), at.linearize(index, updates));
      SmallVector<LaneIndex> target(index.begin(), index.begin() + axis);
      target.push_back(picked);
      target.append(index.begin() + axis + picks, index.end());
      LaneIndex linear = position(at, target);
      PointValue sum = at.load(memory(), accumulator, linear);
      PointValue update = cast(at, at.read(op.getUpdates(), index), accumulator);
      bool isUniform = sum.isUniform && update.isUniform;
      IRValue x = isUniform ? sum.value : IRValue{at.spread(sum), sum.value.type};
      IRValue y = isUniform ? update.value : IRValue{at.spread(update), update.value.type};
      at.store(memory(), linear, {at.scalars.add(x, y), isUniform});
    });
    if (!sums)
      return;
    forEachElement(task, dims, hasAfter, [&](CpuPoint &at, ArrayRef<LaneIndex> index) {
      PointValue sum = at.load(sums, accumulator, position(at, index));
      at.storeResult(0, index, cast(at, sum, dtypeOf(op.getX().getType())));
    });
  }

private:
  /// Where sums are kept, and the place of an element there.
  Value memory() { return sums ? sums : stage.resultBuffer(0); }
  LaneIndex position(CpuPoint &at, ArrayRef<LaneIndex> index) {
    return sums ? at.linearize(index.drop_front(op.getBatchDims()), taskDims(op))
                : at.linearize(index, dimsOf(op.getX()));
  }
  static PointValue cast(CpuPoint &at, PointValue value, DType type) {
    return {at.scalars.cast(value.value, type), value.isUniform};
  }

  StageBuilder &stage;
  ScatterOp op;
  DType accumulator;
  int64_t width;
  Value sums; // null: the result's own memory
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
