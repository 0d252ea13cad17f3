// One stage of a kernel being written as a grid: a gpu.func whose arguments are the buffers as bare pointers (operands,
// then results), the kernel's symbols as i64, and the error slots. Emitters open loops with it and say with a CudaPoint
// what is computed at a point.
//
// Error slots (numerics N9): one entry of 32 bytes for each op of the kernel that can fail, zeroed by the host: i32
// lock, i32 set, i64 element, i64 index, i64 extent. The lowest element is kept; the host adds the position.
#ifndef DLC_TARGET_CUDA_GRIDBUILDER_H
#define DLC_TARGET_CUDA_GRIDBUILDER_H

#include "dialects/rt/Rt.h"
#include "passes/lower/LoopBuilder.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace dlc::cuda {

/// Memory that starts at a multiple of 16 bytes, as elements of one type.
struct Memory {
  mlir::Value pointer;
  mlir::Type element;      ///< as it lies in memory: i8 for bool
  bool isConstant = false; ///< nobody writes it while the grid runs
};

class GridBuilder : public LoopBuilder {
public:
  /// Starts the function `<kernel>_<stage>` in the kernel's gpu.module and moves the insertion point into it.
  GridBuilder(mlir::OpBuilder &b, rt::KernelOp kernel, rt::BodyOp body);
  /// Ends the function.
  void finish();

  Memory operandMemory(mlir::BlockArgument argument) {
    return {argumentAt(argument.getArgNumber()), elementAt(argument.getArgNumber()), true};
  }
  Memory resultMemory(unsigned i) { return {argumentAt(operands + i), elementAt(operands + i), false}; }
  /// `count` elements of the block's on-chip memory.
  Memory onChip(mlir::Type element, int64_t count);

  /// Block and thread of this thread, as index values.
  Value block, thread;
  /// Waits for all threads of the block, and makes what they wrote on chip visible.
  void barrier();
  /// The value of the lane `distance` above; both types are alike. All lanes of the warp take part.
  Value shuffleDown(Value value, int64_t distance);

  Value extent(const DimExpr &dim) override;
  /// Says that `value` is a multiple of `divisor`.
  void setDivisor(Value value, int64_t divisor) { divisors[value] = divisor; }
  /// A power of two that divides `value`, as far as its computation shows.
  int64_t divisorOf(Value value) const;

  Value load(const Memory &memory, Value index);
  void store(const Memory &memory, Value index, Value value);
  /// The same for `width` neighbours, by accesses as wide as the divisor of `index` allows.
  Value loadVector(const Memory &memory, Value index, int64_t width);
  void storeVector(const Memory &memory, Value index, Value vector);
  Value address(const Memory &memory, Value index);

  rt::KernelOp kernel;
  rt::BodyOp body;
  Value errors; ///< !llvm.ptr<1> to the error slots

private:
  Value argumentAt(unsigned i);
  mlir::Type elementAt(unsigned i);
  unsigned alignmentOf(const Memory &memory, Value index) const;

  mlir::gpu::GPUModuleOp device;
  mlir::gpu::GPUFuncOp function;
  unsigned operands;
  mlir::Operation *entryEnd = nullptr; // code computed once goes before this
  llvm::StringMap<Value> extents;
  llvm::DenseMap<Value, int64_t> divisors;
};

} // namespace dlc::cuda

#endif // DLC_TARGET_CUDA_GRIDBUILDER_H
