// Emitters that get a loop, a mask, a comparison or a rounding wrong; and bugs that end the compiler.
#include "test/seeded/Bugs.h"

#include "dialects/dlc/Dlc.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

#include <csignal>

#include <unistd.h>

using namespace mlir;

namespace dlc::seeded {

template <class Op> static SmallVector<Op> all(Operation *root) {
  SmallVector<Op> found;
  root->walk([&](Op op) { found.push_back(op); });
  return found;
}

/// Whether a kernel was made around an op: its name says so.
static bool isAbout(rt::KernelOp kernel, StringRef op) { return kernel.getSymName().starts_with(("k_" + op).str()); }

static void splitFma(rt::KernelOp kernel) { // two roundings where one belongs
  for (math::FmaOp op : all<math::FmaOp>(kernel)) {
    if (!isAbout(kernel, "dot_general"))
      return;
    OpBuilder b(op);
    Value product = arith::MulFOp::create(b, op.getLoc(), op.getA(), op.getB());
    op.replaceAllUsesWith(arith::AddFOp::create(b, op.getLoc(), product, op.getC()).getResult());
    op.erase();
  }
}
static void reverseSubtraction(rt::KernelOp kernel) { // the operands of subf swapped
  for (arith::SubFOp op : all<arith::SubFOp>(kernel))
    if (isAbout(kernel, "sub")) {
      Value x = op.getLhs();
      op->setOperand(0, op.getRhs());
      op->setOperand(1, x);
    }
}
static void reluKeepsMinusZero(rt::KernelOp kernel) { // x < 0 where x <= 0 belongs
  if (isAbout(kernel, "relu"))
    for (arith::CmpFOp op : all<arith::CmpFOp>(kernel))
      if (op.getPredicate() == arith::CmpFPredicate::OLE)
        op.setPredicate(arith::CmpFPredicate::OLT);
}
static void skipLastTrip(rt::KernelOp kernel) { // a loop that ends one step early
  if (!isAbout(kernel, "reduce"))
    return;
  SmallVector<scf::ForOp> loops = all<scf::ForOp>(kernel);
  if (loops.empty())
    return;
  scf::ForOp inner = loops.front();
  OpBuilder b(inner);
  Value end = arith::SubIOp::create(b, inner.getLoc(), inner.getUpperBound(), inner.getStep());
  inner.setUpperBound(end);
}
static void halfBlocks(rt::KernelOp kernel) { // blocks of 512 where 1,024 is law
  if (isAbout(kernel, "reduce"))
    for (arith::ConstantIndexOp op : all<arith::ConstantIndexOp>(kernel))
      if (op.value() == 1024)
        op->setAttr("value", Builder(op.getContext()).getIndexAttr(512));
}
static void roughConstant(rt::KernelOp kernel) { // a coefficient of exp that is one bit off
  if (!isAbout(kernel, "exp"))
    return;
  for (arith::ConstantOp op : all<arith::ConstantOp>(kernel)) {
    auto value = dyn_cast<FloatAttr>(op.getValue());
    auto dense = dyn_cast<DenseFPElementsAttr>(op.getValue());
    APFloat number = value                      ? value.getValue()
                     : dense && dense.isSplat() ? dense.getSplatValue<APFloat>()
                                                : APFloat(0.0);
    double magnitude = std::abs(number.convertToDouble());
    if (magnitude < 0.3 || magnitude >= 0.6) // the coefficient of x^2
      continue;
    (void)number.next(false);
    if (value)
      op.setValueAttr(FloatAttr::get(value.getType(), number));
    else
      op.setValueAttr(DenseElementsAttr::get(cast<ShapedType>(dense.getType()), number));
  }
}
static void dropGuard(rt::KernelOp kernel) { // padding read as if it were inside
  if (!isAbout(kernel, "pad"))
    return;
  for (arith::CmpIOp op : all<arith::CmpIOp>(kernel))
    if (op.getPredicate() == arith::CmpIPredicate::slt)
      op.setPredicate(arith::CmpIPredicate::sle);
}

std::vector<Bug> loweringBugs() {
#define LOWERING_BUG(name, op, model, breakIt)                                                                         \
  {                                                                                                                    \
    name, "lower", {op}, model, [](Session &session) { afterEmit(session, breakIt); }                                  \
  }
  return {LOWERING_BUG("fma-split", "dlc.dot_general", "layers.mlir", splitFma),
          LOWERING_BUG("subtraction-reversed", "dlc.sub", "numbers.mlir", reverseSubtraction),
          LOWERING_BUG("relu-keeps-minus-zero", "dlc.relu", "numbers.mlir", reluKeepsMinusZero),
          LOWERING_BUG("last-trip-skipped", "dlc.reduce", "sums.mlir", skipLastTrip),
          LOWERING_BUG("half-blocks", "dlc.reduce", "sums.mlir", halfBlocks),
          LOWERING_BUG("rough-coefficient", "dlc.exp", "numbers.mlir", roughConstant),
          LOWERING_BUG("guard-too-wide", "dlc.pad", "moves.mlir", dropGuard)};
#undef LOWERING_BUG
}

//===--- Bugs that end the compiler ---===//

template <class Op> static bool holds(Operation *root) {
  return root->walk([](Op) { return WalkResult::interrupt(); }).wasInterrupted();
}
static void crash(Operation *root) {
  if (holds<TanhOp>(root))
    raise(SIGSEGV);
}
static void hang(Operation *root) {
  while (holds<TanhOp>(root))
    usleep(1000);
}

std::vector<Bug> fatalBugs() {
  return {{"crash", "", {}, "moves.mlir", [](Session &session) { afterPass(session, "dlc-simplify", crash); }},
          {"hang", "", {}, "moves.mlir", [](Session &session) { afterPass(session, "dlc-simplify", hang); }}};
}

} // namespace dlc::seeded
