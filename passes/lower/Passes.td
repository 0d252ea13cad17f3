// The pass of the lower phase: emitters and the conversion to LLVM are the target's.
#ifndef DLC_PASSES_LOWER_TD
#define DLC_PASSES_LOWER_TD

include "mlir/Pass/PassBase.td"

def VerifyKernelsPass : Pass<"dlc-verify-kernels", "::dlc::rt::KernelOp"> {
  let summary = "checks that an open kernel has only operations that keep bits";
  let description = [{
    Before: a kernel that an emitter has opened, in scf, arith, math, vector, memref (and gpu). After: the same; every
    operation that numerics N10 does not admit is an error that names it and the reason.
  }];
}

#endif // DLC_PASSES_LOWER_TD
