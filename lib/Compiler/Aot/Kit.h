// The files that AOT artifacts are linked from (contract C10), embedded in the compiler: no toolkit is needed where it
// runs.
#ifndef DLC_COMPILER_AOT_KIT_H
#define DLC_COMPILER_AOT_KIT_H

#include "llvm/ADT/StringRef.h"

namespace dlc::aot {

enum class KitFile {
  Runtime,      ///< libdlcrt.a: the runtime and main() against musl
  ModelLibrary, ///< libdlcmodel.a: the runtime and the C functions of a model, position-independent, against any libc
  ModelLibraryAArch64, ///< the same for AArch64; empty if the compiler was built without its C library's headers
  SharedLibrary,       ///< libdlcshared.a: what a shared library has beside that
  Crt1,
  Crti,
  Crtn,
  Libc, ///< musl's libc.a
  Builtins,
  ModelHeader,     ///< lib/Runtime/Model.h
  CustomCallHeader ///< include/dlc-c/custom_call.h, which it includes
};

/// The bytes of a file, which live as long as the process.
llvm::StringRef kitFile(KitFile file);

} // namespace dlc::aot

#endif // DLC_COMPILER_AOT_KIT_H
