// Reverse mode on values instead of IR: runs a function, keeps what every op gave, and walks back over it.
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

private:
  mlir::LogicalResult runForward(Tensors &outputs);
  void markVaried(llvm::ArrayRef<int64_t> wrt);
  mlir::LogicalResult add(mlir::Value value, const HostTensor &ct);
  mlir::LogicalResult visit(mlir::Operation *op);

  mlir::func::FuncOp function;
  Tensors arguments;
  llvm::DenseMap<mlir::Value, HostTensor> values, cotangents;
  llvm::DenseSet<mlir::Value> varied;
};

} // namespace dlc::check

#endif // DLC_CHECK_TAPE_H
