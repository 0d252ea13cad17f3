// Constants, calls and derivatives.
#include "dialects/dlc/Dlc.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;
using namespace dlc;

//===--- constant ---===//

LogicalResult ConstantOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor op,
                                           SmallVectorImpl<Type> &types) {
  types.push_back(op.getValue().getType());
  return success();
}

/// The bits of element `i` of a dense constant, sign-extended to 64.
static uint64_t bitsOf(ElementsAttr value, int64_t i) {
  Attribute element = value.getValues<Attribute>()[i];
  if (auto number = dyn_cast<FloatAttr>(element))
    return number.getValue().bitcastToAPInt().getZExtValue();
  return uint64_t(cast<IntegerAttr>(element).getValue().getSExtValue());
}

void ConstantOp::evaluate(EvaluateContext &, ArrayRef<HostTensor>, MutableArrayRef<HostTensor> outputs) {
  HostTensor &output = outputs[0];
  bool isSplat = getValue().isSplat();
  for (int64_t i = 0, size = output.size(); i < size; ++i)
    scalar::store(scalar::Scalar::ofBits(output.type, bitsOf(getValue(), isSplat ? 0 : i)), output.at(i));
}

/// Only a constant that holds one value everywhere is inlined; others stay buffers.
PointValue ConstantOp::buildAt(PointBuilder &b, ArrayRef<LaneIndex>) {
  assert(getValue().isSplat() && "a kernel inlines splat constants only");
  DType type = dtypeOf(getR().getType());
  Type element = scalar::elementType(getContext(), type);
  Attribute attr = getValue().getSplatValue<Attribute>();
  if (auto number = dyn_cast<FloatAttr>(attr); number && isa<IntegerType>(element))
    attr = IntegerAttr::get(element, number.getValue().bitcastToAPInt());
  else if (auto number = dyn_cast<IntegerAttr>(attr))
    attr = IntegerAttr::get(element, number.getValue());
  Value value = arith::ConstantOp::create(b.b, b.location, cast<TypedAttr>(attr));
  return {{value, type}, true};
}

SmallVector<Value> ConstantOp::buildVjp(DlcBuilder &, ArrayRef<Value>) { return {}; }
OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

//===--- call, vjp ---===//

static LogicalResult verifyCallee(Operation *op, SymbolTableCollection &symbols, FlatSymbolRefAttr callee,
                                  func::FuncOp &function) {
  function = symbols.lookupNearestSymbolFrom<func::FuncOp>(op, callee);
  if (!function)
    return op->emitOpError("expected '") << callee.getValue() << "' to be a function of this module, but found none";
  return success();
}

static LogicalResult verifyTypes(Operation *op, StringRef what, TypeRange got, TypeRange expected) {
  if (got.size() != expected.size())
    return op->emitOpError("expected ") << expected.size() << " " << what << ", but got " << got.size();
  for (auto [i, pair] : llvm::enumerate(llvm::zip(got, expected)))
    if (std::get<0>(pair) != std::get<1>(pair))
      return op->emitOpError("expected ")
             << what << " " << i << " to be " << std::get<1>(pair) << ", but got " << std::get<0>(pair);
  return success();
}

LogicalResult CallOp::verifySymbolUses(SymbolTableCollection &symbols) {
  func::FuncOp function;
  if (failed(verifyCallee(*this, symbols, getCalleeAttr(), function)) ||
      failed(verifyTypes(*this, "operands", getOperands().getTypes(), function.getArgumentTypes())))
    return failure();
  return verifyTypes(*this, "results", getResults().getTypes(), function.getResultTypes());
}

LogicalResult VjpOp::verifySymbolUses(SymbolTableCollection &symbols) {
  func::FuncOp function;
  if (failed(verifyCallee(*this, symbols, getCalleeAttr(), function)))
    return failure();
  InferError error(getOperationName(), getLoc());
  if (failed(error.checkDims("wrt", getWrt(), function.getNumArguments())) ||
      failed(error.checkDims("of", getOf(), function.getNumResults())))
    return failure();
  for (int64_t i : getWrt())
    if (!isa<FloatType>(getElementTypeOrSelf(function.getArgumentTypes()[i])))
      return error.fail("expected argument ", i, " of '", getCallee(), "' to have float elements, but got ",
                        function.getArgumentTypes()[i]);
  for (int64_t i : getOf())
    if (!isa<FloatType>(getElementTypeOrSelf(function.getResultTypes()[i])))
      return error.fail("expected result ", i, " of '", getCallee(), "' to have float elements, but got ",
                        function.getResultTypes()[i]);
  SmallVector<Type> operands(function.getArgumentTypes()), results(function.getResultTypes());
  for (int64_t i : getOf())
    operands.push_back(function.getResultTypes()[i]);
  for (int64_t i : getWrt())
    results.push_back(function.getArgumentTypes()[i]);
  if (failed(verifyTypes(*this, "operands", getOperands().getTypes(), operands)))
    return failure();
  return verifyTypes(*this, "results", getResults().getTypes(), results);
}
