// Which trailing dims of a tensor may be walked as one flat index, because everything that makes it inside of the
// kernel treats them so.
#ifndef DLC_TARGET_CPU_COLLAPSE_H
#define DLC_TARGET_CPU_COLLAPSE_H

#include "dialects/rt/Rt.h"

namespace dlc::cpu {

/// How many trailing dims of `tensors`, all of one rank, can be one flat index: a read at [.., 0, flat] is then right.
/// Pointwise ops of the body are looked through; results of ordered ops and arguments are memory or bound values.
int64_t collapsedSuffix(mlir::ValueRange tensors);

} // namespace dlc::cpu

#endif // DLC_TARGET_CPU_COLLAPSE_H
