// Transforms around random programs: the tangents of @main, and its batch, with axes drawn from a seed.
#ifndef DLC_CHECK_RANDOMTRANSFORMS_H
#define DLC_CHECK_RANDOMTRANSFORMS_H

#include "dialects/dlc/Dlc.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace dlc::check {

/// Renames @main to a private @primal and adds a @main that returns its results and their tangents. Leaves a module
/// alone that holds trigamma: a derivative of one order too high is missing.
void tangentMain(mlir::ModuleOp module);

/// Renames @main, which must have arguments, to @one and adds a @main that is its batch of `extent` examples. Some
/// arguments are shared by all. Returns the op.
VmapOp batchMain(mlir::ModuleOp module, uint64_t seed, const DimExpr &extent);

} // namespace dlc::check

#endif // DLC_CHECK_RANDOMTRANSFORMS_H
