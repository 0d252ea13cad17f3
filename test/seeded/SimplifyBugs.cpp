// Identities that are none: on -0, on NaN, on infinities, in the order of additions, in the indices of moves.
#include "test/seeded/Bugs.h"

#include "dialects/dlc/Dlc.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace dlc::seeded {

/// The value of a constant that is the same everywhere, through broadcasts.
static std::optional<double> splatOf(Value value) {
  while (auto broadcast = value.getDefiningOp<BroadcastOp>())
    value = broadcast.getX();
  auto constant = value.getDefiningOp<ConstantOp>();
  auto dense = constant ? dyn_cast<DenseElementsAttr>(constant.getValue()) : DenseElementsAttr();
  if (!dense || !dense.isSplat() || !isa<FloatType>(dense.getElementType()))
    return std::nullopt;
  return dense.getSplatValue<APFloat>().convertToDouble();
}

template <class Op> static SmallVector<Op> all(Operation *root) {
  SmallVector<Op> found;
  root->walk([&](Op op) { found.push_back(op); });
  return found;
}

static void replace(Operation *op, Value value) {
  op->getResult(0).replaceAllUsesWith(value);
  op->erase();
}

static DlcBuilder before(OpBuilder &b, Operation *op) {
  b.setInsertionPoint(op);
  return DlcBuilder(b, op->getLoc());
}

static void addZero(Operation *root) { // x + 0 -> x: wrong for -0
  for (AddOp op : all<AddOp>(root))
    if (splatOf(op.getY()) == 0.0)
      replace(op, op.getX());
}
static void mulZero(Operation *root) { // x * 0 -> 0: wrong for negative, infinite and NaN
  for (MulOp op : all<MulOp>(root))
    if (splatOf(op.getY()) == 0.0)
      replace(op, op.getY());
}
static void subSelf(Operation *root) { // x - x -> 0: wrong for infinite and NaN
  for (SubOp op : all<SubOp>(root))
    if (op.getX() == op.getY()) {
      OpBuilder b(op);
      replace(op, before(b, op).full(op.getX(), 0));
    }
}
static void reassociate(Operation *root) { // (x + y) + z -> x + (y + z)
  for (AddOp op : all<AddOp>(root)) {
    auto inner = op.getX().getDefiningOp<AddOp>();
    if (!inner)
      continue;
    OpBuilder b(op);
    DlcBuilder d = before(b, op);
    replace(op, d.add(inner.getX(), d.add(inner.getY(), op.getY())));
  }
}
static void divByConstant(Operation *root) { // x / c -> x * (1 / c)
  for (DivOp op : all<DivOp>(root))
    if (auto c = splatOf(op.getY())) {
      OpBuilder b(op);
      DlcBuilder d = before(b, op);
      replace(op, d.mul(op.getX(), d.full(op.getX(), 1.0f / float(*c))));
    }
}
static void lanesForChain(Operation *root) { // an order recomputed from something else than ranks
  for (ReduceOp op : all<ReduceOp>(root))
    op.setOrder(op.getOrder() == Order::lanes ? Order::chain : Order::lanes);
}
static void sortReduced(Operation *root) { // reduced dims in another order
  for (ReduceOp op : all<ReduceOp>(root)) {
    SmallVector<int64_t> dims(op.getDims());
    std::reverse(dims.begin(), dims.end());
    op.setDims(dims);
  }
}
static void inverseTranspose(Operation *root) { // a permutation taken the wrong way round
  for (TransposeOp op : all<TransposeOp>(root)) {
    SmallVector<int64_t> inverse(op.getPerm().size());
    for (auto [i, dim] : llvm::enumerate(op.getPerm()))
      inverse[size_t(dim)] = int64_t(i);
    OpBuilder b(op);
    Value wrong = before(b, op).transpose(op.getX(), inverse);
    if (wrong.getType() == op.getType())
      replace(op, wrong);
  }
}
static void sliceOff(Operation *root) { // starts composed wrongly
  for (SliceOp op : all<SliceOp>(root)) {
    SmallVector<int64_t> starts(op.getStarts());
    Dims limits = op.getLimits().getDims();
    for (size_t i = 0; i < starts.size(); ++i)
      if (starts[i] > 0 && limits[i].isConstant()) {
        --starts[i];
        limits[i] = limits[i] - DimExpr(1);
      }
    op.setStarts(starts);
    op.setLimitsAttr(DimsAttr::get(op.getContext(), limits));
  }
}
static void maxBySelect(Operation *root) { // max(x, y) -> x > y ? x : y: wrong for NaN and -0
  for (MaxOp op : all<MaxOp>(root)) {
    OpBuilder b(op);
    DlcBuilder d = before(b, op);
    replace(op, d.select(d.gt(op.getX(), op.getY()), op.getX(), op.getY()));
  }
}
static void gatherClamps(Operation *root) { // an error that depends on data is lost
  for (GatherOp op : all<GatherOp>(root))
    op.setMode(IndexMode::clamp);
}
static void castBack(Operation *root) { // f32 -> i32 -> f32 taken as nothing
  for (CastOp op : all<CastOp>(root)) {
    auto inner = op.getX().getDefiningOp<CastOp>();
    if (inner && inner.getX().getType() == op.getType())
      replace(op, inner.getX());
  }
}

std::vector<Bug> simplifyBugs() {
#define SIMPLIFY_BUG(name, op, model, breakIt)                                                                         \
  {                                                                                                                    \
    name, "dlc-simplify", {op}, model, [](Session &session) { afterPass(session, "dlc-simplify", breakIt); }           \
  }
  return {SIMPLIFY_BUG("add-zero", "dlc.add", "numbers.mlir", addZero),
          SIMPLIFY_BUG("mul-zero", "dlc.mul", "numbers.mlir", mulZero),
          SIMPLIFY_BUG("sub-self", "dlc.sub", "numbers.mlir", subSelf),
          SIMPLIFY_BUG("reassociate-add", "dlc.add", "numbers.mlir", reassociate),
          SIMPLIFY_BUG("div-by-reciprocal", "dlc.div", "numbers.mlir", divByConstant),
          SIMPLIFY_BUG("max-by-select", "dlc.max", "numbers.mlir", maxBySelect),
          SIMPLIFY_BUG("cast-back", "dlc.cast", "numbers.mlir", castBack),
          SIMPLIFY_BUG("lanes-for-chain", "dlc.reduce", "sums.mlir", lanesForChain),
          SIMPLIFY_BUG("reduced-dims-reversed", "dlc.reduce", "sums.mlir", sortReduced),
          SIMPLIFY_BUG("inverse-transpose", "dlc.transpose", "moves.mlir", inverseTranspose),
          SIMPLIFY_BUG("slice-off-by-one", "dlc.slice", "moves.mlir", sliceOff),
          SIMPLIFY_BUG("gather-clamps", "dlc.gather", "rows.mlir", gatherClamps)};
#undef SIMPLIFY_BUG
}

} // namespace dlc::seeded
