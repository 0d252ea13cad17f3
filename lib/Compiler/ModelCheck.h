// What a model from a file must be before a phase sees it. MLIR's parser and its walks recurse, and passes count on
// types that dlc has, so both rules are checked here: text first, then the module.
#ifndef DLC_COMPILER_MODELCHECK_H
#define DLC_COMPILER_MODELCHECK_H

#include "lib/Runtime/Status.h"

#include "mlir/IR/BuiltinOps.h"

namespace dlc {

/// Brackets of text, and regions of a module, nest at most so deep.
inline constexpr unsigned maxNesting = 256;
/// A chain of operators in one pair of brackets has at most so many.
inline constexpr unsigned maxOperators = 4096;

/// Whether the parser can read a text without running out of stack. Bytecode passes: it is not parsed by recursion.
/// Corrupt with `name:line:column` if not.
Status checkNesting(llvm::StringRef text, llvm::StringRef name);

/// Whether functions are from tensors to tensors of element types, ranks and sizes that dlc has, with a symbol for each
/// dynamic extent, unique names, and tensors computed by ops of dlc alone. Emits an error if not.
mlir::LogicalResult checkModel(mlir::ModuleOp module);

} // namespace dlc

#endif // DLC_COMPILER_MODELCHECK_H
