// What batching rules are written in: values of a function that runs for many examples at once, of which some have a
// dim that counts the examples and some are shared by all.
#ifndef DLC_DIALECT_BATCHING_H
#define DLC_DIALECT_BATCHING_H

#include "dialects/dlc/DlcBuilder.h"

#include <optional>

namespace dlc {

/// A value for all examples: `dim` counts them, or there is none and every example has the same value.
struct Batched {
  mlir::Value value;
  std::optional<int64_t> dim;
};

/// The value with its batch dim moved to `to`; it must have one.
mlir::Value moveBatch(DlcBuilder &b, const Batched &x, int64_t to);
/// The value with a batch dim at `at`: moved there, or, for a shared value, made by repeating it.
mlir::Value batchedAt(DlcBuilder &b, const Batched &x, int64_t at, const DimExpr &extent);
/// The batch dim of the first operand that has one: where a rule brings that of the others.
int64_t firstBatchDim(llvm::ArrayRef<Batched> operands);

/// Where dim `dim` of an example lies once a batch dim is at `batch`; for all of `dims`.
inline int64_t dimBeside(int64_t batch, int64_t dim) { return dim < batch ? dim : dim + 1; }
llvm::SmallVector<int64_t> dimsBeside(int64_t batch, llvm::ArrayRef<int64_t> dims);
/// A list with one entry a dim of an example, and `entry` for the batch dim.
template <class T> llvm::SmallVector<T> withEntry(llvm::ArrayRef<T> list, int64_t batch, T entry) {
  llvm::SmallVector<T> longer(list);
  longer.insert(longer.begin() + batch, std::move(entry));
  return longer;
}

/// The rule of ops whose operands and result have one shape.
llvm::SmallVector<Batched> batchElementwise(mlir::Operation *op, DlcBuilder &b, llvm::ArrayRef<Batched> operands,
                                            const DimExpr &extent);

} // namespace dlc

#endif // DLC_DIALECT_BATCHING_H
