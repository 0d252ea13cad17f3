// One walk in program order: the tangent of an op's result is built right behind the op. A value that no tangent
// reaches has a symbolic zero for one until it must be returned.
#include "passes/autodiff/Tangents.h"
#include "dialects/dlc/Dlc.h"
#include "passes/autodiff/Activity.h"

using namespace mlir;

namespace dlc {
namespace {

class Tangents {
public:
  Tangents(func::FuncOp function, ArrayRef<int64_t> wrt, ArrayRef<int64_t> of, Operation *request)
      : function(function), block(function.getBody().front()), activity(function, wrt, of), request(request),
        builder(function.getContext()) {
    for (int64_t i : wrt)
      tangents[block.getArgument(i)] = block.addArgument(block.getArgument(i).getType(), function.getLoc());
  }

  LogicalResult run() {
    SmallVector<Operation *> program;
    for (Operation &op : block.without_terminator())
      program.push_back(&op);
    for (Operation *op : program)
      if (activity.isActive(op) && failed(visit(op)))
        return failure();
    return success();
  }

  /// The tangent of a result: zeros if no path reaches it.
  Value tangent(Value result) {
    builder.setInsertionPoint(block.getTerminator());
    return DlcBuilder(builder, function.getLoc()).orZeros(tangents.lookup(result), result);
  }

private:
  LogicalResult visit(Operation *op) {
    auto hasTangent = [&](Value value) { return bool(tangents.lookup(value)); };
    if (llvm::none_of(inputsOf(op), hasTangent))
      return success();
    auto rule = dyn_cast<DifferentiableOpInterface>(op);
    if (!rule)
      return activity.reportNoDerivative(op, "it has no rule", request, op);
    if (StringRef reason = rule.whyNoJvp(); !reason.empty())
      return activity.reportNoDerivative(op, reason, request, op);
    SmallVector<Value> given;
    for (Value operand : op->getOperands())
      given.push_back(tangents.lookup(operand));
    builder.setInsertionPointAfter(op);
    DlcBuilder b(builder, op->getLoc());
    for (auto [result, tangent] : llvm::zip_equal(op->getResults(), rule.buildJvp(b, given))) {
      if (!tangent || !activity.isVaried(result))
        continue;
      if (tangent.getType() != result.getType()) {
        std::string reason;
        llvm::raw_string_ostream(reason) << "the tangent of a result has the type " << tangent.getType();
        return activity.reportNoDerivative(op, reason, request, op);
      }
      tangents[result] = tangent;
    }
    return success();
  }

  func::FuncOp function;
  Block &block;
  Activity activity;
  Operation *request;
  OpBuilder builder;
  llvm::DenseMap<Value, Value> tangents;
};

} // namespace

LogicalResult appendTangents(func::FuncOp function, ArrayRef<int64_t> wrt, ArrayRef<int64_t> of, Operation *request) {
  Tangents tangents(function, wrt, of, request);
  if (failed(tangents.run()))
    return failure();
  Block &block = function.getBody().front();
  Operation *end = block.getTerminator();
  SmallVector<Value> results(end->getOperands());
  for (int64_t i : of)
    results.push_back(tangents.tangent(results[i]));
  end->setOperands(results);
  function.setFunctionType(
      FunctionType::get(function.getContext(), block.getArgumentTypes(), ValueRange(results).getTypes()));
  return success();
}

} // namespace dlc
