// lstm_cell and gru_cell, with PyTorch's shapes and order of gates. For each op: infer, decompose.
#include "dialects/dlc/Dlc.h"

using namespace mlir;
using namespace dlc;

/// x: [N, I], states: [N, H], w_ih: [gates * H, I], w_hh: [gates * H, H], biases: none or two of [gates * H].
static LogicalResult checkCell(const InferError &error, int64_t gates, ValueRange operands, ArrayRef<StringRef> names,
                               ValueRange biases) {
  Dims x = dimsOf(operands[0]), h = dimsOf(operands[1]);
  if (x.size() != 2 || h.size() != 2)
    return error.fail("expected 'x' and 'h' to have rank 2, but got ", x.size(), " and ", h.size());
  Type element = elementTypeOf(operands[0]);
  DimExpr rows = h[1] * DimExpr(gates);
  SmallVector<Type> expected = {operands[0].getType(), tensorType({x[0], h[1]}, element)};
  if (gates == 4)
    expected.push_back(expected[1]);
  expected.push_back(tensorType({rows, x[1]}, element));
  expected.push_back(tensorType({rows, h[1]}, element));
  for (auto [operand, name, type] : llvm::zip(operands, names, expected))
    if (operand.getType() != type)
      return error.fail("expected '", name, "' to be ", type, ", but got ", operand.getType());
  if (biases.size() != 0 && biases.size() != 2)
    return error.fail("expected 0 or 2 operands 'biases', but got ", biases.size());
  Type bias = tensorType(rows, element);
  for (auto [i, operand] : llvm::enumerate(biases))
    if (operand.getType() != bias)
      return error.fail("expected operand ", i, " of 'biases' to be ", bias, ", but got ", operand.getType());
  return success();
}

/// x . w^T + bias of each gate, apart: [N, gates, H].
static Value gatesOf(DlcBuilder &b, Value x, Value w, Value bias, int64_t gates) {
  Type wide = wideElement(elementTypeOf(x));
  Value product = b.dot(b.cast(x, wide), b.cast(w, wide), {}, {}, {1}, {1});
  if (bias)
    product = b.add(product, b.spread(b.cast(bias, wide), product, 0));
  Dims dims = dimsOf(product);
  return b.reshape(product, {dims[0], DimExpr(gates), *dims[1].exactDiv(DimExpr(gates))});
}

static Value gate(DlcBuilder &b, Value gates, int64_t i) {
  Dims dims = dimsOf(gates);
  return b.reshape(b.part(gates, 1, DimExpr(i), DimExpr(i + 1)), {dims[0], dims[2]});
}

//===--- lstm_cell ---===//

LogicalResult LstmCellOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                           SmallVectorImpl<Type> &types) {
  if (failed(checkCell(InferError(getOperationName(), location), 4, op.getOperands().take_front(5),
                       {"x", "h", "c", "w_ih", "w_hh"}, op.getBiases())))
    return failure();
  types.append({op.getH().getType(), op.getC().getType()});
  return success();
}

SmallVector<Value> LstmCellOp::decompose(DlcBuilder &b) {
  Type element = elementTypeOf(getX());
  bool hasBias = !getBiases().empty();
  Value gates = b.add(gatesOf(b, getX(), getWIh(), hasBias ? getBiases()[0] : Value(), 4),
                      gatesOf(b, getH(), getWHh(), hasBias ? getBiases()[1] : Value(), 4));
  Value i = b.sigmoid(gate(b, gates, 0)), f = b.sigmoid(gate(b, gates, 1)), g = b.tanh(gate(b, gates, 2));
  Value o = b.sigmoid(gate(b, gates, 3));
  Value c = b.add(b.mul(f, b.cast(getC(), elementTypeOf(f))), b.mul(i, g));
  return {b.cast(b.mul(o, b.tanh(c)), element), b.cast(c, element)};
}

//===--- gru_cell ---===//

LogicalResult GruCellOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                          SmallVectorImpl<Type> &types) {
  if (failed(checkCell(InferError(getOperationName(), location), 3, op.getOperands().take_front(4),
                       {"x", "h", "w_ih", "w_hh"}, op.getBiases())))
    return failure();
  types.push_back(op.getH().getType());
  return success();
}

SmallVector<Value> GruCellOp::decompose(DlcBuilder &b) {
  Type element = elementTypeOf(getX());
  bool hasBias = !getBiases().empty();
  Value ofX = gatesOf(b, getX(), getWIh(), hasBias ? getBiases()[0] : Value(), 3);
  Value ofH = gatesOf(b, getH(), getWHh(), hasBias ? getBiases()[1] : Value(), 3);
  auto both = [&](int64_t i) { return b.sigmoid(b.add(gate(b, ofX, i), gate(b, ofH, i))); };
  Value r = both(0), z = both(1), n = b.tanh(b.add(gate(b, ofX, 2), b.mul(r, gate(b, ofH, 2))));
  Value h = b.cast(getH(), elementTypeOf(z)), one = b.full(z, 1);
  return {b.cast(b.add(b.mul(b.sub(one, z), n), b.mul(z, h)), element)};
}
