// Reshapes go from before an op to behind it, so that the op meets the one that computes its operand, or up to memory,
// so that it meets its reader: a view stands between two kernels, and is no part of either.
#include "passes/simplify/Patterns.h"

#include "dialects/dlc/Dlc.h"

using namespace mlir;

namespace dlc {
namespace {

/// Whether an op beside `reader` computes `x` that could be in one kernel with it.
bool isComputed(Value x, Operation *reader) {
  Operation *op = x.getDefiningOp();
  return isa_and_nonnull<PointwiseOpInterface, OrderedOpInterface>(op) && !isa<ReshapeOp, ScatterOp>(op) &&
         op->getBlock() == reader->getBlock();
}

/// A reshape seen from the dims that it leaves alone: the first and the last ones.
class Detour {
public:
  explicit Detour(ReshapeOp reshape) : from(dimsOf(reshape.getX())), to(dimsOf(reshape.getR())) {
    size_t least = std::min(from.size(), to.size());
    while (first < least && from[first] == to[first])
      ++first;
    while (last < least - first && from[from.size() - 1 - last] == to[to.size() - 1 - last])
      ++last;
  }

  const Dims &source() const { return from; }

  /// Dims of the result as dims of the source; nothing if one is not the same dim there.
  std::optional<SmallVector<int64_t>> inSource(ArrayRef<int64_t> dims) const {
    SmallVector<int64_t> places;
    for (int64_t dim : dims) {
      if (size_t(dim) >= first && size_t(dim) + last < to.size())
        return std::nullopt;
      places.push_back(size_t(dim) < first ? dim : dim + int64_t(from.size()) - int64_t(to.size()));
    }
    return places;
  }

  /// Whether a tensor of the result's shape costs nothing in the source's: it comes from there, repeats along the dims
  /// that change, or lies in memory.
  bool isFree(Value x) const {
    if (auto reshape = x.getDefiningOp<ReshapeOp>())
      return dimsOf(reshape.getX()) == from;
    if (auto broadcast = x.getDefiningOp<BroadcastOp>())
      return inSource(broadcast.getDims()).has_value();
    return isa<BlockArgument>(x);
  }
  /// Such a tensor in the source's shape.
  Value undo(OpBuilder &builder, Value x) const {
    if (auto reshape = x.getDefiningOp<ReshapeOp>())
      return reshape.getX();
    if (auto broadcast = x.getDefiningOp<BroadcastOp>())
      return BroadcastOp::create(builder, x.getLoc(), broadcast.getX(), DimsAttr::get(builder.getContext(), from),
                                 *inSource(broadcast.getDims()));
    return DlcBuilder(builder, x.getLoc()).reshape(x, from);
  }

private:
  Dims from, to;
  size_t first = 0, last = 0;
};

/// Elementwise ops on a reshaped operand that is computed, where the others are free: they work on its source's shape.
struct ReshapeBehindElementwise final : OpInterfaceRewritePattern<PointwiseOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(PointwiseOpInterface op, PatternRewriter &rewriter) const override {
    if (!op.isElementwise())
      return rewriter.notifyMatchFailure(op, "not elementwise");
    for (Value operand : op->getOperands()) {
      auto reshape = operand.getDefiningOp<ReshapeOp>();
      if (!reshape || !isComputed(reshape.getX(), op))
        continue;
      Detour detour(reshape);
      if (!llvm::all_of(op->getOperands(), [&](Value x) { return detour.isFree(x); }))
        continue;
      SmallVector<Value> operands;
      for (Value x : op->getOperands())
        operands.push_back(detour.undo(rewriter, x));
      Operation *inner = rewriter.clone(*op.getOperation());
      inner->setOperands(operands);
      Value result = inner->getResult(0);
      result.setType(tensorType(detour.source(), elementTypeOf(result)));
      rewriter.replaceOp(op, DlcBuilder(rewriter, op.getLoc()).reshape(result, dimsOf(op->getResult(0))));
      return success();
    }
    return rewriter.notifyMatchFailure(op, "no operand is a reshape of what was computed that the others can follow");
  }
};

/// A reshape of what one elementwise op makes of memory: the memory is reshaped, so that the op meets its reader.
struct ReshapeBeforeElementwise final : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ReshapeOp reshape, PatternRewriter &rewriter) const override {
    auto op = reshape.getX().getDefiningOp<PointwiseOpInterface>();
    if (!op || !op.isElementwise() || !op->hasOneUse() || op->getNumOperands() != 1 ||
        !isa<BlockArgument>(op->getOperand(0)) || op->getBlock() != reshape->getBlock())
      return rewriter.notifyMatchFailure(reshape, "no elementwise op of memory alone, or one with other readers");
    Dims dims = dimsOf(reshape.getR());
    Operation *inner = rewriter.clone(*op.getOperation());
    rewriter.setInsertionPoint(inner);
    inner->setOperand(0, DlcBuilder(rewriter, reshape.getLoc()).reshape(op->getOperand(0), dims));
    inner->getResult(0).setType(reshape.getR().getType());
    rewriter.replaceOp(reshape, inner);
    return success();
  }
};

