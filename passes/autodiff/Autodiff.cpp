// Resolves calls, derivatives and batches function by function, callees first, so that each is made of a body without
// calls, whatever derivatives and batches that body held itself.
#include "dialects/dlc/Dlc.h"
#include "passes/autodiff/Batch.h"
#include "passes/autodiff/Decompose.h"
#include "passes/autodiff/Passes.h"
#include "passes/autodiff/Sweep.h"
#include "passes/autodiff/Tangents.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace dlc {
#define GEN_PASS_DEF_AUTODIFFPASS
#include "passes/autodiff/Passes.h.inc"

namespace {

class Resolver {
public:
  explicit Resolver(ModuleOp module) : module(module), symbols(module) {}

  LogicalResult resolve(func::FuncOp function) {
    if (function.isExternal() || done.contains(function))
      return success();
    open.insert(function);
    SmallVector<Operation *> requests;
    function.walk([&](Operation *op) {
      if (isa<CallOp, VjpOp, JvpOp, VmapOp>(op))
        requests.push_back(op);
    });
    for (Operation *op : requests)
      if (failed(llvm::TypeSwitch<Operation *, LogicalResult>(op).Case<CallOp, VjpOp, JvpOp, VmapOp>(
              [&](auto request) { return resolveRequest(request); })))
        return failure();
    open.erase(function);
    done.insert(function);
    return success();
  }

  /// Erases private functions that nothing refers to, until none is left.
  void eraseUnused() {
    bool hasErased = true;
    while (hasErased) {
      hasErased = false;
      for (auto function : llvm::make_early_inc_range(module.getOps<func::FuncOp>()))
        if (function.isPrivate() && SymbolTable::symbolKnownUseEmpty(function, module)) {
          symbols.erase(function);
          hasErased = true;
        }
    }
  }

private:
  func::FuncOp callee(FlatSymbolRefAttr name) { return symbols.lookup<func::FuncOp>(name.getValue()); }

  /// Recursive functions keep their calls.
  static bool callsAnything(func::FuncOp function) {
    return function.walk([](CallOp) { return WalkResult::interrupt(); }).wasInterrupted();
  }

  LogicalResult resolveRequest(CallOp call) {
    func::FuncOp function = callee(call.getCalleeAttr());
    if (function.isExternal())
      return call.emitOpError("expected '") << call.getCallee() << "' to have a body, but got a declaration";
    if (open.contains(function))
      return success();
    if (failed(resolve(function)))
      return failure();
    if (!callsAnything(function))
      inlineBody(call, function);
    return success();
  }

  LogicalResult resolveRequest(VjpOp vjp) {
    return resolveDerivative(
        vjp, [&](func::FuncOp joint) { return appendGradients(joint, vjp.getWrt(), vjp.getOf(), vjp); });
  }

  LogicalResult resolveRequest(JvpOp jvp) {
    return resolveDerivative(jvp,
                             [&](func::FuncOp joint) { return appendTangents(joint, jvp.getWrt(), jvp.getOf(), jvp); });
  }

  LogicalResult resolveRequest(VmapOp vmap) {
    func::FuncOp function = callee(vmap.getCalleeAttr());
    SmallVector<Value> results;
    if (failed(resolveTransformed(vmap, function, "batch")) || failed(buildBatch(vmap, function, results)))
      return failure();
    vmap->replaceAllUsesWith(results);
    vmap->erase();
    return success();
  }

  /// Inlines what `append` makes of a copy of the callee.
  template <class Op>
  LogicalResult resolveDerivative(Op request, llvm::function_ref<LogicalResult(func::FuncOp)> append) {
    func::FuncOp function = callee(request.getCalleeAttr());
    if (failed(resolveTransformed(request, function, "derivative")))
      return failure();
    OwningOpRef<func::FuncOp> joint = function.clone();
    if (failed(append(*joint)))
      return failure();
    inlineBody(request, *joint);
    return success();
  }

  /// Resolves a callee whose body is needed, for its `what`.
  LogicalResult resolveTransformed(Operation *request, func::FuncOp function, StringRef what) {
    if (function.isExternal())
      return request->emitOpError("expected '") << function.getName() << "' to have a body, but got a declaration";
    if (open.contains(function))
      return request->emitOpError("expected a function that does not contain its own ")
             << what << ", but got '" << function.getName() << "'";
    return resolve(function);
  }

  static void inlineBody(Operation *request, func::FuncOp function) {
    OpBuilder builder(request);
    IRMapping mapping;
    Block &block = function.getBody().front();
    mapping.map(block.getArguments(), request->getOperands());
    for (Operation &op : block.without_terminator())
      builder.clone(op, mapping);
    SmallVector<Value> results;
    for (Value result : block.getTerminator()->getOperands())
      results.push_back(mapping.lookup(result));
    request->replaceAllUsesWith(results);
    request->erase();
  }

  ModuleOp module;
  SymbolTable symbols;
  llvm::DenseSet<Operation *> open, done;
};

struct AutodiffPass : impl::AutodiffPassBase<AutodiffPass> {
  void runOnOperation() override {
    // First, because the gradient of a composite is that of its decomposition (N7).
    decomposeComposites(getOperation());
    decomposeComplex(getOperation());
    Resolver resolver(getOperation());
    for (auto function : llvm::to_vector(getOperation().getOps<func::FuncOp>()))
      if (failed(resolver.resolve(function)))
        return signalPassFailure();
    resolver.eraseUnused();
    decomposeComplex(getOperation()); // what gradients and batches are made of
  }
};

} // namespace
} // namespace dlc
