// Points of a kernel on the CPU: reads tensors of the body at lane indices, from memory, from registers that an ordered
// op bound, or by inlining the pointwise op that makes them. One CpuPoint serves one straight stretch of code: values
// are remembered, so a shared operand is computed once.
#ifndef DLC_TARGET_CPU_CPUPOINT_H
#define DLC_TARGET_CPU_CPUPOINT_H

#include "lib/Target/Cpu/StageBuilder.h"

namespace dlc::cpu {

class CpuPoint : public PointBuilder {
public:
  CpuPoint(StageBuilder &stage, int64_t width)
      : PointBuilder(stage.b, stage.location, width, stage.kernel.getFast()), stage(stage) {}

  /// From here on a read of `tensor`, at whatever index, gives `value`.
  void bind(mlir::Value tensor, PointValue value) { bound[tensor] = value; }
  /// Forgets remembered values (not bindings): call it on entering another block.
  void forget() { remembered.clear(); }

  PointValue read(mlir::Value tensor, llvm::ArrayRef<LaneIndex> index) override;
  mlir::Value extent(const DimExpr &dim) override { return stage.extent(dim); }
  void report(mlir::Operation *op, PointValue bad, LaneIndex element, PointValue index, mlir::Value extent) override;

  /// Memory at a linear index, for the lanes of the guard; `type` is the element's.
  PointValue load(mlir::Value memory, DType type, const LaneIndex &linear);
  void store(mlir::Value memory, const LaneIndex &linear, const PointValue &value);
  /// Stores to the i-th result of the kernel at a multi-dimensional index.
  void storeResult(unsigned i, llvm::ArrayRef<LaneIndex> index, const PointValue &value);

  /// Neighbouring lanes from `base` on.
  LaneIndex contiguous(mlir::Value base) { return {base, 1, {}}; }
  /// Limits the guard to the first `count` lanes.
  void limit(mlir::Value count);
  /// The same where that is one at least and nothing is guarded yet: what is the same for all lanes is read without
  /// asking for any of them.
  void limitSome(mlir::Value count);
  /// Guards what another point guards.
  void guardAs(const CpuPoint &other) {
    guard = other.guard;
    someLanes = other.someLanes;
  }
  /// The same where `count` is less than the width in the last round of a loop alone: loads and stores of neighbours
  /// branch, so that the others cost nothing, and what is computed is there once.
  void limitLast(mlir::Value count);

private:
  mlir::Value mask();
  mlir::Value hasAllLanes() { return stage.isLess(stage.constant(width - 1), lastCount); }
  /// Neighbours in memory as the code generator takes them: c128 as two 64-bit words a lane, under a mask for each.
  struct Stretch {
    mlir::VectorType type;
    mlir::Value memory, base;
    bool isInWords;
  };
  Stretch stretch(mlir::VectorType type, mlir::Value memory, mlir::Value base);
  mlir::Value maskOf(const Stretch &stretch);
  mlir::Value loadNeighbours(mlir::VectorType type, mlir::Value memory, mlir::Value base);
  void storeNeighbours(mlir::Value value, mlir::Value memory, mlir::Value base);
  StageBuilder &stage;
  mlir::Value lastCount; ///< Set by limitLast.
  mlir::Value someLanes; ///< Set by limitSome: a guard under which some lane is used.
  llvm::DenseMap<mlir::Value, PointValue> bound;
  struct Remembered {
    mlir::Value tensor, guard;
    llvm::SmallVector<LaneIndex> index;
    PointValue value;
  };
  llvm::SmallVector<Remembered> remembered;
};

} // namespace dlc::cpu

#endif // DLC_TARGET_CPU_CPUPOINT_H
