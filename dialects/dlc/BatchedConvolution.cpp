// The batching rules of convolutions. A batch that one operand has is folded into a dim that no sum runs over: the
// batch of images, or the channels of the other side, inside each group. A batch that both have becomes groups or,
// where its extent is no constant, a batch dim of a dot_general over patches, which has the same terms in the same
// order.
#include "dialects/dlc/Dlc.h"

using namespace mlir;
using namespace dlc;

namespace {

/// Folds a batch of `extent` examples into dims of operands, and unfolds it from the result of the folded op; `one` is
/// the shape of an example's result.
class Folder {
public:
  Folder(DlcBuilder &b, Value one, const DimExpr &extent, int64_t groups)
      : b(b), one(dimsOf(one)), extent(extent), groups(groups) {}

  /// [N, ...] of each example as [batch * N, ...], and back.
  Value intoFirst(const Batched &x) { return merge(moveBatch(b, x, 0), 0); }
  Batched outOfFirst(Value x) { return {split(x, 0, extent, one[0]), 0}; }

  /// [..., C] as [..., groups * batch * C / groups], and back: the channels of one group stay neighbours.
  Value intoLast(const Batched &x) {
    int64_t last = rankOf(x.value) - 1;
    Value moved = moveBatch(b, x, last - 1); // [..., batch, C]
    if (groups > 1) {
      moved = split(moved, last, groups, inGroup(dimsOf(moved)[last])); // [..., batch, groups, C / groups]
      moved = merge(b.moveDim(moved, last - 1, last), last);
    }
    return merge(moved, last - 1);
  }
  Batched outOfLast(Value x) {
    int64_t last = rankOf(x) - 1;
    if (groups == 1)
      return {split(x, last, extent, one[last]), last};
    DimExpr channels = inGroup(one[last]);
    Value apart = split(split(x, last, groups, extent * channels), last + 1, extent, channels);
    return {merge(b.moveDim(apart, last, last + 1), last + 1), last}; // from [..., groups, batch, C / groups]
  }

  /// Weights [window..., C / groups, O] as [window..., batch * C / groups, O], and back.
  Value intoInput(const Batched &w) {
    int64_t input = rankOf(w.value) - 3;
    return merge(moveBatch(b, w, input), input);
  }
  Batched outOfInput(Value w) {
    int64_t input = rankOf(w) - 2;
    return {split(w, input, extent, one[input]), input};
  }

private:
  DimExpr inGroup(const DimExpr &channels) { return *channels.exactDiv(DimExpr(groups)); }

  /// Dims `dim` and `dim + 1` become one, and dim `dim` becomes two.
  Value merge(Value x, int64_t dim) {
    Dims dims = dimsOf(x);
    dims[dim] = dims[dim] * dims[dim + 1];
    dims.erase(dims.begin() + dim + 1);
    return b.reshape(x, dims);
  }
  Value split(Value x, int64_t dim, const DimExpr &first, const DimExpr &second) {
    Dims dims = dimsOf(x);
    dims[dim] = first;
    dims.insert(dims.begin() + dim + 1, second);
    return b.reshape(x, dims);
  }

  DlcBuilder &b;
  Dims one;
  DimExpr extent;
  int64_t groups;
};

} // namespace

/// The last dim, the channels, as [groups, channels / groups].
static Value splitGroups(DlcBuilder &b, Value x, int64_t groups) {
  Dims dims = dimsOf(x);
  DimExpr channels = dims.pop_back_val();
  dims.append({DimExpr(groups), *channels.exactDiv(DimExpr(groups))});
  return b.reshape(x, dims);
}

/// [batch, N, spatial..., C] as patches [batch, N, out..., window, groups, C / groups]: what each position of the
/// window reads at each output position, zeros in the padding.
template <class Op>
static Value patchesOf(DlcBuilder &b, Op op, Value x, ArrayRef<DimExpr> out, ArrayRef<int64_t> window) {
  size_t rank = size_t(rankOf(x));
  SmallVector<int64_t> low(rank, 0), high(rank, 0), none(rank, 0), strides(rank, 1);
  for (size_t i = 0; i < out.size(); ++i) {
    strides[2 + i] = op.getStrides()[i];
    low[2 + i] = op.getLow()[i];
    high[2 + i] = op.getHigh()[i] + strides[2 + i] - 1; // so that a whole stride lies behind the last element read
  }
  Value padded = b.pad(x, 0, low, high, none);
  SmallVector<Value> parts;
  forEachIndex(std::vector<int64_t>(window.begin(), window.end()), [&](const std::vector<int64_t> &within) {
    SmallVector<int64_t> starts(rank, 0);
    Dims limits = dimsOf(padded);
    for (size_t i = 0; i < out.size(); ++i) {
      starts[2 + i] = within[i] * op.getDilation()[i];
      limits[2 + i] = DimExpr(starts[2 + i]) + out[i] * DimExpr(strides[2 + i]);
    }
    Value part = b.create<SliceOp>(padded, starts, DimsAttr::get(op.getContext(), limits), strides);
    parts.push_back(b.reshape(part, withEntry<DimExpr>(dimsOf(part), int64_t(rank) - 1, DimExpr(1))));
  });
  return splitGroups(b, b.create<ConcatOp>(parts, int64_t(rank) - 1), op.getGroups());
}

//===--- conv ---===//

