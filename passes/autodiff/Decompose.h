// Composites become what they are defined by.
#ifndef DLC_PASSES_AUTODIFF_DECOMPOSE_H
#define DLC_PASSES_AUTODIFF_DECOMPOSE_H

#include "mlir/IR/BuiltinOps.h"

namespace dlc {

/// Replaces every op of the module that has a decomposition (numerics N7).
void decomposeComposites(mlir::ModuleOp module);

/// Replaces every op on complex elements that is defined by ops on their parts.
void decomposeComplex(mlir::ModuleOp module);

} // namespace dlc

#endif // DLC_PASSES_AUTODIFF_DECOMPOSE_H
