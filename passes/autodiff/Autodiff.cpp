// Resolves calls and derivatives function by function, callees first, so that a derivative is always taken of a body
// without calls, whatever order of differentiation it holds itself.
#include "dialects/dlc/Dlc.h"
#include "passes/autodiff/Decompose.h"
#include "passes/autodiff/Passes.h"
#include "passes/autodiff/Sweep.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/DenseSet.h"

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
      if (isa<CallOp, VjpOp>(op))
        requests.push_back(op);
    });
    for (Operation *op : requests) {
      auto call = dyn_cast<CallOp>(op);
      if (failed(call ? resolveCall(call) : resolveVjp(cast<VjpOp>(op))))
        return failure();
    }
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

  LogicalResult resolveCall(CallOp call) {
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

  LogicalResult resolveVjp(VjpOp vjp) {
    func::FuncOp function = callee(vjp.getCalleeAttr());
    if (function.isExternal())
      return vjp.emitOpError("expected '") << vjp.getCallee() << "' to have a body, but got a declaration";
    if (open.contains(function))
      return vjp.emitOpError("expected a function that does not contain its own derivative, but got '")
             << vjp.getCallee() << "'";
    if (failed(resolve(function)))
      return failure();
    OwningOpRef<func::FuncOp> joint = function.clone();
    if (failed(appendGradients(*joint, vjp.getWrt(), vjp.getOf(), vjp)))
      return failure();
    inlineBody(vjp, *joint);
    return success();
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
    Resolver resolver(getOperation());
    for (auto function : llvm::to_vector(getOperation().getOps<func::FuncOp>()))
      if (failed(resolver.resolve(function)))
        return signalPassFailure();
    resolver.eraseUnused();
  }
};

} // namespace
} // namespace dlc
