// One stage of a kernel being written: a function with the signature of contract C4, its buffers as flat memrefs, the
// kernel's symbols and the range of tasks as index values. Emitters open loops with it and say with a CpuPoint what is
// computed at a point.
#ifndef DLC_TARGET_CPU_STAGEBUILDER_H
#define DLC_TARGET_CPU_STAGEBUILDER_H

#include "dialects/rt/Rt.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace dlc::cpu {

class StageBuilder {
public:
  using Value = mlir::Value;
  /// Starts the function `<kernel>_<stage>` beside the kernel's body and moves the insertion point into it.
  StageBuilder(mlir::OpBuilder &b, rt::KernelOp kernel, rt::BodyOp body, llvm::StringRef stage);
  /// Ends the function.
  void finish();

  /// Memory of the kernel's i-th buffer (operands, then results): memref<? x memoryType>.
  Value buffer(unsigned i);
  /// The same memory as 64-bit words.
  Value words(Value memory);
  /// The buffer of a block argument of the body, or of its i-th result.
  Value operandBuffer(mlir::BlockArgument argument) { return buffer(argument.getArgNumber()); }
  Value resultBuffer(unsigned i) { return buffer(operands + i); }
  /// Memory in the launch's shared scratch, and in this worker's own, `offset` bytes from its start.
  Value shared(mlir::Type element, Value offset);
  Value own(mlir::Type element, Value offset);

  /// An extent as an index value, computed once at the entry of the function.
  Value extent(const DimExpr &dim);
  Value constant(int64_t value);

  /// Loops. `body` gets the induction variable (and the carried values) with the insertion point inside. A loop that is
  /// known to run once is its body, one that never runs is nothing.
  void forEach(Value low, Value high, Value step, llvm::function_ref<void(Value)> body);
  llvm::SmallVector<Value> carry(Value low, Value high, Value step, mlir::ValueRange initial,
                                 llvm::function_ref<llvm::SmallVector<Value>(Value, mlir::ValueRange)> body);
  /// Runs `body` for 1, 2, 4, ... while it is below `limit`.
  void forDoubling(Value limit, llvm::function_ref<void(Value)> body);
  /// Runs `body` for `first`, a power of two, and its halves down to 1.
  void forHalving(int64_t first, llvm::function_ref<void(Value)> body);
  void ifThen(Value condition, llvm::function_ref<void()> then, llvm::function_ref<void()> otherwise = nullptr);

  Value add(Value x, Value y);
  Value sub(Value x, Value y);
  Value mul(Value x, Value y);
  Value floorDiv(Value x, Value y);
  Value mod(Value x, Value y);
  Value min(Value x, Value y);
  Value max(Value x, Value y);
  Value isLess(Value x, Value y);
  Value ceilDiv(Value x, Value y);
  /// The same value, of which LLVM knows nothing but itself. Its loop-strength reduction takes apart how addresses are
  /// computed, through all loops around: a value that an inner loop starts from is better not looked into.
  Value opaque(Value x);
  /// Row-major coordinates of `linear` in a box of these extents.
  llvm::SmallVector<Value> coordinates(Value linear, llvm::ArrayRef<DimExpr> dims);

  mlir::OpBuilder &b;
  mlir::Location location;
  rt::KernelOp kernel;
  rt::BodyOp body;
  Value begin, end; // range of tasks, of type index
  Value services;   // dlc_rt: !llvm.ptr
private:
  Value memory(Value pointer, mlir::Type element);
  mlir::func::FuncOp function;
  Value buffers, symbols, sharedBase, ownBase;
  unsigned operands;
  mlir::Operation *entryEnd = nullptr; // code computed once goes before this
  llvm::DenseMap<unsigned, Value> bufferCache;
  llvm::DenseMap<Value, Value> wordCache; // by memory
  llvm::StringMap<Value> extentCache;
};

} // namespace dlc::cpu

#endif // DLC_TARGET_CPU_STAGEBUILDER_H
