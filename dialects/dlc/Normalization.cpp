// Norms: fma((x - mean) * rstd, weight, bias), variance by two passes (numerics N7). For each op: infer, decompose.
#include "dialects/dlc/Dlc.h"

using namespace mlir;
using namespace dlc;

/// 'affine' holds at most `most` tensors of this shape and of the element type of 'x'; so do the `others`.
static LogicalResult checkAffine(const InferError &error, Value x, ValueRange affine, size_t most,
                                 ArrayRef<DimExpr> shape) {
  if (affine.size() > most)
    return error.fail("expected at most ", most, " operands 'affine', but got ", affine.size());
  Type expected = tensorType(shape, elementTypeOf(x));
  for (auto [i, operand] : llvm::enumerate(affine))
    if (operand.getType() != expected)
      return error.fail("expected operand ", i, " of 'affine' to be ", expected, ", but got ", operand.getType());
  return success();
}

/// The last `count` dims.
static SmallVector<int64_t> lastDims(Value x, int64_t count) {
  SmallVector<int64_t> dims;
  for (int64_t dim = rankOf(x) - count; dim < rankOf(x); ++dim)
    dims.push_back(dim);
  return dims;
}

static LogicalResult inferLast(const InferError &error, Value x, ValueRange affine, size_t most, int64_t count,
                               SmallVectorImpl<Type> &types) {
  int64_t rank = rankOf(x);
  if (count < 1 || count > rank)
    return error.fail("expected 'normalized' to be in [1, ", rank, "], the rank of 'x', but got ", count);
  Dims dims = dimsOf(x);
  if (failed(checkAffine(error, x, affine, most, ArrayRef(dims).take_back(count))))
    return failure();
  types.push_back(x.getType());
  return success();
}

/// A value of the kept dims stretched over x, whose extents are 1 in the others.
static Value stretch(DlcBuilder &b, Value x, Value like) {
  return b.broadcast(x, dimsOf(like), lastDims(like, rankOf(like)));
}

/// normalized * weight + bias, as far as they are there; each is repeated over `dims`.
static Value applyAffine(DlcBuilder &b, Value normalized, ValueRange affine, ArrayRef<int64_t> dims) {
  if (affine.empty())
    return normalized;
  auto wide = [&](Value x) { return b.spread(b.cast(x, elementTypeOf(normalized)), normalized, dims); };
  if (affine.size() == 1)
    return b.mul(normalized, wide(affine[0]));
  return b.fma(normalized, wide(affine[0]), wide(affine[1]));
}

namespace {
/// x - mean and the statistics over dims, which stay with extent 1.
struct Moments {
  Moments(DlcBuilder &b, Value x, ArrayRef<int64_t> dims) : mean(b.mean(x, dims, true)) {
    distance = b.sub(x, stretch(b, mean, x));
    var = b.mean(b.mul(distance, distance), dims, true);
  }
  Value normalized(DlcBuilder &b, const APFloat &epsilon) const {
    Value rstd = b.rsqrt(b.add(var, b.full(var, epsilon.convertToDouble())));
    return b.mul(distance, stretch(b, rstd, distance));
  }
  Value mean, distance, var;
};
} // namespace

static SmallVector<int64_t> otherDims(int64_t rank, ArrayRef<int64_t> dims) {
  SmallVector<int64_t> others;
  for (int64_t dim = 0; dim < rank; ++dim)
    if (!llvm::is_contained(dims, dim))
      others.push_back(dim);
  return others;
}

//===--- layer_norm, rms_norm ---===//

LogicalResult LayerNormOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                            SmallVectorImpl<Type> &types) {
  return inferLast(InferError(getOperationName(), location), op.getX(), op.getAffine(), 2, op.getNormalized(), types);
}

