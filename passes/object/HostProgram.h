// The host program as data (contract C3): from a bufferized function and the descriptors of its kernels to the
// description that ProgramWriter turns into bytes.
#ifndef DLC_PASSES_OBJECT_HOSTPROGRAM_H
#define DLC_PASSES_OBJECT_HOSTPROGRAM_H

#include "dialects/rt/Rt.h"
#include "passes/object/ProgramWriter.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace dlc {

/// A program and what it refers to: kernels in the order of its kernel table.
struct HostProgram {
  ProgramDesc desc;
  std::vector<rt::KernelOp> kernels;
  std::vector<std::string> constantBytes; ///< what the constants of `desc` point to
};

/// Fills `program` from `function`, whose kernels must have their keys.
llvm::LogicalResult describeHostProgram(mlir::func::FuncOp function, HostProgram &program);

/// An extent as a postfix expression over the symbols `names`.
ExprDesc exprOf(const DimExpr &dim, llvm::ArrayRef<std::string> names);

} // namespace dlc

#endif // DLC_PASSES_OBJECT_HOSTPROGRAM_H