/// Reductions of dims that the reshape of what was computed leaves alone.
struct ReshapeBehindReduce final : OpRewritePattern<ReduceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ReduceOp op, PatternRewriter &rewriter) const override {
    auto reshape = op.getX().getDefiningOp<ReshapeOp>();
    if (!reshape || !isComputed(reshape.getX(), op) || !isa<PointwiseOpInterface>(reshape.getX().getDefiningOp()))
      return rewriter.notifyMatchFailure(op, "its operand is no reshape of what could be computed with it");
    auto dims = Detour(reshape).inSource(op.getDims());
    if (!dims)
      return rewriter.notifyMatchFailure(op, "reduces dims that are reshaped");
    if (llvm::is_contained(dimsOf(reshape.getX()), DimExpr(0)))
      return rewriter.notifyMatchFailure(op, "without elements the dims that stay may hold any number of them");
    Value inner = ReduceOp::create(rewriter, op.getLoc(), reshape.getX(), op.getKind(), *dims, op.getOrder());
    rewriter.replaceOp(op, DlcBuilder(rewriter, op.getLoc()).reshape(inner, dimsOf(op.getR())));
    return success();
  }
};

/// The dims of a reshape's result that one dim of its operand became: [first, first + count), all others staying.
struct Split {
  size_t first = 0, count = 0;

  static std::optional<Split> of(const Dims &from, const Dims &to) {
    if (to.size() <= from.size())
      return std::nullopt;
    Split split;
    while (split.first + 1 < from.size() && from[split.first] == to[split.first])
      ++split.first;
    split.count = to.size() - from.size() + 1;
    if (from.empty() || !std::equal(from.begin() + split.first + 1, from.end(), to.begin() + split.first + split.count))
      return std::nullopt;
    DimExpr size(1);
    for (const DimExpr &dim : ArrayRef<DimExpr>(to).slice(split.first, split.count))
      size = size * dim;
    return size == from[split.first] ? std::optional(split) : std::nullopt;
  }
};

/// A slice of whole parts of a dim that was split, as a slice of that dim.
struct ReshapeBehindSlice final : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(SliceOp op, PatternRewriter &rewriter) const override {
    auto reshape = op.getX().getDefiningOp<ReshapeOp>();
    auto lets = [](Operation *user) {
      auto point = dyn_cast<PointwiseOpInterface>(user);
      return isa<ReshapeOp>(user) || (point && point.isElementwise());
    };
    if (!reshape || !llvm::all_of(op->getUsers(), lets))
      return rewriter.notifyMatchFailure(op, "no reshape, or one that would part the slice from what reads it");
    Dims from = dimsOf(reshape.getX()), to = dimsOf(reshape.getR()), limits(op.getLimits().getDims());
    std::optional<Split> split = Split::of(from, to);
    if (!split)
      return rewriter.notifyMatchFailure(op, "its operand is no dim in parts");
    ArrayRef<int64_t> starts = op.getStarts(), strides = op.getStrides();
    int64_t part = 1; // elements of one of the parts
    for (size_t dim = split->first + 1; dim < split->first + split->count; ++dim) {
      auto extent = to[dim].constant();
      if (!extent || starts[dim] != 0 || strides[dim] != 1 || limits[dim] != to[dim])
        return rewriter.notifyMatchFailure(op, "takes less than whole parts of a known size");
      part *= *extent;
    }
    if (strides[split->first] != 1)
      return rewriter.notifyMatchFailure(op, "takes parts that are no neighbours");
    auto merge = [&](ArrayRef<int64_t> all, int64_t here) {
      SmallVector<int64_t> merged(all.take_front(split->first));
      merged.push_back(here);
      merged.append(all.begin() + split->first + split->count, all.end());
      return merged;
    };
    Dims ends(limits.begin(), limits.begin() + split->first);
    ends.push_back(limits[split->first] * DimExpr(part));
    ends.append(limits.begin() + split->first + split->count, limits.end());
    Value inner = SliceOp::create(rewriter, op.getLoc(), reshape.getX(), merge(starts, starts[split->first] * part),
                                  DimsAttr::get(getContext(), ends), merge(strides, 1));
    rewriter.replaceOp(op, DlcBuilder(rewriter, op.getLoc()).reshape(inner, dimsOf(op.getR())));
    return success();
  }
};

} // namespace

void populateSinkReshapes(RewritePatternSet &patterns) {
  patterns.add<ReshapeBehindElementwise, ReshapeBeforeElementwise, ReshapeBehindReduce, ReshapeBehindSlice>(
      patterns.getContext());
}

} // namespace dlc
