// The pass of the bufferize phase.
#ifndef DLC_PASSES_BUFFERIZE_TD
#define DLC_PASSES_BUFFERIZE_TD

include "mlir/Pass/PassBase.td"

def PlanBuffersPass : Pass<"dlc-plan-buffers", "::mlir::ModuleOp"> {
  let summary = "puts every tensor into memory";
  let description = [{
    Before: functions that launch kernels on tensors. After: functions without arguments and results that launch them on
    buffers: inputs, outputs, constants and slices of one arena whose offsets follow from liveness. Kernels stay closed.
    The signature moves to `rt.arguments`, `rt.results` and their names; the arena's size is `rt.arena`.
  }];
  let dependentDialects = ["::dlc::rt::RtDialect"];
}

#endif // DLC_PASSES_BUFFERIZE_TD
