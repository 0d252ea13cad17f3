// The values that symbols of extents may have. Ops whose verifier compares extents cannot say so where one is a symbol:
// that slice [0, 3) lies in B elements is then an inequality, B >= 3, for which callers of the program are asked. Those
// of one symbol are ranges, `dlc.symbols = {B = array<i64: 3, 9, 1>}` (minimum, maximum, divisor); others are
// conditions, `dlc.conditions = {not_negative = #dlc.dims<[B - C]>, not_zero = #dlc.dims<[B - 4]>}`.
#ifndef DLC_DIALECT_SYMBOLRANGES_H
#define DLC_DIALECT_SYMBOLRANGES_H

#include "lib/Support/DimExpr.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace dlc {

/// Narrows `dlc.symbols` and `dlc.conditions` of every public function of a traced module to the values for which each
/// op of the module has a meaning. A symbol is one for the module.
void narrowSymbols(mlir::ModuleOp module);

/// Adds the condition that `value` is never 0.
void requireNotZero(mlir::func::FuncOp function, const DimExpr &value);

/// Calls `visit` for each condition of a function: whether it is about not being 0 (else not below), and of what.
void forEachCondition(mlir::func::FuncOp function,
                      llvm::function_ref<void(bool isAboutZero, const DimExpr &value)> visit);

} // namespace dlc

#endif // DLC_DIALECT_SYMBOLRANGES_H
