// Trees over lanes and blocks.
#include "lib/Target/Cuda/OrderedSum.h"

#include "dialects/dlc/Scalar/Complex.h"
#include "dialects/dlc/Scalar/ElementAttr.h"

#include "lib/Target/Cuda/Emitter.h"

using namespace mlir;

namespace dlc::cuda {

DType accumulatorOf(DType type) { return type == DType::F16 || type == DType::BF16 ? DType::F32 : type; }

IRValue constantOf(PointBuilder &b, DType type, double value) {
  return {arith::ConstantOp::create(b.b, b.location, scalar::elementAttr(b.b.getContext(), type, value)), type};
}

IRValue combine(scalar::IRScalarBuilder &b, ReduceKind kind, IRValue x, IRValue y) {
  switch (kind) {
  case ReduceKind::sum:
    return b.add(x, y);
  case ReduceKind::prod:
    return isComplex(x.type) ? scalar::factors(b, x, y) : b.mul(x, y);
  case ReduceKind::max:
    return b.maximum(x, y);
  case ReduceKind::min:
    return b.minimum(x, y);
  case ReduceKind::all:
    return b.bitAnd(x, y);
  case ReduceKind::any:
    return b.bitOr(x, y);
  }
  return x;
}

SmallVector<IRValue> laneTree(GridBuilder &grid, SmallVector<IRValue> values, Value lane, Value present,
                              llvm::function_ref<SmallVector<IRValue>(ArrayRef<IRValue>, ArrayRef<IRValue>)> combine) {
  for (int64_t half = warpSize / 2; half > 0; half /= 2) {
    SmallVector<IRValue> above;
    for (const IRValue &value : values)
      above.push_back({grid.shuffleDown(value.value, half), value.type});
    SmallVector<IRValue> both = combine(values, above);
    Value takesPart = present ? grid.less(grid.add(lane, grid.constant(half)), present) : Value();
    for (auto [value, combined] : llvm::zip(values, both))
      value.value = takesPart ? grid.choose(takesPart, combined.value, value.value) : combined.value;
  }
  return values;
}

BlockTree::BlockTree(GridBuilder &grid, std::optional<int64_t> most) : grid(grid), depth(0) {
  int64_t blocks = most.value_or(int64_t(1) << 24);
  while (blocks >> depth)
    ++depth;
}

Value BlockTree::bit(Value number, int64_t position) {
  Value shifted = grid.floorDiv(number, grid.constant(int64_t(1) << position));
  return grid.equal(grid.mod(shifted, grid.constant(2)), grid.constant(1));
}

SmallVector<Value> BlockTree::push(Value block, IRValue value, ValueRange levels,
                                   llvm::function_ref<IRValue(IRValue, IRValue)> combine) {
  // Adding one to a binary counter: the carry merges full levels into the value and puts it into the first free one.
  SmallVector<Value> next(levels);
  Value carry = arith::ConstantIntOp::create(grid.b, grid.location, 1, 1);
  for (int64_t level = 0; level < depth; ++level) {
    Value isFull = bit(block, level);
    Value merges = grid.both(carry, isFull);
    Value isFree = grid.equal(isFull, arith::ConstantIntOp::create(grid.b, grid.location, 0, 1));
    next[level] = grid.choose(grid.both(carry, isFree), value.value, levels[level]);
    value.value = grid.choose(merges, combine({levels[level], value.type}, value).value, value.value);
    carry = merges;
  }
  return next;
}

IRValue BlockTree::total(Value count, ValueRange levels, DType type,
                         llvm::function_ref<IRValue(IRValue, IRValue)> combine) {
  IRValue sum = {levels[0], type};
  Value has = bit(count, 0);
  for (int64_t level = 1; level < depth; ++level) {
    IRValue here = {levels[level], type};
    Value isFull = bit(count, level);
    Value merged = grid.choose(has, combine(here, sum).value, here.value);
    sum.value = grid.choose(isFull, merged, sum.value);
    has = arith::OrIOp::create(grid.b, grid.location, has, isFull);
  }
  return sum;
}

} // namespace dlc::cuda
