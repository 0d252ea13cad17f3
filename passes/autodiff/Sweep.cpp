// Cotangents are added one by one as the sweep meets uses; one that nothing reaches stays a symbolic zero until a
// gradient must be returned.
#include "passes/autodiff/Sweep.h"
#include "dialects/dlc/Dlc.h"
#include "passes/autodiff/Activity.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/BitVector.h"

using namespace mlir;

namespace dlc {
namespace {

class Sweep {
public:
  Sweep(func::FuncOp function, ArrayRef<int64_t> wrt, ArrayRef<int64_t> of, Operation *request)
      : function(function), block(function.getBody().front()), activity(function, wrt, of), request(request),
        builder(block.getTerminator()) {}

  LogicalResult run(ArrayRef<int64_t> of) {
    seed(of);
    SmallVector<Operation *> program;
    for (Operation &op : block.without_terminator())
      program.push_back(&op);
    for (Operation *op : llvm::reverse(program)) {
      outermost = op;
      if (activity.isActive(op) && failed(visit(op)))
        return failure();
    }
    return success();
  }

  /// The gradient of an argument: zeros if no path reaches it.
  Value gradient(Value argument) {
    if (Value ct = cotangents.lookup(argument))
      return ct;
    return DlcBuilder(builder, function.getLoc()).full(argument, 0);
  }

private:
  /// The return is the last use of the results: its operands are met first to last.
  void seed(ArrayRef<int64_t> of) {
    SmallVector<std::pair<int64_t, Value>> seeds;
    for (int64_t i : of)
      seeds.push_back({i, block.addArgument(function.getResultTypes()[i], function.getLoc())});
    llvm::sort(seeds, llvm::less_first());
    for (auto [i, ct] : seeds)
      add(block.getTerminator()->getOperand(i), ct, function.getLoc());
  }

  void add(Value value, Value ct, Location location) {
    if (!activity.isVaried(value))
      return;
    Value &sum = cotangents[value];
    sum = sum ? DlcBuilder(builder, location).add(sum, ct) : ct;
  }

  LogicalResult visit(Operation *op) {
    SmallVector<Value> cts;
    for (Value result : op->getResults())
      cts.push_back(cotangents.lookup(result));
    if (llvm::none_of(cts, [](Value ct) { return bool(ct); }))
      return success();
    if (auto branch = dyn_cast<scf::IfOp>(op))
      return visitIf(branch, cts);
    auto rule = dyn_cast<DifferentiableOpInterface>(op);
    if (!rule)
      return explain(op, isa<LoopLikeOpInterface>(op) ? "loops have none yet" : "it has no rule");
    if (StringRef reason = rule.whyNotDifferentiable(); !reason.empty())
      return explain(op, reason);
    Operation *before = lastMade();
    DlcBuilder b(builder, op->getLoc());
    SmallVector<Value> gradients = rule.buildVjp(b, cts);
    for (auto [i, ct] : llvm::enumerate(gradients)) {
      if (!ct || !activity.isVaried(op->getOperand(i)))
        continue;
      if (ct.getType() != op->getOperand(i).getType()) {
        std::string reason;
        llvm::raw_string_ostream(reason) << "the gradient of operand " << i << " has the type " << ct.getType();
        return explain(op, reason);
      }
      add(op->getOperand(i), ct, op->getLoc());
    }
    eraseUnused(before, op);
    return success();
  }

  /// Rules build the gradients of all operands of `op`; those that nobody asked for go again.
  void eraseUnused(Operation *before, Operation *op) {
    llvm::SmallPtrSet<Operation *, 4> kept;
    for (Value operand : op->getOperands())
      if (Value ct = cotangents.lookup(operand))
        kept.insert(ct.getDefiningOp());
    for (Operation *made = lastMade(); made != before;) {
      Operation *previous = made->getPrevNode();
      if (!kept.contains(made) && isOpTriviallyDead(made))
        made->erase();
      made = previous;
    }
  }

  /// The op before the place where the sweep builds; null at the start of a block.
  Operation *lastMade() {
    auto point = builder.getInsertionPoint();
    return point == builder.getInsertionBlock()->begin() ? nullptr : &*std::prev(point);
  }

