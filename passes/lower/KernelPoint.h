// Points of a kernel: reads tensors of the body at lane indices, from memory, from registers that an ordered op bound,
// or by inlining the pointwise op that makes them. One point serves one straight stretch of code: values are
// remembered, so a shared operand is computed once. A target says how memory is read.
#ifndef DLC_PASSES_LOWER_KERNELPOINT_H
#define DLC_PASSES_LOWER_KERNELPOINT_H

#include "dialects/rt/Rt.h"
#include "passes/lower/LoopBuilder.h"

namespace dlc {

class KernelPoint : public PointBuilder {
public:
  KernelPoint(LoopBuilder &loops, int64_t width, bool isFast)
      : PointBuilder(loops.b, loops.location, width, isFast), loops(loops) {}

  /// From here on a read of `tensor`, at whatever index, gives `value`.
  void bind(mlir::Value tensor, PointValue value) { bound[tensor] = value; }
  /// Forgets remembered values (not bindings): call it on entering another block.
  void forget() { remembered.clear(); }

  PointValue read(mlir::Value tensor, llvm::ArrayRef<LaneIndex> index) override;
  mlir::Value extent(const DimExpr &dim) override { return loops.extent(dim); }

protected:
  /// The value of an operand of the kernel at a row-major position, for the lanes of the guard.
  virtual PointValue loadOperand(mlir::BlockArgument operand, const LaneIndex &linear) = 0;

private:
  LoopBuilder &loops;
  llvm::DenseMap<mlir::Value, PointValue> bound;
  struct Remembered {
    mlir::Value tensor, guard;
    llvm::SmallVector<LaneIndex> index;
    PointValue value;
  };
  llvm::SmallVector<Remembered> remembered;
};

} // namespace dlc

#endif // DLC_PASSES_LOWER_KERNELPOINT_H
