// Points of a kernel on the GPU: a thread computes one element (width 1: every value is a scalar) or a pack of
// neighbours (a vector, moved by 16-byte accesses where it is aligned).
#ifndef DLC_TARGET_CUDA_CUDAPOINT_H
#define DLC_TARGET_CUDA_CUDAPOINT_H

#include "lib/Target/Cuda/GridBuilder.h"
#include "passes/lower/KernelPoint.h"

namespace dlc::cuda {

class CudaPoint : public KernelPoint {
public:
  CudaPoint(GridBuilder &grid, int64_t width) : KernelPoint(grid, width, grid.kernel.getFast()), grid(grid) {}

  void report(mlir::Operation *op, PointValue bad, LaneIndex element, PointValue index, mlir::Value extent) override;

  /// Neighbouring lanes from `base` on.
  LaneIndex contiguous(mlir::Value base) { return {base, width == 1 ? 0 : 1, {}}; }
  /// Stores to the i-th result of the kernel at a multi-dimensional index. No guard may be set.
  void storeResult(unsigned i, llvm::ArrayRef<LaneIndex> index, const PointValue &value);
  /// Reads each result of the kernel at `index` and stores it there.
  void storeResults(llvm::ArrayRef<LaneIndex> index);
  /// Limits the guard to lanes where `condition`, a scalar, holds.
  void require(mlir::Value condition);

protected:
  PointValue loadOperand(mlir::BlockArgument operand, const LaneIndex &linear) override;

private:
  mlir::Value lane(mlir::Value vector, int64_t lane);
  mlir::Value laneOf(const LaneIndex &index, int64_t lane);
  mlir::Value guardOf(int64_t lane);
  mlir::Value anyGuard();
  mlir::Value guardedLoad(mlir::Value condition, mlir::Type type, llvm::function_ref<mlir::Value()> load);
  void reportOne(mlir::Operation *op, mlir::Value element, mlir::Value index, mlir::Value extent);
  GridBuilder &grid;
};

} // namespace dlc::cuda

#endif // DLC_TARGET_CUDA_CUDAPOINT_H
