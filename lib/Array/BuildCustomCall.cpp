// custom_call: the one builder whose results nothing infers.
#include "lib/Array/Builders.h"

#include "mlir/IR/Verifier.h"

using namespace mlir;

namespace dlc {

/// Attributes: `target`, `attributes` (a text), `results` (types), `has_side_effect`, `batching` (a text). Literals
/// have the default type of their kind.
static bool buildCustomCall(Builder &b) {
  auto target = b.attributes.getAs<StringAttr>("target");
  auto results = b.attributes.getAs<ArrayAttr>("results");
  if (!target || !results)
    return b.fail("expected attributes 'target', a text, and 'results', an array of types");
  SmallVector<Type> types;
  for (Attribute attr : results) {
    auto type = dyn_cast<TypeAttr>(attr);
    auto tensor = type ? dyn_cast<RankedTensorType>(type.getValue()) : RankedTensorType();
    if (!tensor)
      return b.fail("expected entries of 'results' to be types of tensors, but got ", attr);
    for (const DimExpr &dim : dimsOf(tensor)) // a negative extent is no tensor at all
      if (auto extent = dim.constant(); extent && *extent < 0)
        return b.fail("expected extents of results of at least 0, but got ", *extent);
    types.push_back(tensorType(dimsOf(tensor), tensor.getElementType()));
  }
  SmallVector<Value> operands;
  for (size_t i = 0; i < b.operands.size(); ++i)
    operands.push_back(b.value(i));
  CallBatching batching = CallBatching::sequential;
  if (auto text = b.attributes.getAs<StringAttr>("batching")) {
    auto known = symbolizeCallBatching(text.getValue());
    if (!known)
      return b.fail("expected 'batching' to be sequential, expand or broadcast, but got '", text.getValue(), "'");
    batching = *known;
  }
  auto call = CustomCallOp::create(
      b.irBuilder, b.location, types, target, operands, b.attributes.getAs<StringAttr>("attributes"),
      b.attributes.contains("has_side_effect") ? b.irBuilder.getUnitAttr() : UnitAttr(),
      CallBatchingAttr::get(b.irBuilder.getContext(), batching), b.irBuilder.getI64IntegerAttr(0));
  if (failed(verify(call, /*verifyRecursively=*/false)))
    return false;
  b.results.assign(call.result_begin(), call.result_end());
  return true;
}

ArrayRef<NamedBuilder> customCallBuilders() {
  static const NamedBuilder builders[] = {{"custom_call", buildCustomCall, Takes::all}};
  return builders;
}

} // namespace dlc
