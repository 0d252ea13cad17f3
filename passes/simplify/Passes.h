// The simplify phase: the same bits from fewer ops.
#ifndef DLC_PASSES_SIMPLIFY_PASSES_H
#define DLC_PASSES_SIMPLIFY_PASSES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace dlc {
#define GEN_PASS_DECL
#include "passes/simplify/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "passes/simplify/Passes.h.inc"
} // namespace dlc

#endif // DLC_PASSES_SIMPLIFY_PASSES_H
