// A model as C functions: the names of an object that holds one, what it imports, and its header.
#ifndef DLC_COMPILER_AOT_MODELOBJECT_H
#define DLC_COMPILER_AOT_MODELOBJECT_H

#include "lib/Runtime/Status.h"

#include "mlir/IR/BuiltinOps.h"

#include <string>
#include <vector>

namespace dlc::aot {

/// `merged`, an object with the functions of lib/Runtime/Model.h, with dlc_model replaced by `model` in their names and
/// every other symbol local.
Status renameModel(llvm::StringRef merged, llvm::StringRef model, std::string &object);

/// A custom call: its name, and whether its function is linked in or to be registered.
struct CallNeed {
  std::string name;
  bool isLinked;
};

/// The names that an object expects from elsewhere, sorted, but for weak ones.
Status importsOf(llvm::StringRef object, std::vector<std::string> &names);

/// lib/Runtime/Model.h for `model`, with the signature of the bufferized module, its custom calls, and the names that
/// an object expects (none: no word of them).
Status modelHeader(mlir::ModuleOp module, llvm::StringRef model, const std::vector<CallNeed> &calls,
                   const std::vector<std::string> &imports, std::string &text);

} // namespace dlc::aot

#endif // DLC_COMPILER_AOT_MODELOBJECT_H
