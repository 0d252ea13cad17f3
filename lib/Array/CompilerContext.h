// The compiler as lib/Array sees it: the context that traces are built in, and what turns a module into something that
// runs, into text after a phase, or into an artifact. All use of lib/Compiler, jit and lib/Interp is in
// CompilerContext.cpp.
#ifndef DLC_ARRAY_COMPILERCONTEXT_H
#define DLC_ARRAY_COMPILERCONTEXT_H

#include "lib/Capi/Handles.h"
#include "lib/Compiler/Phase.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/StringMap.h"

#include <memory>

namespace dlc {

struct CompilerHost;
class ThreadPool;

class CompilerContext : public std::enable_shared_from_this<CompilerContext> {
public:
  explicit CompilerContext(const dlc_compile_options &options);
  ~CompilerContext();
  /// The engine that new traces use: the one of the options that are set now. It is replaced by a new one when its
  /// context has grown, for MLIR frees no attribute, type or location; traces and modules keep theirs.
  static std::shared_ptr<CompilerContext> current();
  /// Value if the options name a CPU that is unknown, or whose code this machine cannot run.
  static Status check(const dlc_compile_options &options);
  /// A number that differs between pools of threads that programs are loaded with.
  static uint64_t poolNumber();
  static void setHost(const CompilerHost *host);

  mlir::MLIRContext &context();
  /// The options that programs are compiled with, as a part of keys.
  const std::string &optionsKey() const { return optionsText; }
  /// Attributes from text, each text parsed once. Null, with an error reported, if it is malformed.
  mlir::DictionaryAttr attributes(llvm::StringRef text);
  /// A location of the table, as an attribute of this context.
  mlir::Location location(uint32_t index);

  /// A program of @main that runs by `engine`: "jit" or "interp". The module stays as it is.
  Status compile(mlir::ModuleOp module, llvm::StringRef engine, dlc_program *&out);
  Status text(mlir::ModuleOp module, llvm::StringRef phase, std::string &out);
  Status emit(mlir::ModuleOp module, llvm::StringRef kind, llvm::StringRef path, llvm::StringRef target,
              const std::vector<std::string> &link);
  Status parse(llvm::StringRef text, llvm::StringRef name, mlir::OwningOpRef<mlir::ModuleOp> &out);

private:
  /// Compiles a module that stands after phase `from` and loads it to run on `pool`; `isNew`: it counts as a program.
  Status load(mlir::ModuleOp module, Phase from, ThreadPool *pool, bool isNew, dlc_program *&out,
              const std::atomic<bool> *stop = nullptr);

  struct State;
  std::unique_ptr<State> state;
  std::string optionsText;
  llvm::StringMap<mlir::DictionaryAttr> parsed;
  std::vector<mlir::Location> locations;
};

/// A source position as a number, the same in every engine; 0 is unknown.
uint32_t internLocation(llvm::StringRef file, uint32_t line, uint32_t column);

/// Catches the errors that this thread reports to a context while it lives.
class TraceDiagnostics {
public:
  explicit TraceDiagnostics(mlir::MLIRContext &context);
  ~TraceDiagnostics();
  /// The errors so far as one status: the message, then its notes, each with its location.
  Status status(ErrorKind kind) const;

private:
  mlir::MLIRContext &context;
  uint64_t id;
  std::string message;
};

} // namespace dlc

#endif // DLC_ARRAY_COMPILERCONTEXT_H
