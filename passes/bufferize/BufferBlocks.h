// From blocks that launch kernels on tensors to blocks that launch them on buffers. Branches and loops stay scf, with
// scalars alone as what they carry and give.
#ifndef DLC_PASSES_BUFFERIZE_BUFFERBLOCKS_H
#define DLC_PASSES_BUFFERIZE_BUFFERBLOCKS_H

#include "dialects/rt/Rt.h"
#include "passes/bufferize/Slots.h"

#include "mlir/IR/IRMapping.h"

namespace dlc {

class BufferBlocks {
public:
  /// `to` is the empty entry block of the function on buffers; buffers are named at its start.
  BufferBlocks(const Slots &slots, mlir::Block &to);

  /// Rewrites the function's block, whose terminator's operands become the outputs. Ends without a terminator.
  llvm::LogicalResult writeFunction(mlir::Block &from);

private:
  llvm::LogicalResult writeBlock(mlir::Block &from);
  llvm::LogicalResult writeOp(mlir::Operation *op);
  llvm::LogicalResult writeLaunch(rt::LaunchOp launch);
  llvm::LogicalResult writeCustomCall(CustomCallOp call);
  llvm::LogicalResult writeIf(mlir::scf::IfOp branch);
  llvm::LogicalResult writeFor(mlir::scf::ForOp loop);
  llvm::LogicalResult writeWhile(mlir::scf::WhileOp loop);
  llvm::LogicalResult writeExtract(mlir::Operation *op);
  llvm::LogicalResult writeStore(mlir::Operation *op);
  llvm::LogicalResult writeExtent(mlir::Operation *op);
  llvm::LogicalResult writeScalarOp(mlir::Operation *op);
  /// Copies to the next values' places, then gives each carry its memory.
  void writeBackEdge(mlir::Operation *yield, const Carries &plan);
  void copyTo(Slot *slot, mlir::Value tensor);
  void swap(Slot *a, Slot *b, mlir::Location location);

  mlir::Value bufferOf(mlir::Value tensor);
  mlir::Value bufferOf(Slot *slot);
  /// A buffer as one of another shape.
  mlir::Value viewOf(mlir::Value buffer, mlir::Value tensor);
  /// The scalars among values, as the new block knows them.
  mlir::SmallVector<mlir::Value> scalarsOf(mlir::ValueRange values);
  void mapScalars(mlir::ValueRange from, mlir::ValueRange to);

  const Slots &slots;
  mlir::Block &entry;
  mlir::OpBuilder builder;
  mlir::IRMapping scalars;
  llvm::DenseMap<mlir::Value, mlir::Value> buffers;
  llvm::DenseMap<Slot *, mlir::Value> slotBuffers;
};

} // namespace dlc

#endif // DLC_PASSES_BUFFERIZE_BUFFERBLOCKS_H
