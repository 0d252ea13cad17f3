// The checks that inference functions share.
#include "dialects/dlc/Infer.h"
#include "dialects/dlc/Dlc.h"

using namespace mlir;

namespace dlc {

LogicalResult InferError::checkDims(StringRef name, ArrayRef<int64_t> dims, int64_t rank) const {
  llvm::SmallVector<bool> seen(rank, false);
  for (int64_t dim : dims) {
    if (dim < 0 || dim >= rank)
      return fail("expected entries of '", name, "' to be in [0, ", rank, "), but got ", dim);
    if (seen[dim])
      return fail("expected entries of '", name, "' to be distinct, but got ", dim, " twice");
    seen[dim] = true;
  }
  return success();
}

LogicalResult InferError::checkDim(StringRef name, int64_t dim, int64_t rank) const {
  if (dim >= 0 && dim < rank)
    return success();
  return fail("expected '", name, "' to be in [0, ", rank, "), but got ", dim);
}

LogicalResult InferError::checkCount(StringRef name, size_t count, size_t expected) const {
  if (count == expected)
    return success();
  return fail("expected '", name, "' to have ", expected, " entries, but got ", count);
}

LogicalResult InferError::checkEqual(StringRef lhs, int64_t i, const DimExpr &a, StringRef rhs, int64_t j,
                                     const DimExpr &b) const {
  if (a == b)
    return success();
  return fail("expected dimension ", i, " of '", lhs, "' to equal dimension ", j, " of '", rhs, "', but got ", a.str(),
              " and ", b.str());
}

LogicalResult inferElementwise(StringRef op, std::optional<Location> location, ValueRange operands, Type element,
                               SmallVectorImpl<Type> &types) {
  InferError error(op, location);
  Dims first = dimsOf(operands[0]);
  Type number;
  for (auto [i, operand] : llvm::enumerate(operands)) {
    Dims dims = dimsOf(operand);
    if (dims != first)
      return error.fail("expected operand ", i, " to have the shape of operand 0, but got ", dimsText(dims), " and ",
                        dimsText(first));
    Type type = elementTypeOf(operand);
    bool isCondition = i == 0 && operands.size() == 3 && type.isInteger(1);
    if (isCondition)
      continue;
    if (number && type != number)
      return error.fail("expected operands of one element type, but got ", number, " and ", type);
    number = type;
  }
  types.push_back(tensorType(first, element));
  return success();
}

} // namespace dlc
