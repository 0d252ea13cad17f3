// The suffix is the least over all pointwise ops that the tensors are made by.
#include "lib/Target/Cpu/Collapse.h"

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
  auto point = dyn_cast<PointwiseOpInterface>(op);
  return !point || isa<ConstantOp>(op) || point.isElementwise() ? rank : 1;
}

int64_t collapsedSuffix(ValueRange tensors) {
  int64_t rank = rankOf(tensors.front()), suffix = rank;
  SmallVector<Value> pending(tensors.begin(), tensors.end());
  DenseSet<Value> seen(pending.begin(), pending.end());
  while (!pending.empty()) {
    Operation *op = pending.pop_back_val().getDefiningOp();
    if (!op)
      continue;
    if (rankOf(op->getResult(0)) == rank)
      suffix = std::min(suffix, flatSuffix(op, rank));
    else if (rankOf(op->getResult(0)) != 0) // a rank-0 operand that is broadcast has no dims to split
      suffix = std::min<int64_t>(suffix, 1);
    if (isa<PointwiseOpInterface>(op))
      for (Value operand : op->getOperands())
        if (seen.insert(operand).second)
          pending.push_back(operand);
  }
  return suffix;
}

} // namespace dlc::cpu
