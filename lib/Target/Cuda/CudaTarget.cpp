// Chips, and what fuse, schedule and lower ask of the GPU.
#include "lib/Target/Cuda/CudaTarget.h"

#include "lib/Target/Cuda/Emitter.h"
#include "passes/lower/ContractionTerms.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Target/LLVMIR/Dialect/GPU/GPUToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/NVVM/NVVMToLLVMIRTranslation.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"

#include <mutex>

using namespace mlir;

namespace dlc::cuda {

static void initializeLLVM() {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeNVPTXTargetInfo();
    LLVMInitializeNVPTXTarget();
    LLVMInitializeNVPTXTargetMC();
    LLVMInitializeNVPTXAsmPrinter();
  });
}

std::unique_ptr<CudaTarget> CudaTarget::create(const std::string &name, std::string &error) {
  initializeLLVM();
  std::unique_ptr<CudaTarget> target(new CudaTarget);
  target->chip = name.empty() ? "sm_80" : name;
  StringRef digits = target->chip;
  unsigned capability = 0;
  llvm::Triple triple("nvptx64-nvidia-cuda");
  std::string lookup;
  const llvm::Target *llvmTarget = llvm::TargetRegistry::lookupTarget("", triple, lookup);
  std::unique_ptr<llvm::MCSubtargetInfo> info;
  if (llvmTarget)
    info.reset(llvmTarget->createMCSubtargetInfo(triple, "sm_80", ""));
  bool isNumber = digits.consume_front("sm_") && !digits.consumeInteger(10, capability);
  if (!isNumber || capability < 80 || !info || !info->isCPUStringValid(target->chip)) {
    error = "expected 'cpu' to be a compute capability from sm_80 on, such as sm_80 or sm_90, but got " + target->chip;
    return nullptr;
  }
  // The oldest version that knows the chip, so that old drivers load the text. 8.0 would have add.s16x2 for sm_90,
  // where ptxas 13.0 mixes up the halves of a constant: seen on an H200, in indices that came down to 16 bits.
  target->ptxVersion = capability >= 100 ? "+ptx86" : "+ptx78";
  return target;
}

void CudaTarget::registerDialects(DialectRegistry &registry) const {
  registry.insert<gpu::GPUDialect, NVVM::NVVMDialect>();
  registerGPUDialectTranslation(registry);
  registerNVVMDialectTranslation(registry);
}

/// Pointwise ops go into any kernel, but for what would be computed many times over.
std::string CudaTarget::accepts(Operation *consumer, Operation *producer) const {
  auto constant = dyn_cast<ConstantOp>(producer);
  if (constant && !constant.getValue().isSplat())
    return "a constant with several values is a buffer";
  if (auto reshape = dyn_cast<ReshapeOp>(producer); reshape && !reshape.onlyUnitDims())
    return "a reshape is the same memory under another shape";
  bool isReadManyTimes = ContractionTerms::isContraction(consumer) || isa<ReduceWindowOp, WindowArgmaxOp>(consumer);
  if (isReadManyTimes && !cast<PointwiseOpInterface>(producer).isCheap())
    return "each element is read many times and costs more than a load";
  return "";
}

LogicalResult CudaTarget::describe(rt::KernelOp kernel, Tier) const {
  const EmitterRow *row = emitterFor(kernel);
  if (!row)
    return kernel.emitOpError("expected a kernel that the GPU has an emitter for, but got one around '")
           << orderedOp(kernel.getKernelBody())->getName() << "'";
  kernel.setDescriptorAttr(row->describe(kernel));
  return success();
}

LogicalResult CudaTarget::emit(rt::KernelOp kernel) const {
  rt::BodyOp body = kernel.getKernelBody();
  const EmitterRow *row = emitterFor(kernel);
  OpBuilder b(kernel.getContext());
  SmallVector<Type> signature;
  for (RankedTensorType type : kernel.getBufferTypes())
    signature.push_back(type);
  row->emit(b, kernel);
  kernel.setSignatureAttr(b.getTypeArrayAttr(signature));
  body.erase();
  return success();
}

} // namespace dlc::cuda
