// From a module to a file: what `dlc compile --emit` and `dlc.compile(...).save` make. Packages, which hold images, are
// made by jit/Engine.
#ifndef DLC_COMPILER_ARTIFACT_H
#define DLC_COMPILER_ARTIFACT_H

#include "lib/Compiler/Session.h"

#include <optional>

namespace dlc {

enum class ArtifactKind {
  Object,     ///< one relocatable object and a C header beside it; needs libc alone
  Shared,     ///< a shared library with the same C functions, and the header; needs libc.so.6 alone
  Executable, ///< a static executable that needs a Linux kernel alone
};

/// The CPU that artifacts are compiled for where none is named: they run on other machines than this one.
inline constexpr char portableCpu[] = "x86-64-v3";

/// The functions of an object or library made at `path` start with this: the file's name without "lib" and extension,
/// as a C identifier.
std::string modelName(llvm::StringRef path);

/// The code of all kernels of a module that stands after phase `from`, as text: assembly, or PTX on CUDA. `module` is
/// left after lower.
Status assembleKernels(Session &session, mlir::ModuleOp module, Phase from, std::string &text);

/// Compiles a module that stands after phase `from` and writes the artifact. `module` is left after bufferize. An
/// object or library gets the header NAME.h in the same folder. `link` names object files and static libraries that it
/// is linked with: they define a C function for each custom call (include/dlc-c/custom_call.h). An executable must have
/// these; without files an object or library leaves them to be registered. Value if a function is missing or a file is
/// of another kind, Io if one cannot be read or written, or the linker refuses.
Status emitArtifact(Session &session, mlir::ModuleOp module, Phase from, ArtifactKind kind, const std::string &path,
                    const std::vector<std::string> &link = {});

} // namespace dlc

#endif // DLC_COMPILER_ARTIFACT_H
