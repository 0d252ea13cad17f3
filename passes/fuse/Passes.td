// The pass of the fuse phase.
#ifndef DLC_PASSES_FUSE_TD
#define DLC_PASSES_FUSE_TD

include "mlir/Pass/PassBase.td"

def FuseKernelsPass : Pass<"dlc-fuse-kernels", "::mlir::ModuleOp"> {
  let summary = "groups dlc ops into kernels";
  let description = [{
    Before: functions of dlc ops. After: functions that launch `rt.kernel`s, with reshapes and constants between them.
    A kernel holds pointwise ops alone, or one ordered op with pointwise ops inlined before and after it; where the
    target can, a reduction stores what it reads as well. Neighbouring dims that a kernel always walks together are one
    in it: its operands and results are reshapes of the program's. Identical kernels are one. Every edge that is not
    fused is an entry of the attribute `rt.unfused` of the launch that reads: [producer, consumer, reason, the
    producer's place, the consumer's place]. Kernels form in the block of each region of scf ops; ops that can fail keep
    their side of loops.

    ```mlir
    %0 = dlc.mul %x, %y : ...               %1 = rt.launch @k0(%x, %y, %z)
    %1 = dlc.add %0, %z : ...       ==>
    ```
  }];
  let dependentDialects = ["::dlc::rt::RtDialect"];
  let options = [Option<"fuse", "fuse", "bool", "true", "off: every op is its own kernel (to compare bits)">];
}

#endif // DLC_PASSES_FUSE_TD
