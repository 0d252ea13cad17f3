// Modules as text that people read. The elements of a large constant stand at the end, as a resource of the module, and
// a name stands where it is used; what only `dlc explain` needs is left out. Reading puts the elements back, so every
// text can be compiled and run again, with the same bits.
#ifndef DLC_COMPILER_MODULETEXT_H
#define DLC_COMPILER_MODULETEXT_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/raw_ostream.h"

namespace dlc {

/// Writes a module, and with `places` where in the user's program each op comes from. The module stays as it is.
void printModule(mlir::ModuleOp module, llvm::raw_ostream &out, bool places = false);

/// Puts the elements of resources where constants name them, after a module was read. Fails, with an error at the
/// constant, if a resource is not there or has another number of bytes.
llvm::LogicalResult inlineResources(mlir::ModuleOp module);

} // namespace dlc

#endif // DLC_COMPILER_MODULETEXT_H
