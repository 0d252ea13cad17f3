// Edits of a whole program that keep it well-formed: arguments and results come and go together with their examples,
// and with the operands of the derivative or call that the entry may consist of.
#ifndef DLC_CHECK_SURGERY_H
#define DLC_CHECK_SURGERY_H

#include "dialects/dlc/Dlc.h"
#include "lib/Support/HostTensor.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace dlc::check {

/// The parts of a program: its entry and, if that does nothing but call or differentiate one other function, that.
struct Anatomy {
  mlir::ModuleOp module;
  mlir::func::FuncOp entry;
  mlir::Operation *request = nullptr; ///< dlc.call or dlc.vjp
  mlir::func::FuncOp callee;

  /// Nothing if the module has no entry of one block.
  static std::optional<Anatomy> of(mlir::ModuleOp module);
  /// The function that holds the ops: the callee if there is one.
  mlir::func::FuncOp body() const { return callee ? callee : entry; }

  /// Adds an argument to the body (and to the entry, which passes it on), whose example is `example`.
  mlir::Value addArgument(mlir::Type type, const HostTensor &example);
  /// Erases arguments of entry and body that nothing uses, and the ops whose results nothing uses.
  void clean();
  /// Erases every result of the entry but those listed; results of the body that nobody reads go, too.
  void keepResults(llvm::ArrayRef<unsigned> kept);
  /// Makes result `i` of the body an operand of what gives it now: the op itself goes unless others read it. A
  /// cotangent that the result had becomes an input of the operand's type. False if there is no such operand.
  bool returnOperand(unsigned i, unsigned operand);
  /// Replaces dlc.call by the body of its callee.
  void inlineCall();
  /// Makes the callee the entry: what remains is the function that was differentiated. False if the entry computes an
  /// argument that it passes on.
  bool enterCallee();
  /// Replaces every extent `from` by `to`, in arguments, attributes and constants, crops or repeats the examples, and
  /// infers all other types anew. Fails where the ops do not admit it.
  mlir::LogicalResult resize(int64_t from, int64_t to);

  /// Makes the function that @main takes the tangents or the batch of the entry. False if it does not.
  static bool peel(mlir::ModuleOp module);
  /// Puts what a branch's `side` holds, or one trip of a loop, in the place of the op. False if it is neither.
  static bool unwrap(mlir::Operation *op, unsigned side);

private:
  void rebuildRequest(llvm::ArrayRef<unsigned> keptResults);
  void dropCalleeResults();
  void dropCalleeArguments();
  mlir::LogicalResult inferAgain(mlir::func::FuncOp function);
};

/// The elements of a dense attribute under another shape of the same rank: the leading ones, repeated where it grows.
mlir::DenseElementsAttr resized(mlir::DenseElementsAttr attr, llvm::ArrayRef<int64_t> shape);

} // namespace dlc::check

#endif // DLC_CHECK_SURGERY_H
