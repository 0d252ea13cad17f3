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
#include "llvm/Passes/PassBuilder.h"

using namespace mlir;

namespace dlc::cpu {

std::unique_ptr<CodeGenerator> CpuTarget::takeGenerator(Tier tier, std::string &error) const {
  std::unique_lock<std::mutex> lock(mutex);
  auto &ofTier = idle[size_t(tier)];
  if (ofTier.empty()) {
    lock.unlock();
    return CodeGenerator::create(triple, cpu, featureText, tier, error);
  }
  auto known = std::move(ofTier.back());
  ofTier.pop_back();
  return known;
}

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
  Tier tier = kernel.getBaseline() ? Tier::Baseline : Tier::Optimized;
  auto generator = takeGenerator(tier, error);
  if (!generator)
    return false;
  llvm::TargetMachine &llvmMachine = generator->getMachine();
  module->setTargetTriple(llvmMachine.getTargetTriple());
  module->setDataLayout(llvmMachine.createDataLayout());
  for (llvm::Function &function : *module) {
    function.addFnAttr(llvm::Attribute::NoUnwind);
    function.addFnAttr("no-builtins");
    function.addFnAttr("prefer-vector-width", "512");
  }
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager cgscc;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder(&llvmMachine);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(cgscc);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, cgscc, modules);
  llvm::ModulePassManager passes;
  // What repeats costs more to select than to find; what else passes save takes longer than it brings to baseline code.
  StringRef pipeline =
      tier == Tier::Baseline ? "function(early-cse)" : "function(early-cse,loop-mssa(licm),simplifycfg)";
  if (auto failure = builder.parsePassPipeline(passes, pipeline)) {
    error = llvm::toString(std::move(failure));
    return false;
  }
  passes.run(*module, modules);
  if (!triple.isX86()) // whose minps is what is written
    keepSignsOfZeros(*module);
  bool isQuick = wantsLittleCode(kernel);
  bool isWritten =
      asText ? generator->assembly(*module, isQuick, out, error) : generator->object(*module, isQuick, out, error);
  std::lock_guard<std::mutex> lock(mutex);
  idle[size_t(tier)].push_back(std::move(generator));
  return isWritten;
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
