// Constants are folded by the definition of the op, so a fold cannot differ from running it. A result that is one value
// everywhere becomes a broadcast; broadcasts themselves stay.
#include "passes/simplify/Patterns.h"
#include "passes/simplify/Splat.h"

#include "dialects/dlc/Dlc.h"
#include "lib/Interp/HostAttr.h"
#include "lib/Interp/Interpreter.h"

using namespace mlir;

namespace dlc {
namespace {

class FoldConstants final : public OpInterfaceRewritePattern<EvaluateOpInterface> {
public:
  FoldConstants(MLIRContext *context, int64_t limit) : OpInterfaceRewritePattern(context), limit(limit) {}

  LogicalResult matchAndRewrite(EvaluateOpInterface op, PatternRewriter &rewriter) const override {
    if (isa<ConstantOp, BroadcastOp>(op) || op->getNumOperands() == 0 || op->getNumResults() != 1 ||
        !isSmall(op->getResult(0)))
      return rewriter.notifyMatchFailure(op, "is not folded");
    SmallVector<HostTensor> inputs, outputs;
    for (Value operand : op->getOperands())
      if (failed(evaluateConstant(operand, inputs)))
        return rewriter.notifyMatchFailure(op, "some operand is no small constant");
    if (failed(evaluateOp(op, inputs, outputs)))
      return rewriter.notifyMatchFailure(op, "fails on these operands");
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    Value constant = ConstantOp::create(rewriter, op.getLoc(), attrOf(outputs[0], type));
    rewriter.replaceOp(op, constant);
    return success();
  }

private:
  bool isSmall(Value x) const {
    auto type = cast<RankedTensorType>(x.getType());
    return type.hasStaticShape() && type.getNumElements() <= limit;
  }

  /// The value of a constant or of a broadcast of one.
  LogicalResult evaluateConstant(Value x, SmallVectorImpl<HostTensor> &values) const {
    Operation *op = x.getDefiningOp();
    if (!op || !isa<ConstantOp, BroadcastOp>(op) || !isSmall(x))
      return failure();
    SmallVector<HostTensor> inputs, outputs;
    for (Value operand : op->getOperands())
      if (failed(evaluateConstant(operand, inputs)))
        return failure();
    if (failed(evaluateOp(op, inputs, outputs)))
      return failure();
    values.push_back(outputs[0]);
    return success();
  }

  int64_t limit;
};

} // namespace

void populateFoldConstants(RewritePatternSet &patterns, int64_t limit) {
  patterns.add<FoldConstants>(patterns.getContext(), limit);
}

} // namespace dlc
