// The walk: ops of a block in order, regions as their ops say.
#include "lib/Interp/Activation.h"
#include "dialects/dlc/Specialize.h"
#include "dialects/rt/Rt.h"
#include "lib/Interp/HostAttr.h"
#include "lib/Runtime/CustomCall.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Iterators.h"
#include "mlir/IR/Verifier.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace dlc {

Activation::Tensors Activation::get(ValueRange range) {
  Tensors tensors;
  for (Value value : range)
    tensors.push_back(values.lookup(value));
  return tensors;
}

int64_t Activation::getIndex(Value value) { return scalar::load(DType::I64, values.lookup(value).at(0)).i; }

void Activation::set(ValueRange range, ArrayRef<HostTensor> tensors) {
  for (auto [value, tensor] : llvm::zip_equal(range, tensors))
    values[value] = tensor;
}

LogicalResult Activation::fail(Operation *op, Status status) {
  shared.error.status = std::move(status);
  shared.error.location = op->getLoc();
  return failure();
}

void DataErrors::keep(const ErrorReport &report, Operation *from) {
  if (lowest && lowest->position <= report.position)
    return;
  lowest = report;
  location = from->getLoc();
  op = from->getName().getStringRef().str();
}

void Activation::number(Operation *isolated) {
  int64_t next = 0;
  isolated->walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (op == isolated || (slots && !canFail(op)))
      return;
    int64_t place = next++;
    if (slots)
      place = place < int64_t(slots->size()) ? (*slots)[place] : slots->empty() ? 0 : slots->back();
    positions[op] = place;
  });
}

LogicalResult Activation::runIsolated(Operation *isolated, const SymbolBinding &binding, ArrayRef<HostTensor> inputs,
                                      SmallVectorImpl<HostTensor> &outputs) {
  OwningOpRef<Operation *> specialised;
  if (!binding.empty()) {
    specialised = isolated->clone();
    isolated = *specialised;
    substituteSymbols(isolated, [&](const std::string &name) {
      auto value = binding.lookup(name);
      return value ? DimExpr(*value) : DimExpr::symbol(name);
    });
    std::string message;
    ScopedDiagnosticHandler handler(isolated->getContext(), [&](Diagnostic &diagnostic) {
      if (message.empty()) {
        message = diagnostic.str();
        shared.error.location = diagnostic.getLocation();
      }
    });
    if (failed(verify(isolated))) {
      shared.error.status = Status::error(ErrorKind::Value, "%s", message.c_str());
      return failure();
    }
  }
  number(isolated);
  findDead(isolated);
  Tensors results;
  if (failed(runBlock(isolated->getRegion(0).front(), inputs, results)))
    return failure();
  outputs.assign(results.begin(), results.end());
  return success();
}

/// From the last op to the first: users come before what they use.
void Activation::findDead(Operation *isolated) {
  auto hasCalls = isolated->walk([](CustomCallOp) { return WalkResult::interrupt(); });
  if (!hasCalls.wasInterrupted())
    return;
  isolated->walk<WalkOrder::PostOrder, ReverseIterator>([&](Operation *op) {
    if (op != isolated && wouldOpBeTriviallyDead(op) &&
        llvm::all_of(op->getUsers(), [&](Operation *user) { return dead.contains(user); }))
      dead.insert(op);
  });
}

LogicalResult Activation::runBlock(Block &block, ArrayRef<HostTensor> arguments, Tensors &results) {
  set(block.getArguments(), arguments);
  for (Operation &op : block.without_terminator())
    if (!dead.contains(&op) && failed(runOp(&op)))
      return failure();
  results = get(block.getTerminator()->getOperands());
  return success();
}

LogicalResult Activation::runOp(Operation *op) {
  LogicalResult ran = dispatch(op);
  if (succeeded(ran) && shared.options.observe)
    shared.options.observe(op, get(op->getResults()));
  return ran;
}

LogicalResult Activation::dispatch(Operation *op) {
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](EvaluateOpInterface evaluable) { return runEvaluable(evaluable); })
      .Case([&](CallOp call) { return runCall(call); })
      .Case([&](CustomCallOp call) { return runCustomCall(call); })
      .Case([&](rt::LaunchOp) { return runLaunch(op); })
      .Case([&](scf::IfOp) { return runIf(op); })
      .Case([&](scf::ForOp) { return runFor(op); })
      .Case([&](scf::WhileOp) { return runWhile(op); })
      .Case([&](tensor::ExtractOp) { return runExtract(op); })
      .Case([&](tensor::FromElementsOp) { return runFromElements(op); })
      .Case([&](tensor::DimOp) { return runDim(op); })
      .Default([&](Operation *) { return runByFolding(op); });
}

