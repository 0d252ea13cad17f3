// Tensors that hold one value everywhere: broadcasts of a rank-0 tensor, in canonical form, or constants.
#ifndef DLC_PASSES_SIMPLIFY_SPLAT_H
#define DLC_PASSES_SIMPLIFY_SPLAT_H

#include "mlir/IR/PatternMatch.h"

namespace dlc {

/// The rank-0 value that `x`, of a higher rank, repeats everywhere; null if it is not a broadcast of one.
mlir::Value splatSource(mlir::Value x);
/// The element of a constant that holds it everywhere, seen through broadcasts; null if `x` is none.
mlir::Attribute splatConstant(mlir::Value x);
bool isSplatOf(mlir::Value x, double number);
/// Whether every bit of every element of an integer tensor is `bit`.
bool isSplatOfBits(mlir::Value x, bool bit);
/// The negative (or positive) zero of floats, 0 of integers.
bool isSplatZero(mlir::Value x, bool isNegative);

/// `scalar`, of rank 0, repeated to `type`; `scalar` itself if that has rank 0.
mlir::Value repeat(mlir::OpBuilder &builder, mlir::Location location, mlir::Value scalar, mlir::Type type);

} // namespace dlc

#endif // DLC_PASSES_SIMPLIFY_SPLAT_H
