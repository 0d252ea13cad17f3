// The values that symbols of extents may have. Ops whose verifier compares extents cannot say so where one is a symbol:
// that slice [0, 3) lies in B elements is then an inequality, B >= 3, for which callers of the program are asked.
#ifndef DLC_DIALECT_SYMBOLRANGES_H
#define DLC_DIALECT_SYMBOLRANGES_H

#include "mlir/IR/BuiltinOps.h"

namespace dlc {

/// Narrows `dlc.symbols` of every public function of a traced module to the values for which each op of the module has
/// a meaning, as far as an inequality is about one symbol. A symbol is one for the module.
void narrowSymbols(mlir::ModuleOp module);

} // namespace dlc

#endif // DLC_DIALECT_SYMBOLRANGES_H
