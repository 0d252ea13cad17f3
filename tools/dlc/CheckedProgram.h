// A model with the inputs that it is checked on, and how what a check finds is told.
#ifndef DLC_TOOLS_DLC_CHECKEDPROGRAM_H
#define DLC_TOOLS_DLC_CHECKEDPROGRAM_H

#include "lib/Check/Examiner.h"
#include "tools/dlc/Model.h"

#include "llvm/Support/JSON.h"

namespace dlc::cli {

/// The flags that verify and reduce share.
struct CheckFlags {
  ModelFlags model;
  std::vector<std::string> inputs, dims;
  uint64_t seed = 0;
  unsigned timeout = 60;
  std::string output;
  bool json = false;

  void define(Command &command);
  /// The ways to run the model: every way, or the one of --mcpu, --no-fuse and --tier where one of them was given.
  std::vector<check::Way> ways(mlir::func::FuncOp entry) const;
};

/// A module in a context that runs no threads, so that processes can be forked.
struct CheckedProgram {
  std::unique_ptr<mlir::MLIRContext> context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  mlir::func::FuncOp entry;
};

/// Reads the model. A usage error if the flags name an unknown CPU.
Status openProgram(CheckFlags &flags, CheckedProgram &program);
/// Unsupported for an entry function that is `dlc.fast`: its code need not have the definition's bits (numerics N11).
Status checkBitsAreDefined(CheckedProgram &program);
/// Gives the entry's arguments examples: from --input, else those that the model carries, else random ones of `seed`.
Status chooseInputs(const CheckFlags &flags, uint64_t seed, CheckedProgram &program);

/// Where the reduced program goes: --output, else "MODEL-reduced.mlir" in the current folder.
std::string reducedPath(const CheckFlags &flags);
Status writeProgram(const std::string &path, const std::string &text);

/// {"kind": "mismatch", "pass": ...}.
llvm::json::Object faultJson(const check::Fault &fault);
/// "a mismatch in pass 'dlc-simplify' at 'dlc.add' (model.mlir:3:5)".
std::string faultText(const check::Fault &fault);

/// One line on the standard error that each call replaces; nothing where that is no terminal.
class ProgressLine {
public:
  ~ProgressLine();
  void show(const std::string &text);

private:
  bool isShown = false;
};

} // namespace dlc::cli

#endif // DLC_TOOLS_DLC_CHECKEDPROGRAM_H
