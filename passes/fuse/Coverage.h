// What an op leaves unread of its operands. Inside of a kernel only the elements that are read are computed, so an op
// that can fail may stand only below ops that read all of it: else its error would be lost (numerics N9).
#ifndef DLC_PASSES_FUSE_COVERAGE_H
#define DLC_PASSES_FUSE_COVERAGE_H

#include "mlir/IR/Operation.h"

namespace dlc {

/// Whether the owner of `use`, an op of a kernel, reads each element of the operand at least once, whatever values the
/// symbolic extents and the other operands have.
bool readsEveryElement(mlir::OpOperand &use);

} // namespace dlc

#endif // DLC_PASSES_FUSE_COVERAGE_H
