// Which memory each tensor of a function has: whole slots, in which tensors take turns.
//
// A loop's carried tensor is one slot for its initial value, its argument and its result. Its next value is made in the
// same slot if nothing reads the old one any more; else in a second slot, and the two swap at the back edge. Where a
// value is yielded, its producer is asked to write to the place where it must be; if it cannot, the value is copied.
#ifndef DLC_PASSES_BUFFERIZE_SLOTS_H
#define DLC_PASSES_BUFFERIZE_SLOTS_H

#include "lib/Support/DimExpr.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/ADT/MapVector.h"

#include <deque>

namespace dlc {

/// Memory that lives for a while: an output of the call, or a slice of the arena.
struct Slot {
  mlir::RankedTensorType type;
  std::optional<int64_t> output;
  /// The steps between which it lives, both included; those of slots that swap are one stretch.
  int64_t first = INT64_MAX, last = -1;
  Slot *joined = nullptr; ///< Another slot with which this one swaps.
  DimExpr offset, bytes;  ///< Of the slice, once it is planned.
};

/// A carried tensor of a loop.
struct Carry {
  Slot *memory = nullptr;        ///< Null for a scalar.
  Slot *next = nullptr;          ///< Where the next value is made, if not in `memory` itself.
  std::optional<unsigned> takes; ///< The carry whose memory becomes this one's at the back edge.
  bool isUnchanged = false;
  Slot *target() const { return next ? next : memory; }
};

/// One entry for each tensor or scalar that the terminator of a loop's body yields.
using Carries = llvm::SmallVector<Carry>;

class Slots {
public:
  /// Plans the memory of a function after fuse.
  explicit Slots(mlir::func::FuncOp function);

  /// The memory of a tensor that a launch, a branch, a loop or a scalar makes, or that a loop's body takes; null for
  /// views, constants and arguments of the function.
  Slot *of(mlir::Value tensor) const { return slots.lookup(tensor); }
  /// The carried values of scf.for and scf.while.
  const Carries &carriesOf(mlir::Operation *loop) const { return carries.find(loop)->second; }
  const DimExpr &arena() const { return arenaBytes; }

  /// The tensor whose memory a view shares.
  static mlir::Value root(mlir::Value tensor);

private:
  Slot *create(mlir::Type type);
  /// The slot of a value, a new one if none was offered.
  Slot *own(mlir::Value value);
  /// Asks the producer of what `terminator` yields to write it to `slot`; true if it does.
  bool offer(mlir::Value value, Slot *slot, mlir::Operation *terminator);
  void offerInits(mlir::LoopLikeOpInterface loop, const Carries &plan);
  mlir::Operation *producerFor(mlir::Value value, mlir::Operation *terminator) const;

  void visitBlock(mlir::Block &block);
  void visitIf(mlir::scf::IfOp branch);
  void visitFor(mlir::scf::ForOp loop);
  void visitWhile(mlir::scf::WhileOp loop);
  void planBackEdge(mlir::ValueRange arguments, mlir::Operation *yield, Carries &plan);

  static void join(Slot *a, Slot *b);

  void numberSteps(mlir::Block &block);
  void measureLives();
  void planSlices();

  std::deque<Slot> storage;
  llvm::MapVector<mlir::Value, Slot *> slots;
  llvm::DenseMap<mlir::Operation *, Carries> carries;
  llvm::DenseSet<Slot *> busy; ///< Given to a producer while they still hold an older value.
  llvm::DenseMap<mlir::Operation *, std::pair<int64_t, int64_t>> steps; ///< Where an op begins and ends.
  int64_t now = 0;
  DimExpr arenaBytes;
};

/// The bytes of a tensor.
DimExpr bytesOf(mlir::RankedTensorType type);

} // namespace dlc

#endif // DLC_PASSES_BUFFERIZE_SLOTS_H
