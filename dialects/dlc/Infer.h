// Shape inference: one function an op infers its result types and, since the interface compares, verifies them. Every
// message names the op, the operand and both values, and has a test in test/dlc/invalid.mlir.
#ifndef DLC_DIALECT_INFER_H
#define DLC_DIALECT_INFER_H

#include "dialects/dlc/Types.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Location.h"
#include "mlir/IR/ValueRange.h"

#include <optional>

namespace dlc {

/// Starts an error "'dlc.add' op <message>" and converts to failure.
class InferError {
public:
  InferError(llvm::StringRef op, std::optional<mlir::Location> location) : op(op), location(location) {}
  mlir::InFlightDiagnostic operator()() const {
    mlir::Location at = *location;
    return mlir::emitError(at) << "'" << op << "' op ";
  }
  /// Reports nothing when no location is given (inference that may fail quietly).
  template <class... Parts> llvm::LogicalResult fail(Parts &&...parts) const {
    if (location) {
      auto diagnostic = (*this)();
      (void)(diagnostic << ... << parts);
    }
    return llvm::failure();
  }
  /// Each of `dims` must be in [0, rank) and none may repeat; `name` is the attribute's.
  llvm::LogicalResult checkDims(llvm::StringRef name, llvm::ArrayRef<int64_t> dims, int64_t rank) const;
  /// `dim`, the attribute `name`, must be in [0, rank).
  llvm::LogicalResult checkDim(llvm::StringRef name, int64_t dim, int64_t rank) const;
  llvm::LogicalResult checkCount(llvm::StringRef name, size_t count, size_t expected) const;
  /// The extents `a` of dim `i` of one operand and `b` of dim `j` of another must be provably equal.
  llvm::LogicalResult checkEqual(llvm::StringRef lhs, int64_t i, const DimExpr &a, llvm::StringRef rhs, int64_t j,
                                 const DimExpr &b) const;

private:
  llvm::StringRef op;
  std::optional<mlir::Location> location;
};

/// Elementwise ops: all operands have one shape; those that are not a condition have one element type.
llvm::LogicalResult inferElementwise(llvm::StringRef op, std::optional<mlir::Location> location,
                                     mlir::ValueRange operands, mlir::Type element,
                                     llvm::SmallVectorImpl<mlir::Type> &types);

} // namespace dlc

#endif // DLC_DIALECT_INFER_H
