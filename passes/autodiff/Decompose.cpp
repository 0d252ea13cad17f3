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

} // namespace dlc
