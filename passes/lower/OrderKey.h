// The order of argmax (numerics N1) as integers: -0 below +0, NaN beats everything, all NaNs alike.
#ifndef DLC_PASSES_LOWER_ORDERKEY_H
#define DLC_PASSES_LOWER_ORDERKEY_H

#include "dialects/dlc/PointBuilder.h"

namespace dlc {

/// The type of a key: i32 or i64, unsigned for unsigned elements.
DType orderKeyType(DType element);
/// A key that is larger where `x` beats; `largest`: argmax, else argmin.
IRValue orderKey(scalar::IRScalarBuilder &b, IRValue x, bool largest);

} // namespace dlc

#endif // DLC_PASSES_LOWER_ORDERKEY_H
