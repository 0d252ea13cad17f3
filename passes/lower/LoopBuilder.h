// Loops, branches and index arithmetic of a function that an emitter writes: what stages of every target share.
#ifndef DLC_PASSES_LOWER_LOOPBUILDER_H
#define DLC_PASSES_LOWER_LOOPBUILDER_H

#include "lib/Support/DimExpr.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Builders.h"

namespace dlc {

class LoopBuilder {
public:
  using Value = mlir::Value;
  LoopBuilder(mlir::OpBuilder &b, mlir::Location location) : b(b), location(location) {}
  virtual ~LoopBuilder() = default;

  /// An extent as an index value.
  virtual Value extent(const DimExpr &dim) = 0;
  Value constant(int64_t value);

  /// Loops. `body` gets the induction variable (and the carried values) with the insertion point inside.
  void forEach(Value low, Value high, Value step, llvm::function_ref<void(Value)> body);
  llvm::SmallVector<Value> carry(Value low, Value high, Value step, mlir::ValueRange initial,
                                 llvm::function_ref<llvm::SmallVector<Value>(Value, mlir::ValueRange)> body);
  void ifThen(Value condition, llvm::function_ref<void()> then, llvm::function_ref<void()> otherwise = nullptr);
  /// The value of one of two branches, of type `type`.
  Value ifElse(Value condition, mlir::Type type, llvm::function_ref<Value()> then,
               llvm::function_ref<Value()> otherwise);

  /// Index arithmetic; operands of divisions and remainders are not negative.
  Value add(Value x, Value y);
  Value sub(Value x, Value y);
  Value mul(Value x, Value y);
  Value floorDiv(Value x, Value y);
  Value mod(Value x, Value y);
  Value min(Value x, Value y);
  Value ceilDiv(Value x, Value y);
  Value less(Value x, Value y);
  Value equal(Value x, Value y);
  Value both(Value x, Value y);
  Value choose(Value condition, Value x, Value y);
  /// Row-major coordinates of `linear` in a box of these extents.
  llvm::SmallVector<Value> coordinates(Value linear, llvm::ArrayRef<DimExpr> dims);

  mlir::OpBuilder &b;
  mlir::Location location;
};

} // namespace dlc

#endif // DLC_PASSES_LOWER_LOOPBUILDER_H