/// conv over patches: [batch, groups, N, out..., O / groups] from patches and [batch, window, C / groups, groups, O /
/// groups].
static Value convOfPatches(DlcBuilder &b, ConvOp op, const Batched &x, const Batched &w, const DimExpr &extent) {
  Dims one = dimsOf(op.getR()), weights = dimsOf(op.getW());
  int64_t spatial = int64_t(one.size()) - 2;
  SmallVector<int64_t> window(cast<RankedTensorType>(op.getW().getType()).getShape().drop_back(2));
  Value patches = patchesOf(b, op, moveBatch(b, x, 0), ArrayRef<DimExpr>(one).slice(1, spatial), window);
  DimExpr positions = dimsOf(patches)[2 + spatial];
  Value flat = b.reshape(moveBatch(b, w, 0), {extent, positions, weights[spatial], weights.back()});
  Value y = b.create<DotGeneralOp>(patches, splitGroups(b, flat, op.getGroups()), ArrayRef<int64_t>{0, 3 + spatial},
                                   ArrayRef<int64_t>{0, 3}, ArrayRef<int64_t>{2 + spatial, 4 + spatial},
                                   ArrayRef<int64_t>{1, 2}, Order::chain);
  return b.reshape(b.moveDim(y, 1, rankOf(y) - 2), withEntry<DimExpr>(one, 0, extent));
}

SmallVector<Batched> ConvOp::buildBatched(DlcBuilder &b, ArrayRef<Batched> operands, const DimExpr &extent) {
  const Batched &x = operands[0], &w = operands[1];
  Folder whole(b, getR(), extent, 1), grouped(b, getR(), extent, getGroups());
  if (!w.dim)
    return {whole.outOfFirst(b.again(*this, {whole.intoFirst(x), w.value}))};
  if (!x.dim)
    return {grouped.outOfLast(b.again(*this, {x.value, grouped.intoLast(w)}))};
  if (!extent.isConstant())
    return {{convOfPatches(b, *this, x, w, extent), 0}};
  return {whole.outOfLast(b.create<ConvOp>(whole.intoLast(x), whole.intoLast(w), getStrides(), getLow(), getHigh(),
                                           getDilation(), *extent.constant() * getGroups()))};
}

//===--- conv_input_grad ---===//

/// Patches would make terms of the holes of strides.
StringRef ConvInputGradOp::whyNotBatchable(ArrayRef<Batched> operands, const DimExpr &extent) {
  bool isOfBoth = operands[0].dim && operands[1].dim;
  return isOfBoth && !extent.isConstant() ? "the number of groups, one for each example, depends on symbols" : "";
}

SmallVector<Batched> ConvInputGradOp::buildBatched(DlcBuilder &b, ArrayRef<Batched> operands, const DimExpr &extent) {
  const Batched &y = operands[0], &w = operands[1];
  Folder whole(b, getR(), extent, 1), grouped(b, getR(), extent, getGroups());
  if (!w.dim)
    return {whole.outOfFirst(b.again(*this, {whole.intoFirst(y), w.value}))};
  if (!y.dim)
    return {grouped.outOfLast(b.again(*this, {y.value, grouped.intoInput(w)}))};
  return {
      whole.outOfLast(b.create<ConvInputGradOp>(whole.intoLast(y), whole.intoLast(w), getSpatial(), getStrides(),
                                                getLow(), getHigh(), getDilation(), *extent.constant() * getGroups()))};
}

//===--- conv_weight_grad ---===//

/// conv_weight_grad over patches: [batch, groups, window, C / groups, O / groups] from patches and the cotangents.
static Value weightGradOfPatches(DlcBuilder &b, ConvWeightGradOp op, const Batched &x, const Batched &y,
                                 const DimExpr &extent) {
  Dims one = dimsOf(op.getR()), out = dimsOf(op.getY());
  int64_t spatial = int64_t(out.size()) - 2;
  Value patches = patchesOf(b, op, moveBatch(b, x, 0), ArrayRef<DimExpr>(out).slice(1, spatial), op.getWindowShape());
  SmallVector<int64_t> summed;
  for (int64_t dim = 1; dim < 2 + spatial; ++dim) // N and the output positions, row-major
    summed.push_back(dim);
  Value w = b.create<DotGeneralOp>(patches, splitGroups(b, moveBatch(b, y, 0), op.getGroups()),
                                   ArrayRef<int64_t>{0, 3 + spatial}, ArrayRef<int64_t>{0, 2 + spatial}, summed, summed,
                                   Order::chain);
  return b.reshape(b.moveDim(w, 1, 3), withEntry<DimExpr>(one, 0, extent));
}

SmallVector<Batched> ConvWeightGradOp::buildBatched(DlcBuilder &b, ArrayRef<Batched> operands, const DimExpr &extent) {
  const Batched &x = operands[0], &y = operands[1];
  Folder whole(b, getR(), extent, 1), grouped(b, getR(), extent, getGroups());
  if (!y.dim)
    return {grouped.outOfInput(b.again(*this, {grouped.intoLast(x), y.value}))};
  if (!x.dim)
    return {grouped.outOfLast(b.again(*this, {x.value, grouped.intoLast(y)}))};
  if (!extent.isConstant())
    return {{weightGradOfPatches(b, *this, x, y, extent), 0}};
  return {whole.outOfLast(b.create<ConvWeightGradOp>(whole.intoLast(x), whole.intoLast(y), getWindowShape(),
                                                     getStrides(), getLow(), getHigh(), getDilation(),
                                                     *extent.constant() * getGroups()))};
}
