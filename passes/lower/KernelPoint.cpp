// Reads of a body's tensors.
#include "passes/lower/KernelPoint.h"

using namespace mlir;

namespace dlc {

static bool isSame(ArrayRef<LaneIndex> x, ArrayRef<LaneIndex> y) {
  return x.size() == y.size() && llvm::all_of(llvm::zip(x, y), [](auto pair) {
           auto &[a, b] = pair;
           return a.base == b.base && a.stride == b.stride && a.lanes == b.lanes;
         });
}

PointValue KernelPoint::read(Value tensor, ArrayRef<LaneIndex> index) {
  if (auto place = bound.find(tensor); place != bound.end())
    return place->second;
  for (const Remembered &entry : remembered)
    if (entry.tensor == tensor && entry.guard == guard.lanes && isSame(entry.index, index))
      return entry.value;
  auto operand = dyn_cast<BlockArgument>(tensor);
  PointValue value = operand ? loadOperand(operand, linearize(index, dimsOf(tensor)))
                             : cast<PointwiseOpInterface>(tensor.getDefiningOp()).buildAt(*this, index);
  remembered.push_back({tensor, guard.lanes, SmallVector<LaneIndex>(index), value});
  return value;
}

} // namespace dlc
