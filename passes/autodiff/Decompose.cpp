// One op at a time, each in its place.
#include "passes/autodiff/Decompose.h"
#include "dialects/dlc/Dlc.h"

using namespace mlir;

namespace dlc {

void decomposeComposites(ModuleOp module) {
  SmallVector<DecomposeOpInterface> composites;
  module.walk([&](DecomposeOpInterface op) { composites.push_back(op); });
  for (DecomposeOpInterface op : composites) {
    OpBuilder builder(op);
    DlcBuilder b(builder, op.getLoc());
    SmallVector<Value> values = op.decompose(b);
    assert(TypeRange(ValueRange(values)) == op->getResultTypes() && "a decomposition has the types of its op");
    op->replaceAllUsesWith(values);
    op->erase();
  }
}

void decomposeComplex(ModuleOp module) {
  SmallVector<PartwiseOpInterface> found;
  module.walk([&](PartwiseOpInterface op) {
    if (isPartwise(op))
      found.push_back(op);
  });
  for (PartwiseOpInterface op : found) {
    OpBuilder builder(op);
    DlcBuilder b(builder, op.getLoc());
    op->getResult(0).replaceAllUsesWith(op.buildFromParts(b));
    op->erase();
  }
}

} // namespace dlc
