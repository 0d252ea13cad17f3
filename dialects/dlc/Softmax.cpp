// softmax and what is made of it. The maximum is no path of differentiation, since what depends on it cancels. For each
// op: infer, decompose.
#include "dialects/dlc/Dlc.h"

using namespace mlir;
using namespace dlc;

/// Dims are of 'x' and have elements to choose a maximum from.
static LogicalResult checkChoice(const InferError &error, Value x, ArrayRef<int64_t> dims) {
  Dims all = dimsOf(x);
  for (int64_t dim : dims)
    if (all[dim] == DimExpr(0))
      return error.fail("expected dimension ", dim, " of 'x' not to be empty, but got 0");
  return success();
}

static LogicalResult inferOverDim(const InferError &error, Value x, int64_t dim, SmallVectorImpl<Type> &types) {
  if (failed(error.checkDim("dim", dim, rankOf(x))) || failed(checkChoice(error, x, dim)))
    return failure();
  types.push_back(x.getType());
  return success();
}

static Value maximumOf(DlcBuilder &b, Value x, ArrayRef<int64_t> dims) {
  return b.create<StopGradientOp>(b.reduceKeep(x, ReduceKind::max, dims));
}

static Value stretch(DlcBuilder &b, Value x, Value like) {
  SmallVector<int64_t> dims;
  for (int64_t dim = 0; dim < rankOf(like); ++dim)
    dims.push_back(dim);
  return b.broadcast(x, dimsOf(like), dims);
}

/// (x - max) - log(sum(exp(x - max))) of a wide x.
static Value logSoftmax(DlcBuilder &b, Value x, int64_t dim) {
  Value shifted = b.sub(x, stretch(b, maximumOf(b, x, dim), x));
  Value sum = b.reduceKeep(b.exp(shifted), ReduceKind::sum, dim);
  return b.sub(shifted, stretch(b, b.log(sum), x));
}

//===--- softmax, log_softmax ---===//

LogicalResult SoftmaxOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                          SmallVectorImpl<Type> &types) {
  return inferOverDim(InferError(getOperationName(), location), op.getX(), op.getDim(), types);
}

SmallVector<Value> SoftmaxOp::decompose(DlcBuilder &b) {
  Type element = elementTypeOf(getX());
  int64_t dim = getDim();
  Value x = b.cast(getX(), wideElement(element));
  Value e = b.exp(b.sub(x, stretch(b, maximumOf(b, x, dim), x)));
  Value sum = b.reduceKeep(e, ReduceKind::sum, dim);
  return {b.cast(b.div(e, stretch(b, sum, e)), element)};
}

LogicalResult LogSoftmaxOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                             SmallVectorImpl<Type> &types) {
  return inferOverDim(InferError(getOperationName(), location), op.getX(), op.getDim(), types);
}

SmallVector<Value> LogSoftmaxOp::decompose(DlcBuilder &b) {
  Type element = elementTypeOf(getX());
  return {b.cast(logSoftmax(b, b.cast(getX(), wideElement(element)), getDim()), element)};
}

//===--- logsumexp ---===//

LogicalResult LogSumExpOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                            SmallVectorImpl<Type> &types) {
  InferError error(getOperationName(), location);
  Dims from = dimsOf(op.getX()), to;
  if (failed(error.checkDims("dims", op.getDims(), int64_t(from.size()))) ||
      failed(checkChoice(error, op.getX(), op.getDims())))
    return failure();
  for (auto [i, dim] : llvm::enumerate(from))
    if (!llvm::is_contained(op.getDims(), int64_t(i)))
      to.push_back(dim);
  types.push_back(tensorType(to, elementTypeOf(op.getX())));
  return success();
}

SmallVector<Value> LogSumExpOp::decompose(DlcBuilder &b) {
  Type element = elementTypeOf(getX());
  Value x = b.cast(getX(), wideElement(element)), max = maximumOf(b, x, getDims());
  max = b.select(b.create<IsFiniteOp>(max), max, b.full(max, 0));
  Value sum = b.reduceKeep(b.exp(b.sub(x, stretch(b, max, x))), ReduceKind::sum, getDims());
  return {b.cast(b.reshape(b.add(b.log(sum), max), dimsOf(getR())), element)};
}

//===--- cross_entropy ---===//

LogicalResult CrossEntropyOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                               SmallVectorImpl<Type> &types) {
  InferError error(getOperationName(), location);
  Dims dims = dimsOf(op.getX()), labels = dimsOf(op.getLabels());
  int64_t dim = op.getDim();
  if (failed(error.checkDim("dim", dim, int64_t(dims.size()))) || failed(checkChoice(error, op.getX(), dim)))
    return failure();
  dims.erase(dims.begin() + dim);
  if (labels != dims)
    return error.fail("expected 'labels' to have the shape of 'x' without dimension ", dim, ", ", dimsText(dims),
                      ", but got ", dimsText(labels));
  types.push_back(tensorType(dims, elementTypeOf(op.getX())));
  return success();
}

SmallVector<Value> CrossEntropyOp::decompose(DlcBuilder &b) {
  Type element = elementTypeOf(getX());
  int64_t dim = getDim();
  Dims dims = dimsOf(getX()), kept = dims;
  kept[dim] = DimExpr(1);
  Value labels = b.cast(getLabels(), b.builder.getI64Type());
  if (auto extent = dims[dim].constant()) { // a negative label would count from the end
    Value below = b.sub(labels, b.full(labels, double(*extent)));
    labels = b.select(b.lt(labels, b.full(labels, 0)), below, labels);
  }
  Value x = logSoftmax(b, b.cast(getX(), wideElement(element)), dim);
  Value picked = b.gatherAlong(x, b.reshape(labels, kept), dim, /*mayFail=*/true);
  return {b.cast(b.neg(b.reshape(picked, dimsOf(getR()))), element)};
}
