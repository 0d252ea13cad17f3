// The bufferize phase: from tensors to slices of a planned arena.
#ifndef DLC_PASSES_BUFFERIZE_PASSES_H
#define DLC_PASSES_BUFFERIZE_PASSES_H

#include "dialects/rt/Rt.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace dlc {
#define GEN_PASS_DECL
#include "passes/bufferize/Passes.h.inc"
} // namespace dlc

#endif // DLC_PASSES_BUFFERIZE_PASSES_H
