// Constants, calls, derivatives and batches.
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

/// An element of a dense constant of `type`.
static scalar::Scalar scalarOf(Attribute element, DType type) {
  if (auto parts = dyn_cast<ArrayAttr>(element))
    return scalar::Scalar::ofParts(scalarOf(parts[0], partOf(type)), scalarOf(parts[1], partOf(type)));
  if (auto number = dyn_cast<FloatAttr>(element))
    return scalar::Scalar::ofBits(type, number.getValue().bitcastToAPInt().getZExtValue());
  return scalar::Scalar::ofBits(type, uint64_t(cast<IntegerAttr>(element).getValue().getSExtValue()));
}

void ConstantOp::evaluate(EvaluateContext &, ArrayRef<HostTensor>, MutableArrayRef<HostTensor> outputs) {
  HostTensor &output = outputs[0];
  bool isSplat = getValue().isSplat();
  for (int64_t i = 0, size = output.size(); i < size; ++i)
    scalar::store(scalarOf(getValue().getValues<Attribute>()[isSplat ? 0 : i], output.type), output.at(i));
}

/// Only a constant that holds one value everywhere is inlined; others stay buffers.
PointValue ConstantOp::buildAt(PointBuilder &b, ArrayRef<LaneIndex>) {
  assert(getValue().isSplat() && "a kernel inlines splat constants only");
  DType type = dtypeOf(getR().getType());
  Type element = scalar::elementType(getContext(), type);
  scalar::Scalar number = scalarOf(getValue().getSplatValue<Attribute>(), type);
  TypedAttr attr;
  if (type == DType::F32 || type == DType::F64) {
    attr = cast<FloatAttr>(getValue().getSplatValue<Attribute>());
  } else {
    unsigned width = element.getIntOrFloatBitWidth();
    APInt low(width, number.bits(), false, true);
    attr = IntegerAttr::get(element, type == DType::C128 ? low | APInt(width, number.high).shl(64) : low);
  }
  Value value = arith::ConstantOp::create(b.b, b.location, attr);
  return {{value, type}, true};
}

SmallVector<Value> ConstantOp::buildVjp(DlcBuilder &, ArrayRef<Value>) { return {}; }
SmallVector<Value> ConstantOp::buildJvp(DlcBuilder &, ArrayRef<Value>) { return {Value()}; }
SmallVector<Batched> ConstantOp::buildBatched(DlcBuilder &b, ArrayRef<Batched>, const DimExpr &) {
  return {{b.again(*this, {}), std::nullopt}};
}
OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

//===--- call, vjp, jvp ---===//

static LogicalResult verifyCallee(Operation *op, SymbolTableCollection &symbols, FlatSymbolRefAttr callee,
                                  func::FuncOp &function) {
  function = symbols.lookupNearestSymbolFrom<func::FuncOp>(op, callee);
  if (!function)
    return op->emitOpError("expected '") << callee.getValue() << "' to be a function of this module, but found none";
  return success();
}

static LogicalResult verifyTypes(Operation *op, StringRef what, TypeRange got, TypeRange expected) {
  if (got.size() != expected.size())
    return op->emitOpError("expected ") << expected.size() << " " << what << "s, but got " << got.size();
  for (auto [i, pair] : llvm::enumerate(llvm::zip(got, expected)))
    if (std::get<0>(pair) != std::get<1>(pair))
      return op->emitOpError("expected ")
             << what << " " << i << " to be " << std::get<1>(pair) << ", but got " << std::get<0>(pair);
  return success();
}

LogicalResult CallOp::verifySymbolUses(SymbolTableCollection &symbols) {
  func::FuncOp function;
  if (failed(verifyCallee(*this, symbols, getCalleeAttr(), function)) ||
      failed(verifyTypes(*this, "operand", getOperands().getTypes(), function.getArgumentTypes())))
    return failure();
  return verifyTypes(*this, "result", getResults().getTypes(), function.getResultTypes());
}

