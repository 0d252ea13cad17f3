// Which of two elements an arg op prefers: shared by argmax, argmin and window_argmax.
#ifndef DLC_TARGET_CPU_ARG_H
#define DLC_TARGET_CPU_ARG_H

#include "dialects/dlc/Scalar/IRScalarBuilder.h"

namespace dlc::cpu {

/// Where `next` beats `best`: NaN beats all but an earlier NaN, -0 is below +0, and ties stay with the earlier one.
scalar::IRScalar buildBeats(scalar::IRScalarBuilder &s, scalar::IRScalar best, scalar::IRScalar next, bool largest);

} // namespace dlc::cpu

#endif // DLC_TARGET_CPU_ARG_H
