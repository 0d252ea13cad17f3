// The kinds of kernels that the CPU has an emitter for: one row a kind, never one per op (contract C1).
#ifndef DLC_TARGET_CPU_EMITTER_H
#define DLC_TARGET_CPU_EMITTER_H

#include "dialects/rt/Rt.h"

namespace dlc::cpu {

enum class Isa { Neon, Avx2, Avx512 };

/// What a schedule may depend on.
struct Machine {
  Isa isa = Isa::Avx2;
  /// Lanes of one register for elements of `bytes` bytes.
  int64_t lanes(int64_t bytes) const { return (isa == Isa::Avx512 ? 64 : isa == Isa::Avx2 ? 32 : 16) / bytes; }
};

/// A stage of a descriptor (contract C4): formulas over the kernel's symbols. `cost` is in nanoseconds per task.
struct Stage {
  std::string name;
  DimExpr tasks = 1, cost = 0, shared = 0, own = 0;
};
mlir::DictionaryAttr makeDescriptor(mlir::MLIRContext *context, llvm::StringRef kind, llvm::ArrayRef<Stage> stages,
                                    llvm::ArrayRef<std::pair<llvm::StringRef, int64_t>> parameters);
/// A parameter of the kernel's descriptor.
int64_t parameter(rt::KernelOp kernel, llvm::StringRef name);
/// A kernel that is known to run for no longer than this, in nanoseconds, is the better the sooner it is compiled.
constexpr int64_t littleTime = 1000;
/// Whether all tasks of all stages of the kernel's descriptor are known to take no longer than littleTime.
bool hasLittleWork(rt::KernelOp kernel);
/// Whether little code serves better than code that runs fast: there is little work, or the kernel is a baseline one.
bool wantsLittleCode(rt::KernelOp kernel);

struct EmitterRow {
  llvm::StringRef kind;
  /// Whether this is the emitter of kernels whose ordered op is `root` (null: pointwise ops alone).
  bool (*matches)(mlir::Operation *root);
  mlir::DictionaryAttr (*describe)(rt::KernelOp kernel, const Machine &machine);
  /// Writes the stages beside the body. The body is erased by the caller.
  llvm::LogicalResult (*emit)(mlir::OpBuilder &b, rt::KernelOp kernel);
};
llvm::ArrayRef<EmitterRow> emitterTable();
const EmitterRow *emitterFor(rt::KernelOp kernel);

/// The only ordered op of a body; null when it has pointwise ops alone.
mlir::Operation *orderedOp(rt::BodyOp body);
/// The bytes of the widest element that the body touches.
int64_t widestElement(rt::BodyOp body);
/// A rough count of scalar operations for one element of all results.
int64_t operationsPerElement(rt::BodyOp body);

/// Whether neighbours in memory are lanes in the walk that the order of `reduce` asks for.
bool walksRows(ReduceOp reduce);

extern const EmitterRow pointwiseEmitter, reductionEmitter, contractionEmitter, windowEmitter, scatterEmitter,
    argEmitter, scanEmitter, sortEmitter;

} // namespace dlc::cpu

#endif // DLC_TARGET_CPU_EMITTER_H
