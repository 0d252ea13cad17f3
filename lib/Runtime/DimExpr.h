//===- DimExpr.h - Expressions over dims ----------------------------------===//
//
// Size formulas of a program are postfix expressions over integers. They are verified once, at load; then evaluating
// one needs no bounds checks, allocates nothing, and fails only on overflow or on a divisor below 1.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_RUNTIME_DIMEXPR_H
#define DLC_RUNTIME_DIMEXPR_H

#include "lib/Runtime/Create.h"
#include "lib/Runtime/ProgramFormat.h"

namespace dlc {

using ExprOps = Span<program::ExprOp>;

/// True if `ops` leaves exactly one value, within the format's limits. Sets `symbolsNeeded` to 1 + the highest symbol
/// it reads, 0 for a constant expression.
bool verifyExpr(ExprOps ops, uint32_t &symbolsNeeded);

/// The value of a verified expression over `symbols`; false on overflow or a divisor below 1.
bool evaluateExpr(ExprOps ops, const int64_t *symbols, int64_t &value);

/// Writes a verified expression as text ("2*B + 1", "ceildiv(N, 8)") to `out[0, capacity)`, cut to fit, NUL-terminated.
/// `nameOf(context, i)` names symbol i.
void formatExpr(ExprOps ops, const char *(*nameOf)(const void *context, uint32_t symbol), const void *context,
                char *out, size_t capacity);

} // namespace dlc

#endif // DLC_RUNTIME_DIMEXPR_H
