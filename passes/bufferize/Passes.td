// The pass of the bufferize phase.
#ifndef DLC_PASSES_BUFFERIZE_TD
#define DLC_PASSES_BUFFERIZE_TD

include "mlir/Pass/PassBase.td"

def PlanBuffersPass : Pass<"dlc-plan-buffers", "::mlir::ModuleOp"> {
  let summary = "puts every tensor into memory";
  let description = [{
    Before: functions that launch kernels on tensors. After: functions without arguments and results that launch them on
    buffers: inputs, outputs, constants and slices of one arena whose offsets follow from liveness. Kernels stay closed.
    Branches and loops carry scalars alone: a carried tensor is a slice, or two that swap at the back edge. The
    signature moves to `rt.arguments`, `rt.results` and their names; the arena's size is `rt.arena`.

    ```mlir
    %r = scf.for %i = %a to %b step %c iter_args(%y = %x)        rt.copy %y, %x
      %0 = rt.launch @k(%y)                               ==>    scf.for %i = %a to %b step %c
      scf.yield %0                                                 rt.launch @k(%y, %next)
                                                                   rt.swap %y, %next
    ```
  }];
  let dependentDialects = ["::dlc::rt::RtDialect"];
}

#endif // DLC_PASSES_BUFFERIZE_TD
