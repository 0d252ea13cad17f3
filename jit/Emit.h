// Every form in which a module leaves the compiler, by name: what `dlc compile --emit` and `dlc.compile(...).save`
// make.
#ifndef DLC_JIT_EMIT_H
#define DLC_JIT_EMIT_H

#include "lib/Compiler/Session.h"

#include <string>
#include <vector>

namespace dlc::jit {

/// The forms: "mlir" and "bytecode" (IR), "asm" and "ptx" (the kernels as text), "obj" and "shared" (with a C header
/// beside them), "exe", "package".
const std::vector<std::string> &emitKinds();

/// The options for a form: PTX is CUDA's, and what leaves this machine is for x86-64-v3 where no CPU is named.
Options optionsFor(llvm::StringRef kind, Options options);

/// Writes a form of a module that stands after phase `from` to `path`; text goes to the standard output if it is empty.
/// The session has the options of optionsFor; `module` is left after whichever phase was needed. Value if the kind is
/// unknown or does not go with the options, Io if a file cannot be written. `link` is for obj, shared and exe: see
/// emitArtifact.
Status emit(Session &session, mlir::ModuleOp module, Phase from, llvm::StringRef kind, const std::string &path,
            const std::vector<std::string> &link = {});

/// The same for a module as traced, which stays as it is, in a session of its own.
Status emitCopy(mlir::ModuleOp module, const Options &options, llvm::StringRef kind, const std::string &path,
                const std::vector<std::string> &link = {});

} // namespace dlc::jit

#endif // DLC_JIT_EMIT_H
