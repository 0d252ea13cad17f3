// Both modes on values instead of IR: runs a function, keeps what every op gave, and walks back, or once more forward,
// over it.
#ifndef DLC_CHECK_TAPE_H
#define DLC_CHECK_TAPE_H

#include "dialects/dlc/Dlc.h"
#include "lib/Interp/Interpreter.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

namespace dlc::check {

class Tape {
public:
  using Tensors = llvm::SmallVector<HostTensor>;

  /// For a function of one block without symbols, calls and derivatives, and its arguments.
  Tape(mlir::func::FuncOp function, llvm::ArrayRef<HostTensor> arguments)
      : function(function), arguments(arguments.begin(), arguments.end()) {}

  /// The results of the function, then the cotangents of the arguments `wrt` for the cotangents `cts` of the results
  /// `of`. Fails if the function reports an error, or holds an op whose rule does not apply.
  mlir::LogicalResult run(llvm::ArrayRef<int64_t> wrt, llvm::ArrayRef<int64_t> of, llvm::ArrayRef<HostTensor> cts,
                          Tensors &outputs);
  /// The results of the function, then the tangents of the results `of` for those of the arguments `wrt`. Fails alike.
  mlir::LogicalResult runTangents(llvm::ArrayRef<int64_t> wrt, llvm::ArrayRef<int64_t> of,
                                  llvm::ArrayRef<HostTensor> given, Tensors &outputs);

private:
  mlir::LogicalResult runForward(Tensors &outputs);
  void markVaried(llvm::ArrayRef<int64_t> wrt);
  mlir::LogicalResult add(mlir::Value value, const HostTensor &ct);
  mlir::LogicalResult visit(mlir::Operation *op);
  mlir::LogicalResult pushForward(mlir::Operation *op);

  mlir::func::FuncOp function;
  Tensors arguments;
  llvm::DenseMap<mlir::Value, HostTensor> values, cotangents, tangents;
  llvm::DenseSet<mlir::Value> varied;
};

} // namespace dlc::check

#endif // DLC_CHECK_TAPE_H
