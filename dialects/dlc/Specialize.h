// Replacing the symbols of extents, in types and attributes alike: by numbers, which makes a function static and lets
// its verifiers prove what symbols left open, or by other polynomials.
#ifndef DLC_DIALECT_SPECIALIZE_H
#define DLC_DIALECT_SPECIALIZE_H

#include "lib/Support/DimExpr.h"

#include "mlir/IR/Operation.h"

namespace dlc {

/// Rewrites every extent below and on `op` by `value`. Verify `op` afterwards: extents that contradict show only then.
void substituteSymbols(mlir::Operation *op, const std::function<DimExpr(const std::string &)> &value);

} // namespace dlc

#endif // DLC_DIALECT_SPECIALIZE_H
