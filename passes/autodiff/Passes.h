// The autodiff phase: from functions as traced to functions without calls and derivatives.
#ifndef DLC_PASSES_AUTODIFF_PASSES_H
#define DLC_PASSES_AUTODIFF_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace dlc {
#define GEN_PASS_DECL
#include "passes/autodiff/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "passes/autodiff/Passes.h.inc"
} // namespace dlc

#endif // DLC_PASSES_AUTODIFF_PASSES_H
