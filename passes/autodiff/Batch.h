// Batching: from a function without calls, for one example, to its ops over all examples at once.
#ifndef DLC_PASSES_AUTODIFF_BATCH_H
#define DLC_PASSES_AUTODIFF_BATCH_H

#include "dialects/dlc/Dlc.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace dlc {

/// Builds before `request`, a call of `function` for each example, what the function computes for all of them; what
/// does not depend on the examples is computed once. `results` receives the results as `request` wants them. Errors are
/// reported at the op without a rule, with a note at `request`.
mlir::LogicalResult buildBatch(VmapOp request, mlir::func::FuncOp function,
                               llvm::SmallVectorImpl<mlir::Value> &results);

} // namespace dlc

#endif // DLC_PASSES_AUTODIFF_BATCH_H
