// LLVM's passes from IR to machine code, and which of them quick code does without.
#include "lib/Target/Cpu/CodeGenerator.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Pass.h"

namespace dlc::cpu {

namespace {
/// A pass manager without the passes that code can do without: they make loops run faster, and take a third to a half
/// of the time of code generation. Kernels with little work are the better the sooner they run. Constants that stay in
/// a loop also spare the register allocator spills.
class QuickPasses : public llvm::legacy::PassManager {
public:
  void add(llvm::Pass *pass) override {
    static constexpr llvm::StringLiteral leftOut[] = {
        // Of loops and of the order of instructions.
        "Loop Strength Reduction", "Canonicalize Freeze Instructions in Loops",
        "Early Machine Loop Invariant Code Motion", "Machine Loop Invariant Code Motion",
        "Machine Instruction Scheduler", "Machine code sinking", "Live Range Shrink",
        "Branch Probability Basic Block Placement", "Early Tail Duplication", "Tail Duplication",
        "Control Flow Optimizer", "Shrink Wrapping analysis",
        // Of values that are there twice, and of cheaper instructions for the same.
        "Machine Common Subexpression Elimination", "Constant Hoisting", "Merge contiguous icmps into a memcmp",
        "Machine InstCombiner", "Peephole Optimizations", "Machine Copy Propagation Pass",
        "Machine Late Instructions Cleanup Pass", "X86 Domain Reassignment Pass", "X86 Execution Dependency Fix",
        "BreakFalseDeps", "X86 LEA Optimize", "X86 cmov Conversion"};
    if (llvm::is_contained(leftOut, pass->getPassName()))
      delete pass;
    else
      PassManager::add(pass);
  }
};
} // namespace

std::unique_ptr<CodeGenerator> CodeGenerator::create(const llvm::Triple &triple, llvm::StringRef cpu,
                                                     llvm::StringRef features, Tier tier, std::string &error) {
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, error);
  if (!target)
    return nullptr;
  llvm::TargetOptions options;
  options.AllowFPOpFusion = llvm::FPOpFusion::Strict; // numerics N1: nothing contracts
  options.MCOptions.AsmVerbose = false;
  auto made = std::make_unique<CodeGenerator>();
  auto level = tier == Tier::Baseline ? llvm::CodeGenOptLevel::None : llvm::CodeGenOptLevel::Default;
  made->machine.reset(
      target->createTargetMachine(triple, cpu, features, options, llvm::Reloc::PIC_, llvm::CodeModel::Small, level));
  if (made->machine)
    return made;
  error = "expected a target that generates code, but got " + triple.str();
  return nullptr;
}

bool CodeGenerator::object(llvm::Module &module, bool isQuick, std::string &bytes, std::string &error) {
  return run(isQuick ? quick : usual, module, isQuick, llvm::CodeGenFileType::ObjectFile, bytes, error);
}

bool CodeGenerator::assembly(llvm::Module &module, bool isQuick, std::string &text, std::string &error) {
  Passes passes;
  return run(passes, module, isQuick, llvm::CodeGenFileType::AssemblyFile, text, error);
}

bool CodeGenerator::run(Passes &passes, llvm::Module &module, bool isQuick, llvm::CodeGenFileType kind,
                        std::string &out, std::string &error) {
  if (!passes.manager) {
    auto manager = isQuick ? std::make_unique<QuickPasses>() : std::make_unique<llvm::legacy::PassManager>();
    if (machine->addPassesToEmitFile(*manager, passes.stream, nullptr, kind)) {
      error = "expected a target that emits object files";
      return false;
    }
    passes.manager = std::move(manager);
  }
  passes.written.clear();
  passes.manager->run(module);
  out.assign(passes.written.begin(), passes.written.end());
  return true;
}

} // namespace dlc::cpu
