// Features, and what fuse, schedule and lower ask of the CPU.
#include "lib/Target/Cpu/CpuTarget.h"

#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"

#include <mutex>
#include <set>

using namespace mlir;

namespace dlc::cpu {

CpuTarget::~CpuTarget() = default;

static void initializeLLVM() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    llvm::InitializeNativeTargetAsmParser();
  });
}

std::unique_ptr<CpuTarget> CpuTarget::create(const std::string &name, std::string &error) {
  initializeLLVM();
  std::unique_ptr<CpuTarget> target(new CpuTarget);
  if (name.empty() || name == "native" || name == "host") {
    // The host's features, never its name alone: a name may promise what a virtual machine hides.
    target->cpu = "x86-64-v3";
    std::map<std::string, bool> sorted;
    for (const auto &feature : llvm::sys::getHostCPUFeatures())
      sorted[feature.getKey().str()] = feature.getValue();
    for (auto &[feature, isOn] : sorted)
      if (isOn)
        target->featureText += (target->featureText.empty() ? "+" : ",+") + feature;
    target->machine.hasAvx512 = sorted["avx512f"] && sorted["avx512vl"] && sorted["avx512bw"] && sorted["avx512dq"];
    if (!sorted["avx2"] || !sorted["fma"]) {
      error = "expected a CPU with AVX2 and FMA (x86-64-v3), but got " + llvm::sys::getHostCPUName().str();
      return nullptr;
    }
    if (target->machine.hasAvx512)
      target->featureText += ",-prefer-256-bit";
    return target;
  }
  std::string lookup;
  llvm::Triple triple(llvm::sys::getProcessTriple());
  const llvm::Target *llvmTarget = llvm::TargetRegistry::lookupTarget(triple, lookup);
  std::unique_ptr<llvm::MCSubtargetInfo> info;
  if (llvmTarget)
    info.reset(llvmTarget->createMCSubtargetInfo(triple, "x86-64", ""));
  if (!info || !info->isCPUStringValid(name)) {
    error = "expected 'cpu' to be a CPU that LLVM knows, such as haswell or x86-64-v4, but got " + name;
    return nullptr;
  }
  info.reset(llvmTarget->createMCSubtargetInfo(triple, name, ""));
  if (!info->checkFeatures("+avx2,+fma")) {
    error = "expected a CPU with AVX2 and FMA (x86-64-v3), but got " + name;
    return nullptr;
  }
  target->cpu = name;
  target->machine.hasAvx512 = info->checkFeatures("+avx512f,+avx512vl,+avx512bw,+avx512dq");
  if (target->machine.hasAvx512)
    target->featureText = "-prefer-256-bit";
  return target;
}

std::string CpuTarget::whyNotHere(const std::string &name) {
  std::string error;
  std::unique_ptr<CpuTarget> made = create(name, error);
  if (!made)
    return error;
  llvm::Triple triple(llvm::sys::getProcessTriple());
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, error);
  std::unique_ptr<llvm::MCSubtargetInfo> info(target->createMCSubtargetInfo(triple, made->cpu, made->featureText));
  std::set<std::string> missing; // sorted: messages are the same in every run
  for (const auto &feature : llvm::sys::getHostCPUFeatures())
    if (!feature.getValue() && info->checkFeatures(("+" + feature.getKey()).str()))
      missing.insert(feature.getKey().str());
  if (missing.empty())
    return "";
  return "expected a CPU whose features this machine has, but got " + name + ", which has " + *missing.begin();
}

/// Pointwise ops go into any kernel, but for what would be computed many times over or break the vectors of its reader.
std::string CpuTarget::accepts(Operation *consumer, Operation *producer) const {
  auto constant = dyn_cast<ConstantOp>(producer);
  if (constant && !constant.getValue().isSplat())
    return "a constant with several values is a buffer";
  if (auto reshape = dyn_cast<ReshapeOp>(producer); reshape && !reshape.onlyUnitDims())
    return "a reshape is the same memory under another shape";
  bool isContraction =
      isa<DotGeneralOp, ConvOp, ConvInputGradOp, ConvWeightGradOp, ReduceWindowOp, WindowArgmaxOp>(consumer);
  if (isContraction && !cast<PointwiseOpInterface>(producer).isCheap())
    return "each element is read many times and costs more than a load";
  return "";
}

LogicalResult CpuTarget::describe(rt::KernelOp kernel) const {
  const EmitterRow *row = emitterFor(kernel);
  if (!row)
    return kernel.emitOpError("expected a kernel that the CPU has an emitter for, but got one around '")
           << orderedOp(kernel.getKernelBody())->getName() << "'";
  kernel.setDescriptorAttr(row->describe(kernel, machine));
  return success();
}

LogicalResult CpuTarget::emit(rt::KernelOp kernel) const {
  rt::BodyOp body = kernel.getKernelBody();
  const EmitterRow *row = emitterFor(kernel);
  SmallVector<Type> signature;
  for (RankedTensorType type : kernel.getBufferTypes())
    signature.push_back(type);
  OpBuilder b(kernel.getContext());
  if (failed(row->emit(b, kernel)))
    return failure();
  kernel.setSignatureAttr(b.getTypeArrayAttr(signature));
  body.erase();
  return success();
}

} // namespace dlc::cpu