SmallVector<Value> LayerNormOp::decompose(DlcBuilder &b) {
  Type element = elementTypeOf(getX());
  Value x = b.cast(getX(), wideElement(element));
  SmallVector<int64_t> dims = lastDims(x, getNormalized());
  Value normalized = Moments(b, x, dims).normalized(b, getEpsilon());
  return {b.cast(applyAffine(b, normalized, getAffine(), otherDims(rankOf(x), dims)), element)};
}

LogicalResult RmsNormOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                          SmallVectorImpl<Type> &types) {
  return inferLast(InferError(getOperationName(), location), op.getX(), op.getAffine(), 1, op.getNormalized(), types);
}

SmallVector<Value> RmsNormOp::decompose(DlcBuilder &b) {
  Type element = elementTypeOf(getX());
  Value x = b.cast(getX(), wideElement(element));
  SmallVector<int64_t> dims = lastDims(x, getNormalized());
  Value square = b.mean(b.mul(x, x), dims, true);
  Value scale = b.rsqrt(b.add(square, b.full(square, getEpsilon().convertToDouble())));
  Value normalized = b.mul(x, stretch(b, scale, x));
  return {b.cast(applyAffine(b, normalized, getAffine(), otherDims(rankOf(x), dims)), element)};
}

//===--- batch_norm, batch_norm_training ---===//

LogicalResult BatchNormOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                            SmallVectorImpl<Type> &types) {
  InferError error(getOperationName(), location);
  if (failed(error.checkDim("dim", op.getDim(), rankOf(op.getX()))))
    return failure();
  DimExpr channels = dimsOf(op.getX())[op.getDim()];
  Type expected = tensorType(channels, elementTypeOf(op.getX()));
  if (op.getMean().getType() != expected || op.getVar().getType() != expected)
    return error.fail("expected 'mean' and 'var' to be ", expected, ", but got ", op.getMean().getType(), " and ",
                      op.getVar().getType());
  if (failed(checkAffine(error, op.getX(), op.getAffine(), 2, channels)))
    return failure();
  types.push_back(op.getX().getType());
  return success();
}

SmallVector<Value> BatchNormOp::decompose(DlcBuilder &b) {
  Type element = elementTypeOf(getX()), wide = wideElement(element);
  Value x = b.cast(getX(), wide), var = b.cast(getVar(), wide), negative = b.neg(b.cast(getMean(), wide));
  Value scale = b.rsqrt(b.add(var, b.full(var, getEpsilon().convertToDouble())));
  if (!getAffine().empty())
    scale = b.mul(b.cast(getAffine()[0], wide), scale);
  Value shift = getAffine().size() == 2 ? b.fma(negative, scale, b.cast(getAffine()[1], wide)) : b.mul(negative, scale);
  SmallVector<int64_t> others = otherDims(rankOf(x), int64_t(getDim()));
  return {b.cast(b.fma(x, b.spread(scale, x, others), b.spread(shift, x, others)), element)};
}

LogicalResult BatchNormTrainingOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                                    SmallVectorImpl<Type> &types) {
  InferError error(getOperationName(), location);
  if (failed(error.checkDim("dim", op.getDim(), rankOf(op.getX()))))
    return failure();
  DimExpr channels = dimsOf(op.getX())[op.getDim()];
  if (failed(checkAffine(error, op.getX(), op.getAffine(), 2, channels)))
    return failure();
  Type statistic = tensorType(channels, elementTypeOf(op.getX()));
  types.append({op.getX().getType(), statistic, statistic});
  return success();
}

SmallVector<Value> BatchNormTrainingOp::decompose(DlcBuilder &b) {
  Type element = elementTypeOf(getX());
  Value x = b.cast(getX(), wideElement(element));
  SmallVector<int64_t> others = otherDims(rankOf(x), int64_t(getDim()));
  Moments moments(b, x, others);
  Value normalized = moments.normalized(b, getEpsilon());
  auto statistic = [&](Value value) { return b.cast(b.reshape(value, dimsOf(getMean())), element); };
  return {b.cast(applyAffine(b, normalized, getAffine(), others), element), statistic(moments.mean),
          statistic(moments.var)};
}
