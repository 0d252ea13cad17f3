// One walk forward, one back. An op with regions depends on its operands and on all that its regions capture.
#include "passes/autodiff/Activity.h"
#include "dialects/dlc/Dlc.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;

namespace dlc {

/// f8 too, which has no derivative: a path through it is refused, not taken for a constant.
static bool hasFloats(Value value) { return isa<FloatType, ComplexType>(getElementTypeOrSelf(value.getType())); }

SmallVector<Value> inputsOf(Operation *op) {
  SmallVector<Value> inputs(op->getOperands());
  llvm::SetVector<Value> captured;
  getUsedValuesDefinedAbove(op->getRegions(), captured);
  inputs.append(captured.begin(), captured.end());
  return inputs;
}

Activity::Activity(func::FuncOp function, ArrayRef<int64_t> wrt, ArrayRef<int64_t> of) : function(function) {
  Block &block = function.getBody().front();
  for (int64_t i : wrt)
    varied.insert(block.getArgument(i));
  walkForward(block);
  for (int64_t i : of)
    useful.insert(block.getTerminator()->getOperand(i));
  walkBackward(block);
}

/// Whether a side of a branch, already walked, yields something varied as result `i`.
static bool yieldsVaried(const Activity &activity, scf::IfOp branch, unsigned i) {
  return llvm::any_of(branch->getRegions(),
                      [&](Region &side) { return activity.isVaried(side.front().getTerminator()->getOperand(i)); });
}

void Activity::walkForward(Block &block) {
  for (Operation &op : block.without_terminator()) {
    if (isa<StopGradientOp>(op) || llvm::none_of(inputsOf(&op), [&](Value value) { return isVaried(value); }))
      continue;
    for (Region &region : op.getRegions())
      for (Block &inner : region)
        walkForward(inner);
    auto branch = dyn_cast<scf::IfOp>(op);
    for (OpResult result : op.getResults())
      if (branch ? yieldsVaried(*this, branch, result.getResultNumber()) : hasFloats(result))
        varied.insert(result);
  }
}

void Activity::forget(Operation *op) {
  op->walk([&](Operation *inner) {
    for (Value result : inner->getResults())
      varied.erase(result);
  });
}

void Activity::walkBackward(Block &block) {
  for (Operation &op : llvm::reverse(block.without_terminator()))
    if (isActive(&op))
      for (Value input : inputsOf(&op))
        useful.insert(input);
}

bool Activity::isActive(Operation *op) const {
  return llvm::any_of(op->getResults(), [&](Value result) { return isVaried(result) && useful.contains(result); });
}

std::string Activity::pathThrough(Operation *op) const {
  std::string path = op->getName().getStringRef().str();
  auto firstVaried = [&](Operation *of) {
    SmallVector<Value> inputs = inputsOf(of);
    return *llvm::find_if(inputs, [&](Value value) { return isVaried(value); });
  };
  Value from = firstVaried(op);
  for (; Operation *before = from.getDefiningOp(); from = firstVaried(before))
    path = before->getName().getStringRef().str() + " -> " + path;
  path = "argument " + std::to_string(cast<BlockArgument>(from).getArgNumber()) + " -> " + path;
  while (true) {
    Value result = *llvm::find_if(op->getResults(), [&](Value value) { return useful.contains(value); });
    Block *block = op->getBlock();
    Operation *next = nullptr;
    for (OpOperand &use : result.getUses()) {
      Operation *user = block->findAncestorOpInBlock(*use.getOwner());
      if (user == block->getTerminator())
        return path + " -> result " + std::to_string(use.getOperandNumber());
      if (isActive(user))
        next = user;
    }
    if (!next)
      return path;
    op = next;
    path += " -> " + op->getName().getStringRef().str();
  }
}

LogicalResult Activity::reportNoDerivative(Operation *op, StringRef reason, Operation *request,
                                           Operation *outermost) const {
  auto diagnostic = op->emitOpError("expected a derivative, but got none: ") << reason;
  diagnostic.attachNote(request->getLoc()) << "differentiated here, on the path " << pathThrough(outermost) << " of '"
                                           << func::FuncOp(function).getName() << "'";
  return diagnostic;
}

} // namespace dlc
