// The dlc dialect: its ops, attributes and interfaces. Include this to use it.
#ifndef DLC_DIALECT_DLC_H
#define DLC_DIALECT_DLC_H

#include "dialects/dlc/Batching.h"
#include "dialects/dlc/DlcBuilder.h"
#include "dialects/dlc/Evaluate.h"
#include "dialects/dlc/Infer.h"
#include "dialects/dlc/PointBuilder.h"
#include "dialects/dlc/Types.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/dlc/DlcDialect.h.inc"
#include "dialects/dlc/DlcEnums.h.inc"
#include "dialects/dlc/DlcInterfaces.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/dlc/DlcAttrs.h.inc"
#define GET_OP_CLASSES
#include "dialects/dlc/DlcOps.h.inc"

namespace dlc {

/// The attribute of a function whose code may have other bits than its definition (numerics N11). What is inlined goes
/// by the function that it is inlined into.
inline constexpr llvm::StringLiteral fastName = "dlc.fast";
inline bool isFast(mlir::Operation *function) { return function->hasAttr(fastName); }

/// Whether an op can fail depending on data (an index out of range), hence has a position, and an error slot if it is
/// in a kernel.
bool canFail(mlir::Operation *op);

/// The place that an index read by gather or scatter means: counted from the end if negative, clamped into the extent,
/// and reported at the op's row-major `element` if it was out of range and the mode says so (numerics N9).
LaneIndex buildPickedIndex(PointBuilder &b, mlir::Operation *op, IndexMode mode, PointValue raw, mlir::Value extent,
                           const LaneIndex &element);

/// Evaluates an op with a decomposition: what that evaluates to.
void evaluateByDecomposition(mlir::Operation *op, EvaluateContext &context, llvm::ArrayRef<HostTensor> inputs,
                             llvm::MutableArrayRef<HostTensor> outputs);

/// Whether an op is one that is defined by ops on the parts of its complex operands.
bool isPartwise(mlir::Operation *op);
/// Evaluates it so.
void evaluateByParts(mlir::Operation *op, EvaluateContext &context, llvm::ArrayRef<HostTensor> inputs,
                     llvm::MutableArrayRef<HostTensor> outputs);

/// f32 for f16 and bf16, in which composites on them compute (numerics N1); other types as they are.
mlir::Type wideElement(mlir::Type element);

/// The order of additions that a new reduction gets (numerics N3, N4): from ranks alone, never from extents.
Order defaultReduceOrder(int64_t rank, llvm::ArrayRef<int64_t> dims);
/// How many terms of a reduction make a block (numerics N4): a chain is short, for its error grows with its length.
int64_t reduceBlockLength(Order order);
/// The same for a contraction (numerics N5).
Order defaultDotOrder(int64_t lhsRank, int64_t rhsRank, llvm::ArrayRef<int64_t> lhsBatch,
                      llvm::ArrayRef<int64_t> lhsContract, llvm::ArrayRef<int64_t> rhsContract);

} // namespace dlc

#endif // DLC_DIALECT_DLC_H
