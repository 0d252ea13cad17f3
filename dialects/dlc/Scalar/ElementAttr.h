// Elements as attributes of emitted code.
#ifndef DLC_DIALECTS_DLC_SCALAR_ELEMENTATTR_H
#define DLC_DIALECTS_DLC_SCALAR_ELEMENTATTR_H

#include "lib/Runtime/DType.h"

#include "mlir/IR/BuiltinAttributeInterfaces.h"

namespace dlc::scalar {

/// `value`, rounded once to `type`, as an attribute of elementType; of integers, their wrapped value. Floats below
/// f32 are their bits: code that moves them has no float type that LLVM would convert on its own, by calls or by
/// instructions that flush subnormals (numerics N10).
mlir::TypedAttr elementAttr(mlir::MLIRContext *context, DType type, double value);

} // namespace dlc::scalar

#endif // DLC_DIALECTS_DLC_SCALAR_ELEMENTATTR_H
