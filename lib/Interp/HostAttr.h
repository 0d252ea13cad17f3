// Dense attributes as host tensors and back, bit for bit.
#ifndef DLC_INTERP_HOSTATTR_H
#define DLC_INTERP_HOSTATTR_H

#include "lib/Support/HostTensor.h"

#include "mlir/IR/BuiltinAttributes.h"

namespace dlc {

/// The elements of `tensor` as an attribute of `type`, whose shape and element type must be those of `tensor`.
mlir::DenseElementsAttr attrOf(const HostTensor &tensor, mlir::RankedTensorType type);
/// A rank-0 tensor as the attribute of a scalar of `type`: index, an integer or a float.
mlir::TypedAttr scalarAttrOf(const HostTensor &tensor, mlir::Type type);
/// The rank-0 tensor of a scalar's attribute; index becomes i64.
HostTensor tensorOf(mlir::TypedAttr scalar);

} // namespace dlc

#endif // DLC_INTERP_HOSTATTR_H
