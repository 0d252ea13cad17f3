// The pass of the schedule phase.
#ifndef DLC_PASSES_SCHEDULE_TD
#define DLC_PASSES_SCHEDULE_TD

include "mlir/Pass/PassBase.td"

def ScheduleKernelsPass : Pass<"dlc-schedule-kernels", "::mlir::ModuleOp"> {
  let summary = "gives every kernel its descriptor";
  let description = [{
    Before: `rt.kernel`s with bodies. After: each has a `descriptor` (kind, tiles, vector width, stages with tasks and
    scratch) that the target chose; no loop is written yet.
  }];
}

#endif // DLC_PASSES_SCHEDULE_TD
