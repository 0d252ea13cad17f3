// Walks over a kernel's body.
#include "passes/lower/KernelShape.h"

using namespace mlir;

namespace dlc {

Operation *orderedOp(rt::BodyOp body) {
  for (Operation &op : *body.getBlock())
    if (isa<OrderedOpInterface>(op))
      return &op;
  return nullptr;
}

int64_t widestElement(rt::BodyOp body) {
  int64_t widest = 1;
  auto visit = [&](Type type) { widest = std::max<int64_t>(widest, byteWidth(dtypeOf(type))); };
  for (Operation &op : *body.getBlock()) {
    for (Type type : op.getResultTypes())
      visit(type);
    for (Type type : op.getOperandTypes())
      visit(type);
  }
  return widest;
}

int64_t errorSlot(Operation *op) {
  int64_t slot = 0;
  for (Operation &other : *op->getBlock()) {
    if (&other == op)
      break;
    if (canFail(&other))
      ++slot;
  }
  return slot;
}

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

int64_t collapsedSuffix(rt::BodyOp body) {
  int64_t rank = rankOf(body.getYield().getResults()[0]), suffix = rank;
  for (Operation &op : body.getBlock()->without_terminator())
    suffix = std::min(suffix, rankOf(op.getResult(0)) == rank ? flatSuffix(&op, rank) : 1);
  // A rank-0 operand that is broadcast has no dims to split.
  bool scalarsOnly = llvm::all_of(body.getBlock()->without_terminator(), [&](Operation &op) {
    return rankOf(op.getResult(0)) == rank ? flatSuffix(&op, rank) == rank : rankOf(op.getResult(0)) == 0;
  });
  return scalarsOnly ? rank : suffix;
}

DimExpr product(ArrayRef<DimExpr> dims) {
  DimExpr size(1);
  for (const DimExpr &dim : dims)
    size = size * dim;
  return size;
}

} // namespace dlc
