// The orders of numerics N4 and N5 on a GPU: 32 lanes are the threads of one warp, a chain is one thread. The tree over
// lanes is five shuffles; the tree over blocks is a binary counter in registers.
#ifndef DLC_TARGET_CUDA_ORDEREDSUM_H
#define DLC_TARGET_CUDA_ORDEREDSUM_H

#include "lib/Target/Cuda/CudaPoint.h"

namespace dlc::cuda {

/// The length of a block of additions, but for chains of a reduction.
constexpr int64_t blockTerms = 1024;

/// Accumulators: f32 for f16, bf16 and f32; every other type is its own.
DType accumulatorOf(DType type);
/// `type` as a value that is neutral or zero.
IRValue constantOf(PointBuilder &b, DType type, double value);

/// Combines two accumulators as `kind` says.
IRValue combine(scalar::IRScalarBuilder &b, ReduceKind kind, IRValue x, IRValue y);

/// Combines the values of the first `present` lanes of the warp pairwise: l and l + 16, l and l + 8, ..., l and l + 1.
/// Lane 0 gets the result, other lanes hold anything. `present` null: all lanes.
llvm::SmallVector<IRValue>
laneTree(GridBuilder &grid, llvm::SmallVector<IRValue> values, mlir::Value lane, mlir::Value present,
         llvm::function_ref<llvm::SmallVector<IRValue>(llvm::ArrayRef<IRValue>, llvm::ArrayRef<IRValue>)> combine);

/// A balanced binary tree over blocks that arrive in order, split at the largest power of two below the count: level l
/// holds the sum of 2^l blocks while bit l of the number of blocks is set.
class BlockTree {
public:
  /// `most`: no more blocks come; unknown: as many as an index can count.
  BlockTree(GridBuilder &grid, std::optional<int64_t> most);
  int64_t levels() const { return depth; }
  /// The levels after block number `block` with value `value`.
  llvm::SmallVector<mlir::Value> push(mlir::Value block, IRValue value, mlir::ValueRange levels,
                                      llvm::function_ref<IRValue(IRValue, IRValue)> combine);
  /// The sum of `count` blocks.
  IRValue total(mlir::Value count, mlir::ValueRange levels, DType type,
                llvm::function_ref<IRValue(IRValue, IRValue)> combine);

private:
  mlir::Value bit(mlir::Value number, int64_t position);
  GridBuilder &grid;
  int64_t depth;
};

} // namespace dlc::cuda

#endif // DLC_TARGET_CUDA_ORDEREDSUM_H
