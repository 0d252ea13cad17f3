// How tensor types carry symbolic extents (contract C7): a dim is static in the type, or `?` with its polynomial in the
// #dlc.dims encoding. Everything in dlc reads and makes types through these functions.
#ifndef DLC_DIALECT_TYPES_H
#define DLC_DIALECT_TYPES_H

#include "lib/Runtime/DType.h"
#include "lib/Support/DimExpr.h"

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/SmallVector.h"

namespace dlc {

using Dims = llvm::SmallVector<DimExpr, 4>;

/// The extents of a tensor type; a `?` that no encoding names becomes a symbol that equals nothing else.
Dims dimsOf(mlir::Type type);
inline Dims dimsOf(mlir::Value value) { return dimsOf(value.getType()); }
/// The tensor type with these extents; the encoding is there exactly when one of them is not constant.
mlir::RankedTensorType tensorType(llvm::ArrayRef<DimExpr> dims, mlir::Type element);
/// A type with the dims of one and another element type.
mlir::RankedTensorType withElement(mlir::Type type, mlir::Type element);

mlir::Type elementTypeOf(mlir::Type type);
inline mlir::Type elementTypeOf(mlir::Value value) { return elementTypeOf(value.getType()); }
/// f32 and f64 of complex types, other types as they are; and back.
mlir::Type partElement(mlir::Type element);
mlir::Type complexElement(mlir::Type part);
mlir::Type boolType(mlir::MLIRContext *context);
/// Whether derivatives of such values exist: floats that compute, and complex numbers.
bool hasDerivative(mlir::Type type);
int64_t rankOf(mlir::Value value);

/// The element type of a tensor or scalar type; i1 is Bool and signless integers are signed.
DType dtypeOf(mlir::Type type);
mlir::Type typeOf(DType type, mlir::MLIRContext *context);

/// "[B, 128]": extents as messages write them.
std::string dimsText(llvm::ArrayRef<DimExpr> dims);

} // namespace dlc

#endif // DLC_DIALECT_TYPES_H
