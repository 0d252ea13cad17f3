// Ops that are no part of a program.
#ifndef DLC_DIALECTS_DLC_DEADOPS_H
#define DLC_DIALECTS_DLC_DEADOPS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace dlc {

/// Erases ops whose results reach no output, in regions too: their errors do not count (numerics N9).
void eraseDeadOps(mlir::func::FuncOp function);

} // namespace dlc

#endif // DLC_DIALECTS_DLC_DEADOPS_H
