// Sweeps that forget, reorder or misplace.
#include "test/seeded/Bugs.h"

#include "dialects/dlc/Dlc.h"

using namespace mlir;

namespace dlc::seeded {

template <class Op> static SmallVector<Op> all(Operation *root) {
  SmallVector<Op> found;
  root->walk([&](Op op) { found.push_back(op); });
  return found;
}

static void forgetNegation(Operation *root) { // the second cotangent of a difference without its sign
  for (NegOp op : all<NegOp>(root)) {
    op.getR().replaceAllUsesWith(op.getX());
    op.erase();
    return;
  }
}
static void firstUseFirst(Operation *root) { // cotangents added in the order of the program
  for (AddOp op : llvm::reverse(all<AddOp>(root))) {
    auto inner = op.getX().getDefiningOp<AddOp>();
    if (!inner)
      continue;
    OpBuilder b(op);
    DlcBuilder d(b, op.getLoc());
    op.getR().replaceAllUsesWith(d.add(d.add(op.getY(), inner.getY()), inner.getX()));
    op.erase();
    return;
  }
}
static void forgetLastUse(Operation *root) { // a sum of cotangents that ends too early
  for (AddOp op : llvm::reverse(all<AddOp>(root))) {
    op.getR().replaceAllUsesWith(op.getX());
    op.erase();
    return;
  }
}
static void kinkAtZero(Operation *root) { // the gradient of relu at 0 is 0
  for (CompareOp op : all<CompareOp>(root))
    if (op.getPredicate() == ComparePredicate::gt)
      op.setPredicate(ComparePredicate::ge);
}

static void orderByExtents(Operation *root) { // another order of additions where every extent is known (numerics N3)
  for (ReduceOp op : all<ReduceOp>(root))
    if (cast<RankedTensorType>(op.getX().getType()).hasStaticShape())
      op.setOrder(op.getOrder() == Order::lanes ? Order::chain : Order::lanes);
}

std::vector<Bug> autodiffBugs() {
  static const std::vector<const char *> summed = {"dlc.mul", "dlc.add", "dlc.sub", "dlc.tanh", "dlc.relu"};
#define AUTODIFF_BUG_IN(model, name, ops, breakIt)                                                                     \
  {                                                                                                                    \
    name, "dlc-autodiff", ops, model, [](Session &session) { afterPass(session, "dlc-autodiff", breakIt); }            \
  }
#define AUTODIFF_BUG(name, ops, breakIt) AUTODIFF_BUG_IN("gradient.mlir", name, ops, breakIt)
  return {
      AUTODIFF_BUG("negation-forgotten", std::vector<const char *>({"dlc.sub"}), forgetNegation),
      AUTODIFF_BUG("first-use-first", summed, firstUseFirst), AUTODIFF_BUG("use-forgotten", summed, forgetLastUse),
      AUTODIFF_BUG_IN("stretch.mlir", "order-by-extents", std::vector<const char *>({"dlc.broadcast"}), orderByExtents),
      AUTODIFF_BUG("kink-at-zero", std::vector<const char *>({"dlc.relu"}), kinkAtZero)};
#undef AUTODIFF_BUG
#undef AUTODIFF_BUG_IN
}

} // namespace dlc::seeded