LogicalResult Activation::allocate(Operation *op, Tensors &outputs) {
  for (Type type : op->getResultTypes())
    if (!cast<RankedTensorType>(type).hasStaticShape())
      return fail(op, Status::error(ErrorKind::Value, "expected extents that the arguments determine, but got %s",
                                    dimsText(dimsOf(type)).c_str()));
  if (Status status = allocateResults(op, outputs); status.failed())
    return fail(op, status);
  return success();
}

LogicalResult Activation::runEvaluable(EvaluateOpInterface op) {
  Tensors outputs;
  if (failed(allocate(op, outputs)))
    return failure();
  OpContext context(positions.lookup(op));
  op.evaluate(context, get(op->getOperands()), outputs);
  if (context.record.isSet())
    shared.reports.keep(context.record.get(), op);
  set(op->getResults(), outputs);
  return success();
}

/// A failure with no status: what was reported before ends the run.
LogicalResult Activation::runCustomCall(CustomCallOp op) {
  if (shared.reports.lowest)
    return failure();
  Tensors inputs = get(op.getOperands()), outputs;
  if (failed(allocate(op, outputs)))
    return failure();
  SmallVector<TensorRef> tensors;
  for (const Tensors *list : {&inputs, &outputs})
    for (const HostTensor &tensor : *list) {
      TensorRef ref;
      ref.data = tensor.buffer.data();
      ref.dtype = tensor.type;
      ref.rank = uint32_t(tensor.rank());
      llvm::copy(tensor.shape, ref.dims);
      tensors.push_back(ref);
    }
  std::string text = op.getText().value_or("").str();
  Status status = callCustom(op.getTarget().str().c_str(), text.c_str(), {tensors.data(), inputs.size()},
                             {tensors.data() + inputs.size(), outputs.size()}, uint32_t(op.getBatchDims()));
  if (status.failed())
    return fail(op, status);
  set(op.getResults(), outputs);
  return success();
}

LogicalResult Activation::runCall(CallOp op) {
  if (shared.depth >= shared.options.callDepth)
    return fail(op, Status::error(ErrorKind::Value,
                                  "expected calls to nest at most %lld deep, but got a call of '%s' "
                                  "below that",
                                  (long long)shared.options.callDepth, op.getCallee().str().c_str()));
  auto callee = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(shared.scope, op.getCalleeAttr());
  if (!callee || callee.isExternal())
    return fail(op, Status::error(ErrorKind::Value, "expected '%s' to be a function with a body",
                                  op.getCallee().str().c_str()));
  SymbolBinding binding;
  Tensors inputs = get(op.getOperands()), outputs;
  for (auto [i, input] : llvm::enumerate(inputs)) {
    Dims dims = dimsOf(callee.getArgumentTypes()[i]);
    if (Status status = binding.add("argument " + std::to_string(i), {dims.begin(), dims.end()}, input.shape);
        status.failed())
      return fail(op, status);
  }
  if (Status status = binding.solve(); status.failed())
    return fail(op, status);
  ++shared.depth;
  LogicalResult result =
      Activation(shared, SmallVector<int64_t>{positions.lookup(op)}).runIsolated(callee, binding, inputs, outputs);
  --shared.depth;
  if (failed(result))
    return failure();
  set(op.getResults(), outputs);
  return success();
}

LogicalResult Activation::runLaunch(Operation *op) {
  auto launch = cast<rt::LaunchOp>(op);
  auto kernel = SymbolTable::lookupNearestSymbolFrom<rt::KernelOp>(shared.scope, launch.getKernelAttr());
  rt::BodyOp body = kernel ? kernel.getKernelBody() : rt::BodyOp();
  if (!body)
    return fail(op, Status::error(ErrorKind::Unsupported, "expected '%s' to be a kernel of dlc ops",
                                  launch.getKernel().str().c_str()));
  SymbolBinding binding;
  for (auto [symbol, dim] : llvm::zip(kernel.getSymbols().getAsValueRange<StringAttr>(), launch.getDims().getDims())) {
    auto value = dim.constant();
    if (!value)
      return fail(op, Status::error(ErrorKind::Value, "expected dims that the arguments determine, but got %s",
                                    dim.str().c_str()));
    binding.set(symbol.str(), *value);
  }
  Tensors outputs;
  SmallVector<int64_t> slots(launch.getSlots());
  if (failed(Activation(shared, std::move(slots)).runIsolated(body, binding, get(op->getOperands()), outputs)))
    return failure();
  set(op->getResults(), outputs);
  return success();
}

LogicalResult Activation::runIf(Operation *op) {
  auto branch = cast<scf::IfOp>(op);
  bool holds = *values.lookup(branch.getCondition()).data<uint8_t>() != 0;
  Block *block = holds ? branch.thenBlock() : branch.elseBlock();
  Tensors results;
  if (block && failed(runBlock(*block, {}, results)))
    return failure();
  set(op->getResults(), results);
  return success();
}

