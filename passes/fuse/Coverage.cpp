// The ops that are known to read everything; whatever is not named here may skip elements.
#include "passes/fuse/Coverage.h"

#include "dialects/dlc/Dlc.h"

using namespace mlir;

namespace dlc {

static ArrayRef<int64_t> shapeOf(Value value) { return cast<RankedTensorType>(value.getType()).getShape(); }

/// Whether an extent is at least 1 in every run.
static bool isPositive(int64_t extent) { return !ShapedType::isDynamic(extent) && extent > 0; }

/// New and stretched dims repeat elements, unless they repeat them 0 times.
static bool repeatsAtLeastOnce(BroadcastOp op) {
  ArrayRef<int64_t> from = shapeOf(op.getX()), to = shapeOf(op.getResult()), dims = op.getDims();
  for (int64_t dim = 0; dim < int64_t(to.size()); ++dim) {
    const int64_t *source = llvm::find(dims, dim);
    bool isKept = source != dims.end() && from[source - dims.begin()] == to[dim];
    if (!isKept && !isPositive(to[dim]))
      return false;
  }
  return true;
}

static bool isCropping(PadOp op) {
  return llvm::any_of(op.getLow(), [](int64_t n) { return n < 0; }) ||
         llvm::any_of(op.getHigh(), [](int64_t n) { return n < 0; });
}

bool readsEveryElement(OpOperand &use) {
  Operation *op = use.getOwner();
  if (auto broadcast = dyn_cast<BroadcastOp>(op))
    return repeatsAtLeastOnce(broadcast);
  if (auto pad = dyn_cast<PadOp>(op))
    return use.get() == pad.getX() && !isCropping(pad);
  if (auto topK = dyn_cast<TopKOp>(op))
    return llvm::all_of(shapeOf(topK->getResult(0)), isPositive);
  if (auto point = dyn_cast<PointwiseOpInterface>(op); point && point.isElementwise())
    return true;
  return isa<TransposeOp, ReverseOp, ConcatOp, ReduceOp, ArgmaxOp, ArgminOp, CumulativeOp, SortOp>(op);
}

} // namespace dlc
