// What an artifact holds beside code, as an ELF object: the program blob and the tables of stages and calls that
// lib/Runtime/Embedded.h declares.
#ifndef DLC_COMPILER_AOT_DATAOBJECT_H
#define DLC_COMPILER_AOT_DATAOBJECT_H

#include "lib/Runtime/Status.h"
#include "passes/Target.h"

#include "llvm/TargetParser/Triple.h"

#include <string>
#include <vector>

namespace dlc::aot {

/// The data object of a program blob whose i-th kernel is `kernels[i]`. `calls` are names of custom calls whose
/// functions are linked in, under the same names.
Status makeDataObject(const llvm::Triple &triple, llvm::StringRef program, const std::vector<KernelObject> &kernels,
                      const std::vector<std::string> &calls, std::string &object);

/// An object that defines empty functions of these names: linked as a library, it stands for one that is only on the
/// machine where the artifact will run.
Status makeStubObject(const std::vector<std::string> &names, std::string &object);

} // namespace dlc::aot

#endif // DLC_COMPILER_AOT_DATAOBJECT_H
