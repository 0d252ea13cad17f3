// attention: whole rows of scores, so no online rescaling (numerics N7). Infer, decompose.
#include "dialects/dlc/Dlc.h"

using namespace mlir;
using namespace dlc;

static SmallVector<int64_t> firstDims(int64_t count) {
  SmallVector<int64_t> dims;
  for (int64_t dim = 0; dim < count; ++dim)
    dims.push_back(dim);
  return dims;
}

/// The shape of the scores: [batch..., heads, L, S].
static Dims scoresOf(Value q, Value k) {
  Dims scores = dimsOf(q);
  scores.back() = dimsOf(k)[rankOf(k) - 2];
  return scores;
}

static LogicalResult checkMask(const InferError &error, Value q, Value k, ValueRange mask) {
  if (mask.size() > 1)
    return error.fail("expected at most 1 operand 'mask', but got ", mask.size());
  if (mask.empty())
    return success();
  Type element = elementTypeOf(mask[0]);
  if (!element.isInteger(1) && element != elementTypeOf(q))
    return error.fail("expected 'mask' to have elements of i1 or ", elementTypeOf(q), ", but got ", element);
  Dims scores = scoresOf(q, k), dims = dimsOf(mask[0]);
  if (dims.size() != scores.size())
    return error.fail("expected 'mask' to have the rank of the scores, but got ", dims.size(), " and ", scores.size());
  for (auto [i, dim] : llvm::enumerate(dims))
    if (dim != scores[i] && dim != DimExpr(1))
      return error.fail("expected dimension ", i, " of 'mask' to be 1 or equal that of the scores, but got ", dim.str(),
                        " and ", scores[i].str());
  return success();
}

LogicalResult AttentionOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                            SmallVectorImpl<Type> &types) {
  InferError error(getOperationName(), location);
  Dims q = dimsOf(op.getQ()), k = dimsOf(op.getK()), v = dimsOf(op.getV());
  int64_t rank = int64_t(q.size());
  if (rank < 3 || k.size() != q.size() || v.size() != q.size())
    return error.fail("expected 'q', 'k' and 'v' of one rank of at least 3, but got ", rank, ", ", k.size(), " and ",
                      v.size());
  Type element = elementTypeOf(op.getQ());
  if (elementTypeOf(op.getK()) != element || elementTypeOf(op.getV()) != element)
    return error.fail("expected 'q', 'k' and 'v' of one element type, but got ", element, ", ",
                      elementTypeOf(op.getK()), " and ", elementTypeOf(op.getV()));
  for (int64_t i = 0; i < rank - 3; ++i)
    if (failed(error.checkEqual("k", i, k[i], "q", i, q[i])))
      return failure();
  for (int64_t i = 0; i < rank - 1; ++i)
    if (failed(error.checkEqual("v", i, v[i], "k", i, k[i])))
      return failure();
  if (failed(error.checkEqual("k", rank - 1, k.back(), "q", rank - 1, q.back())))
    return failure();
  if (k[rank - 3] == DimExpr(0) || !q[rank - 3].exactDiv(k[rank - 3]))
    return error.fail("expected dimension ", rank - 3, " of 'k' to divide that of 'q', but got ", k[rank - 3].str(),
                      " and ", q[rank - 3].str());
  if (k[rank - 2] == DimExpr(0))
    return error.fail("expected dimension ", rank - 2, " of 'k' not to be empty, but got 0");
  if (failed(checkMask(error, op.getQ(), op.getK(), op.getMask())))
    return failure();
  q.back() = v.back();
  types.push_back(tensorType(q, element));
  return success();
}

/// Scores that take no part become -inf.
static Value maskScores(DlcBuilder &b, Value scores, ValueRange mask, bool isCausal) {
  int64_t rank = rankOf(scores);
  Dims dims = dimsOf(scores);
  Value nothing = b.full(scores, -HUGE_VAL);
  if (!mask.empty()) {
    bool isBool = elementTypeOf(mask[0]).isInteger(1);
    Value wide = isBool ? mask[0] : b.cast(mask[0], elementTypeOf(scores));
    wide = b.broadcast(wide, dims, firstDims(rank));
    scores = isBool ? b.select(wide, scores, nothing) : b.add(scores, wide);
  }
  if (isCausal) {
    Type i64 = b.builder.getI64Type();
    auto shape = DimsAttr::get(b.builder.getContext(), ArrayRef<DimExpr>(dims).take_back(2));
    Value row = b.create<IotaOp>(shape, int64_t(0), i64), column = b.create<IotaOp>(shape, int64_t(1), i64);
    Value isSeen = b.broadcast(b.le(column, row), dims, {rank - 2, rank - 1});
    scores = b.select(isSeen, scores, nothing);
  }
  return scores;
}

/// softmax of the last dim, and zeros where all scores are -inf.
static Value softmaxOfScores(DlcBuilder &b, Value scores) {
  int64_t last = rankOf(scores) - 1;
  SmallVector<int64_t> all = firstDims(last + 1);
  Value max = b.create<StopGradientOp>(b.reduceKeep(scores, ReduceKind::max, last));
  Value zero = b.full(max, 0);
  max = b.select(b.eq(max, b.full(max, -HUGE_VAL)), zero, max);
  Value e = b.exp(b.sub(scores, b.broadcast(max, dimsOf(scores), all)));
  Value sum = b.reduceKeep(e, ReduceKind::sum, last);
  sum = b.select(b.eq(sum, zero), b.full(sum, 1), sum);
  return b.div(e, b.broadcast(sum, dimsOf(scores), all));
}

SmallVector<Value> AttentionOp::decompose(DlcBuilder &b) {
  Type element = elementTypeOf(getQ()), wide = wideElement(element);
  Value q = b.cast(getQ(), wide), k = b.cast(getK(), wide), v = b.cast(getV(), wide);
  int64_t rank = rankOf(q);
  Dims scoresDims = scoresOf(q, k), grouped = dimsOf(q);
  DimExpr groups = dimsOf(k)[rank - 3], shared = *grouped[rank - 3].exactDiv(groups);
  // [batch..., groups, heads of a group, L, D]; the products then have the heads apart too.
  grouped[rank - 3] = groups;
  grouped.insert(grouped.begin() + (rank - 2), shared);
  SmallVector<int64_t> batch = firstDims(rank - 2);
  Value scores = b.dot(b.reshape(q, grouped), k, batch, batch, {rank}, {rank - 1});
  scores = b.reshape(scores, scoresDims);
  scores = b.mul(scores, b.full(scores, getScale().convertToDouble()));
  Value weights = softmaxOfScores(b, maskScores(b, scores, getMask(), getCausal()));
  grouped.back() = scoresDims.back();
  Value r = b.dot(b.reshape(weights, grouped), v, batch, batch, {rank}, {rank - 2});
  return {b.cast(b.reshape(r, dimsOf(getR())), element)};
}