LogicalResult Activation::runFor(Operation *op) {
  auto loop = cast<scf::ForOp>(op);
  if (loop.getUnsignedCmp())
    return fail(op, Status::error(ErrorKind::Unsupported, "expected a loop that compares signed, but got unsignedCmp"));
  int64_t step = getIndex(loop.getStep()), end = getIndex(loop.getUpperBound()), i = getIndex(loop.getLowerBound());
  if (step <= 0 && !shared.reports.lowest)
    return fail(op, Status::error(ErrorKind::Value, "expected a positive step, but got %lld", (long long)step));
  Tensors carried = get(loop.getInitArgs());
  bool hasWrapped = false; // a counter that wraps has passed every bound
  for (; i < end && !hasWrapped && !shared.reports.lowest; hasWrapped = __builtin_add_overflow(i, step, &i)) {
    HostTensor counter(DType::I64, {});
    *counter.data<int64_t>() = i;
    Tensors arguments = {counter};
    arguments.append(carried.begin(), carried.end());
    if (failed(runBlock(*loop.getBody(), arguments, carried)))
      return failure();
  }
  set(op->getResults(), carried);
  return success();
}

LogicalResult Activation::runWhile(Operation *op) {
  auto loop = cast<scf::WhileOp>(op);
  Tensors carried = get(loop.getInits());
  while (true) {
    Tensors condition;
    if (failed(runBlock(*loop.getBeforeBody(), carried, condition)))
      return failure();
    bool holds = *condition.front().data<uint8_t>() != 0;
    condition.erase(condition.begin());
    if (!holds || shared.reports.lowest) {
      set(op->getResults(), condition);
      return success();
    }
    if (failed(runBlock(*loop.getAfterBody(), condition, carried)))
      return failure();
  }
}

LogicalResult Activation::runExtract(Operation *op) {
  auto extract = cast<tensor::ExtractOp>(op);
  HostTensor from = values.lookup(extract.getTensor()), to(from.type, {});
  std::vector<int64_t> index;
  for (auto [i, value] : llvm::enumerate(extract.getIndices())) {
    index.push_back(getIndex(value));
    if (index.back() < 0 || index.back() >= from.shape[i]) {
      shared.error.report = ErrorReport{positions.lookup(op), 0, index.back(), from.shape[i]};
      return fail(op, Status::error(ErrorKind::Index, "expected index %zu to be in [0, %lld), but got %lld", i,
                                    (long long)from.shape[i], (long long)index.back()));
    }
  }
  scalar::store(scalar::load(from.type, from.at(linearIndex(index, from.strides()))), to.at(0));
  set(op->getResults(), {to});
  return success();
}

LogicalResult Activation::runFromElements(Operation *op) {
  Tensors outputs;
  if (Status status = allocateResults(op, outputs); status.failed())
    return fail(op, status);
  for (auto [i, element] : llvm::enumerate(get(op->getOperands())))
    scalar::store(scalar::load(element.type, element.at(0)), outputs[0].at(int64_t(i)));
  set(op->getResults(), outputs);
  return success();
}

LogicalResult Activation::runDim(Operation *op) {
  auto dim = cast<tensor::DimOp>(op);
  HostTensor source = values.lookup(dim.getSource()), to(DType::I64, {});
  int64_t at = getIndex(dim.getIndex());
  if (at < 0 || at >= source.rank())
    return fail(op, Status::error(ErrorKind::Index, "expected a dimension in [0, %lld), but got %lld",
                                  (long long)source.rank(), (long long)at));
  *to.data<int64_t>() = source.shape[at];
  set(op->getResults(), {to});
  return success();
}

LogicalResult Activation::runByFolding(Operation *op) {
  auto unsupported = [&] {
    return fail(op, Status::error(ErrorKind::Unsupported, "expected an op that the interpreter runs, but got '%s'",
                                  op->getName().getStringRef().str().c_str()));
  };
  SmallVector<Attribute> operands;
  for (Value operand : op->getOperands()) {
    if (isa<ShapedType>(operand.getType()))
      return unsupported();
    operands.push_back(scalarAttrOf(values.lookup(operand), operand.getType()));
  }
  SmallVector<OpFoldResult> folded;
  if (failed(op->fold(operands, folded)) || folded.size() != op->getNumResults())
    return unsupported();
  for (auto [result, answer] : llvm::zip(op->getResults(), folded)) {
    if (auto value = dyn_cast<Value>(answer)) {
      values[result] = values.lookup(value);
      continue;
    }
    auto attr = dyn_cast<TypedAttr>(cast<Attribute>(answer));
    if (!attr || isa<ShapedType>(attr.getType()))
      return unsupported();
    values[result] = tensorOf(attr);
  }
  return success();
}

} // namespace dlc
