// Transposes go from before an op to behind it: the op works on the source with its dims renamed. Where they meet they
// merge or cancel. Reductions keep `order` and the listed order of their dims; windows whose row-major order counts
// keep the order of their dims.
#include "passes/simplify/Patterns.h"
#include "passes/simplify/Permutation.h"

#include "mlir/Rewrite/FrozenRewritePatternSet.h"
#include "mlir/Rewrite/PatternApplicator.h"

using namespace mlir;

namespace dlc {
namespace {

/// Whether `x` is the transpose by `perm` of something that needs no transpose at run time.
bool hasSource(Value x, ArrayRef<int64_t> perm) {
  Operation *made = x.getDefiningOp();
  if (auto transpose = dyn_cast_or_null<TransposeOp>(made))
    return transpose.getPerm() == perm;
  if (auto broadcast = dyn_cast_or_null<BroadcastOp>(made))
    return llvm::is_sorted(renamed(broadcast.getDims(), perm));
  return isa_and_nonnull<IotaOp, ConstantOp>(made); // constants are small: their transposes are folded
}

/// The value whose transpose by `perm` is `x`.
Value sourceOf(OpBuilder &builder, Value x, ArrayRef<int64_t> perm) {
  Operation *op = x.getDefiningOp();
  if (!hasSource(x, perm))
    return TransposeOp::create(builder, x.getLoc(), x, inverse(perm));
  if (auto transpose = dyn_cast<TransposeOp>(op))
    return transpose.getX();
  auto shape = DimsAttr::get(builder.getContext(), inSource<DimExpr>(dimsOf(x), perm));
  if (auto broadcast = dyn_cast<BroadcastOp>(op))
    return BroadcastOp::create(builder, op->getLoc(), broadcast.getX(), shape, renamed(broadcast.getDims(), perm));
  if (auto iota = dyn_cast<IotaOp>(op))
    return IotaOp::create(builder, op->getLoc(), shape, builder.getI64IntegerAttr(perm[iota.getDim()]),
                          iota.getElementAttr());
  return TransposeOp::create(builder, op->getLoc(), x, inverse(perm));
}

/// For ops whose operands all have the result's layout: the transpose to move, if one makes an operand and, unless
/// others may be transposed for it, all operands have a source.
TransposeOp commonTranspose(Operation *op, bool mayInsert) {
  for (Value operand : op->getOperands())
    if (auto transpose = operand.getDefiningOp<TransposeOp>())
      if (mayInsert || llvm::all_of(op->getOperands(), [&](Value x) { return hasSource(x, transpose.getPerm()); }))
        return transpose;
  return {};
}

SmallVector<Value> sourcesOf(OpBuilder &builder, Operation *op, ArrayRef<int64_t> perm) {
  SmallVector<Value> sources;
  for (Value operand : op->getOperands())
    sources.push_back(sourceOf(builder, operand, perm));
  return sources;
}

struct SinkThroughElementwise final : OpInterfaceRewritePattern<PointwiseOpInterface> {
  SinkThroughElementwise(MLIRContext *context, bool mayInsert)
      : OpInterfaceRewritePattern(context), mayInsert(mayInsert) {}
  LogicalResult matchAndRewrite(PointwiseOpInterface op, PatternRewriter &rewriter) const override {
    TransposeOp transpose = op.isElementwise() ? commonTranspose(op, mayInsert) : TransposeOp();
    if (!transpose)
      return rewriter.notifyMatchFailure(op, "its operands are not all transposed alike");
    SmallVector<Value> sources = sourcesOf(rewriter, op, transpose.getPerm());
    Operation *inner = rewriter.clone(*op.getOperation());
    inner->setOperands(sources);
    Value result = inner->getResult(0);
    result.setType(tensorType(dimsOf(sources[0]), elementTypeOf(result)));
    rewriter.replaceOpWithNewOp<TransposeOp>(op, result, transpose.getPerm());
    return success();
  }
  bool mayInsert;
};

struct SinkThroughConcat final : OpRewritePattern<ConcatOp> {
  SinkThroughConcat(MLIRContext *context, bool mayInsert) : OpRewritePattern(context), mayInsert(mayInsert) {}
  LogicalResult matchAndRewrite(ConcatOp op, PatternRewriter &rewriter) const override {
    TransposeOp transpose = commonTranspose(op, mayInsert);
    if (!transpose)
      return rewriter.notifyMatchFailure(op, "its operands are not all transposed alike");
    SmallVector<Value> sources = sourcesOf(rewriter, op, transpose.getPerm());
    IntegerAttr dim = rewriter.getI64IntegerAttr(transpose.getPerm()[op.getDim()]);
    Value inner = ConcatOp::create(rewriter, op.getLoc(), sources, dim);
    rewriter.replaceOpWithNewOp<TransposeOp>(op, inner, transpose.getPerm());
    return success();
  }
  bool mayInsert;
};

/// The base of patterns for ops with one tensor operand: `rebuild` makes the op on the source and gives the transpose
/// that stays behind.
template <class Op> struct SinkThrough : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  virtual Value rebuild(Op op, TransposeOp transpose, PatternRewriter &rewriter, Perm &behind) const = 0;

  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    auto transpose = op.getX().template getDefiningOp<TransposeOp>();
    if (!transpose)
      return rewriter.notifyMatchFailure(op, "its operand is no transpose");
    Perm behind(transpose.getPerm());
    Value inner = rebuild(op, transpose, rewriter, behind);
    if (!inner)
      return rewriter.notifyMatchFailure(op, "the order of its dims counts");
    rewriter.replaceOp(op, DlcBuilder(rewriter, op.getLoc()).transpose(inner, behind));
    return success();
  }
};

