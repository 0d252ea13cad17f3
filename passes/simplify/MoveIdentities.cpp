// Moves of elements. Splats have one form, the broadcast of a rank-0 tensor, so that rules and CSE meet them alike.
#include "passes/simplify/Patterns.h"
#include "passes/simplify/Permutation.h"
#include "passes/simplify/Splat.h"

using namespace mlir;

namespace dlc {
namespace {

struct MergeTransposes final : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposeOp op, PatternRewriter &rewriter) const override {
    auto inner = op.getX().getDefiningOp<TransposeOp>();
    if (!inner)
      return rewriter.notifyMatchFailure(op, "its operand is no transpose");
    DlcBuilder b(rewriter, op.getLoc());
    rewriter.replaceOp(op, b.transpose(inner.getX(), composed(inner.getPerm(), op.getPerm())));
    return success();
  }
};

struct MergeReshapes final : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReshapeOp op, PatternRewriter &rewriter) const override {
    auto inner = op.getX().getDefiningOp<ReshapeOp>();
    if (!inner)
      return rewriter.notifyMatchFailure(op, "its operand is no reshape");
    rewriter.replaceOp(op, DlcBuilder(rewriter, op.getLoc()).reshape(inner.getX(), dimsOf(op.getR())));
    return success();
  }
};

/// For each dim of `x`, in order, a dim of `to`, which has the same extents but for dims of extent 1; nothing if a dim
/// of extent 1 finds no partner.
std::optional<SmallVector<int64_t>> alignUnitDims(const Dims &x, const Dims &to) {
  SmallVector<int64_t> places;
  size_t at = 0;
  for (const DimExpr &dim : x) {
    while (dim != DimExpr(1) && at < to.size() && to[at] == DimExpr(1))
      ++at;
    if (at == to.size() || to[at] != dim)
      return std::nullopt;
    places.push_back(int64_t(at++));
  }
  return places;
}

/// broadcast(broadcast(x)), broadcast(reshape(x)) where the reshape adds dims of extent 1, and broadcasts that do
/// nothing.
struct MergeBroadcasts final : OpRewritePattern<BroadcastOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BroadcastOp op, PatternRewriter &rewriter) const override {
    if (op.getX().getType() == op.getType()) {
      rewriter.replaceOp(op, op.getX());
      return success();
    }
    Value source;
    SmallVector<int64_t> inner;
    if (auto broadcast = op.getX().getDefiningOp<BroadcastOp>()) {
      source = broadcast.getX();
      inner.assign(broadcast.getDims().begin(), broadcast.getDims().end());
    } else if (auto reshape = op.getX().getDefiningOp<ReshapeOp>(); reshape && reshape.onlyUnitDims()) {
      if (auto places = alignUnitDims(dimsOf(reshape.getX()), dimsOf(reshape.getR()))) {
        source = reshape.getX();
        inner = *places;
      }
    }
    if (!source)
      return rewriter.notifyMatchFailure(op, "its operand is no broadcast");
    rewriter.replaceOpWithNewOp<BroadcastOp>(op, source, op.getShape(), renamed(inner, op.getDims()));
    return success();
  }
};

/// A transpose of a broadcast is a broadcast if the operand's dims stay in order.
struct TransposeOfBroadcast final : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposeOp op, PatternRewriter &rewriter) const override {
    auto broadcast = op.getX().getDefiningOp<BroadcastOp>();
    SmallVector<int64_t> dims;
    if (broadcast)
      dims = renamed(broadcast.getDims(), inverse(op.getPerm()));
    if (!broadcast || !llvm::is_sorted(dims))
      return rewriter.notifyMatchFailure(op, "its operand is no broadcast that keeps its order");
    rewriter.replaceOpWithNewOp<BroadcastOp>(op, broadcast.getX(), DimsAttr::get(getContext(), dimsOf(op.getR())),
                                             dims);
    return success();
  }
};

struct UnitTranspose final : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposeOp op, PatternRewriter &rewriter) const override {
    Dims from = dimsOf(op.getX());
    SmallVector<int64_t> wide;
    llvm::copy_if(op.getPerm(), std::back_inserter(wide), [&](int64_t dim) { return from[dim] != DimExpr(1); });
    if (!llvm::is_sorted(wide))
      return rewriter.notifyMatchFailure(op, "moves elements");
    rewriter.replaceOp(op, DlcBuilder(rewriter, op.getLoc()).reshape(op.getX(), dimsOf(op.getR())));
    return success();
  }
};

