// The CPU backend: a table of emitters, upstream lowering to LLVM, and codegen with detected or named features,
// for x86-64 and AArch64.
#ifndef DLC_TARGET_CPU_CPUTARGET_H
#define DLC_TARGET_CPU_CPUTARGET_H

#include "lib/Target/Cpu/CodeGenerator.h"
#include "lib/Target/Cpu/Emitter.h"
#include "passes/Target.h"

#include "llvm/TargetParser/Triple.h"

#include <array>
#include <memory>
#include <mutex>
#include <vector>

namespace dlc::cpu {

class CpuTarget : public Target {
public:
  /// `cpu` is an LLVM CPU name, or empty for the host. It also says which architecture: x86-64 with the floor
  /// x86-64-v3, or AArch64. Features are those of the host or of the name. Nothing, and `error`, when the name is
  /// unknown or below the floor.
  static std::unique_ptr<CpuTarget> create(const std::string &cpu, std::string &error);
  ~CpuTarget() override;
  /// Why code for `cpu`, which create() accepts, cannot run on this machine; empty if it can.
  static std::string whyNotHere(const std::string &cpu);

  llvm::StringRef name() const override { return "cpu"; }
  std::string features() const override { return triple.str() + " " + cpu + " " + featureText; }
  const llvm::Triple &getTriple() const { return triple; }
  std::string accepts(mlir::Operation *consumer, mlir::Operation *producer) const override;
  bool storesWhatItReduces(ReduceOp reduce) const override { return walksRows(reduce); }
  llvm::LogicalResult describe(rt::KernelOp kernel, Tier tier) const override;
  int64_t effortAboveBaseline(rt::KernelOp kernel) const override;
  llvm::LogicalResult emit(rt::KernelOp kernel) const override;
  llvm::LogicalResult lower(rt::KernelOp kernel) const override;
  bool object(rt::KernelOp kernel, KernelObject &object, std::string &error) const override;
  bool assembly(llvm::ArrayRef<rt::KernelOp> kernels, std::string &text, std::string &error) const override;

private:
  explicit CpuTarget(llvm::Triple triple);
  bool codegen(rt::KernelOp kernel, bool asText, std::string &out, std::string &error) const;
  std::unique_ptr<CodeGenerator> takeGenerator(Tier tier, std::string &error) const;
  llvm::Triple triple;
  std::string cpu, featureText;
  Machine machine;
  /// Generators that no thread uses at the moment, by tier.
  mutable std::mutex mutex;
  mutable std::array<std::vector<std::unique_ptr<CodeGenerator>>, 2> idle;
};

} // namespace dlc::cpu

#endif // DLC_TARGET_CPU_CPUTARGET_H
