// The lower phase: from open kernels to LLVM.
#ifndef DLC_PASSES_LOWER_PASSES_H
#define DLC_PASSES_LOWER_PASSES_H

#include "dialects/rt/Rt.h"

#include "mlir/Pass/Pass.h"

namespace dlc {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "passes/lower/Passes.h.inc"
} // namespace dlc

#endif // DLC_PASSES_LOWER_PASSES_H