/// What vjp and jvp share: `wrt` and `of` list float arguments and results of the callee, each once.
template <class Op> static LogicalResult verifyDifferentiated(Op op, func::FuncOp function) {
  InferError error(op.getOperationName(), op.getLoc());
  if (failed(error.checkDims("wrt", op.getWrt(), function.getNumArguments())) ||
      failed(error.checkDims("of", op.getOf(), function.getNumResults())))
    return failure();
  for (int64_t i : op.getWrt())
    if (!hasDerivative(function.getArgumentTypes()[i]))
      return error.fail("expected argument ", i, " of '", op.getCallee(), "' to have float elements, but got ",
                        function.getArgumentTypes()[i]);
  for (int64_t i : op.getOf())
    if (!hasDerivative(function.getResultTypes()[i]))
      return error.fail("expected result ", i, " of '", op.getCallee(), "' to have float elements, but got ",
                        function.getResultTypes()[i]);
  return success();
}

/// `all`, then those entries of `some` that `which` lists.
static SmallVector<Type> followedBy(TypeRange all, TypeRange some, ArrayRef<int64_t> which) {
  SmallVector<Type> types(all);
  for (int64_t i : which)
    types.push_back(some[i]);
  return types;
}

LogicalResult VjpOp::verifySymbolUses(SymbolTableCollection &symbols) {
  func::FuncOp function;
  if (failed(verifyCallee(*this, symbols, getCalleeAttr(), function)) || failed(verifyDifferentiated(*this, function)))
    return failure();
  TypeRange arguments = function.getArgumentTypes(), results = function.getResultTypes();
  if (failed(verifyTypes(*this, "operand", getOperands().getTypes(), followedBy(arguments, results, getOf()))))
    return failure();
  return verifyTypes(*this, "result", getResults().getTypes(), followedBy(results, arguments, getWrt()));
}

LogicalResult JvpOp::verifySymbolUses(SymbolTableCollection &symbols) {
  func::FuncOp function;
  if (failed(verifyCallee(*this, symbols, getCalleeAttr(), function)) || failed(verifyDifferentiated(*this, function)))
    return failure();
  TypeRange arguments = function.getArgumentTypes(), results = function.getResultTypes();
  if (failed(verifyTypes(*this, "operand", getOperands().getTypes(), followedBy(arguments, arguments, getWrt()))))
    return failure();
  return verifyTypes(*this, "result", getResults().getTypes(), followedBy(results, results, getOf()));
}

//===--- vmap ---===//

Type VmapOp::batchedType(Type one, int64_t axis, const DimExpr &extent) {
  return axis < 0 ? one : Type(tensorType(withEntry<DimExpr>(dimsOf(one), axis, extent), elementTypeOf(one)));
}

static LogicalResult verifyAxes(const InferError &error, StringRef name, ArrayRef<int64_t> axes, TypeRange types) {
  if (failed(error.checkCount(name, axes.size(), types.size())))
    return failure();
  for (auto [i, type] : llvm::enumerate(types)) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    int64_t rank = tensor ? tensor.getRank() : -1;
    if (axes[i] < -1 || axes[i] > rank)
      return error.fail("expected entry ", i, " of '", name, "' to be in [-1, ", rank, "], but got ", axes[i]);
  }
  return success();
}

std::optional<DimExpr> VmapOp::extentOf(ValueRange operands, ArrayRef<int64_t> axes) {
  for (auto [axis, operand] : llvm::zip(axes, operands)) {
    Dims dims = dimsOf(operand);
    if (axis >= 0 && axis < int64_t(dims.size()))
      return dims[axis];
  }
  return std::nullopt;
}

LogicalResult VmapOp::verifySymbolUses(SymbolTableCollection &symbols) {
  func::FuncOp function;
  if (failed(verifyCallee(*this, symbols, getCalleeAttr(), function)))
    return failure();
  InferError error(getOperationName(), getLoc());
  if (failed(verifyAxes(error, "in_axes", getInAxes(), function.getArgumentTypes())) ||
      failed(verifyAxes(error, "out_axes", getOutAxes(), function.getResultTypes())))
    return failure();
  auto examples = extent();
  if (!examples)
    return error.fail("expected an operand to have a batch dimension, but got -1 for all in 'in_axes'");
  SmallVector<Type> operands, results;
  for (auto [type, axis] : llvm::zip(function.getArgumentTypes(), getInAxes()))
    operands.push_back(batchedType(type, axis, *examples));
  for (auto [type, axis] : llvm::zip(function.getResultTypes(), getOutAxes()))
    results.push_back(batchedType(type, axis, *examples));
  if (failed(verifyTypes(*this, "operand", getOperands().getTypes(), operands)))
    return failure();
  return verifyTypes(*this, "result", getResults().getTypes(), results);
}
