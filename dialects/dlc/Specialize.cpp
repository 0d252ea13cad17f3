// Substitution of symbols in #dlc.dims attributes and in the encodings of tensor types.
#include "dialects/dlc/Specialize.h"
#include "dialects/dlc/Dlc.h"

#include "mlir/IR/AttrTypeSubElements.h"

using namespace mlir;

void dlc::substituteSymbols(Operation *op, const std::function<DimExpr(const std::string &)> &value) {
  auto substituted = [&](ArrayRef<DimExpr> dims) {
    Dims result;
    for (const DimExpr &dim : dims)
      result.push_back(dim.substitute(value));
    return result;
  };
  AttrTypeReplacer replacer;
  replacer.addReplacement([&](DimsAttr attr) -> std::pair<Attribute, WalkResult> {
    return {DimsAttr::get(attr.getContext(), substituted(attr.getDims())), WalkResult::skip()};
  });
  replacer.addReplacement([&](RankedTensorType type) -> std::pair<Type, WalkResult> {
    return {tensorType(substituted(dimsOf(type)), type.getElementType()), WalkResult::skip()};
  });
  replacer.recursivelyReplaceElementsIn(op, /*replaceAttrs=*/true, /*replaceLocs=*/false, /*replaceTypes=*/true);
}
