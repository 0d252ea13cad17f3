// Kernels of pointwise ops alone. The result's dims are split into rows and a suffix that every op of the body treats
// as one flat index; vectors run along the suffix. A task is a chunk of the suffix of one row.
#include "lib/Target/Cpu/Collapse.h"
#include "lib/Target/Cpu/CpuPoint.h"
#include "lib/Target/Cpu/Emitter.h"
#include "lib/Target/Cpu/OrderedBox.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace dlc::cpu {

/// Whether neighbours of the op's result are no neighbours of what it reads.
static bool spreadsLanes(Operation *op) {
  if (auto transpose = dyn_cast<TransposeOp>(op))
    return !transpose.getPerm().empty() && transpose.getPerm().back() + 1 != int64_t(transpose.getPerm().size());
  if (auto reverse = dyn_cast<ReverseOp>(op))
    return llvm::is_contained(reverse.getDims(), dimsOf(op->getResult(0)).size() - 1);
  if (auto slice = dyn_cast<SliceOp>(op))
    return !slice.getStrides().empty() && slice.getStrides().back() != 1;
  if (auto gather = dyn_cast<GatherOp>(op))
    return size_t(gather.getAxis()) + 1 == dimsOf(gather.getX()).size();
  return false;
}

/// The most lanes that are worth it. No machine gathers elements of one or two bytes, so each lane has loads of its
/// own: 64 lanes of i8 take up to 2.2 times as long as elements one by one, and several times as long to compile. Four
/// are best where integers are computed with, a register of f32 where floats are.
static int64_t mostLanes(rt::BodyOp body, const Machine &machine) {
  auto typeOf = [](Operation &op) { return dtypeOf(op.getResult(0).getType()); };
  auto ops = body.getBlock()->without_terminator();
  if (llvm::none_of(ops, [&](Operation &op) { return spreadsLanes(&op) && byteWidth(typeOf(op)) < 4; }))
    return INT64_MAX;
  auto moves = [](Operation &op) { return isa<TransposeOp, ReverseOp, SliceOp, GatherOp, ReshapeOp, BroadcastOp>(op); };
  if (llvm::all_of(ops, moves))
    return 1;
  auto isSimple = [&](Operation &op) {
    return moves(op) || (!isFloat(typeOf(op)) && !isComplex(typeOf(op)) && cast<PointwiseOpInterface>(op).isCheap());
  };
  return llvm::all_of(ops, isSimple) ? 4 : machine.lanes(4);
}

static DictionaryAttr describe(rt::KernelOp kernel, const Machine &machine) {
  rt::BodyOp body = kernel.getKernelBody();
  Dims dims = dimsOf(body.getYield().getResults()[0]);
  int64_t suffix = collapsedSuffix(body.getYield().getResults());
  ArrayRef<DimExpr> all(dims);
  DimExpr rows = sizeOf(all.drop_back(suffix)), columns = sizeOf(all.take_back(suffix));
  // Chunks of baseline code are small, so that their costs tell what a call takes.
  int64_t width = machine.lanes(widestElement(body)), chunk = kernel.getBaseline() ? 256 : 4096;
  width = std::min(width, mostLanes(body, machine));
  if (auto known = columns.constant())
    while (width > 1 && width / 2 >= *known)
      width /= 2;
  Stage stage;
  stage.name = "compute";
  stage.tasks = rows * DimExpr::ceilDiv(columns, chunk);
  int64_t columnsPerTask = std::min<int64_t>(columns.constant().value_or(chunk), chunk);
  stage.cost = DimExpr(std::max<int64_t>(1, columnsPerTask * operationsPerElement(body) / (4 * width)));
  return makeDescriptor(kernel.getContext(), "pointwise", stage,
                        {{"suffix", suffix}, {"width", width}, {"chunk", chunk}, {"register", machine.lanes(1)}});
}

/// How many operations a body may have to stand both in the loop of whole vectors and behind it, for those that are
/// left; compiling a longer one twice takes longer than a branch in every round.
static constexpr int64_t shortBody = 100;

/// The op before the place where `b` builds.
static Operation *lastBuilt(OpBuilder &b) {
  auto at = b.getInsertionPoint();
  return at == b.getInsertionBlock()->begin() ? nullptr : &*std::prev(at);
}

