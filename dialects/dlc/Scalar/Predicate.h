//===- Predicate.h - Comparisons ------------------------------------------===//
//
// The comparisons that both scalar builders know. The first six are C's: ordered, but for Ne, which holds if an operand
// is NaN. The others exist for floats only.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_DIALECTS_DLC_SCALAR_PREDICATE_H
#define DLC_DIALECTS_DLC_SCALAR_PREDICATE_H

#include <cstdint>

namespace dlc::scalar {

/// A comparison. `U` variants also hold if an operand is NaN; `ONe` does not; `Ord` and `Uno` ask only for that.
enum class Predicate : uint8_t { Eq, Ne, Lt, Le, Gt, Ge, UEq, ONe, ULt, ULe, UGt, UGe, Ord, Uno };

} // namespace dlc::scalar

#endif // DLC_DIALECTS_DLC_SCALAR_PREDICATE_H
