// The batching rules of convolutions. A batch that one operand has is folded into a dim that no sum runs over: the
// batch of images, or the channels of the other side, inside each group. A batch that both have becomes groups.
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

static StringRef whyNotGrouped(ArrayRef<Batched> operands, const DimExpr &extent) {
  bool isOfBoth = operands[0].dim && operands[1].dim;
  return isOfBoth && !extent.isConstant() ? "the number of groups, one for each example, depends on symbols" : "";
}

//===--- conv ---===//

StringRef ConvOp::whyNotBatchable(ArrayRef<Batched> operands, const DimExpr &extent) {
  return whyNotGrouped(operands, extent);
}

SmallVector<Batched> ConvOp::buildBatched(DlcBuilder &b, ArrayRef<Batched> operands, const DimExpr &extent) {
  const Batched &x = operands[0], &w = operands[1];
  Folder whole(b, getR(), extent, 1), grouped(b, getR(), extent, getGroups());
  if (!w.dim)
    return {whole.outOfFirst(b.again(*this, {whole.intoFirst(x), w.value}))};
  if (!x.dim)
    return {grouped.outOfLast(b.again(*this, {x.value, grouped.intoLast(w)}))};
  return {whole.outOfLast(b.create<ConvOp>(whole.intoLast(x), whole.intoLast(w), getStrides(), getLow(), getHigh(),
                                           getDilation(), *extent.constant() * getGroups()))};
}

//===--- conv_input_grad ---===//

StringRef ConvInputGradOp::whyNotBatchable(ArrayRef<Batched> operands, const DimExpr &extent) {
  return whyNotGrouped(operands, extent);
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

StringRef ConvWeightGradOp::whyNotBatchable(ArrayRef<Batched> operands, const DimExpr &extent) {
  return whyNotGrouped(operands, extent);
}

SmallVector<Batched> ConvWeightGradOp::buildBatched(DlcBuilder &b, ArrayRef<Batched> operands, const DimExpr &extent) {
  const Batched &x = operands[0], &y = operands[1];
  Folder whole(b, getR(), extent, 1), grouped(b, getR(), extent, getGroups());
  if (!y.dim)
    return {grouped.outOfInput(b.again(*this, {grouped.intoLast(x), y.value}))};
  if (!x.dim)
    return {grouped.outOfLast(b.again(*this, {x.value, grouped.intoLast(y)}))};
  return {whole.outOfLast(b.create<ConvWeightGradOp>(whole.intoLast(x), whole.intoLast(y), getWindowShape(),
                                                     getStrides(), getLow(), getHigh(), getDilation(),
                                                     *extent.constant() * getGroups()))};
}
