// PTX of lowered kernels: translation to LLVM IR, a short pipeline, and LLVM's NVPTX backend.
#include "lib/Target/Cuda/CudaTarget.h"
#include "passes/lower/SignsOfZeros.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/Analysis/CGSCCPassManager.h"
#include "llvm/Analysis/LoopAnalysisManager.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/PatternMatch.h"
#include "llvm/Linker/Linker.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Target/TargetMachine.h"

using namespace mlir;

namespace dlc::cuda {

static constexpr char tripleName[] = "nvptx64-nvidia-cuda";

static std::unique_ptr<llvm::TargetMachine> makeMachine(StringRef chip, StringRef features, std::string &error) {
  llvm::Triple triple(tripleName);
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget("", triple, error);
  if (!target)
    return nullptr;
  llvm::TargetOptions options;
  options.AllowFPOpFusion = llvm::FPOpFusion::Strict; // numerics N1: mul.rn and add.rn, which ptxas may not contract
  return std::unique_ptr<llvm::TargetMachine>(target->createTargetMachine(
      triple, chip, features, options, std::nullopt, std::nullopt, llvm::CodeGenOptLevel::Aggressive));
}

std::unique_ptr<llvm::Module> CudaTarget::translate(rt::KernelOp kernel, llvm::LLVMContext &context,
                                                    std::string &error) {
  for (auto device : kernel.getBody().front().getOps<gpu::GPUModuleOp>())
    if (auto module = translateModuleToLLVMIR(device, context, kernel.getSymName()))
      return module;
  error = "expected kernel '" + kernel.getSymName().str() + "' to translate to LLVM IR";
  return nullptr;
}

/// What straight-line code from the emitters gains from: no vectoriser and nothing that changes an addition's order.
static bool optimize(llvm::Module &module, llvm::TargetMachine &machine, std::string &error) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager cgscc;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder(&machine);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(cgscc);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, cgscc, modules);
  llvm::ModulePassManager passes;
  if (auto failure = builder.parsePassPipeline(
          passes,
          "function(early-cse,simplifycfg,instcombine<no-verify-fixpoint>,loop-mssa(licm),early-cse,simplifycfg)")) {
    error = llvm::toString(std::move(failure));
    return false;
  }
  passes.run(module, modules);
  return true;
}

/// -x as ~x + 1, the first of them as text that LLVM does not look into. ptxas 13.0 makes one instruction of two signed
/// maxima or minima in a row from sm_90 on, and loses the minus of its middle operand (a kernel of random graphs found
/// it: the largest of six numbers that were negated came out with the wrong sign).
static void keepNegations(llvm::Module &module) {
  SmallVector<llvm::BinaryOperator *> found;
  for (llvm::Function &function : module)
    for (llvm::BasicBlock &block : function)
      for (llvm::Instruction &instruction : block)
        if (llvm::PatternMatch::match(&instruction, llvm::PatternMatch::m_Neg(llvm::PatternMatch::m_Value())))
          if (auto *negation = cast<llvm::BinaryOperator>(&instruction);
              negation->getType()->getScalarSizeInBits() <= 32)
            found.push_back(negation);
  for (llvm::BinaryOperator *negation : found) {
    llvm::IRBuilder<> b(negation);
    unsigned width = negation->getType()->getScalarSizeInBits();
    llvm::Type *asked = b.getIntNTy(width <= 16 ? 16 : 32);
    auto *inverse = llvm::InlineAsm::get(llvm::FunctionType::get(asked, {asked}, false),
                                         width <= 16 ? "not.b16 $0, $1;" : "not.b32 $0, $1;",
                                         width <= 16 ? "=h,h" : "=r,r", /*hasSideEffects=*/false);
    auto negate = [&](llvm::Value *x) {
      llvm::Value *inverted = b.CreateCall(inverse, b.CreateZExtOrTrunc(x, asked));
      return b.CreateTrunc(b.CreateAdd(inverted, llvm::ConstantInt::get(asked, 1)), x->getType());
    };
    llvm::Value *x = negation->getOperand(1), *result = nullptr;
    if (auto *vector = dyn_cast<llvm::FixedVectorType>(x->getType())) {
      result = llvm::PoisonValue::get(vector);
      for (unsigned lane = 0; lane < vector->getNumElements(); ++lane)
        result = b.CreateInsertElement(result, negate(b.CreateExtractElement(x, lane)), lane);
    } else {
      result = negate(x);
    }
    negation->replaceAllUsesWith(result);
    negation->eraseFromParent();
  }
}

bool CudaTarget::assembly(ArrayRef<rt::KernelOp> kernels, std::string &text, std::string &error) const {
  auto machine = makeMachine(chip, ptxVersion, error);
  if (!machine)
    return false;
  llvm::LLVMContext context;
  llvm::Module whole("dlc", context);
  whole.setTargetTriple(machine->getTargetTriple());
  whole.setDataLayout(machine->createDataLayout());
  for (rt::KernelOp kernel : kernels) {
    auto module = translate(kernel, context, error);
    if (!module)
      return false;
    module->setTargetTriple(whole.getTargetTriple());
    module->setDataLayout(whole.getDataLayout());
    if (llvm::Linker::linkModules(whole, std::move(module))) {
      error = "expected kernels of different names, but got '" + kernel.getSymName().str() + "' twice";
      return false;
    }
  }
  if (!optimize(whole, *machine, error))
    return false;
  keepSignsOfZeros(whole);
  keepNegations(whole);
  llvm::SmallVector<char, 0> buffer;
  llvm::raw_svector_ostream stream(buffer);
  llvm::legacy::PassManager emit;
  if (machine->addPassesToEmitFile(emit, stream, nullptr, llvm::CodeGenFileType::AssemblyFile)) {
    error = "expected a target that emits text";
    return false;
  }
  emit.run(whole);
  text.assign(buffer.begin(), buffer.end());
  return true;
}

bool CudaTarget::object(rt::KernelOp kernel, KernelObject &object, std::string &error) const {
  for (DictionaryAttr stage : kernel.getStages())
    object.stages.push_back((kernel.getSymName() + "_" + stage.getAs<StringAttr>("name").getValue()).str());
  return assembly(kernel, object.bytes, error);
}

} // namespace dlc::cuda