struct SinkThroughBroadcast final : SinkThrough<BroadcastOp> {
  using SinkThrough::SinkThrough;
  /// Dim i of the transposed operand stands at places[i]; in the source's order it stands at places[perm[i]].
  Value rebuild(BroadcastOp op, TransposeOp transpose, PatternRewriter &rewriter, Perm &behind) const override {
    Dims to = dimsOf(op.getR()), shape = to;
    ArrayRef<int64_t> places = op.getDims(), perm = transpose.getPerm();
    behind.clear();
    for (int64_t dim = 0; dim < int64_t(to.size()); ++dim)
      behind.push_back(dim);
    for (size_t i = 0; i < places.size(); ++i) {
      shape[places[perm[i]]] = to[places[i]];
      behind[places[i]] = places[perm[i]];
    }
    return BroadcastOp::create(rewriter, op.getLoc(), transpose.getX(), DimsAttr::get(getContext(), shape), places);
  }
};

struct SinkThroughReduce final : SinkThrough<ReduceOp> {
  using SinkThrough::SinkThrough;
  Value rebuild(ReduceOp op, TransposeOp transpose, PatternRewriter &rewriter, Perm &behind) const override {
    behind = without(op.getDims(), transpose.getPerm());
    return ReduceOp::create(rewriter, op.getLoc(), transpose.getX(), op.getKind(),
                            renamed(op.getDims(), transpose.getPerm()), op.getOrder());
  }
};

template <class Op> struct SinkThroughArg final : SinkThrough<Op> {
  using SinkThrough<Op>::SinkThrough;
  Value rebuild(Op op, TransposeOp transpose, PatternRewriter &rewriter, Perm &behind) const override {
    behind = without({int64_t(op.getDim())}, transpose.getPerm());
    return Op::create(rewriter, op.getLoc(), transpose.getX(),
                      rewriter.getI64IntegerAttr(transpose.getPerm()[op.getDim()]));
  }
};

/// Whether the dims in which windows are wider than 1 keep their order.
bool keepsWindowOrder(ArrayRef<int64_t> window, ArrayRef<int64_t> perm) {
  SmallVector<int64_t> wide;
  for (auto [i, extent] : llvm::enumerate(window))
    if (extent != 1)
      wide.push_back(perm[i]);
  return llvm::is_sorted(wide);
}

