// Machine code of a kernel: the short LLVM pipeline that pre-vectorised code needs (docs: cpu-codegen), then codegen.
#include "lib/Target/Cpu/CpuTarget.h"
#include "lib/Target/Cpu/Emitter.h"
#include "passes/lower/SignsOfZeros.h"

#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Analysis/CGSCCPassManager.h"
#include "llvm/Analysis/LoopAnalysisManager.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Target/TargetMachine.h"

using namespace mlir;

namespace dlc::cpu {

std::unique_ptr<llvm::TargetMachine> CpuTarget::makeMachine(std::string &error) const {
  {
    std::lock_guard<std::mutex> lock(mutex);
    if (!idle.empty()) {
      auto known = std::move(idle.back());
      idle.pop_back();
      return known;
    }
  }
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, error);
  if (!target)
    return nullptr;
  llvm::TargetOptions options;
  options.AllowFPOpFusion = llvm::FPOpFusion::Strict; // numerics N1: nothing contracts
  options.MCOptions.AsmVerbose = false;
  return std::unique_ptr<llvm::TargetMachine>(target->createTargetMachine(
      triple, cpu, featureText, options, llvm::Reloc::PIC_, llvm::CodeModel::Small, llvm::CodeGenOptLevel::Default));
}

namespace {
/// A pass manager that leaves out what makes loops run faster: a quarter to a half of the time of code generation,
/// which kernels with little work do without. Constants that stay in a loop also spare the register allocator spills.
class QuickPasses : public llvm::legacy::PassManager {
public:
  void add(llvm::Pass *pass) override {
    static constexpr llvm::StringLiteral leftOut[] = {
        "Loop Strength Reduction", "Canonicalize Freeze Instructions in Loops",
        "Early Machine Loop Invariant Code Motion", "Machine Loop Invariant Code Motion",
        "Machine Instruction Scheduler"};
    if (llvm::is_contained(leftOut, pass->getPassName()))
      delete pass;
    else
      PassManager::add(pass);
  }
};
} // namespace

bool CpuTarget::codegen(rt::KernelOp kernel, bool asText, std::string &out, std::string &error) const {
  // Translation wants a builtin module: lend it the kernel's functions.
  OwningOpRef<ModuleOp> source = ModuleOp::create(kernel.getLoc(), kernel.getSymName());
  for (Operation &op : kernel.getBody().front())
    source->push_back(op.clone());
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> module = translateModuleToLLVMIR(*source, context, kernel.getSymName());
  if (!module) {
    error = "expected kernel '" + kernel.getSymName().str() + "' to translate to LLVM IR";
    return false;
  }
  auto machine = makeMachine(error);
  if (!machine)
    return false;
  module->setTargetTriple(machine->getTargetTriple());
  module->setDataLayout(machine->createDataLayout());
  for (llvm::Function &function : *module) {
    function.addFnAttr(llvm::Attribute::NoUnwind);
    function.addFnAttr("no-builtins");
    function.addFnAttr("prefer-vector-width", "512");
  }
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager cgscc;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder(machine.get());
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(cgscc);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, cgscc, modules);
  llvm::ModulePassManager passes;
  if (auto failure = builder.parsePassPipeline(passes, "function(early-cse,loop-mssa(licm),simplifycfg)")) {
    error = llvm::toString(std::move(failure));
    return false;
  }
  passes.run(*module, modules);
  if (!triple.isX86()) // whose minps is what is written
    keepSignsOfZeros(*module);
  llvm::SmallVector<char, 0> buffer;
  llvm::raw_svector_ostream stream(buffer);
  llvm::legacy::PassManager usual;
  QuickPasses quick;
  llvm::legacy::PassManager &emit = hasLittleWork(kernel) ? quick : usual;
  auto kind = asText ? llvm::CodeGenFileType::AssemblyFile : llvm::CodeGenFileType::ObjectFile;
  if (machine->addPassesToEmitFile(emit, stream, nullptr, kind)) {
    error = "expected a target that emits object files";
    return false;
  }
  emit.run(*module);
  out.assign(buffer.begin(), buffer.end());
  std::lock_guard<std::mutex> lock(mutex);
  idle.push_back(std::move(machine));
  return true;
}

bool CpuTarget::object(rt::KernelOp kernel, KernelObject &object, std::string &error) const {
  for (DictionaryAttr stage : kernel.getStages())
    object.stages.push_back((kernel.getSymName() + "_" + stage.getAs<StringAttr>("name").getValue()).str());
  return codegen(kernel, false, object.bytes, error);
}

bool CpuTarget::assembly(ArrayRef<rt::KernelOp> kernels, std::string &text, std::string &error) const {
  SmallVector<std::string> texts(kernels.size());
  for (auto [kernel, own] : llvm::zip(kernels, texts))
    if (!codegen(kernel, true, own, error))
      return false;
  text = llvm::join(texts, "\n");
  return true;
}

} // namespace dlc::cpu
