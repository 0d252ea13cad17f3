// Kernels of pointwise ops alone. The result's dims are split into rows and a suffix that every op of the body treats
// as one flat index; vectors run along the suffix. A task is a chunk of the suffix of one row.
#include "lib/Target/Cpu/CpuPoint.h"
#include "lib/Target/Cpu/Emitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace dlc::cpu {

/// How many trailing dims of `op`'s result it maps, as one flat index, to trailing dims of its operands.
static int64_t flatSuffix(Operation *op, int64_t rank) {
  if (auto broadcast = dyn_cast<BroadcastOp>(op)) {
    Dims from = dimsOf(broadcast.getX()), to = dimsOf(broadcast.getR());
    ArrayRef<int64_t> dims = broadcast.getDims();
    if (dims.empty())
      return rank;
    int64_t kept = 0;
    while (kept < int64_t(dims.size()) && dims[dims.size() - 1 - kept] == rank - 1 - kept &&
           from[dims.size() - 1 - kept] == to[rank - 1 - kept])
      ++kept;
    if (kept > 0)
      return kept;
    // Nothing kept at the end: the dims after the last mapped one are all alike.
    return std::max<int64_t>(1, rank - 1 - dims.back());
  }
  if (isa<ConstantOp>(op) || cast<PointwiseOpInterface>(op).isElementwise())
    return rank;
  return 1;
}

static int64_t collapsedSuffix(rt::BodyOp body) {
  int64_t rank = rankOf(body.getYield().getResults()[0]), suffix = rank;
  for (Operation &op : body.getBlock()->without_terminator())
    suffix = std::min(suffix, rankOf(op.getResult(0)) == rank ? flatSuffix(&op, rank) : 1);
  // A rank-0 operand that is broadcast has no dims to split.
  bool scalarsOnly = llvm::all_of(body.getBlock()->without_terminator(), [&](Operation &op) {
    return rankOf(op.getResult(0)) == rank ? flatSuffix(&op, rank) == rank : rankOf(op.getResult(0)) == 0;
  });
  return scalarsOnly ? rank : suffix;
}

static DimExpr product(ArrayRef<DimExpr> dims) {
  DimExpr size(1);
  for (const DimExpr &dim : dims)
    size = size * dim;
  return size;
}

static DictionaryAttr describe(rt::KernelOp kernel, const Machine &machine) {
  rt::BodyOp body = kernel.getKernelBody();
  Dims dims = dimsOf(body.getYield().getResults()[0]);
  int64_t suffix = collapsedSuffix(body);
  ArrayRef<DimExpr> all(dims);
  DimExpr rows = product(all.drop_back(suffix)), columns = product(all.take_back(suffix));
  int64_t width = machine.lanes(widestElement(body)), chunk = 4096;
  if (auto known = columns.constant())
    while (width > 1 && width / 2 >= *known)
      width /= 2;
  Stage stage;
  stage.name = "compute";
  stage.tasks = rows * DimExpr::ceilDiv(columns, chunk);
  int64_t columnsPerTask = std::min<int64_t>(columns.constant().value_or(chunk), chunk);
  stage.cost = DimExpr(std::max<int64_t>(1, columnsPerTask * operationsPerElement(body) / (4 * width)));
  return makeDescriptor(kernel.getContext(), "pointwise", stage,
                        {{"suffix", suffix}, {"width", width}, {"chunk", chunk}});
}

static LogicalResult emit(OpBuilder &b, rt::KernelOp kernel) {
  rt::BodyOp body = kernel.getKernelBody();
  StageBuilder stage(b, kernel, body, "compute");
  Dims dims = dimsOf(body.getYield().getResults()[0]);
  int64_t suffix = parameter(kernel, "suffix"), width = parameter(kernel, "width");
  ArrayRef<DimExpr> all(dims);
  ArrayRef<DimExpr> outer = all.drop_back(suffix);
  Value columns = stage.extent(product(all.take_back(suffix)));
  Value chunk = stage.constant(parameter(kernel, "chunk")), step = stage.constant(width);
  Value chunks = stage.ceilDiv(columns, chunk), one = stage.constant(1);

  stage.forEach(stage.begin, stage.end, one, [&](Value task) {
    SmallVector<Value> row = stage.coordinates(stage.floorDiv(task, chunks), outer);
    Value low = stage.mul(stage.mod(task, chunks), chunk);
    Value high = stage.min(columns, stage.add(low, chunk));
    Value full = stage.sub(high, stage.mod(stage.sub(high, low), step));
    auto point = [&](Value column, bool isTail) {
      CpuPoint at(stage, width);
      if (isTail)
        at.limit(stage.sub(high, column));
      SmallVector<LaneIndex> index;
      for (Value coordinate : row)
        index.push_back(at.uniform(coordinate));
      for (int64_t i = 1; i < suffix; ++i)
        index.push_back(at.constant(0));
      if (suffix > 0)
        index.push_back(at.contiguous(column));
      for (auto [i, result] : llvm::enumerate(body.getYield().getResults())) {
        PointValue value = at.read(result, index);
        at.storeResult(i, index, value);
      }
    };
    if (suffix == 0) { // rank 0: one element
      point(low, false);
      return;
    }
    stage.forEach(low, full, step, [&](Value column) { point(column, false); });
    auto known = product(all.take_back(suffix)).constant();
    if (known && *known % width == 0 && parameter(kernel, "chunk") % width == 0)
      return;
    Value isRest = arith::CmpIOp::create(b, stage.location, arith::CmpIPredicate::slt, full, high);
    stage.ifThen(isRest, [&] { point(full, true); });
  });
  stage.finish();
  return success();
}

const EmitterRow pointwiseEmitter = {"pointwise", [](Operation *root) { return root == nullptr; }, describe, emit};

} // namespace dlc::cpu
