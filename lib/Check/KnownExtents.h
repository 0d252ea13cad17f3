// A program with symbols as the static program that it is for inputs of given extents.
#ifndef DLC_CHECK_KNOWNEXTENTS_H
#define DLC_CHECK_KNOWNEXTENTS_H

#include "lib/Runtime/Status.h"
#include "lib/Support/HostTensor.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace dlc::check {

/// Replaces the symbols of a function by the values that these extents of its arguments give them. Value if they
/// contradict.
Status specialise(mlir::func::FuncOp function, llvm::ArrayRef<std::vector<int64_t>> shapes);
/// The same, of the extents of inputs.
Status specialise(mlir::func::FuncOp function, llvm::ArrayRef<HostTensor> inputs);

/// Replaces the symbols of a traced module: those of the entry by the extents of its inputs, and those of every
/// function that it calls, differentiates or batches by the extents of the operands, in a copy of the function for each
/// set of extents. Value if the extents contradict.
Status makeExtentsKnown(mlir::ModuleOp module, mlir::func::FuncOp entry, llvm::ArrayRef<HostTensor> inputs);

} // namespace dlc::check

#endif // DLC_CHECK_KNOWNEXTENTS_H
