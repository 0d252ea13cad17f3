// Each step of the walk back is a function of its own: the op over arguments, then its gradient rule, interpreted.
#include "lib/Check/Tape.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace dlc::check {

LogicalResult Tape::runForward(Tensors &outputs) {
  InterpOptions options;
  options.observe = [&](Operation *op, ArrayRef<HostTensor> results) {
    for (auto [value, result] : llvm::zip_equal(op->getResults(), results))
      values[value] = result;
  };
  for (auto [value, tensor] : llvm::zip_equal(function.getArguments(), arguments))
    values[value] = tensor;
  InterpError error;
  return interpret(function, arguments, outputs, error, options);
}

void Tape::markVaried(ArrayRef<int64_t> wrt) {
  for (int64_t i : wrt)
    varied.insert(function.getArgument(unsigned(i)));
  for (Operation &op : function.getBody().front().without_terminator()) {
    bool depends = llvm::any_of(op.getOperands(), [&](Value operand) { return varied.contains(operand); });
    if (depends && !isa<StopGradientOp>(op))
      for (Value result : op.getResults())
        if (hasDerivative(result.getType()))
          varied.insert(result);
  }
}

/// Builds a function of `types` whose results `build` makes of its arguments, and interprets it.
template <class Build>
static LogicalResult evaluateIn(MLIRContext *context, ArrayRef<Type> types, ArrayRef<HostTensor> inputs, Build build,
                                Tape::Tensors &outputs) {
  OpBuilder builder(context);
  OwningOpRef<ModuleOp> module = ModuleOp::create(builder, builder.getUnknownLoc());
  builder.setInsertionPointToEnd(module->getBody());
  auto step = func::FuncOp::create(builder, builder.getUnknownLoc(), "step", builder.getFunctionType(types, {}));
  Block *entry = step.addEntryBlock();
  builder.setInsertionPointToEnd(entry);
  SmallVector<Value> results;
  if (failed(build(builder, entry->getArguments(), results)))
    return failure();
  func::ReturnOp::create(builder, builder.getUnknownLoc(), results);
  step.setFunctionType(builder.getFunctionType(types, ValueRange(results).getTypes()));
  InterpError error;
  return interpret(step, inputs, outputs, error);
}

LogicalResult Tape::add(Value value, const HostTensor &ct) {
  if (!varied.contains(value))
    return success();
  auto [place, isNew] = cotangents.try_emplace(value, ct);
  if (isNew)
    return success();
  Tensors sum;
  auto build = [&](OpBuilder &b, ValueRange arguments, SmallVectorImpl<Value> &results) {
    results.push_back(DlcBuilder(b, b.getUnknownLoc()).add(arguments[0], arguments[1]));
    return success();
  };
  if (failed(evaluateIn(value.getContext(), {value.getType(), value.getType()}, {place->second, ct}, build, sum)))
    return failure();
  cotangents[value] = sum[0];
  return success();
}

LogicalResult Tape::visit(Operation *op) {
  bool isReached = llvm::any_of(op->getResults(), [&](Value result) { return cotangents.contains(result); });
  if (!isReached)
    return success();
  auto rule = dyn_cast<DifferentiableOpInterface>(op);
  if (!rule || !rule.whyNotDifferentiable().empty() || op->getNumRegions() > 0)
    return failure();
  SmallVector<Type> types(op->getOperandTypes());
  Tensors inputs;
  for (Value operand : op->getOperands())
    inputs.push_back(values.lookup(operand));
  for (Value result : op->getResults())
    if (cotangents.contains(result)) {
      types.push_back(result.getType());
      inputs.push_back(cotangents.lookup(result));
    }
  SmallVector<unsigned> targets;
  auto build = [&](OpBuilder &b, ValueRange arguments, SmallVectorImpl<Value> &results) -> LogicalResult {
    IRMapping mapping;
    unsigned count = op->getNumOperands();
    SmallVector<Value> cts;
    for (Value result : op->getResults())
      cts.push_back(cotangents.contains(result) ? Value(arguments[count++]) : Value());
    Operation *copy = b.clone(*op, mapping);
    copy->setOperands(arguments.take_front(op->getNumOperands()));
    DlcBuilder builder(b, op->getLoc());
    SmallVector<Value> gradients = cast<DifferentiableOpInterface>(copy).buildVjp(builder, cts);
    for (auto [i, gradient] : llvm::enumerate(gradients))
      if (gradient && varied.contains(op->getOperand(unsigned(i)))) {
        if (gradient.getType() != op->getOperand(unsigned(i)).getType())
          return failure();
        targets.push_back(unsigned(i));
        results.push_back(gradient);
      }
    return success();
  };
  Tensors gradients;
  if (failed(evaluateIn(op->getContext(), types, inputs, build, gradients)))
    return failure();
  for (auto [target, gradient] : llvm::zip_equal(targets, gradients))
    if (failed(add(op->getOperand(target), gradient)))
      return failure();
  return success();
}

