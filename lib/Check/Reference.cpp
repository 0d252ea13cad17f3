// Walks the entry op by op: calls and derivatives run here, everything else is evaluated by its definition.
#include "lib/Check/Reference.h"

#include "dialects/dlc/Specialize.h"
#include "lib/Check/Tape.h"
#include "lib/Support/SymbolBinding.h"
#include "passes/autodiff/Decompose.h"

#include "mlir/IR/Verifier.h"

using namespace mlir;

namespace dlc::check {

Status specialise(func::FuncOp function, ArrayRef<HostTensor> inputs) {
  SymbolBinding binding;
  if (inputs.size() != function.getNumArguments())
    return Status::error(ErrorKind::Value, "expected %u inputs, but got %zu", function.getNumArguments(),
                         inputs.size());
  for (auto [i, input] : llvm::enumerate(inputs)) {
    Dims dims = dimsOf(function.getArgumentTypes()[i]);
    DLC_RETURN_IF_FAILED(binding.add("input " + std::to_string(i), {dims.begin(), dims.end()}, input.shape));
  }
  DLC_RETURN_IF_FAILED(binding.solve());
  if (binding.empty())
    return Status::ok();
  substituteSymbols(function, [&](const std::string &name) {
    auto value = binding.lookup(name);
    return value ? DimExpr(*value) : DimExpr::symbol(name);
  });
  DiagnosticCollector collector(*function.getContext());
  if (failed(verify(function)))
    return collector.status(ErrorKind::Value, "the extents of the inputs contradict each other");
  return Status::ok();
}

bool isRequest(Operation *op) { return isa<CallOp, VjpOp, JvpOp, VmapOp>(op); }

bool needsResolving(ModuleOp module) {
  return module.walk([](Operation *op) { return isRequest(op) ? WalkResult::interrupt() : WalkResult::advance(); })
      .wasInterrupted();
}

namespace {

/// Runs functions of a module by definition. Fails where it cannot follow, or where an op reports an error: the
/// position of an error is that of the resolved program, so that is interpreted then.
class Definition {
public:
  explicit Definition(ModuleOp module) : symbols(module) {}

  LogicalResult run(StringRef name, ArrayRef<HostTensor> inputs, Tape::Tensors &outputs) {
    OwningOpRef<func::FuncOp> function = copyOf(name, inputs);
    if (!function || depth > 64)
      return failure();
    ++depth;
    DenseMap<Value, HostTensor> values;
    for (auto [value, tensor] : llvm::zip_equal(function->getArguments(), inputs))
      values[value] = tensor;
    auto get = [&](ValueRange range) {
      Tape::Tensors tensors;
      for (Value value : range)
        tensors.push_back(values.lookup(value));
      return tensors;
    };
    Block &block = function->getBody().front();
    for (Operation &op : block.without_terminator()) {
      Tape::Tensors results;
      if (failed(runOp(&op, get(op.getOperands()), results)))
        return failure();
      for (auto [value, tensor] : llvm::zip_equal(op.getResults(), results))
        values[value] = tensor;
    }
    outputs = get(block.getTerminator()->getOperands());
    --depth;
    return success();
  }

private:
  /// The function with its symbols replaced by values.
  OwningOpRef<func::FuncOp> copyOf(StringRef name, ArrayRef<HostTensor> inputs) {
    auto function = symbols.lookup<func::FuncOp>(name);
    if (!function || function.isExternal() || !function.getBody().hasOneBlock())
      return nullptr;
    OwningOpRef<func::FuncOp> copy = function.clone();
    if (specialise(*copy, inputs).failed())
      return nullptr;
    eraseDead(*copy);
    return copy;
  }

  LogicalResult runOp(Operation *op, ArrayRef<HostTensor> inputs, Tape::Tensors &results) {
    if (auto call = dyn_cast<CallOp>(op))
      return run(call.getCallee(), inputs, results);
    if (auto vjp = dyn_cast<VjpOp>(op)) {
      size_t count = inputs.size() - vjp.getOf().size();
      OwningOpRef<func::FuncOp> callee = copyOf(vjp.getCallee(), inputs.take_front(count));
      if (!callee || callee
                         ->walk([](Operation *inner) {
                           return isRequest(inner) || (inner->getNumRegions() > 0 && !isa<func::FuncOp>(inner))
                                      ? WalkResult::interrupt()
                                      : WalkResult::advance();
                         })
                         .wasInterrupted())
        return failure();
      return Tape(*callee, inputs.take_front(count)).run(vjp.getWrt(), vjp.getOf(), inputs.drop_front(count), results);
    }
    return evaluateOp(op, inputs, results);
  }

  SymbolTable symbols;
  int64_t depth = 0;
};

} // namespace

Outcome referenceOf(Session &session, ModuleOp module, ArrayRef<HostTensor> inputs, bool *isIndependent) {
  Outcome outcome;
  func::FuncOp entry;
  outcome.status = session.entryOf(module, entry);
  if (outcome.status.failed())
    return outcome;
  bool isResolved = !needsResolving(module);
  if (isIndependent)
    *isIndependent = true;
  OwningOpRef<ModuleOp> copy = module.clone();
  Tape::Tensors outputs;
  if (!isResolved) {
    OwningOpRef<ModuleOp> plain = module.clone();
    decomposeComposites(*plain); // the gradient of a composite is that of its decomposition (numerics N7)
    if (succeeded(Definition(*plain).run(entry.getSymName(), inputs, outputs))) {
      outcome.outputs.assign(outputs.begin(), outputs.end());
      return outcome;
    }
  }
  if (!isResolved) {
    if (isIndependent)
      *isIndependent = false;
    outcome.status = session.run(*copy, Phase::Trace, Phase::Autodiff);
    if (outcome.status.failed())
      return outcome;
  }
  outcome.status = session.entryOf(*copy, entry);
  if (outcome.status.failed())
    return outcome;
  eraseDead(entry);
  return interpretFunction(entry, inputs);
}

} // namespace dlc::check
