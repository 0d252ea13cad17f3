// Forward mode: from a function without calls to one that computes results and their tangents side by side.
#ifndef DLC_PASSES_AUTODIFF_TANGENTS_H
#define DLC_PASSES_AUTODIFF_TANGENTS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace dlc {

/// Extends `function`, a function of one block without calls, in place: an argument is added for each entry of `wrt`,
/// the tangent of that argument, and a result for each entry of `of`, the tangent of that result. Errors are reported
/// at the op without a derivative, with a note at `request`.
mlir::LogicalResult appendTangents(mlir::func::FuncOp function, llvm::ArrayRef<int64_t> wrt, llvm::ArrayRef<int64_t> of,
                                   mlir::Operation *request);

} // namespace dlc

#endif // DLC_PASSES_AUTODIFF_TANGENTS_H
