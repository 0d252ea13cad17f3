// custom_call: a function of the user's own, of which nothing is known but its name.
#include "dialects/dlc/Dlc.h"
#include "lib/Runtime/TensorRef.h"

#include <set>

using namespace mlir;
using namespace dlc;

/// The runtime passes texts as C strings.
static LogicalResult checkText(CustomCallOp op, StringRef name, StringRef text) {
  if (text.contains('\0'))
    return op.emitOpError("expected '") << name << "' without null characters, but got one at " << text.find('\0');
  return success();
}

/// The dims that count examples: there, and of one extent.
static LogicalResult checkBatchDims(CustomCallOp op) {
  int64_t count = op.getBatchDims();
  if (count < 0)
    return op.emitOpError("expected 'batch_dims' to be at least 0, but got ") << count;
  if (count > 0 && op.getBatching() != CallBatching::sequential)
    return op.emitOpError("expected 'batch_dims' to be 0 for a call whose batching is ")
           << stringifyCallBatching(op.getBatching()) << ", but got " << count;
  auto ranksFit = [&](TypeRange types, StringRef what) -> LogicalResult {
    for (auto [i, type] : llvm::enumerate(types))
      if (int64_t(dimsOf(type).size()) < count)
        return op.emitOpError("expected the rank of ")
               << what << " " << i << " to be at least 'batch_dims', " << count << ", but got " << dimsOf(type).size();
    return success();
  };
  if (failed(ranksFit(op.getOperandTypes(), "operand")) || failed(ranksFit(op.getResultTypes(), "result")))
    return failure();
  for (int64_t dim = 0; dim < count; ++dim) {
    DimExpr extent = op.getNumResults() ? dimsOf(op.getResult(0))[dim] : DimExpr(1);
    for (auto [i, type] : llvm::enumerate(op.getResultTypes()))
      if (DimExpr got = dimsOf(type)[dim]; got != extent)
        return op.emitOpError("expected batch dim ")
               << dim << " of result " << i << " to be that of result 0, " << extent.str() << ", but got " << got.str();
    for (auto [i, type] : llvm::enumerate(op.getOperandTypes())) {
      DimExpr got = dimsOf(type)[dim];
      if (op.getNumResults() == 0 && extent == DimExpr(1))
        extent = got;
      if (got != extent && got != DimExpr(1))
        return op.emitOpError("expected batch dim ")
               << dim << " of operand " << i << " to be 1 or " << extent.str() << ", but got " << got.str();
    }
  }
  return success();
}

LogicalResult CustomCallOp::verify() {
  if (getTarget().empty())
    return emitOpError("expected 'target' to be the name of a function, but got an empty text");
  if (failed(checkText(*this, "target", getTarget())) || failed(checkText(*this, "attributes", getText().value_or(""))))
    return failure();
  if (getNumResults() == 0 && !getHasSideEffect())
    return emitOpError("expected a result or 'has_side_effect', but got neither: the call would do nothing");
  if (failed(checkBatchDims(*this)))
    return failure();
  std::set<std::string> known;
  for (Value operand : getOperands())
    for (const DimExpr &dim : dimsOf(operand)) {
      std::vector<std::string> names;
      dim.collectSymbols(names);
      known.insert(names.begin(), names.end());
    }
  for (auto [i, type] : llvm::enumerate(getResultTypes())) {
    Dims dims = dimsOf(type);
    if (dims.size() > maxRank)
      return emitOpError("expected result ")
             << i << " to have a rank of at most " << maxRank << ", but got " << dims.size();
    for (const DimExpr &dim : dims) {
      std::vector<std::string> names;
      dim.collectSymbols(names);
      for (const std::string &name : names)
        if (!known.count(name))
          return emitOpError("expected the extents of result ")
                 << i << " to be made of symbols of the operands, but got " << dim.str();
    }
  }
  return success();
}

void CustomCallOp::getEffects(SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>> &effects) {
  if (!getHasSideEffect())
    return;
  effects.emplace_back(MemoryEffects::Read::get());
  effects.emplace_back(MemoryEffects::Write::get());
}

StringRef CustomCallOp::whyNotDifferentiable() {
  return "it calls a function of the user's own, whose derivative is not known: wrap its operands in stop_gradient";
}
StringRef CustomCallOp::whyNoJvp() { return whyNotDifferentiable(); }
SmallVector<Value> CustomCallOp::buildVjp(DlcBuilder &, ArrayRef<Value>) {
  return SmallVector<Value>(getNumOperands());
}
SmallVector<Value> CustomCallOp::buildJvp(DlcBuilder &, ArrayRef<Value>) { return SmallVector<Value>(getNumResults()); }

/// Each example of a sequential call is one more dim in front; the others hand the batch to the function.
SmallVector<Batched> CustomCallOp::buildBatched(DlcBuilder &b, ArrayRef<Batched> operands, const DimExpr &extent) {
  bool repeats = getBatching() == CallBatching::broadcast;
  SmallVector<Value> values;
  for (const Batched &operand : operands)
    values.push_back(operand.dim || repeats
                         ? batchedAt(b, operand, 0, extent)
                         : b.reshape(operand.value, withEntry<DimExpr>(dimsOf(operand.value), 0, 1)));
  SmallVector<Type> types;
  for (Type type : getResultTypes())
    types.push_back(tensorType(withEntry<DimExpr>(dimsOf(type), 0, extent), elementTypeOf(type)));
  int64_t batchDims = getBatchDims() + (getBatching() == CallBatching::sequential);
  auto call = CustomCallOp::create(b.builder, b.location, types, getTargetAttr(), values, getTextAttr(),
                                   getHasSideEffectAttr(), getBatchingAttr(), b.builder.getI64IntegerAttr(batchDims));
  SmallVector<Batched> results;
  for (Value result : call.getResults())
    results.push_back({result, 0});
  return results;
}

/// A rank that the runtime cannot pass on.
StringRef CustomCallOp::whyNotBatchable(ArrayRef<Batched> operands, const DimExpr &) {
  bool isFull = llvm::any_of(getOperandTypes(), [](Type type) { return dimsOf(type).size() == maxRank; }) ||
                llvm::any_of(getResultTypes(), [](Type type) { return dimsOf(type).size() == maxRank; });
  return isFull ? "a tensor of the call has the highest rank already, 16" : "";
}
