// The schedule phase: a descriptor for every kernel.
#ifndef DLC_PASSES_SCHEDULE_PASSES_H
#define DLC_PASSES_SCHEDULE_PASSES_H

#include "passes/Target.h"

#include "mlir/Pass/Pass.h"

namespace dlc {
#define GEN_PASS_DECL
#include "passes/schedule/Passes.h.inc"

std::unique_ptr<mlir::Pass> createScheduleKernelsPass(const Target &target, Tier tier = Tier::Optimized);
} // namespace dlc

#endif // DLC_PASSES_SCHEDULE_PASSES_H
