// The groups of rewrites of the simplify phase. Every one of them keeps every bit.
#ifndef DLC_PASSES_SIMPLIFY_PATTERNS_H
#define DLC_PASSES_SIMPLIFY_PATTERNS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/PatternMatch.h"

namespace dlc {

/// x * 1, x + -0, -(-x), select of a constant: elementwise ops that are one of their operands, or work on scalars.
void populateIdentities(mlir::RewritePatternSet &patterns);
/// Moves of elements that do nothing, undo each other, or are one move.
void populateMoveIdentities(mlir::RewritePatternSet &patterns);
/// Ops over constants of at most `limit` elements, by the interpreter.
void populateFoldConstants(mlir::RewritePatternSet &patterns, int64_t limit);
/// Dynamic slices and updates whose starts are known and right, scans along dims of extent 1.
void populateStaticParts(mlir::RewritePatternSet &patterns);
/// Transposes of operands or of the result of dot_general, as other dims of the same contraction.
void populateTransposedDots(mlir::RewritePatternSet &patterns);
/// transpose(transpose(x)) alone, which populateMoveIdentities has too.
void populateMergeTransposes(mlir::RewritePatternSet &patterns);
/// Transposes that only move dims of extent 1: reshapes, which leave memory as it is.
void populateUnitTransposes(mlir::RewritePatternSet &patterns);
/// Reshapes that move behind ops, which then meet what computes their operands.
void populateSinkReshapes(mlir::RewritePatternSet &patterns);

/// Whether making a value can report an error. Then it is not dropped although nothing else reads it (numerics N9).
bool canFailToBeMade(mlir::Value value);

/// Moves what does not depend on a loop out of it, but what can fail.
void hoistInvariants(mlir::func::FuncOp function);

/// Moves transposes from before ops to behind them, in one walk; may leave more of them than there were. `mayInsert`:
/// an operand that is not transposed may become so, for a transpose of another to go on.
void sinkTransposes(mlir::func::FuncOp function, bool mayInsert);

} // namespace dlc

#endif // DLC_PASSES_SIMPLIFY_PATTERNS_H
