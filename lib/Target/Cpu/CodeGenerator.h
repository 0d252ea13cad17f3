// LLVM's code generator for one CPU.
#ifndef DLC_TARGET_CPU_CODEGENERATOR_H
#define DLC_TARGET_CPU_CODEGENERATOR_H

#include "passes/Target.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"

namespace dlc::cpu {

/// A machine of LLVM's and the passes from LLVM IR to machine code, for one module after another: to set them up takes
/// longer than to run them on a small kernel.
class CodeGenerator {
public:
  /// Null and `error` when LLVM does not know the target. Baseline: instructions are selected and registers allocated
  /// by the quickest ways that LLVM has.
  static std::unique_ptr<CodeGenerator> create(const llvm::Triple &triple, llvm::StringRef cpu,
                                               llvm::StringRef features, Tier tier, std::string &error);
  llvm::TargetMachine &getMachine() { return *machine; }
  /// An object file of the module; `isQuick` leaves out passes that make loops run faster.
  bool object(llvm::Module &module, bool isQuick, std::string &bytes, std::string &error);
  /// The same code as text.
  bool assembly(llvm::Module &module, bool isQuick, std::string &text, std::string &error);

private:
  struct Passes {
    llvm::SmallVector<char, 0> written; // of the last module
    llvm::raw_svector_ostream stream{written};
    std::unique_ptr<llvm::legacy::PassManager> manager; // null: not set up yet
  };
  bool run(Passes &passes, llvm::Module &module, bool isQuick, llvm::CodeGenFileType kind, std::string &out,
           std::string &error);

  std::unique_ptr<llvm::TargetMachine> machine;
  Passes usual, quick;
};

} // namespace dlc::cpu

#endif // DLC_TARGET_CPU_CODEGENERATOR_H
