// Branches, loops and scalars of a bufferized function as commands: every scalar is a register of its own, jumps go to
// where a block begins or ends.
//
// A register holds an integer sign-extended to 64 bits, an i1 as 0 or 1, so that arithmetic of every width is that of
// the command table, narrowed afterwards.
#ifndef DLC_PASSES_OBJECT_HOSTCOMMANDS_H
#define DLC_PASSES_OBJECT_HOSTCOMMANDS_H

#include "passes/object/ProgramWriter.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/ADT/DenseMap.h"

namespace dlc {

class HostCommands {
public:
  /// `writeOp` writes what is neither control flow nor scalar arithmetic.
  HostCommands(ProgramDesc &desc, llvm::function_ref<llvm::LogicalResult(mlir::Operation *)> writeOp)
      : desc(desc), writeOther(writeOp) {}

  /// Appends the commands of a block, without its terminator.
  llvm::LogicalResult writeBlock(mlir::Block &block);

  /// The register of a scalar.
  uint32_t registerOf(mlir::Value scalar);
  void append(CommandDesc command) { desc.commands.push_back(std::move(command)); }

private:
  llvm::LogicalResult writeOp(mlir::Operation *op);
  llvm::LogicalResult writeIf(mlir::scf::IfOp branch);
  llvm::LogicalResult writeFor(mlir::scf::ForOp loop);
  llvm::LogicalResult writeWhile(mlir::scf::WhileOp loop);
  llvm::LogicalResult writeScalarOp(mlir::Operation *op);
  llvm::LogicalResult writeDivision(mlir::Operation *op);
  llvm::LogicalResult writeCompare(mlir::Operation *op);
  bool writeCast(mlir::Operation *op);
  void writeSelect(mlir::Operation *op);

  uint32_t newRegister() { return desc.registerCount++; }
  uint32_t constant(int64_t value);
  uint32_t compute(program::ArithOpcode opcode, uint32_t a, uint32_t b);
  void computeInto(uint32_t to, program::ArithOpcode opcode, uint32_t a, uint32_t b);
  void move(uint32_t to, uint32_t from) { computeInto(to, program::ArithOpcode::Or, from, from); }
  /// Gives each of `to` the value of `from`, all at once.
  void moveAll(mlir::ValueRange to, mlir::ValueRange from);
  /// Wraps a register to a type.
  void narrow(uint32_t reg, mlir::Type type);
  void aim(size_t command);
  void requirePositive(mlir::scf::ForOp loop, uint32_t step);

  ProgramDesc &desc;
  llvm::function_ref<llvm::LogicalResult(mlir::Operation *)> writeOther;
  llvm::DenseMap<mlir::Value, uint32_t> registers;
};

} // namespace dlc

#endif // DLC_PASSES_OBJECT_HOSTCOMMANDS_H
