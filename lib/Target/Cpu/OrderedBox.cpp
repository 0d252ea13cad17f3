// A stretch of a box is a loop over the outer coordinates, taken apart once a turn, around a loop over the innermost
// one, clipped at both ends of the stretch.
#include "lib/Target/Cpu/OrderedBox.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace dlc::cpu {

DimExpr sizeOf(ArrayRef<DimExpr> dims) {
  DimExpr size(1);
  for (const DimExpr &dim : dims)
    size = size * dim;
  return size;
}

SmallVector<Value> carryOver(StageBuilder &stage, ArrayRef<DimExpr> dims, Value low, Value high, bool isWhole,
                             ValueRange initial,
                             llvm::function_ref<SmallVector<Value>(ArrayRef<Value>, ValueRange)> body) {
  SmallVector<unsigned> longDims; // unit dims have coordinate 0 and no loop
  for (auto [i, dim] : llvm::enumerate(dims))
    if (dim != DimExpr(1))
      longDims.push_back(unsigned(i));
  Value zero = stage.constant(0), one = stage.constant(1);
  SmallVector<Value> coordinates(dims.size(), zero);
  if (longDims.size() <= 1)
    return stage.carry(low, high, one, initial, [&](Value i, ValueRange values) {
      if (!longDims.empty())
        coordinates[longDims[0]] = i;
      return body(coordinates, values);
    });
  SmallVector<DimExpr> outer;
  for (unsigned dim : ArrayRef(longDims).drop_back())
    outer.push_back(dims[dim]);
  Value inner = stage.extent(dims[longDims.back()]);
  Value safe = dims[longDims.back()].isConstant() ? inner : stage.max(inner, one); // an empty box divides by nothing
  Value outerLow = isWhole ? zero : stage.floorDiv(low, safe);
  Value outerHigh = isWhole ? stage.extent(sizeOf(outer)) : stage.ceilDiv(high, safe);
  return stage.carry(outerLow, outerHigh, one, initial, [&](Value o, ValueRange carried) {
    for (auto [dim, coordinate] : llvm::zip(longDims, stage.coordinates(o, outer)))
      coordinates[dim] = coordinate;
    Value from = zero, to = inner;
    if (!isWhole) {
      Value start = stage.mul(o, inner);
      from = stage.max(stage.sub(low, start), zero);
      to = stage.min(stage.sub(high, start), inner);
    }
    return stage.carry(from, to, one, carried, [&](Value i, ValueRange values) {
      coordinates[longDims.back()] = i;
      return body(coordinates, values);
    });
  });
}

Blocks::Blocks(ArrayRef<DimExpr> dims) : count(sizeOf(dims)) {
  auto known = count.constant();
  areSeveral = !known || *known > blockLength;
  capacity = known ? DimExpr(std::max<int64_t>(1, (*known + blockLength - 1) / blockLength))
                   : DimExpr::floorDiv(count, blockLength) + DimExpr(1);
}

Value Blocks::number(StageBuilder &stage) const {
  if (capacity.isConstant())
    return stage.extent(capacity);
  return stage.max(stage.constant(1), stage.ceilDiv(stage.extent(count), stage.constant(blockLength)));
}

std::pair<Value, Value> Blocks::bounds(StageBuilder &stage, Value i) const {
  Value low = stage.mul(i, stage.constant(blockLength));
  return {low, stage.min(stage.extent(count), stage.add(low, stage.constant(blockLength)))};
}

} // namespace dlc::cpu
