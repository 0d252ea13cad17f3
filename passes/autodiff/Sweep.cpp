// Cotangents are added one by one as the sweep meets uses; one that nothing reaches stays a symbolic zero until a
// gradient must be returned.
#include "passes/autodiff/Sweep.h"
#include "dialects/dlc/Dlc.h"
#include "passes/autodiff/Activity.h"

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
    for (Operation *op : llvm::reverse(program))
      if (activity.isActive(op) && failed(visit(op)))
        return failure();
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
    auto rule = dyn_cast<DifferentiableOpInterface>(op);
    if (!rule)
      return explain(op, "it has no rule");
    if (StringRef reason = rule.whyNotDifferentiable(); !reason.empty())
      return explain(op, reason);
    Operation *before = block.getTerminator()->getPrevNode();
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
    for (Operation *made = block.getTerminator()->getPrevNode(); made != before;) {
      Operation *previous = made->getPrevNode();
      if (!kept.contains(made) && isOpTriviallyDead(made))
        made->erase();
      made = previous;
    }
  }

  LogicalResult explain(Operation *op, StringRef reason) { return activity.reportNoDerivative(op, reason, request); }

  func::FuncOp function;
  Block &block;
  Activity activity;
  Operation *request;
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
