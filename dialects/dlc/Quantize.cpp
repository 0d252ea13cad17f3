// quantize and dequantize: affine integers of 8 and 16 bits, per tensor or for each index of a dim. For each op: infer,
// decompose.
#include "dialects/dlc/Dlc.h"

using namespace mlir;
using namespace dlc;

/// 'scale' and 'zero_point' are of rank 0 (`dim` is -1), or have one element for each index along it.
static LogicalResult checkParameters(const InferError &error, Value x, Value scale, Value zeroPoint, StringRef name,
                                     Type integer, int64_t dim) {
  if (!integer.isInteger(8) && !integer.isInteger(16))
    return error.fail("expected ", name, " to be an integer type of 8 or 16 bits, but got ", integer);
  Dims dims;
  if (dim != -1) {
    if (failed(error.checkDim("dim", dim, rankOf(x))))
      return failure();
    dims.push_back(dimsOf(x)[dim]);
  }
  Type scales = tensorType(dims, elementTypeOf(scale)), points = tensorType(dims, integer);
  if (scale.getType() != scales)
    return error.fail("expected 'scale' to be ", scales, ", but got ", scale.getType());
  if (zeroPoint.getType() != points)
    return error.fail("expected 'zero_point' to be ", points, ", but got ", zeroPoint.getType());
  return success();
}

/// A parameter repeated over the shape of x.
static Value alongDim(DlcBuilder &b, Value parameter, Value x, Type element, int64_t dim) {
  SmallVector<int64_t> dims;
  if (dim != -1)
    dims.push_back(dim);
  return b.broadcast(b.cast(parameter, element), dimsOf(x), dims);
}

//===--- quantize ---===//

LogicalResult QuantizeOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                           SmallVectorImpl<Type> &types) {
  InferError error(getOperationName(), location);
  if (elementTypeOf(op.getScale()) != elementTypeOf(op.getX()))
    return error.fail("expected 'scale' to have elements of ", elementTypeOf(op.getX()), ", but got ",
                      elementTypeOf(op.getScale()));
  if (failed(checkParameters(error, op.getX(), op.getScale(), op.getZeroPoint(), "'to'", op.getTo(),
                             int64_t(op.getDim()))))
    return failure();
  types.push_back(withElement(op.getX().getType(), op.getTo()));
  return success();
}

SmallVector<Value> QuantizeOp::decompose(DlcBuilder &b) {
  Type wide = wideElement(elementTypeOf(getX()));
  int64_t dim = int64_t(getDim());
  Value x = b.cast(getX(), wide), scale = alongDim(b, getScale(), x, wide, dim);
  Value steps = b.create<RoundOp>(b.div(x, scale));
  return {b.cast(b.add(steps, alongDim(b, getZeroPoint(), x, wide, dim)), getTo())};
}

//===--- dequantize ---===//

LogicalResult DequantizeOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                             SmallVectorImpl<Type> &types) {
  if (failed(checkParameters(InferError(getOperationName(), location), op.getX(), op.getScale(), op.getZeroPoint(),
                             "the elements of 'x'", elementTypeOf(op.getX()), int64_t(op.getDim()))))
    return failure();
  types.push_back(withElement(op.getX().getType(), elementTypeOf(op.getScale())));
  return success();
}

SmallVector<Value> DequantizeOp::decompose(DlcBuilder &b) {
  Type element = elementTypeOf(getScale()), wide = wideElement(element);
  int64_t dim = int64_t(getDim());
  Value x = b.cast(getX(), wide);
  Value distance = b.sub(x, alongDim(b, getZeroPoint(), x, wide, dim));
  return {b.cast(b.mul(distance, alongDim(b, getScale(), x, wide, dim)), element)};
}
