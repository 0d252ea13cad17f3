// Branches and loops: ended functions become regions of scf ops. A value that a function took from outside is read
// where it stands; its arguments are the operands, or what a loop carries.
#include "lib/Array/Trace.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace dlc {

static std::string textOf(Type type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

Status Trace::findRegion(uint32_t index, Function *&out) {
  if (index >= functions.size() || functions[index].isRegion)
    return Status::error(ErrorKind::Value, "expected a function of the trace that is no region yet, but got %u", index);
  out = &functions[index];
  return Status::ok();
}

/// A rank-0 tensor's element as a scalar of the host program.
Status Trace::useScalar(uint32_t id, StringRef what, bool isBool, Value &out) {
  Operand operand;
  DLC_RETURN_IF_FAILED(useEntry(id, operand));
  OpBuilder at = builder();
  if (operand.isLiteral() && operand.weak == (isBool ? WeakKind::Bool : WeakKind::Int)) {
    out = isBool ? arith::ConstantIntOp::create(at, at.getUnknownLoc(), operand.integer, 1).getResult()
                 : arith::ConstantIndexOp::create(at, at.getUnknownLoc(), operand.integer).getResult();
    record({27, uint64_t(operand.integer)}); // part of the program
    return Status::ok();
  }
  Type element = operand.isLiteral() ? Type() : elementTypeOf(operand.value);
  bool isRight = element && rankOf(operand.value) == 0 && element.isSignlessInteger() && element.isInteger(1) == isBool;
  if (!isRight)
    return Status::error(ErrorKind::Type, "expected %s to be a %s of rank 0, but got %s", what.str().c_str(),
                         isBool ? "bool" : "signed integer",
                         operand.isLiteral() ? "another number" : textOf(operand.value.getType()).c_str());
  out = tensor::ExtractOp::create(at, at.getUnknownLoc(), operand.value, ValueRange());
  if (!isBool)
    out = arith::IndexCastOp::create(at, at.getUnknownLoc(), at.getIndexType(), out);
  return Status::ok();
}

Status Trace::useAll(ArrayRef<uint32_t> ids, ArrayRef<Type> types, SmallVectorImpl<Value> &out) {
  if (ids.size() != types.size())
    return Status::error(ErrorKind::Value, "expected %zu arguments, but got %zu", types.size(), ids.size());
  for (auto [id, type] : llvm::zip(ids, types)) {
    Operand operand;
    DLC_RETURN_IF_FAILED(useEntry(id, operand));
    if (operand.isLiteral())
      operand.value = literal(operand, elementTypeOf(type));
    DLC_RETURN_IF_FAILED(use(operand.value, operand.value));
    if (operand.value.getType() != type)
      return Status::error(ErrorKind::Value, "expected an argument of type %s, but got %s", textOf(type).c_str(),
                           textOf(operand.value.getType()).c_str());
    out.push_back(operand.value);
  }
  return Status::ok();
}

/// Expects results of the types that the place of a region asks for.
static Status checkResults(func::FuncOp function, TypeRange types, const char *what) {
  TypeRange got = function.getFunctionType().getResults();
  if (got.size() != types.size())
    return Status::error(ErrorKind::Value, "expected %s to give %zu results, but got %zu", what, types.size(),
                         got.size());
  for (size_t i = 0; i < types.size(); ++i)
    if (got[i] != types[i])
      return Status::error(ErrorKind::Type, "expected result %zu of %s to be %s, but got %s", i, what,
                           textOf(types[i]).c_str(), textOf(got[i]).c_str());
  return Status::ok();
}

Status Trace::fillRegion(Function &function, ValueRange arguments, Block &to, SmallVectorImpl<Value> &results) {
  Block &body = function.function.getBody().front();
  SmallVector<Value> actuals(arguments);
  for (Value value : function.captured) {
    DLC_RETURN_IF_FAILED(use(value, value));
    actuals.push_back(value);
  }
  for (auto [argument, actual] : llvm::zip_equal(body.getArguments(), actuals))
    argument.replaceAllUsesWith(actual);
  Operation *end = body.getTerminator();
  results.assign(end->operand_begin(), end->operand_end());
  end->erase();
  to.getOperations().splice(to.end(), body.getOperations());
  function.isRegion = true; // stays as the home of its arguments, which handles may still hold
  return Status::ok();
}

void Trace::addResults(Operation *op, uint64_t event, ArrayRef<uint32_t> operands, uint32_t location,
                       SmallVectorImpl<uint32_t> &results) {
  ++ops;
  SmallVector<uint64_t> words{event, location, operands.size()};
  words.append(operands.begin(), operands.end());
  record(words);
  for (Value result : op->getResults())
    results.push_back(addEntry({result, WeakKind::None, 0, 0}));
}

Status Trace::branch(const BranchCall &call, SmallVectorImpl<uint32_t> &results) {
  DLC_RETURN_IF_FAILED(checkOpen());
  Function *branches[2];
  DLC_RETURN_IF_FAILED(findRegion(call.whenTrue, branches[0]));
  DLC_RETURN_IF_FAILED(findRegion(call.whenFalse, branches[1]));
  if (branches[0] == branches[1])
    return Status::error(ErrorKind::Value, "expected a function for each branch, but got one for both");
  SmallVector<Type> types(branches[0]->function.getFunctionType().getResults());
  DLC_RETURN_IF_FAILED(checkResults(branches[1]->function, types, "the branch for false"));
  SmallVector<Value> operands[2];
  for (int i : {0, 1}) {
    SmallVector<Type> own(branches[i]->function.getArgumentTypes().drop_back(branches[i]->captured.size()));
    DLC_RETURN_IF_FAILED(useAll(call.arguments, own, operands[i]));
  }
  Value condition;
  DLC_RETURN_IF_FAILED(useScalar(call.predicate, "the predicate", /*isBool=*/true, condition));
  OpBuilder at = builder();
  Location location = host->location(call.location);
  auto op = scf::IfOp::create(at, location, types, condition, /*addThenBlock=*/true, /*addElseBlock=*/true);
  for (int i : {0, 1}) {
    Block &block = op->getRegion(i).front();
    block.clear();
    SmallVector<Value> given;
    DLC_RETURN_IF_FAILED(fillRegion(*branches[i], operands[i], block, given));
    OpBuilder end = OpBuilder::atBlockEnd(&block);
    scf::YieldOp::create(end, location, given);
  }
  SmallVector<uint32_t> key{call.predicate, call.whenTrue, call.whenFalse};
  key.append(call.arguments.begin(), call.arguments.end());
  addResults(op, 8, key, call.location, results);
  return Status::ok();
}

Status Trace::whileLoop(uint32_t condition, uint32_t body, ArrayRef<uint32_t> inits, uint32_t locationIndex,
                        SmallVectorImpl<uint32_t> &results) {
  DLC_RETURN_IF_FAILED(checkOpen());
  Function *test, *step;
  DLC_RETURN_IF_FAILED(findRegion(condition, test));
  DLC_RETURN_IF_FAILED(findRegion(body, step));
  if (test == step)
    return Status::error(ErrorKind::Value, "expected a function for the condition and one for the body, but got one");
  SmallVector<Type> types(step->function.getArgumentTypes().drop_back(step->captured.size()));
  SmallVector<Value> operands;
  DLC_RETURN_IF_FAILED(useAll(inits, types, operands));
  DLC_RETURN_IF_FAILED(checkResults(step->function, types, "the loop's body"));
  Type boolean = RankedTensorType::get({}, IntegerType::get(&host->context(), 1));
  DLC_RETURN_IF_FAILED(checkResults(test->function, boolean, "the loop's condition"));
  if (SmallVector<Type>(test->function.getArgumentTypes().drop_back(test->captured.size())) != types)
    return Status::error(ErrorKind::Type, "expected the loop's condition to take what its body takes");

  OpBuilder at = builder();
  Location location = host->location(locationIndex);
  auto op = scf::WhileOp::create(at, location, types, operands, nullptr, nullptr);
  SmallVector<Location> locations(types.size(), location);
  auto fill = [&](Region &region, Function &function, SmallVectorImpl<Value> &given) {
    region.getBlocks().clear();
    Block &block = region.emplaceBlock();
    block.addArguments(types, locations);
    return fillRegion(function, block.getArguments(), block, given);
  };
  SmallVector<Value> holds, next;
  DLC_RETURN_IF_FAILED(fill(op.getBefore(), *test, holds));
  OpBuilder end = OpBuilder::atBlockEnd(&op.getBefore().front());
  Value holdsNow = tensor::ExtractOp::create(end, location, holds[0], ValueRange());
  scf::ConditionOp::create(end, location, holdsNow, op.getBefore().front().getArguments());
  DLC_RETURN_IF_FAILED(fill(op.getAfter(), *step, next));
  end.setInsertionPointToEnd(&op.getAfter().front());
  scf::YieldOp::create(end, location, next);
  SmallVector<uint32_t> key{condition, body};
  key.append(inits.begin(), inits.end());
  addResults(op, 9, key, locationIndex, results);
  return Status::ok();
}

Status Trace::forLoop(uint32_t lower, uint32_t upper, uint32_t body, ArrayRef<uint32_t> inits, uint32_t locationIndex,
                      SmallVectorImpl<uint32_t> &results) {
  DLC_RETURN_IF_FAILED(checkOpen());
  Function *step;
  DLC_RETURN_IF_FAILED(findRegion(body, step));
  SmallVector<Type> types(step->function.getArgumentTypes().drop_back(step->captured.size()));
  auto counter = types.empty() ? RankedTensorType() : cast<RankedTensorType>(types.front());
  bool isCounter = counter && counter.getRank() == 0 && counter.getElementType().isSignlessInteger() &&
                   !counter.getElementType().isInteger(1);
  if (!isCounter)
    return Status::error(ErrorKind::Type,
                         "expected the loop's body to take a counter first, a signed integer of rank 0");
  types.erase(types.begin());
  SmallVector<Value> operands;
  DLC_RETURN_IF_FAILED(useAll(inits, types, operands));
  DLC_RETURN_IF_FAILED(checkResults(step->function, types, "the loop's body"));
  Value from, to;
  DLC_RETURN_IF_FAILED(useScalar(lower, "the lower bound", /*isBool=*/false, from));
  DLC_RETURN_IF_FAILED(useScalar(upper, "the upper bound", /*isBool=*/false, to));

  OpBuilder at = builder();
  Location location = host->location(locationIndex);
  Value one = arith::ConstantIndexOp::create(at, location, 1);
  auto op = scf::ForOp::create(at, location, from, to, one, operands);
  Block &block = *op.getBody();
  block.clear();
  OpBuilder inner = OpBuilder::atBlockEnd(&block);
  Value index = arith::IndexCastOp::create(inner, location, counter.getElementType(), op.getInductionVar());
  SmallVector<Value> arguments{tensor::FromElementsOp::create(inner, location, counter, index)}, next;
  arguments.append(op.getRegionIterArgs().begin(), op.getRegionIterArgs().end());
  DLC_RETURN_IF_FAILED(fillRegion(*step, arguments, block, next));
  inner.setInsertionPointToEnd(&block);
  scf::YieldOp::create(inner, location, next);
  SmallVector<uint32_t> key{lower, upper, body};
  key.append(inits.begin(), inits.end());
  addResults(op, 10, key, locationIndex, results);
  return Status::ok();
}

} // namespace dlc
