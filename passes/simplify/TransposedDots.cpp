// A contraction names its dims, so a transposed operand is the same contraction of other dims, and a result with its
// two groups of free dims exchanged is that of exchanged operands. The terms, their order and `order` stay.
#include "passes/simplify/Patterns.h"
#include "passes/simplify/Permutation.h"

using namespace mlir;

namespace dlc {
namespace {

/// One side of a contraction.
struct Side {
  Value x;
  SmallVector<int64_t> batch, contract;

  SmallVector<int64_t> free() const {
    SmallVector<int64_t> used(batch);
    used.append(contract.begin(), contract.end());
    return complement(rankOf(x), used);
  }
  /// Takes the transpose off the operand, unless its free dims would change their order.
  bool absorb() {
    auto transpose = x.getDefiningOp<TransposeOp>();
    if (!transpose || !llvm::is_sorted(renamed(free(), transpose.getPerm())))
      return false;
    batch = renamed(batch, transpose.getPerm());
    contract = renamed(contract, transpose.getPerm());
    x = transpose.getX();
    return true;
  }
};

Side lhsOf(DotGeneralOp op) {
  return {op.getLhs(), SmallVector<int64_t>(op.getLhsBatch()), SmallVector<int64_t>(op.getLhsContract())};
}
Side rhsOf(DotGeneralOp op) {
  return {op.getRhs(), SmallVector<int64_t>(op.getRhsBatch()), SmallVector<int64_t>(op.getRhsContract())};
}

Value makeDot(PatternRewriter &rewriter, Location location, const Side &lhs, const Side &rhs, Order order) {
  return DotGeneralOp::create(rewriter, location, lhs.x, rhs.x, lhs.batch, rhs.batch, lhs.contract, rhs.contract,
                              order);
}

struct DotOfTranspose final : OpRewritePattern<DotGeneralOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(DotGeneralOp op, PatternRewriter &rewriter) const override {
    Side lhs = lhsOf(op), rhs = rhsOf(op);
    bool hasLeft = lhs.absorb(), hasRight = rhs.absorb();
    if (!hasLeft && !hasRight)
      return rewriter.notifyMatchFailure(op, "no operand is a transpose that keeps the order of free dims");
    rewriter.replaceOp(op, makeDot(rewriter, op.getLoc(), lhs, rhs, op.getOrder()));
    return success();
  }
};

struct TransposeOfDot final : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposeOp op, PatternRewriter &rewriter) const override {
    auto dot = op.getX().getDefiningOp<DotGeneralOp>();
    if (!dot || !dot->hasOneUse())
      return rewriter.notifyMatchFailure(op, "its operand is no contraction of its own");
    Side lhs = lhsOf(dot), rhs = rhsOf(dot);
    int64_t batches = int64_t(lhs.batch.size()), left = int64_t(lhs.free().size()), rank = rankOf(op.getR());
    Perm exchanged;
    for (int64_t dim = 0; dim < rank; ++dim) {
      int64_t right = rank - batches - left;
      exchanged.push_back(dim < batches ? dim : dim < batches + right ? dim + left : dim - right);
    }
    if (ArrayRef<int64_t>(exchanged) != op.getPerm())
      return rewriter.notifyMatchFailure(op, "does not exchange the free dims of the operands");
    rewriter.replaceOp(op, makeDot(rewriter, dot.getLoc(), rhs, lhs, dot.getOrder()));
    return success();
  }
};

} // namespace

void populateTransposedDots(RewritePatternSet &patterns) {
  patterns.add<DotOfTranspose, TransposeOfDot>(patterns.getContext());
}

} // namespace dlc
