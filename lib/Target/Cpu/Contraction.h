// Every contraction, dot_general and the three convolutions alike, as loops: results[batch, row, column] is the sum
// over `term` of a[batch, row, term] * b[batch, term, column], in the order of numerics N5. The index of each tensor is
// linear in the loops, so after padding is copied into place every operand is memory with one stride a loop.
#ifndef DLC_TARGET_CPU_CONTRACTION_H
#define DLC_TARGET_CPU_CONTRACTION_H

#include "lib/Target/Cpu/CpuPoint.h"
#include "lib/Target/Cpu/Emitter.h"
#include "lib/Target/Cpu/OrderedBox.h"

#include <array>

namespace dlc::cpu {

enum class Loop { batch, row, column, term };
enum class Side { a, b };

/// An index of a tensor dim: constant + sum of factor * coordinate.
struct LinearIndex {
  struct Part {
    Loop loop;
    unsigned place;
    int64_t factor;
  };
  int64_t constant = 0;
  llvm::SmallVector<Part, 2> parts;
};

/// One side of the products. Positions up to `low` before and `high` beyond each dim are terms with +0.
struct ContractionOperand {
  mlir::Value tensor;
  llvm::SmallVector<LinearIndex> index;
  llvm::SmallVector<int64_t> low, high;

  bool isPadded() const;
  Dims paddedDims() const;
};

/// One box of results that share a numbering of terms. After `contractionOf` there is exactly one column loop.
struct Problem {
  std::array<Dims, 4> loops;
  ContractionOperand a, b;
  llvm::SmallVector<LinearIndex> result;
  bool isBaseline = false; ///< of a kernel whose code shall soon be there

  Dims &operator[](Loop loop) { return loops[size_t(loop)]; }
  const Dims &operator[](Loop loop) const { return loops[size_t(loop)]; }
  DimExpr size(Loop loop) const { return sizeOf(loops[size_t(loop)]); }
  const ContractionOperand &operand(Side side) const { return side == Side::a ? a : b; }
  /// The loop that only this side has.
  Loop ownLoop(Side side) const { return side == Side::a ? Loop::row : Loop::column; }
};

struct Contraction {
  mlir::Operation *op;
  DType type, accumulator;
  Order order;
  /// Several only for the phases of a strided conv_input_grad, whose `a` is one tensor.
  std::vector<Problem> problems;

  mlir::Value result() const { return op->getResult(0); }
};

/// The loops of the contraction `op` of `body`.
Contraction contractionOf(rt::BodyOp body, mlir::Operation *op);

/// Memory that an operand can be read from without a copy: an argument of the body, or a view of one (transposes,
/// slices, broadcasts, reversals).
struct MemoryView {
  mlir::BlockArgument argument;
  DimExpr offset = 0;
  llvm::SmallVector<DimExpr> strides;
};
std::optional<MemoryView> viewOf(mlir::Value tensor);
/// The tensor whose elements chains load for those of `tensor`: itself, or the one of two-byte floats that it widens.
mlir::Value loadedFor(mlir::Value tensor);

/// The memory of an operand: position = base + sum of stride * coordinate over all loops.
struct OperandLayout {
  DimExpr base = 0;
  std::array<llvm::SmallVector<DimExpr>, 4> strides;
  const llvm::SmallVector<DimExpr> &operator[](Loop loop) const { return strides[size_t(loop)]; }
};
/// From the strides of the tensor's dims (of its padded copy if it is padded) to those of the loops.
OperandLayout layoutOf(const Problem &problem, const ContractionOperand &operand, DimExpr offset,
                       llvm::ArrayRef<DimExpr> strides);
llvm::SmallVector<DimExpr> rowMajorStrides(llvm::ArrayRef<DimExpr> dims);

/// A place in the loops; whichever loop makes the lanes has a lane index.
struct LoopCoordinates {
  llvm::SmallVector<LaneIndex> batch, rows, terms;
  LaneIndex column;
};
LaneIndex evaluateIndex(PointBuilder &b, const LinearIndex &index, const LoopCoordinates &at);
llvm::SmallVector<LaneIndex> evaluateIndices(PointBuilder &b, llvm::ArrayRef<LinearIndex> indices,
                                             const LoopCoordinates &at);
llvm::SmallVector<LaneIndex> uniform(PointBuilder &b, llvm::ArrayRef<mlir::Value> coordinates);

/// A loop over terms with the strides of both operands.
struct TermLoop {
  DimExpr extent, a, b;
};
/// Drops loops of one turn and joins neighbours that both operands walk evenly.
llvm::SmallVector<TermLoop> joinTerms(llvm::ArrayRef<DimExpr> extents, llvm::ArrayRef<DimExpr> a,
                                      llvm::ArrayRef<DimExpr> b);

/// Memory that a tile brings nearer while it computes, a little each four terms: `positions` of its own panel of a,
/// `ahead` of where it reads; and one line of b, from `start` on by stepTimes / stepOver positions a term.
struct Prefetch {
  int64_t ahead, positions;
  mlir::Value start;
  int64_t stepTimes, stepOver;
};

/// What a micro-kernel works on: `rows` chains of `width` lanes each. Positions count elements.
struct Tile {
  mlir::Value a, b;                     // memory
  llvm::SmallVector<mlir::Value> aRows; // position of each row's first term
  mlir::Value bStart;                   // position of the first column's first term
  mlir::Value columnsLeft;              // null: all lanes exist; else loads of b are masked
  int64_t width;
  int64_t columnStep;              // from column to column of b
  int64_t unroll;                  // terms of a round
  DType aType, bType, accumulator; // of the elements in memory, and of the sums
  std::optional<Prefetch> prefetch;
};

/// The fma chains of a tile from +0 over the terms [low, high) of the flattened term index.
llvm::SmallVector<mlir::Value> buildChains(StageBuilder &stage, llvm::ArrayRef<TermLoop> terms, const Tile &tile,
                                           mlir::Value low, mlir::Value high, bool isWhole);

/// The pack stage's work on one operand: copies the tensor with its producers computed, in the accumulation type, with
/// its padding, row-major; and panels of a side: [batch][position / width][term][width] over the rows of a or the
/// columns of b.
DimExpr copyTasks(const ContractionOperand &operand);
void emitCopy(StageBuilder &stage, const ContractionOperand &operand, DType accumulator, mlir::Value memory,
              mlir::Value task, int64_t lanes);
DimExpr panelsOf(const Problem &problem, Side side, int64_t width);
/// A task makes some neighbouring panels, of so many positions together.
int64_t positionsOfTask(const Problem &problem, Side side, DType accumulator, int64_t width);
DimExpr panelTasks(const Problem &problem, Side side, DType accumulator, int64_t width);
void emitPanels(StageBuilder &stage, const Problem &problem, Side side, DType accumulator, mlir::Value memory,
                mlir::Value task, int64_t width, int64_t lanes);

} // namespace dlc::cpu

#endif // DLC_TARGET_CPU_CONTRACTION_H
