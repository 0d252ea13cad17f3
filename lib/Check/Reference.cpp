// Walks the entry op by op: calls and derivatives run here, everything else is evaluated by its definition.
#include "lib/Check/Reference.h"

#include "dialects/dlc/DeadOps.h"
#include "dialects/dlc/Dlc.h"
#include "lib/Check/KnownExtents.h"
#include "lib/Check/Tape.h"
#include "passes/autodiff/Decompose.h"

#include <cstring>

using namespace mlir;

namespace dlc::check {

bool isRequest(Operation *op) { return isa<CallOp, VjpOp, JvpOp, VmapOp>(op); }

bool needsResolving(ModuleOp module) {
  return module.walk([](Operation *op) { return isRequest(op) ? WalkResult::interrupt() : WalkResult::advance(); })
      .wasInterrupted();
}

/// Example `n` of a batch along `axis`; what all share is each one's.
static HostTensor exampleOf(const HostTensor &all, int64_t axis, int64_t n) {
  if (axis < 0)
    return all;
  std::vector<int64_t> shape = all.shape;
  int64_t outer = 1, inner = byteWidth(all.type), extent = shape[size_t(axis)];
  shape.erase(shape.begin() + axis);
  for (size_t i = 0; i < shape.size(); ++i)
    (int64_t(i) < axis ? outer : inner) *= shape[i];
  HostTensor one(all.type, shape);
  for (int64_t i = 0; i < outer; ++i)
    std::memcpy(one.data<char>() + i * inner, all.data<char>() + (i * extent + n) * inner, size_t(inner));
  return one;
}

/// Puts example `n` of `extent` into its place.
static void putExample(HostTensor &all, const HostTensor &one, int64_t axis, int64_t n) {
  int64_t outer = 1, inner = byteWidth(one.type), extent = all.shape[size_t(axis)];
  for (int64_t i = 0; i < one.rank(); ++i)
    (i < axis ? outer : inner) *= one.shape[size_t(i)];
  for (int64_t i = 0; i < outer; ++i)
    std::memcpy(all.data<char>() + (i * extent + n) * inner, one.data<char>() + i * inner, size_t(inner));
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
    eraseDeadOps(*copy);
    return copy;
  }

  /// A copy of a function for the tape: null if it holds what that cannot follow.
  OwningOpRef<func::FuncOp> plainCallee(StringRef name, ArrayRef<HostTensor> inputs) {
    OwningOpRef<func::FuncOp> callee = copyOf(name, inputs);
    auto isBeyond = [](Operation *op) {
      return isRequest(op) || (op->getNumRegions() > 0 && !isa<func::FuncOp>(op)) ? WalkResult::interrupt()
                                                                                  : WalkResult::advance();
    };
    if (callee && callee->walk(isBeyond).wasInterrupted())
      return nullptr;
    return callee;
  }

  LogicalResult runOp(Operation *op, ArrayRef<HostTensor> inputs, Tape::Tensors &results) {
    if (auto call = dyn_cast<CallOp>(op))
      return run(call.getCallee(), inputs, results);
    if (auto vjp = dyn_cast<VjpOp>(op)) {
      size_t count = inputs.size() - vjp.getOf().size();
      OwningOpRef<func::FuncOp> callee = plainCallee(vjp.getCallee(), inputs.take_front(count));
      return callee ? Tape(*callee, inputs.take_front(count))
                          .run(vjp.getWrt(), vjp.getOf(), inputs.drop_front(count), results)
                    : failure();
    }
    if (auto jvp = dyn_cast<JvpOp>(op)) {
      size_t count = inputs.size() - jvp.getWrt().size();
      OwningOpRef<func::FuncOp> callee = plainCallee(jvp.getCallee(), inputs.take_front(count));
      return callee ? Tape(*callee, inputs.take_front(count))
                          .runTangents(jvp.getWrt(), jvp.getOf(), inputs.drop_front(count), results)
                    : failure();
    }
    if (auto vmap = dyn_cast<VmapOp>(op))
      return runBatch(vmap, inputs, results);
    return evaluateOp(op, inputs, results);
  }

  /// Example by example.
  LogicalResult runBatch(VmapOp vmap, ArrayRef<HostTensor> inputs, Tape::Tensors &results) {
    int64_t extent = 0;
    for (auto [axis, input] : llvm::zip_equal(vmap.getInAxes(), inputs))
      if (axis >= 0)
        extent = input.shape[size_t(axis)];
    if (extent == 0)
      return failure();
    for (int64_t n = 0; n < extent; ++n) {
      Tape::Tensors examples, outputs;
      for (auto [axis, input] : llvm::zip_equal(vmap.getInAxes(), inputs))
        examples.push_back(exampleOf(input, axis, n));
      if (failed(run(vmap.getCallee(), examples, outputs)))
        return failure();
      for (auto [i, axis] : llvm::enumerate(vmap.getOutAxes())) {
        std::vector<int64_t> shape = outputs[i].shape;
        if (axis >= 0)
          shape.insert(shape.begin() + axis, extent);
        if (n == 0)
          results.push_back(HostTensor(outputs[i].type, shape));
        if (axis < 0)
          results[i] = outputs[i];
        else
          putExample(results[i], outputs[i], axis, n);
      }
    }
    return success();
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
    decomposeComplex(*plain);    // and of an op on complex elements that of its parts
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
  eraseDeadOps(entry);
  return interpretFunction(entry, inputs);
}

} // namespace dlc::check