/// A move of a splat is a splat. `Op` only moves elements of its first operand.
template <class Op> struct MoveOfSplat final : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    Value scalar = splatSource(op->getOperand(0));
    if (!scalar)
      return rewriter.notifyMatchFailure(op, "its operand is no splat");
    rewriter.replaceOp(op, repeat(rewriter, op.getLoc(), scalar, op.getType()));
    return success();
  }
};

/// Constants that hold one value everywhere become broadcasts.
struct SplatConstant final : OpRewritePattern<ConstantOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ConstantOp op, PatternRewriter &rewriter) const override {
    if (rankOf(op.getR()) == 0 || !op.getValue().isSplat() || op.getValue().getNumElements() == 0)
      return rewriter.notifyMatchFailure(op, "is no splat of a higher rank");
    auto type = tensorType({}, elementTypeOf(op.getR()));
    auto scalar = DenseElementsAttr::get(type, op.getValue().getSplatValue<Attribute>());
    Value small = ConstantOp::create(rewriter, op.getLoc(), scalar);
    rewriter.replaceOp(op, repeat(rewriter, op.getLoc(), small, op.getType()));
    return success();
  }
};

struct WholeSlice final : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SliceOp op, PatternRewriter &rewriter) const override {
    bool isWhole = op.getX().getType() == op.getType() &&
                   llvm::all_of(op.getStarts(), [](int64_t start) { return start == 0; }) &&
                   llvm::all_of(op.getStrides(), [](int64_t stride) { return stride == 1; });
    if (!isWhole)
      return rewriter.notifyMatchFailure(op, "leaves elements out");
    rewriter.replaceOp(op, op.getX());
    return success();
  }
};

struct EmptyPad final : OpRewritePattern<PadOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(PadOp op, PatternRewriter &rewriter) const override {
    auto isZero = [](int64_t entry) { return entry == 0; };
    if (!llvm::all_of(op.getLow(), isZero) || !llvm::all_of(op.getHigh(), isZero) ||
        !llvm::all_of(op.getInterior(), isZero))
      return rewriter.notifyMatchFailure(op, "pads or crops");
    rewriter.replaceOp(op, op.getX());
    return success();
  }
};

struct SingleConcat final : OpRewritePattern<ConcatOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ConcatOp op, PatternRewriter &rewriter) const override {
    if (op.getXs().size() != 1)
      return rewriter.notifyMatchFailure(op, "has several operands");
    rewriter.replaceOp(op, op.getXs()[0]);
    return success();
  }
};

struct ReverseTwice final : OpRewritePattern<ReverseOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReverseOp op, PatternRewriter &rewriter) const override {
    auto inner = op.getX().getDefiningOp<ReverseOp>();
    if (!inner)
      return rewriter.notifyMatchFailure(op, "its operand is no reverse");
    SmallVector<int64_t> dims;
    for (int64_t dim = 0; dim < rankOf(op.getR()); ++dim)
      if (llvm::is_contained(op.getDims(), dim) != llvm::is_contained(inner.getDims(), dim))
        dims.push_back(dim);
    Value result = inner.getX();
    if (!dims.empty())
      result = ReverseOp::create(rewriter, op.getLoc(), result, dims);
    rewriter.replaceOp(op, result);
    return success();
  }
};

/// A reduction of single elements: chains start from their first element, so nothing is added.
struct ReduceOfOne final : OpRewritePattern<ReduceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReduceOp op, PatternRewriter &rewriter) const override {
    Dims dims = dimsOf(op.getX());
    if (!llvm::all_of(op.getDims(), [&](int64_t dim) { return dims[dim] == DimExpr(1); }))
      return rewriter.notifyMatchFailure(op, "combines elements");
    rewriter.replaceOp(op, DlcBuilder(rewriter, op.getLoc()).reshape(op.getX(), dimsOf(op.getR())));
    return success();
  }
};

} // namespace

void populateMergeTransposes(RewritePatternSet &patterns) { patterns.add<MergeTransposes>(patterns.getContext()); }

void populateUnitTransposes(RewritePatternSet &patterns) { patterns.add<UnitTranspose>(patterns.getContext()); }

void populateMoveIdentities(RewritePatternSet &patterns) {
  patterns.add<MergeTransposes, MergeReshapes, MergeBroadcasts, TransposeOfBroadcast, SplatConstant, WholeSlice,
               EmptyPad, SingleConcat, ReverseTwice, ReduceOfOne, MoveOfSplat<TransposeOp>, MoveOfSplat<ReshapeOp>,
               MoveOfSplat<SliceOp>, MoveOfSplat<ReverseOp>>(patterns.getContext());
}

} // namespace dlc