struct SinkThroughReduceWindow final : SinkThrough<ReduceWindowOp> {
  using SinkThrough::SinkThrough;
  Value rebuild(ReduceWindowOp op, TransposeOp transpose, PatternRewriter &rewriter, Perm &) const override {
    ArrayRef<int64_t> perm = transpose.getPerm();
    if (op.getKind() == ReduceKind::sum && !keepsWindowOrder(op.getWindow(), perm))
      return {};
    return ReduceWindowOp::create(rewriter, op.getLoc(), transpose.getX(), op.getKind(), inSource(op.getWindow(), perm),
                                  inSource(op.getStrides(), perm), inSource(op.getLow(), perm),
                                  inSource(op.getHigh(), perm));
  }
};

struct SinkThroughWindowArgmax final : SinkThrough<WindowArgmaxOp> {
  using SinkThrough::SinkThrough;
  Value rebuild(WindowArgmaxOp op, TransposeOp transpose, PatternRewriter &rewriter, Perm &) const override {
    ArrayRef<int64_t> perm = transpose.getPerm();
    if (!keepsWindowOrder(op.getWindow(), perm))
      return {};
    return WindowArgmaxOp::create(rewriter, op.getLoc(), transpose.getX(), inSource(op.getWindow(), perm),
                                  inSource(op.getStrides(), perm), inSource(op.getLow(), perm),
                                  inSource(op.getHigh(), perm));
  }
};

struct SinkThroughPad final : SinkThrough<PadOp> {
  using SinkThrough::SinkThrough;
  Value rebuild(PadOp op, TransposeOp transpose, PatternRewriter &rewriter, Perm &) const override {
    ArrayRef<int64_t> perm = transpose.getPerm();
    return PadOp::create(rewriter, op.getLoc(), transpose.getX(), op.getValue(), inSource(op.getLow(), perm),
                         inSource(op.getHigh(), perm), inSource(op.getInterior(), perm));
  }
};

struct SinkThroughSlice final : SinkThrough<SliceOp> {
  using SinkThrough::SinkThrough;
  Value rebuild(SliceOp op, TransposeOp transpose, PatternRewriter &rewriter, Perm &) const override {
    ArrayRef<int64_t> perm = transpose.getPerm();
    auto limits = inSource<DimExpr>(op.getLimits().getDims(), perm);
    return SliceOp::create(rewriter, op.getLoc(), transpose.getX(), inSource(op.getStarts(), perm),
                           DimsAttr::get(getContext(), limits), inSource(op.getStrides(), perm));
  }
};

struct SinkThroughReverse final : SinkThrough<ReverseOp> {
  using SinkThrough::SinkThrough;
  Value rebuild(ReverseOp op, TransposeOp transpose, PatternRewriter &rewriter, Perm &) const override {
    return ReverseOp::create(rewriter, op.getLoc(), transpose.getX(), renamed(op.getDims(), transpose.getPerm()));
  }
};

} // namespace

void sinkTransposes(func::FuncOp function, bool mayInsert) {
  RewritePatternSet patterns(function.getContext());
  patterns.add<SinkThroughElementwise, SinkThroughConcat>(function.getContext(), mayInsert);
  patterns.add<SinkThroughBroadcast, SinkThroughReduce, SinkThroughArg<ArgmaxOp>, SinkThroughArg<ArgminOp>,
               SinkThroughReduceWindow, SinkThroughWindowArgmax, SinkThroughPad, SinkThroughSlice, SinkThroughReverse>(
      function.getContext());
  populateMergeTransposes(patterns);
  FrozenRewritePatternSet frozen(std::move(patterns));
  PatternApplicator applicator(frozen);
  applicator.applyDefaultCostModel();
  PatternRewriter rewriter(function.getContext());
  SmallVector<Operation *> program;
  function.walk<WalkOrder::PreOrder>([&](Operation *op) { program.push_back(op); });
  for (Operation *op : program) { // a rewrite erases at most the op that it visits
    rewriter.setInsertionPoint(op);
    (void)applicator.matchAndRewrite(op, rewriter);
  }
}

} // namespace dlc
