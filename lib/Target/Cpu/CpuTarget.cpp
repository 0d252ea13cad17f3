// Features, and what fuse, schedule and lower ask of the CPU.
#include "lib/Target/Cpu/CpuTarget.h"
#include "passes/lower/ContractionTerms.h"

#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"

#include <mutex>
#include <set>

using namespace mlir;

namespace dlc::cpu {

CpuTarget::CpuTarget(llvm::Triple triple) : triple(std::move(triple)) {}

CpuTarget::~CpuTarget() = default;

static void initializeLLVM() {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
    LLVMInitializeX86AsmParser();
    LLVMInitializeAArch64TargetInfo();
    LLVMInitializeAArch64Target();
    LLVMInitializeAArch64TargetMC();
    LLVMInitializeAArch64AsmPrinter();
    LLVMInitializeAArch64AsmParser();
  });
}

static std::unique_ptr<llvm::MCSubtargetInfo> subtarget(const llvm::Triple &triple, llvm::StringRef cpu,
                                                        llvm::StringRef features) {
  std::string error;
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, error);
  return std::unique_ptr<llvm::MCSubtargetInfo>(target ? target->createMCSubtargetInfo(triple, cpu, features)
                                                       : nullptr);
}

/// The floor of an architecture.
static llvm::StringRef floorOf(const llvm::Triple &triple) { return triple.isAArch64() ? "generic" : "x86-64"; }

/// The architecture that knows a CPU, this machine's first.
static std::optional<llvm::Triple> tripleOf(llvm::StringRef cpu) {
  for (const llvm::Triple &triple :
       {llvm::Triple(llvm::sys::getProcessTriple()), llvm::Triple("x86_64-unknown-linux-gnu"),
        llvm::Triple("aarch64-unknown-linux-gnu")})
    if (auto info = subtarget(triple, floorOf(triple), ""); info && info->isCPUStringValid(cpu))
      return triple;
  return std::nullopt;
}

static bool isNative(llvm::StringRef name) { return name.empty() || name == "native" || name == "host"; }

std::unique_ptr<CpuTarget> CpuTarget::create(const std::string &name, std::string &error) {
  initializeLLVM();
  std::optional<llvm::Triple> triple = isNative(name) ? llvm::Triple(llvm::sys::getProcessTriple()) : tripleOf(name);
  if (!triple) {
    error = "expected 'cpu' to be a CPU that LLVM knows, such as haswell, x86-64-v4 or neoverse-n1, but got " + name;
    return nullptr;
  }
  std::unique_ptr<CpuTarget> target(new CpuTarget(*triple));
  target->cpu = name;
  if (isNative(name)) {
    // The host's features, never its name alone: a name may promise what a virtual machine hides.
    target->cpu = triple->isAArch64() ? "generic" : "x86-64-v3";
    std::map<std::string, bool> sorted;
    for (const auto &feature : llvm::sys::getHostCPUFeatures())
      sorted[feature.getKey().str()] = feature.getValue();
    for (auto &[feature, isOn] : sorted)
      if (isOn)
        target->featureText += (target->featureText.empty() ? "+" : ",+") + feature;
  }
  if (triple->isAArch64()) {
    target->machine.isa = Isa::Neon;
    return target;
  }
  // What a level of x86-64 brings does not count here: a virtual machine may hide it.
  auto has = subtarget(*triple, isNative(name) ? "x86-64" : name, target->featureText);
  if (!has->checkFeatures("+avx2,+fma")) {
    error = "expected a CPU with AVX2 and FMA (x86-64-v3), but got " +
            (isNative(name) ? llvm::sys::getHostCPUName().str() : name);
    return nullptr;
  }
  if (has->checkFeatures("+avx512f,+avx512vl,+avx512bw,+avx512dq")) {
    target->machine.isa = Isa::Avx512;
    target->featureText += target->featureText.empty() ? "-prefer-256-bit" : ",-prefer-256-bit";
  }
  return target;
}

std::string CpuTarget::whyNotHere(const std::string &name) {
  std::string error;
  std::unique_ptr<CpuTarget> made = create(name, error);
  if (!made)
    return error;
  llvm::Triple here(llvm::sys::getProcessTriple());
  if (here.getArch() != made->triple.getArch())
    return "expected a CPU whose features this machine has, but got " + name + ", which is for " +
           made->triple.getArchName().str();
  std::unique_ptr<llvm::MCSubtargetInfo> info = subtarget(made->triple, made->cpu, made->featureText);
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
  bool isReadManyTimes = ContractionTerms::isContraction(consumer) || isa<ReduceWindowOp, WindowArgmaxOp>(consumer);
  if (isReadManyTimes && !cast<PointwiseOpInterface>(producer).isCheap())
    return "each element is read many times and costs more than a load";
  return "";
}

LogicalResult CpuTarget::describe(rt::KernelOp kernel, Tier tier) const {
  const EmitterRow *row = emitterFor(kernel);
  if (!row)
    return kernel.emitOpError("expected a kernel that the CPU has an emitter for, but got one around '")
           << orderedOp(kernel.getKernelBody())->getName() << "'";
  kernel.setBaseline(tier == Tier::Baseline);
  kernel.setDescriptorAttr(row->describe(kernel, machine));
  return success();
}

/// Measured on functions of one op (docs/perf/compile-time.md). Kernels with little work are compiled for little code
/// as it is, so that baseline code brings them less.
int64_t CpuTarget::effortAboveBaseline(rt::KernelOp kernel) const {
  bool isLittle = hasLittleWork(kernel);
  int64_t effort = 0;
  for (Operation &op : *kernel.getKernelBody().getBlock()) {
    if (ContractionTerms::isContraction(&op)) {
      effort += isLittle ? 8 : 120;
    } else if (isa<OrderedOpInterface>(op)) {
      effort += isLittle ? 2 : 20;
    } else if (auto point = dyn_cast<PointwiseOpInterface>(op); point && !point.isCheap()) {
      bool isComplex = llvm::any_of(op.getOperandTypes(), [](Type type) { return dlc::isComplex(dtypeOf(type)); });
      effort += (isLittle ? 2 : 10) * (isComplex ? 6 : 1);
    }
  }
  return effort;
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
