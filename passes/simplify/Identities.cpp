// Elementwise ops that are one of their operands, whatever the other bits are, and those over splats.
#include "passes/simplify/Patterns.h"
#include "passes/simplify/Splat.h"

#include "dialects/dlc/Dlc.h"

using namespace mlir;

namespace dlc {
namespace {

/// An op that equals one of its operands: `operandOf` says which, or null.
template <class Op> class IsOperand final : public OpRewritePattern<Op> {
public:
  using Rule = Value (*)(Op);
  IsOperand(MLIRContext *context, Rule operandOf) : OpRewritePattern<Op>(context), operandOf(operandOf) {}

  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    Value same = operandOf(op);
    if (!same || same.getType() != op.getType())
      return rewriter.notifyMatchFailure(op, "is no identity");
    rewriter.replaceOp(op, same);
    return success();
  }

private:
  Rule operandOf;
};

/// `x` where the other operand is neutral; for ops that commute.
template <class Op, class Test> Value besideNeutral(Op op, Test isNeutral) {
  if (isNeutral(op.getY()))
    return op.getX();
  return isNeutral(op.getX()) ? op.getY() : Value();
}

/// The operand of the same op below: f(f(x)) = x.
template <class Op> Value undone(Op op) {
  auto inner = op.getX().template getDefiningOp<Op>();
  return inner ? inner.getX() : Value();
}

/// `kept`, unless that drops a value whose making can fail.
Value unlessDrops(Value dropped, Value kept) { return canFailToBeMade(dropped) ? Value() : kept; }

/// The part that a complex number was made of.
template <class Op> Value partGiven(Op op, unsigned which) {
  auto whole = op.getX().template getDefiningOp<ComplexOp>();
  return whole ? unlessDrops(whole->getOperand(1 - which), whole->getOperand(which)) : Value();
}

template <class Op> Value sameTwice(Op op) { return op.getX() == op.getY() ? op.getX() : Value(); }

Value chosen(SelectOp op) {
  if (op.getX() == op.getY())
    return unlessDrops(op.getCondition(), op.getX());
  if (isSplatOfBits(op.getCondition(), true))
    return unlessDrops(op.getY(), op.getX());
  return isSplatOfBits(op.getCondition(), false) ? unlessDrops(op.getX(), op.getY()) : Value();
}

/// A cast to the same type, and one that takes a widening of a float back.
Value castAway(CastOp op) {
  if (elementTypeOf(op.getX()) == elementTypeOf(op.getR()))
    return op.getX();
  auto inner = op.getX().getDefiningOp<CastOp>();
  if (!inner || elementTypeOf(inner.getX()) != elementTypeOf(op.getR()))
    return {};
  auto narrow = dyn_cast<FloatType>(elementTypeOf(op.getR())), wide = dyn_cast<FloatType>(elementTypeOf(op.getX()));
  bool keepsBits = narrow && wide && narrow.getFPMantissaWidth() <= wide.getFPMantissaWidth() &&
                   APFloat::semanticsMaxExponent(narrow.getFloatSemantics()) <=
                       APFloat::semanticsMaxExponent(wide.getFloatSemantics());
  return keepsBits ? inner.getX() : Value();
}

/// An elementwise op over splats is the splat of the op over scalars.
class OverSplats final : public OpInterfaceRewritePattern<PointwiseOpInterface> {
public:
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(PointwiseOpInterface op, PatternRewriter &rewriter) const override {
    SmallVector<Value> scalars;
    if (op.isElementwise())
      for (Value operand : op->getOperands())
        if (Value scalar = splatSource(operand))
          scalars.push_back(scalar);
    if (scalars.empty() || scalars.size() != op->getNumOperands())
      return rewriter.notifyMatchFailure(op, "some operand is no splat");
    Operation *small = rewriter.clone(*op.getOperation());
    small->setOperands(scalars);
    Type type = op->getResult(0).getType();
    small->getResult(0).setType(tensorType({}, elementTypeOf(type)));
    rewriter.replaceOp(op, repeat(rewriter, op.getLoc(), small->getResult(0), type));
    return success();
  }
};

} // namespace

void populateIdentities(RewritePatternSet &patterns) {
  MLIRContext *context = patterns.getContext();
  auto add = [&](auto rule) { patterns.add(std::move(rule)); };
  auto identity = [&](auto operandOf) {
    using Op = typename llvm::function_traits<decltype(+operandOf)>::template arg_t<0>;
    add(std::make_unique<IsOperand<Op>>(context, +operandOf));
  };
  identity([](MulOp op) { return besideNeutral(op, [](Value v) { return isSplatOf(v, 1); }); });
  identity([](AddOp op) { return besideNeutral(op, [](Value v) { return isSplatZero(v, true); }); });
  identity([](SubOp op) { return isSplatZero(op.getY(), false) ? op.getX() : Value(); });
  identity([](DivOp op) { return isSplatOf(op.getY(), 1) ? op.getX() : Value(); });
  identity([](AndOp op) { return besideNeutral(op, [](Value v) { return isSplatOfBits(v, true); }); });
  identity([](OrOp op) { return besideNeutral(op, [](Value v) { return isSplatOfBits(v, false); }); });
  identity([](XorOp op) { return besideNeutral(op, [](Value v) { return isSplatOfBits(v, false); }); });
  identity([](NegOp op) { return undone(op); });
  identity([](NotOp op) { return undone(op); });
  identity([](ConjOp op) { return undone(op); });
  identity([](RealOp op) { return partGiven(op, 0); });
  identity([](ImagOp op) { return partGiven(op, 1); });
  identity([](MaxOp op) { return sameTwice(op); });
  identity([](MinOp op) { return sameTwice(op); });
  identity([](StopGradientOp op) -> Value { return op.getX(); });
  identity([](SelectOp op) { return chosen(op); });
  identity([](CastOp op) { return castAway(op); });
  patterns.add<OverSplats>(context);
}

} // namespace dlc
