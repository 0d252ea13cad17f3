// Loop-invariant code goes before the loop. What only repeats values goes along, for what reads it: fuse brings it back
// to where it is read.
#include "passes/simplify/Patterns.h"

#include "dialects/dlc/Dlc.h"

#include "mlir/Interfaces/LoopLikeInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/LoopInvariantCodeMotionUtils.h"

using namespace mlir;

namespace dlc {

/// What can fail is never hoisted (numerics N9): a loop that runs no trip must not fail.
static bool mayRunBefore(Operation *op) {
  bool fails = op->walk([](Operation *inner) {
                   return canFail(inner) ? WalkResult::interrupt() : WalkResult::advance();
                 }).wasInterrupted();
  return !fails && isMemoryEffectFree(op) && isSpeculatable(op);
}

void hoistInvariants(func::FuncOp function) {
  function.walk([](LoopLikeOpInterface loop) {
    moveLoopInvariantCode(
        loop.getLoopRegions(), [&](Value value, Region *) { return loop.isDefinedOutsideOfLoop(value); },
        [](Operation *op, Region *) { return mayRunBefore(op); },
        [&](Operation *op, Region *) { loop.moveOutOfLoop(op); });
  });
}

} // namespace dlc
