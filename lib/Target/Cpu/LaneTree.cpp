// Halves by shuffles; coordinates by the least arithmetic.
#include "lib/Target/Cpu/LaneTree.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace dlc::cpu {

IRValue combineLanes(PointBuilder &b, IRValue lanes,
                     llvm::function_ref<IRValue(const IRValue &, const IRValue &)> combine) {
  auto vector = dyn_cast<VectorType>(lanes.value.getType());
  if (!vector)
    return lanes;
  for (int64_t half = vector.getNumElements() / 2; half > 0; half /= 2) {
    SmallVector<int64_t> low, high;
    for (int64_t lane = 0; lane < half; ++lane) {
      low.push_back(lane);
      high.push_back(half + lane);
    }
    auto part = [&](ArrayRef<int64_t> places) -> IRValue {
      Value words = scalar::asWords(b.b, b.location, lanes.value);
      Value half = vector::ShuffleOp::create(b.b, b.location, words, words, scalar::placesOfWords(lanes.value, places));
      auto type = VectorType::get({int64_t(places.size())}, vector.getElementType());
      return {scalar::fromWords(b.b, b.location, half, type), lanes.type};
    };
    lanes = combine(part(low), part(high));
  }
  return {vector::ExtractOp::create(b.b, b.location, lanes.value, ArrayRef<int64_t>{0}), lanes.type};
}

SmallVector<LaneIndex> coordinatesOfLanes(PointBuilder &b, Value first, ArrayRef<DimExpr> dims) {
  LaneIndex run = {first, b.width == 1 ? 0 : 1, {}};
  SmallVector<size_t> longDims;
  for (auto [i, dim] : llvm::enumerate(dims))
    if (dim != DimExpr(1))
      longDims.push_back(i);
  SmallVector<LaneIndex> at(dims.size(), b.constant(0));
  if (longDims.size() <= 1) {
    if (!longDims.empty())
      at[longDims[0]] = run;
    return at;
  }
  auto inner = dims.back().constant();
  if (!inner || *inner % b.width != 0)
    return b.delinearize(run, dims);
  at = b.delinearize(b.uniform(first), dims); // a vector never crosses a row
  at.back().stride = run.stride;
  return at;
}

} // namespace dlc::cpu
