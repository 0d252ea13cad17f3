// How accumulators are combined, and what they start from: shared by the emitters of reductions, scans and scatters.
#ifndef DLC_TARGET_CPU_COMBINE_H
#define DLC_TARGET_CPU_COMBINE_H

#include "dialects/dlc/Dlc.h"

namespace dlc::cpu {

/// f32 for f16 and bf16, any other type itself (numerics N4).
DType accumulatorOf(DType type);

/// A zero of the type, as the pattern of constants: a scalar for width 1.
IRValue zeroOf(PointBuilder &b, DType type, int64_t width);

IRValue combine(PointBuilder &b, ReduceKind kind, IRValue x, IRValue y);

/// What changes no element that it is combined with: -0 for a sum of floats. A scalar for width 1.
IRValue neutral(PointBuilder &b, ReduceKind kind, DType accumulator, int64_t width);

} // namespace dlc::cpu

#endif // DLC_TARGET_CPU_COMBINE_H
