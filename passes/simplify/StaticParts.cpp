// Parts at places that turn out to be known: a dynamic slice is a slice, an update of everything is the update. An op
// that would report an error stays (numerics N9).
#include "passes/simplify/Patterns.h"

#include "dialects/dlc/Dlc.h"

#include "mlir/IR/Matchers.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace dlc {

bool canFailToBeMade(Value value) {
  SetVector<Operation *> makers;
  auto add = [&](Value from) {
    if (Operation *def = from.getDefiningOp())
      makers.insert(def);
  };
  add(value);
  for (size_t i = 0; i < makers.size(); ++i) {
    bool fails = makers[i]
                     ->walk([](Operation *op) { return canFail(op) ? WalkResult::interrupt() : WalkResult::advance(); })
                     .wasInterrupted();
    if (fails)
      return true;
    for (Value operand : makers[i]->getOperands())
      add(operand);
  }
  return false;
}

namespace {

/// Where a part begins in a dim with `room` places behind the first one, if that is known and no error.
std::optional<int64_t> knownStart(Value start, const DimExpr &room, IndexMode mode) {
  if (mode == IndexMode::clamp && room == DimExpr(0))
    return 0;
  DenseIntElementsAttr value;
  if (!matchPattern(start, m_Constant(&value)))
    return std::nullopt;
  bool isUnsigned = cast<IntegerType>(elementTypeOf(start)).isUnsigned();
  APInt bits = *value.value_begin<APInt>();
  int64_t place = isUnsigned ? int64_t(bits.getZExtValue()) : bits.getSExtValue();
  auto last = room.constant();
  bool isInside = place == 0 || (place > 0 && last && place <= *last);
  if (isInside)
    return place;
  if (mode == IndexMode::error || (place > 0 && !last))
    return std::nullopt;
  return place < 0 ? 0 : *last;
}

class StaticSlice final : public OpRewritePattern<DynamicSliceOp> {
public:
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(DynamicSliceOp op, PatternRewriter &rewriter) const override {
    Dims from = dimsOf(op.getX()), limits = dimsOf(op.getR());
    SmallVector<int64_t> starts;
    for (size_t i = 0; i < from.size(); ++i) {
      auto start = knownStart(op.getStarts()[i], from[i] - limits[i], op.getMode());
      if (!start)
        return rewriter.notifyMatchFailure(op, "a start is not known");
      starts.push_back(*start);
      limits[i] = limits[i] + DimExpr(*start);
    }
    rewriter.replaceOpWithNewOp<SliceOp>(op, op.getX(), starts, DimsAttr::get(op.getContext(), limits),
                                         SmallVector<int64_t>(from.size(), 1));
    return success();
  }
};

class WholeUpdate final : public OpRewritePattern<DynamicUpdateSliceOp> {
public:
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(DynamicUpdateSliceOp op, PatternRewriter &rewriter) const override {
    if (op.getUpdate().getType() != op.getX().getType())
      return rewriter.notifyMatchFailure(op, "updates a part alone");
    for (Value start : op.getStarts())
      if (!knownStart(start, DimExpr(0), op.getMode()))
        return rewriter.notifyMatchFailure(op, "a start may be an error");
    if (canFailToBeMade(op.getX()))
      return rewriter.notifyMatchFailure(op, "an error of what is updated would be lost");
    rewriter.replaceOp(op, op.getUpdate());
    return success();
  }
};

/// Along a dim of extent 1 an element has none before it.
class ShortScan final : public OpRewritePattern<CumulativeOp> {
public:
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(CumulativeOp op, PatternRewriter &rewriter) const override {
    if (dimsOf(op.getX())[op.getDim()] != DimExpr(1))
      return rewriter.notifyMatchFailure(op, "combines elements");
    rewriter.replaceOp(op, op.getX());
    return success();
  }
};

} // namespace

void populateStaticParts(RewritePatternSet &patterns) {
  patterns.add<StaticSlice, WholeUpdate, ShortScan>(patterns.getContext());
}

} // namespace dlc