/// Counts what was built behind `before` and satisfies `counts`.
static int64_t countBuilt(OpBuilder &b, Operation *before, llvm::function_ref<bool(Operation *)> counts) {
  int64_t count = 0;
  for (Operation *op = lastBuilt(b); op != before; op = op->getPrevNode())
    op->walk([&](Operation *inner) { count += counts(inner); });
  return count;
}

/// Erases what was built behind `before`.
static void eraseBuilt(OpBuilder &b, Operation *before) {
  while (Operation *op = lastBuilt(b)) {
    if (op == before)
      break;
    op->erase();
  }
}

/// Whether the op makes a vector of floats that takes more than `bytes` bytes.
static bool isWiderThan(Operation *op, int64_t bytes) {
  auto type = op->getNumResults() == 1 ? dyn_cast<VectorType>(op->getResult(0).getType()) : VectorType();
  return type && isa<FloatType>(type.getElementType()) &&
         type.getNumElements() * type.getElementTypeBitWidth() > 8 * bytes;
}

static LogicalResult emit(OpBuilder &b, rt::KernelOp kernel) {
  rt::BodyOp body = kernel.getKernelBody();
  StageBuilder stage(b, kernel, body, "compute");
  Dims dims = dimsOf(body.getYield().getResults()[0]);
  int64_t suffix = parameter(kernel, "suffix");
  ArrayRef<DimExpr> all(dims);
  ArrayRef<DimExpr> outer = all.drop_back(suffix);
  Value columns = stage.extent(sizeOf(all.take_back(suffix)));
  Value chunk = stage.constant(parameter(kernel, "chunk"));
  Value chunks = stage.ceilDiv(columns, chunk), one = stage.constant(1);

  stage.forEach(stage.begin, stage.end, one, [&](Value task) {
    SmallVector<Value> row = stage.coordinates(stage.floorDiv(task, chunks), outer);
    Value low = stage.mul(stage.mod(task, chunks), chunk);
    Value high = stage.min(columns, stage.add(low, chunk));
    auto point = [&](Value column, int64_t width, void (CpuPoint::*limit)(Value)) {
      CpuPoint at(stage, width);
      if (limit)
        (at.*limit)(stage.sub(high, column));
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
    int64_t width = parameter(kernel, "width");
    if (suffix == 0) { // rank 0: one element
      point(low, width, nullptr);
      return;
    }
    auto known = sizeOf(all.take_back(suffix)).constant();
    auto isWhole = [&] { return known && *known % width == 0 && parameter(kernel, "chunk") % width == 0; };
    auto loop = [&](Value to, void (CpuPoint::*limit)(Value)) {
      stage.forEach(low, to, stage.constant(width), [&](Value column) { point(column, width, limit); });
    };
    Operation *before = lastBuilt(b);
    if (wantsLittleCode(kernel)) { // the least code: one loop, and no more than one register where much is computed
      loop(high, isWhole() ? nullptr : &CpuPoint::limitSome);
      auto isWide = [&](Operation *op) { return isWiderThan(op, parameter(kernel, "register")); };
      while (width > 1 && countBuilt(b, before, isWide) > shortBody) {
        eraseBuilt(b, before);
        width /= 2;
        loop(high, isWhole() ? nullptr : &CpuPoint::limitSome);
      }
      return;
    }
    Value full = stage.sub(high, stage.mod(stage.sub(high, low), stage.constant(width)));
    loop(full, nullptr);
    if (isWhole())
      return;
    if (countBuilt(b, before, [](Operation *) { return true; }) > shortBody) {
      eraseBuilt(b, before);
      loop(high, &CpuPoint::limitLast);
      return;
    }
    Value isRest = arith::CmpIOp::create(b, stage.location, arith::CmpIPredicate::slt, full, high);
    stage.ifThen(isRest, [&] { point(full, width, &CpuPoint::limitSome); });
  });
  stage.finish();
  return success();
}

const EmitterRow pointwiseEmitter = {"pointwise", [](Operation *root) { return root == nullptr; }, describe, emit};

} // namespace dlc::cpu
