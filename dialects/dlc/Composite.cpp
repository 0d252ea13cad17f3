// What composites, and ops on parts of complex elements, share: evaluation by what they are made of; and gelu.
#include "dialects/dlc/Dlc.h"

using namespace mlir;
using namespace dlc;

Type dlc::wideElement(Type element) {
  return element.isF16() || element.isBF16() ? Float32Type::get(element.getContext()) : element;
}

/// Evaluates the ops of a block that were made from its arguments.
static void evaluateBlock(Block &block, EvaluateContext &context, llvm::DenseMap<Value, HostTensor> &values) {
  for (Operation &op : block) {
    std::vector<HostTensor> operands, results;
    for (Value operand : op.getOperands())
      operands.push_back(values.lookup(operand));
    for (Type type : op.getResultTypes()) {
      std::vector<int64_t> shape;
      for (const DimExpr &dim : dimsOf(type))
        shape.push_back(context.extent(dim));
      results.push_back(HostTensor(dtypeOf(type), shape));
    }
    cast<EvaluateOpInterface>(op).evaluate(context, operands, results);
    for (auto [value, result] : llvm::zip(op.getResults(), results))
      values[value] = result;
  }
}

/// Evaluates what `build` makes of an op in its place.
static void evaluateBuilt(Operation *op, EvaluateContext &context, ArrayRef<HostTensor> inputs,
                          MutableArrayRef<HostTensor> outputs,
                          llvm::function_ref<SmallVector<Value>(Operation *, DlcBuilder &)> build) {
  Block block;
  OpBuilder builder(op->getContext());
  builder.setInsertionPointToEnd(&block);
  llvm::DenseMap<Value, HostTensor> values;
  Operation *copy = builder.clone(*op);
  for (auto [i, input] : llvm::enumerate(inputs)) {
    Value argument = block.addArgument(op->getOperand(i).getType(), op->getLoc());
    copy->setOperand(i, argument);
    values[argument] = input;
  }
  builder.setInsertionPoint(copy);
  DlcBuilder b(builder, op->getLoc());
  SmallVector<Value> results = build(copy, b);
  copy->erase();
  evaluateBlock(block, context, values);
  for (auto [output, result] : llvm::zip(outputs, results))
    output = values.lookup(result);
}

void dlc::evaluateByDecomposition(Operation *op, EvaluateContext &context, ArrayRef<HostTensor> inputs,
                                  MutableArrayRef<HostTensor> outputs) {
  evaluateBuilt(op, context, inputs, outputs, [](Operation *op, DlcBuilder &b) -> SmallVector<Value> {
    return cast<DecomposeOpInterface>(op).decompose(b);
  });
}

bool dlc::isPartwise(Operation *op) {
  auto partwise = dyn_cast<PartwiseOpInterface>(op);
  return partwise && partwise.isOfParts() && isa<ComplexType>(elementTypeOf(op->getOperand(0)));
}

void dlc::evaluateByParts(Operation *op, EvaluateContext &context, ArrayRef<HostTensor> inputs,
                          MutableArrayRef<HostTensor> outputs) {
  evaluateBuilt(op, context, inputs, outputs, [](Operation *op, DlcBuilder &b) -> SmallVector<Value> {
    return {cast<PartwiseOpInterface>(op).buildFromParts(b)};
  });
}

//===--- gelu ---===//

LogicalResult GeluOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor op,
                                       SmallVectorImpl<Type> &types) {
  types.push_back(op.getX().getType());
  return success();
}

SmallVector<Value> GeluOp::decompose(DlcBuilder &b) {
  Type element = elementTypeOf(getX());
  Value x = b.cast(getX(), wideElement(element)), one = b.full(x, 1), half = b.mul(x, b.full(x, 0.5));
  Value gate;
  if (getApproximate() == GeluForm::none) {
    gate = b.create<ErfOp>(b.mul(x, b.full(x, 0.70710678118654752)));
  } else {
    Value cube = b.mul(b.mul(x, x), x), inner = b.add(x, b.mul(b.full(x, 0.044715), cube));
    gate = b.tanh(b.mul(b.full(x, 0.79788456080286536), inner));
  }
  return {b.cast(b.mul(half, b.add(gate, one)), element)};
}
