// What an emitter may write (numerics N10): operations that give the same bits on every machine and under every later
// pass. The lower phase checks each kernel between emit and the conversion to LLVM, for every target; nothing that
// comes after may bring in an operation of its own that computes. Arithmetic of a fast kernel may have the flags of
// fastMath (numerics N11).
#ifndef DLC_PASSES_LOWER_ADMITTEDOPS_H
#define DLC_PASSES_LOWER_ADMITTEDOPS_H

#include "mlir/IR/Operation.h"

#include <string>

namespace dlc {

/// Why an operation may change bits, as what completes "got one that ..."; empty if it is admitted.
std::string whyNotAdmitted(mlir::Operation *op);

/// Checks every operation inside `root`, an open kernel or any other holder of emitted code. Emits an error at each
/// operation that is not admitted.
llvm::LogicalResult verifyAdmittedOps(mlir::Operation *root);

} // namespace dlc

#endif // DLC_PASSES_LOWER_ADMITTEDOPS_H
