// The checks that inference functions share.
#include "dialects/dlc/Infer.h"
#include "dialects/dlc/Dlc.h"

using namespace mlir;

namespace dlc {

LogicalResult InferError::checkDims(StringRef name, ArrayRef<int64_t> dims, int64_t rank) const {
  llvm::SmallVector<int64_t> seenAt(rank, -1);
  for (auto [i, dim] : llvm::enumerate(dims)) {
    if (dim < 0 || dim >= rank)
      return fail("expected entry ", i, " of '", name, "' to be in [0, ", rank, "), but got ", dim);
    if (seenAt[dim] >= 0)
      return fail("expected entries ", seenAt[dim], " and ", i, " of '", name, "' to be distinct, but got ", dim,
                  " and ", dim);
    seenAt[dim] = int64_t(i);
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
  size_t numberAt = 0;
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
      return error.fail("expected operand ", i, " to have the element type of operand ", numberAt, ", but got ", type,
                        " and ", number);
    number = type;
    numberAt = i;
  }
  types.push_back(tensorType(first, element));
  return success();
}

} // namespace dlc
