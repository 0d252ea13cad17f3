// The pipeline on one screen: each step says why it stands here.
#include "lib/Compiler/Pipeline.h"

#include "passes/autodiff/Passes.h"
#include "passes/bufferize/Passes.h"
#include "passes/fuse/Passes.h"
#include "passes/schedule/Passes.h"
#include "passes/simplify/Passes.h"

namespace dlc {

void buildPhase(mlir::OpPassManager &passes, Phase phase, const Options &options, const Target &target, Tier tier) {
  switch (phase) {
  case Phase::Trace:
    return;
  case Phase::Autodiff:
    // On the program as written: any simplification before would change which cotangents are added first (N8).
    passes.addPass(createAutodiffPass());
    return;
  case Phase::Simplify:
    // After autodiff, so that forward and backward share what they both compute.
    if (options.simplify)
      passes.addNestedPass<mlir::func::FuncOp>(createSimplifyPass());
    return;
  case Phase::Fuse:
    // On the simplified program: every op that is left is worth a place in a kernel.
    passes.addPass(createFuseKernelsPass(target, {options.fuse}));
    return;
  case Phase::Schedule:
    // Before bufferize: scratch is part of the arena's plan.
    passes.addPass(createScheduleKernelsPass(target, tier));
    return;
  case Phase::Bufferize:
    passes.addPass(createPlanBuffersPass());
    return;
  case Phase::Lower:
  case Phase::Object:
    return;
  }
}

} // namespace dlc
