// The NVIDIA GPU backend: a table of emitters, upstream lowering through gpu and nvvm, and PTX by LLVM in process: no
// toolkit is needed.
#ifndef DLC_TARGET_CUDA_CUDATARGET_H
#define DLC_TARGET_CUDA_CUDATARGET_H

#include "passes/Target.h"

#include <memory>

namespace llvm {
class LLVMContext;
class Module;
} // namespace llvm

namespace dlc::cuda {

class CudaTarget : public Target {
public:
  /// `chip` is sm_80, sm_90 or another compute capability from 8.0 on; empty: sm_80, which every later GPU runs.
  /// Nothing, and `error`, when the name is unknown or below the floor.
  static std::unique_ptr<CudaTarget> create(const std::string &chip, std::string &error);

  llvm::StringRef name() const override { return "cuda"; }
  std::string features() const override { return chip + " " + ptxVersion; }
  void registerDialects(mlir::DialectRegistry &registry) const override;
  std::string accepts(mlir::Operation *consumer, mlir::Operation *producer) const override;
  std::string acceptsCustomCalls() const override {
    return "its kernels are launched by a program of the user's, which can make the calls";
  }
  llvm::LogicalResult describe(rt::KernelOp kernel, Tier tier) const override;
  llvm::LogicalResult emit(rt::KernelOp kernel) const override;
  llvm::LogicalResult lower(rt::KernelOp kernel) const override;
  /// The object of a kernel is PTX text with one entry a stage.
  bool object(rt::KernelOp kernel, KernelObject &object, std::string &error) const override;
  /// PTX of lowered kernels as one module.
  bool assembly(llvm::ArrayRef<rt::KernelOp> kernels, std::string &text, std::string &error) const override;
  /// A lowered kernel as LLVM IR for NVPTX, before code generation. Null and `error` on failure.
  static std::unique_ptr<llvm::Module> translate(rt::KernelOp kernel, llvm::LLVMContext &context, std::string &error);

private:
  CudaTarget() = default;
  std::string chip, ptxVersion;
};

} // namespace dlc::cuda

#endif // DLC_TARGET_CUDA_CUDATARGET_H
