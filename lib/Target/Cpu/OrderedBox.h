// Loops over a stretch of a box in row-major order: how emitters walk a reduced or contracted index without dividing at
// every element.
#ifndef DLC_TARGET_CPU_ORDEREDBOX_H
#define DLC_TARGET_CPU_ORDEREDBOX_H

#include "lib/Target/Cpu/CpuPoint.h"

namespace dlc::cpu {

/// The length of a block of additions, but for chains of a reduction (numerics N4, N5).
inline constexpr int64_t blockLength = 1024;

/// How many elements a box has.
DimExpr sizeOf(llvm::ArrayRef<DimExpr> dims);

/// Walks the elements [low, high) of a box flattened row-major, one after the other, with values carried from each to
/// the next. `body` gets the coordinates. `isWhole` promises that the stretch is the whole box.
llvm::SmallVector<mlir::Value>
carryOver(StageBuilder &stage, llvm::ArrayRef<DimExpr> dims, mlir::Value low, mlir::Value high, bool isWhole,
          mlir::ValueRange initial,
          llvm::function_ref<llvm::SmallVector<mlir::Value>(llvm::ArrayRef<mlir::Value>, mlir::ValueRange)> body);

/// How many tasks cover a box by `lanes` neighbours along its last dim.
DimExpr columnTasks(llvm::ArrayRef<DimExpr> dims, int64_t lanes);
/// Calls `body` for the elements of such a task, with their index; twice where the last neighbours may be fewer.
/// Without dims there is one element.
void forColumns(StageBuilder &stage, llvm::ArrayRef<DimExpr> dims, mlir::Value task, int64_t lanes,
                llvm::function_ref<void(CpuPoint &, llvm::ArrayRef<LaneIndex>)> body);

/// The least power of two not below `count`, at most `most`.
int64_t powerOfTwo(const DimExpr &count, int64_t most);

/// A flattened index cut into blocks; an empty one has one block, which is empty.
struct Blocks {
  int64_t length; ///< of a whole block
  /// Blocks for which stages have tasks and scratch: at least as many as there are.
  DimExpr capacity;
  /// Whether there may be more than one.
  bool areSeveral;
  DimExpr count;

  explicit Blocks(llvm::ArrayRef<DimExpr> dims, int64_t length = blockLength);
  /// How many blocks there are.
  mlir::Value number(StageBuilder &stage) const;
  /// Where block `i` begins and ends.
  std::pair<mlir::Value, mlir::Value> bounds(StageBuilder &stage, mlir::Value i) const;
  /// Runs `body` for the block, and the task within it, that a task of a stage with `perBlock` tasks a block names.
  void forTask(StageBuilder &stage, mlir::Value task, mlir::Value perBlock,
               llvm::function_ref<void(mlir::Value, mlir::Value)> body) const;
};

} // namespace dlc::cpu

#endif // DLC_TARGET_CPU_ORDEREDBOX_H
