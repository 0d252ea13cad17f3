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

LogicalResult CustomCallOp::verify() {
  if (getTarget().empty())
    return emitOpError("expected 'target' to be the name of a function, but got an empty text");
  if (failed(checkText(*this, "target", getTarget())) || failed(checkText(*this, "attributes", getText().value_or(""))))
    return failure();
  if (getNumResults() == 0 && !getHasSideEffect())
    return emitOpError("expected a result or 'has_side_effect', but got neither: the call would do nothing");
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

/// Asked for no example at all as well, for which the call would not be made.
StringRef CustomCallOp::whyNotBatchable(ArrayRef<Batched>, const DimExpr &) {
  return "it calls a function of the user's own, written for one example: call it on the whole batch, outside of vmap";
}
SmallVector<Batched> CustomCallOp::buildBatched(DlcBuilder &, ArrayRef<Batched>, const DimExpr &) { return {}; }
