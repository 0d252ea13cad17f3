// The tree over lanes of numerics N4 in registers.
#ifndef DLC_TARGET_CPU_LANETREE_H
#define DLC_TARGET_CPU_LANETREE_H

#include "dialects/dlc/PointBuilder.h"

namespace dlc::cpu {

/// Combines the lanes of a vector whose width is a power of two: l and l + half, halves against each other, down to one
/// scalar. Lanes without an element must hold what `combine` leaves others unchanged by.
IRValue combineLanes(PointBuilder &b, IRValue lanes,
                     llvm::function_ref<IRValue(const IRValue &, const IRValue &)> combine);

/// Coordinates of neighbouring elements of a flattened box, from `first` on, one a lane of the builder. The cheapest
/// form: one coordinate that counts, when only one dim is long or no vector crosses a row; else divisions a lane.
llvm::SmallVector<LaneIndex> coordinatesOfLanes(PointBuilder &b, mlir::Value first, llvm::ArrayRef<DimExpr> dims);

} // namespace dlc::cpu

#endif // DLC_TARGET_CPU_LANETREE_H
