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

DimExpr columnTasks(ArrayRef<DimExpr> dims, int64_t lanes) {
  return dims.empty() ? DimExpr(1) : sizeOf(dims.drop_back()) * DimExpr::ceilDiv(dims.back(), lanes);
}

void forColumns(StageBuilder &stage, ArrayRef<DimExpr> dims, Value task, int64_t lanes,
                llvm::function_ref<void(CpuPoint &, ArrayRef<LaneIndex>)> body) {
  if (dims.empty()) {
    CpuPoint at(stage, 1);
    return body(at, {});
  }
  Value step = stage.constant(lanes), size = stage.extent(dims.back());
  Value chunks = stage.ceilDiv(size, step), low = stage.mul(stage.mod(task, chunks), step);
  SmallVector<Value> outer = stage.coordinates(stage.floorDiv(task, chunks), dims.drop_back());
  auto point = [&](bool isTail) {
    CpuPoint at(stage, lanes);
    if (isTail)
      at.limitSome(stage.sub(size, low));
    SmallVector<LaneIndex> index;
    for (Value coordinate : outer)
      index.push_back(at.uniform(coordinate));
    index.push_back(lanes == 1 ? at.uniform(low) : at.contiguous(low));
    body(at, index);
  };
  auto known = dims.back().constant();
  if (lanes == 1 || (known && *known % lanes == 0))
    return point(false);
  if (known && *known < lanes)
    return point(true);
  Value isFull = stage.isLess(stage.add(low, stage.constant(lanes - 1)), size);
  stage.ifThen(isFull, [&] { point(false); }, [&] { point(true); });
}

int64_t powerOfTwo(const DimExpr &count, int64_t most) {
  int64_t width = 1, known = count.constant().value_or(most);
  while (width < known && width < most)
    width *= 2;
  return width;
}

Blocks::Blocks(ArrayRef<DimExpr> dims, int64_t length) : length(length), count(sizeOf(dims)) {
  auto known = count.constant();
  areSeveral = !known || *known > length;
  capacity = known ? DimExpr(std::max<int64_t>(1, (*known + length - 1) / length))
                   : DimExpr::floorDiv(count, length) + DimExpr(1);
}

Value Blocks::number(StageBuilder &stage) const {
  if (capacity.isConstant())
    return stage.extent(capacity);
  return stage.max(stage.constant(1), stage.ceilDiv(stage.extent(count), stage.constant(length)));
}

std::pair<Value, Value> Blocks::bounds(StageBuilder &stage, Value i) const {
  Value low = stage.mul(i, stage.constant(length));
  return {low, stage.min(stage.extent(count), stage.add(low, stage.constant(length)))};
}

void Blocks::forTask(StageBuilder &stage, Value task, Value perBlock,
                     llvm::function_ref<void(Value, Value)> body) const {
  if (!areSeveral)
    return body(stage.constant(0), task);
  Value block = stage.floorDiv(task, perBlock), within = stage.mod(task, perBlock);
  if (capacity.isConstant())
    return body(block, within);
  stage.ifThen(stage.isLess(block, number(stage)), [&] { body(block, within); });
}

} // namespace dlc::cpu
