// Which values of a function matter to a derivative: those that depend on a differentiated argument (varied) and on
// which a differentiated result depends (useful). Integers and bools are never varied.
#ifndef DLC_PASSES_AUTODIFF_ACTIVITY_H
#define DLC_PASSES_AUTODIFF_ACTIVITY_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseSet.h"

namespace dlc {

/// The operands of an op, and what its regions capture from outside.
llvm::SmallVector<mlir::Value> inputsOf(mlir::Operation *op);

class Activity {
public:
  /// Analyses a function of one block; `wrt` are arguments, `of` are results.
  Activity(mlir::func::FuncOp function, llvm::ArrayRef<int64_t> wrt, llvm::ArrayRef<int64_t> of);

  bool isVaried(mlir::Value value) const { return varied.contains(value); }
  /// Whether some result of `op` is both varied and useful, so that its derivative is needed.
  bool isActive(mlir::Operation *op) const;
  /// "argument 0 -> dlc.mul -> dlc.sort -> result 0": one path through an active op, for messages.
  std::string pathThrough(mlir::Operation *op) const;
  /// Reports, at an active op, that it has no derivative, with a note at what asked for it; failure.
  /// `outermost` is the op of the function's own block that holds it.
  llvm::LogicalResult reportNoDerivative(mlir::Operation *op, llvm::StringRef reason, mlir::Operation *request,
                                         mlir::Operation *outermost) const;

  /// Finds what is varied in a block, its regions included, from what is varied around it.
  void walkForward(mlir::Block &block);
  /// To be called before an op that was walked is erased: another may come to lie in its place.
  void forget(mlir::Operation *op);

private:
  void walkBackward(mlir::Block &block);

  mlir::func::FuncOp function;
  llvm::DenseSet<mlir::Value> varied, useful;
};

} // namespace dlc

#endif // DLC_PASSES_AUTODIFF_ACTIVITY_H
