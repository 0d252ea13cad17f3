// The kinds of kernels that the GPU has an emitter for: one row a kind, never one per op (contract C1).
#ifndef DLC_TARGET_CUDA_EMITTER_H
#define DLC_TARGET_CUDA_EMITTER_H

#include "passes/lower/KernelShape.h"

namespace dlc::cuda {

/// Bytes that one thread moves by one access, where neighbours allow it.
constexpr int64_t accessBytes = 16;
constexpr int64_t warpSize = 32;

/// A stage is a grid (contract C4): `tasks` blocks of `threads` threads, one task a block, with `shared` bytes of
/// on-chip memory a block. GPU stages take no scratch of the launch.
struct Grid {
  std::string name = "compute";
  DimExpr tasks = 1;
  int64_t threads = 256;
  int64_t sharedBytes = 0;
};
mlir::DictionaryAttr makeDescriptor(rt::KernelOp kernel, llvm::StringRef kind, const Grid &grid,
                                    llvm::ArrayRef<std::pair<llvm::StringRef, int64_t>> parameters);
/// A parameter of the kernel's descriptor.
int64_t parameter(rt::KernelOp kernel, llvm::StringRef name);
/// Threads of a block of a stage.
int64_t threadsOf(mlir::DictionaryAttr stage);

struct EmitterRow {
  llvm::StringRef kind;
  /// Whether this is the emitter of kernels whose ordered op is `root` (null: pointwise ops alone).
  bool (*matches)(mlir::Operation *root);
  mlir::DictionaryAttr (*describe)(rt::KernelOp kernel);
  /// Writes the stages beside the body. The body is erased by the caller.
  void (*emit)(mlir::OpBuilder &b, rt::KernelOp kernel);
};
const EmitterRow *emitterFor(rt::KernelOp kernel);

extern const EmitterRow pointwiseEmitter, reductionEmitter, contractionEmitter, dotEmitter, windowEmitter, argEmitter,
    scatterEmitter, scanEmitter, sortEmitter;

} // namespace dlc::cuda

#endif // DLC_TARGET_CUDA_EMITTER_H