LogicalResult Tape::run(ArrayRef<int64_t> wrt, ArrayRef<int64_t> of, ArrayRef<HostTensor> cts, Tensors &outputs) {
  if (failed(runForward(outputs)))
    return failure();
  markVaried(wrt);
  Operation *end = function.getBody().front().getTerminator();
  // The return is the last use of the results: its operands are met first to last.
  SmallVector<std::pair<int64_t, size_t>> seeds;
  for (auto [place, i] : llvm::enumerate(of))
    seeds.push_back({i, place});
  llvm::sort(seeds);
  for (auto [i, place] : seeds)
    if (failed(add(end->getOperand(unsigned(i)), cts[place])))
      return failure();
  SmallVector<Operation *> program;
  for (Operation &op : function.getBody().front().without_terminator())
    program.push_back(&op);
  for (Operation *op : llvm::reverse(program))
    if (failed(visit(op)))
      return failure();
  for (int64_t i : wrt) {
    Value argument = function.getArgument(unsigned(i));
    if (cotangents.contains(argument))
      outputs.push_back(cotangents.lookup(argument));
    else // nothing reaches it: +0
      outputs.push_back(HostTensor(arguments[size_t(i)].type, arguments[size_t(i)].shape));
  }
  return success();
}

LogicalResult Tape::pushForward(Operation *op) {
  auto hasTangent = [&](Value value) { return tangents.contains(value); };
  if (isa<StopGradientOp>(op) || llvm::none_of(op->getOperands(), hasTangent) ||
      llvm::none_of(op->getResults(), [&](Value result) { return varied.contains(result); }))
    return success();
  auto rule = dyn_cast<DifferentiableOpInterface>(op);
  if (!rule || !rule.whyNoJvp().empty() || op->getNumRegions() > 0)
    return failure();
  SmallVector<Type> types(op->getOperandTypes());
  Tensors inputs;
  for (Value operand : op->getOperands())
    inputs.push_back(values.lookup(operand));
  for (Value operand : op->getOperands())
    if (hasTangent(operand)) {
      types.push_back(operand.getType());
      inputs.push_back(tangents.lookup(operand));
    }
  SmallVector<Value> reached;
  auto build = [&](OpBuilder &b, ValueRange arguments, SmallVectorImpl<Value> &results) -> LogicalResult {
    IRMapping mapping;
    unsigned count = op->getNumOperands();
    SmallVector<Value> given;
    for (Value operand : op->getOperands())
      given.push_back(hasTangent(operand) ? Value(arguments[count++]) : Value());
    Operation *copy = b.clone(*op, mapping);
    copy->setOperands(arguments.take_front(op->getNumOperands()));
    DlcBuilder builder(b, op->getLoc());
    for (auto [result, tangent] :
         llvm::zip_equal(op->getResults(), cast<DifferentiableOpInterface>(copy).buildJvp(builder, given)))
      if (tangent && varied.contains(result)) {
        if (tangent.getType() != result.getType())
          return failure();
        reached.push_back(result);
        results.push_back(tangent);
      }
    return success();
  };
  Tensors made;
  if (failed(evaluateIn(op->getContext(), types, inputs, build, made)))
    return failure();
  for (auto [result, tangent] : llvm::zip_equal(reached, made))
    tangents[result] = tangent;
  return success();
}

LogicalResult Tape::runTangents(ArrayRef<int64_t> wrt, ArrayRef<int64_t> of, ArrayRef<HostTensor> given,
                                Tensors &outputs) {
  if (failed(runForward(outputs)))
    return failure();
  markVaried(wrt);
  for (auto [place, i] : llvm::enumerate(wrt))
    tangents[function.getArgument(unsigned(i))] = given[place];
  for (Operation &op : function.getBody().front().without_terminator())
    if (failed(pushForward(&op)))
      return failure();
  Operation *end = function.getBody().front().getTerminator();
  for (int64_t i : of) {
    Value result = end->getOperand(unsigned(i));
    if (tangents.contains(result))
      outputs.push_back(tangents.lookup(result));
    else // nothing reaches it: +0
      outputs.push_back(HostTensor(outputs[size_t(i)].type, outputs[size_t(i)].shape));
  }
  return success();
}

} // namespace dlc::check