  /// The derivative of a branch is a branch by the same predicate. Each side runs its forward part again and sweeps it;
  /// its results are cotangents of the values that either side takes from around, one use each. A side that does not
  /// use one gives -0 for it, which changes no sum (numerics N8).
  LogicalResult visitIf(scf::IfOp branch, ArrayRef<Value> cts) {
    auto effect = branch.walk(
        [](CustomCallOp call) { return call.getHasSideEffect() ? WalkResult::interrupt() : WalkResult::advance(); });
    if (effect.wasInterrupted())
      return explain(branch, "it makes a custom call with a side effect, which the derivative would make again");
    llvm::SetVector<Value> captured, inputs;
    getUsedValuesDefinedAbove(branch->getRegions(), captured);
    for (Value value : captured)
      if (activity.isVaried(value))
        inputs.insert(value);
    SmallVector<Type> types(ValueRange(inputs.getArrayRef()).getTypes());
    auto made = scf::IfOp::create(builder, branch.getLoc(), types, branch.getCondition(), true, true);
    llvm::BitVector isUsed(inputs.size());
    for (auto [from, to] : llvm::zip(branch->getRegions(), made->getRegions())) {
      to.front().clear();
      if (failed(sweepSide(from.front(), to.front(), cts, inputs.getArrayRef(), isUsed)))
        return failure();
    }
    for (unsigned i : isUsed.set_bits())
      add(inputs[i], made.getResult(i), branch.getLoc());
    return success();
  }

  LogicalResult sweepSide(Block &from, Block &to, ArrayRef<Value> cts, ArrayRef<Value> inputs,
                          llvm::BitVector &isUsed) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToEnd(&to);
    IRMapping mapping;
    SmallVector<Operation *> program;
    for (Operation &op : from)
      program.push_back(builder.clone(op, mapping));
    Operation *yield = program.pop_back_val();
    activity.walkForward(to);
    builder.setInsertionPoint(yield);
    llvm::DenseMap<Value, Value> outside;
    std::swap(outside, cotangents);
    for (auto [value, ct] : llvm::zip(yield->getOperands(), cts))
      if (ct)
        add(value, ct, yield->getLoc());
    LogicalResult result = success();
    for (Operation *op : llvm::reverse(program))
      if (succeeded(result))
        result = visit(op);
    SmallVector<Value> gradients;
    for (auto [i, input] : llvm::enumerate(inputs)) {
      Value ct = cotangents.lookup(input);
      if (ct)
        isUsed.set(i);
      gradients.push_back(ct ? ct : DlcBuilder(builder, yield->getLoc()).full(input, -0.0));
    }
    std::swap(outside, cotangents);
    yield->setOperands(gradients);
    for (Operation *op : llvm::reverse(program))
      if (isOpTriviallyDead(op)) {
        activity.forget(op);
        op->erase();
      }
    return result;
  }

  LogicalResult explain(Operation *op, StringRef reason) {
    return activity.reportNoDerivative(op, reason, request, outermost);
  }

  func::FuncOp function;
  Block &block;
  Activity activity;
  Operation *request;
  Operation *outermost = nullptr; ///< The op of the function's block that is visited.
  OpBuilder builder;
  llvm::DenseMap<Value, Value> cotangents;
};

} // namespace

LogicalResult appendGradients(func::FuncOp function, ArrayRef<int64_t> wrt, ArrayRef<int64_t> of, Operation *request) {
  Block &block = function.getBody().front();
  SmallVector<Value> arguments(block.getArguments());
  Sweep sweep(function, wrt, of, request);
  if (failed(sweep.run(of)))
    return failure();
  Operation *end = block.getTerminator();
  SmallVector<Value> results(end->getOperands());
  for (int64_t i : wrt)
    results.push_back(sweep.gradient(arguments[i]));
  end->setOperands(results);
  function.setFunctionType(
      FunctionType::get(function.getContext(), block.getArgumentTypes(), ValueRange(results).getTypes()));
  return success();
}

} // namespace dlc
