// The reverse sweep (numerics N8): from a function without calls to its joint function, which computes results and
// gradients in one body.
#ifndef DLC_PASSES_AUTODIFF_SWEEP_H
#define DLC_PASSES_AUTODIFF_SWEEP_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace dlc {

/// Turns `function`, a function of one block without calls, into its joint function in place: an argument is added for
/// each entry of `of`, the cotangent of that result, and a result for each entry of `wrt`, the gradient of that
/// argument. Errors are reported at the op without a derivative, with a note at `request`.
mlir::LogicalResult appendGradients(mlir::func::FuncOp function, llvm::ArrayRef<int64_t> wrt,
                                    llvm::ArrayRef<int64_t> of, mlir::Operation *request);

} // namespace dlc

#endif // DLC_PASSES_AUTODIFF_SWEEP_H
