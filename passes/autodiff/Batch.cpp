// One walk in program order: an op that reaches no batched value is cloned, any other is built by its rule.
#include "passes/autodiff/Batch.h"
#include "passes/autodiff/Activity.h"

#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;

namespace dlc {
namespace {

class Batch {
public:
  Batch(VmapOp request, func::FuncOp function)
      : request(request), function(function), block(function.getBody().front()), builder(request),
        extent(*request.extent()) {
    for (auto [argument, operand, axis] : llvm::zip(block.getArguments(), request.getOperands(), request.getInAxes()))
      define(argument, {operand, axis < 0 ? std::nullopt : std::optional<int64_t>(axis)});
  }

  LogicalResult run() {
    for (Operation &op : block.without_terminator())
      if (failed(visit(&op)))
        return failure();
    return success();
  }

  LogicalResult finish(SmallVectorImpl<Value> &results) {
    DlcBuilder b(builder, request.getLoc());
    for (auto [i, axis] : llvm::enumerate(request.getOutAxes())) {
      Batched result = lookup(block.getTerminator()->getOperand(i));
      if (axis < 0 && result.dim)
        return request.emitOpError("expected result ")
               << i << " of '" << request.getCallee()
               << "' to be shared by all examples, as -1 in 'out_axes' says, but got one that depends on the example";
      results.push_back(axis < 0 ? result.value : batchedAt(b, result, axis, extent));
    }
    return success();
  }

private:
  /// A value is either in `shared` or in `batched`.
  void define(Value value, const Batched &to) {
    if (to.dim)
      batched[value] = to;
    else
      shared.map(value, to.value);
  }
  Batched lookup(Value value) {
    auto found = batched.find(value);
    return found == batched.end() ? Batched{shared.lookup(value), std::nullopt} : found->second;
  }

  LogicalResult visit(Operation *op) {
    if (llvm::none_of(inputsOf(op), [&](Value value) { return batched.contains(value); })) {
      builder.clone(*op, shared);
      return success();
    }
    auto rule = dyn_cast<BatchableOpInterface>(op);
    if (!rule)
      return explain(op, "it has no rule");
    SmallVector<Batched> operands;
    for (Value operand : op->getOperands())
      operands.push_back(lookup(operand));
    if (StringRef reason = rule.whyNotBatchable(operands, extent); !reason.empty())
      return explain(op, reason);
    DlcBuilder b(builder, op->getLoc());
    bool isVoid = extent == DimExpr(0) && isMemoryEffectFree(op);
    SmallVector<Batched> results = isVoid ? empty(b, op) : rule.buildBatched(b, operands, extent);
    for (auto [result, all] : llvm::zip_equal(op->getResults(), results)) {
      if (failed(checkType(op, result, all)))
        return failure();
      define(result, all);
    }
    return success();
  }

  /// Results for no example at all, of an op without effects.
  SmallVector<Batched> empty(DlcBuilder &b, Operation *op) {
    SmallVector<Batched> results;
    for (Value result : op->getResults()) {
      Value zero = b.scalar(0, elementTypeOf(result));
      results.push_back({b.broadcast(zero, withEntry<DimExpr>(dimsOf(result), 0, extent), {}), 0});
    }
    return results;
  }

  LogicalResult checkType(Operation *op, Value one, const Batched &all) {
    Dims dims = dimsOf(one);
    if (all.dim)
      dims.insert(dims.begin() + *all.dim, extent);
    Type expected = tensorType(dims, elementTypeOf(one));
    if (all.value.getType() == expected)
      return success();
    std::string reason;
    llvm::raw_string_ostream(reason) << "the batch of a result has the type " << all.value.getType();
    return explain(op, reason);
  }

  LogicalResult explain(Operation *op, StringRef reason) {
    auto diagnostic = op->emitOpError("expected a batching rule, but got none: ") << reason;
    diagnostic.attachNote(request->getLoc()) << "batched here, as a part of '" << function.getName() << "'";
    return diagnostic;
  }

  VmapOp request;
  func::FuncOp function;
  Block &block;
  OpBuilder builder;
  DimExpr extent;
  IRMapping shared;
  llvm::DenseMap<Value, Batched> batched;
};

} // namespace

LogicalResult buildBatch(VmapOp request, func::FuncOp function, SmallVectorImpl<Value> &results) {
  Batch batch(request, function);
  return failed(batch.run()) ? failure() : batch.finish(results);
}

} // namespace dlc
