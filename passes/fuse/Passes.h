// The fuse phase: from dlc ops to launches of kernels.
#ifndef DLC_PASSES_FUSE_PASSES_H
#define DLC_PASSES_FUSE_PASSES_H

#include "passes/Target.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace dlc {
#define GEN_PASS_DECL
#include "passes/fuse/Passes.h.inc"

/// Groups for `target`, which says what its kernels accept and must outlive the pass.
std::unique_ptr<mlir::Pass> createFuseKernelsPass(const Target &target, FuseKernelsPassOptions options);
} // namespace dlc

#endif // DLC_PASSES_FUSE_PASSES_H
