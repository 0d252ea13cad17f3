// One configured compiler: a context, a target and the pipeline of phases. A module goes through the phases in place;
// kernels are then compiled one by one, from several threads if wanted.
#ifndef DLC_COMPILER_SESSION_H
#define DLC_COMPILER_SESSION_H

#include "lib/Compiler/Options.h"
#include "lib/Compiler/Phase.h"
#include "lib/Runtime/Status.h"
#include "passes/Target.h"
#include "passes/object/HostProgram.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Pass/PassManager.h"

#include <functional>
#include <map>
#include <memory>

namespace llvm {
class ThreadPoolInterface;
}

namespace dlc {

class Session {
public:
  /// A session with these options; Value if one names something unknown.
  static Status create(const Options &options, std::unique_ptr<Session> &out);
  ~Session();

  mlir::MLIRContext &context() { return *ctx; }
  const Options &options() const { return opts; }
  const Target &target() const { return *backend; }

  /// Calls `hook` with the pass manager of every phase before it runs, to watch what each pass leaves. A hook that was
  /// added later sees what instrumentations of earlier ones leave behind. Returns what removePassHook takes.
  unsigned addPassHook(std::function<void(mlir::PassManager &)> hook);
  void removePassHook(unsigned id);
  /// Puts `wrap(target)` in the place of the target.
  void wrapTarget(llvm::function_ref<std::unique_ptr<Target>(std::unique_ptr<Target>)> wrap);

  /// Reads a module from a file (text or bytecode). Io, or Value with the parser's message and place.
  Status parseFile(const std::string &path, mlir::OwningOpRef<mlir::ModuleOp> &out);
  Status parseText(llvm::StringRef text, llvm::StringRef name, mlir::OwningOpRef<mlir::ModuleOp> &out);

  /// Runs the phases after `from` up to and including `to`. The messages of diagnostics become the status: a user's
  /// mistake is Value.
  Status run(mlir::ModuleOp module, Phase from, Phase to) { return run(module, from, to, opts.tier); }
  Status run(mlir::ModuleOp module, Phase from, Phase to, Tier tier);

  /// Gives every scheduled kernel its key (contract C6): a hash of everything that its code depends on, as hex.
  void assignKeys(mlir::ModuleOp module);
  /// Lowers and compiles one scheduled kernel, in place. May run on many kernels of one module at once.
  Status compileKernel(rt::KernelOp kernel, KernelObject &object);
  /// Runs `work(i)` for every kernel, on the threads that the options allow; those that take longest to compile come
  /// first, and the failure of the lowest wins.
  Status forKernels(llvm::ArrayRef<rt::KernelOp> kernels, llvm::function_ref<Status(size_t)> work);
  /// The function that a module is about: @main, else its only public function.
  static Status entryOf(mlir::ModuleOp module, mlir::func::FuncOp &entry);
  /// The host program of a bufferized module with keys.
  Status hostProgram(mlir::ModuleOp module, HostProgram &program);

private:
  Session() = default;
  Options opts;
  std::unique_ptr<Target> backend;
  std::unique_ptr<llvm::ThreadPoolInterface> tasks; ///< what the context runs its tasks on: their caller
  std::unique_ptr<mlir::MLIRContext> ctx;
  std::map<unsigned, std::function<void(mlir::PassManager &)>> passHooks;
};

/// Collects the errors that this thread reports to a context while it lives, as one message: "model.py:3:5: error:
/// ...".
class DiagnosticCollector {
public:
  explicit DiagnosticCollector(mlir::MLIRContext &context);
  Status status(ErrorKind kind, llvm::StringRef fallback) const;
  const std::string &text() const { return messages; }

private:
  std::string messages;
  mlir::ScopedDiagnosticHandler handler;
};

} // namespace dlc

#endif // DLC_COMPILER_SESSION_H
