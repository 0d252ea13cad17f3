// The order of a block's launches and host ops where the order of errors decides it (contract C9). A loop ends the run
// at its back edge once an error is recorded, and before a custom call, and the lowest position wins: so whatever can
// report must stay on its side of every loop and custom call. Between two of them the order is free.
#ifndef DLC_PASSES_FUSE_LAUNCHORDER_H
#define DLC_PASSES_FUSE_LAUNCHORDER_H

#include "mlir/IR/Block.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/DenseMap.h"

namespace dlc {

/// For each op of a block the ops of the block that must come after it for the order of errors alone.
using OrderEdges = llvm::DenseMap<mlir::Operation *, llvm::SmallVector<mlir::Operation *, 1>>;

/// The edges of a block of dlc ops, as written.
OrderEdges orderOfErrors(mlir::Block &block);

/// Sorts a block so that values come before their uses, whatever depth those have, and `edges` hold; else the order
/// stays as it is.
void sortBlock(mlir::Block &block, const OrderEdges &edges);

} // namespace dlc

#endif // DLC_PASSES_FUSE_LAUNCHORDER_H
