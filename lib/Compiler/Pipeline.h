// Which passes make up each phase.
#ifndef DLC_COMPILER_PIPELINE_H
#define DLC_COMPILER_PIPELINE_H

#include "lib/Compiler/Options.h"
#include "lib/Compiler/Phase.h"
#include "passes/Target.h"

#include "mlir/Pass/PassManager.h"

namespace dlc {

/// Adds the passes that lead from the phase before to `phase`. Trace has none; Lower and Object work kernel by kernel.
void buildPhase(mlir::OpPassManager &passes, Phase phase, const Options &options, const Target &target, Tier tier);

} // namespace dlc

#endif // DLC_COMPILER_PIPELINE_H
