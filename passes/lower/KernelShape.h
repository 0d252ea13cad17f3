// What schedules and emitters of every target ask of a kernel's body.
#ifndef DLC_PASSES_LOWER_KERNELSHAPE_H
#define DLC_PASSES_LOWER_KERNELSHAPE_H

#include "dialects/rt/Rt.h"

namespace dlc {

/// The only ordered op of a body; null when it has pointwise ops alone.
mlir::Operation *orderedOp(rt::BodyOp body);
/// The bytes of the widest element that the body touches.
int64_t widestElement(rt::BodyOp body);
/// Which error slot of the kernel an op that can fail has: its place among them, in the order of the body.
int64_t errorSlot(mlir::Operation *op);
/// How many trailing dims of the first result every op of the body treats as one flat index.
int64_t collapsedSuffix(rt::BodyOp body);
DimExpr product(llvm::ArrayRef<DimExpr> dims);

} // namespace dlc

#endif // DLC_PASSES_LOWER_KERNELSHAPE_H
