// Loads, stores and error reports of a thread.
#include "lib/Target/Cuda/CudaPoint.h"

#include "passes/lower/KernelShape.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace dlc::cuda {

Value CudaPoint::lane(Value vector, int64_t lane) { return vector::ExtractOp::create(b, location, vector, lane); }

Value CudaPoint::laneOf(const LaneIndex &index, int64_t i) {
  if (index.lanes)
    return lane(index.lanes, i);
  return grid.add(index.base, grid.constant(i * index.stride));
}

Value CudaPoint::guardOf(int64_t i) {
  if (!guard.lanes || !isa<VectorType>(guard.lanes.getType()))
    return guard.lanes;
  return lane(guard.lanes, i);
}

Value CudaPoint::anyGuard() {
  if (!guard.lanes || !isa<VectorType>(guard.lanes.getType()))
    return guard.lanes;
  return vector::ReductionOp::create(b, location, vector::CombiningKind::OR, guard.lanes);
}

void CudaPoint::require(Value condition) {
  if (!guard.lanes) {
    guard.lanes = condition;
    return;
  }
  bool isUniform = !isa<VectorType>(guard.lanes.getType());
  guard.lanes = logicalAnd({{guard.lanes, DType::Bool}, isUniform}, {{condition, DType::Bool}, true}).value.value;
}

Value CudaPoint::guardedLoad(Value condition, Type type, llvm::function_ref<Value()> load) {
  if (!condition)
    return load();
  return grid.ifElse(condition, type, load, [&]() -> Value {
    return arith::ConstantOp::create(b, location, type, cast<TypedAttr>(b.getZeroAttr(type)));
  });
}

PointValue CudaPoint::loadOperand(BlockArgument operand, const LaneIndex &linear) {
  Memory memory = grid.operandMemory(operand);
  DType type = dtypeOf(operand.getType());
  if (linear.isUniform()) {
    Value value = guardedLoad(anyGuard(), memory.element, [&] { return grid.load(memory, linear.base); });
    return {scalars.fromMemory(value, type), true};
  }
  bool isMasked = guard.lanes && isa<VectorType>(guard.lanes.getType());
  auto vector = VectorType::get({width}, memory.element);
  if (!linear.lanes && linear.stride == 1 && !isMasked) {
    Value value = guardedLoad(guard.lanes, vector, [&] { return grid.loadVector(memory, linear.base, width); });
    return {scalars.fromMemory(value, type), false};
  }
  SmallVector<Value> elements;
  for (int64_t i = 0; i < width; ++i) {
    Value at = laneOf(linear, i);
    elements.push_back(guardedLoad(guardOf(i), memory.element, [&] { return grid.load(memory, at); }));
  }
  Value value = vector::FromElementsOp::create(b, location, vector, elements);
  return {scalars.fromMemory(value, type), false};
}

void CudaPoint::storeResult(unsigned i, ArrayRef<LaneIndex> index, const PointValue &value) {
  assert(!guard.lanes && "a store has no guard");
  Memory memory = grid.resultMemory(i);
  LaneIndex linear = linearize(index, dimsOf(grid.body.getYield().getResults()[i]));
  if (linear.isUniform()) {
    assert(value.isUniform && "one place takes one value");
    grid.store(memory, linear.base, scalars.toMemory(value.value));
    return;
  }
  Value elements = scalars.toMemory({spread(value), value.value.type});
  if (!linear.lanes && linear.stride == 1) {
    grid.storeVector(memory, linear.base, elements);
    return;
  }
  for (int64_t k = 0; k < width; ++k)
    grid.store(memory, laneOf(linear, k), lane(elements, k));
}

void CudaPoint::storeResults(ArrayRef<LaneIndex> index) {
  for (auto [i, result] : llvm::enumerate(grid.body.getYield().getResults()))
    storeResult(i, index, read(result, index));
}

void CudaPoint::report(Operation *op, PointValue bad, LaneIndex element, PointValue index, Value extent) {
  Value lanes = spread(bad), indices = spread(index);
  for (int64_t i = 0; i < width; ++i) {
    Value isBad = lane(lanes, i);
    if (Value used = guardOf(i))
      isBad = grid.both(used, isBad);
    grid.ifThen(isBad, [&] { reportOne(op, laneOf(element, i), lane(indices, i), extent); });
  }
}

/// Takes the slot's lock, keeps the report if it is the first or lower than the one held, and lets go. The critical
/// section lies inside of the loop, so lanes of one warp that wait for each other cannot block each other.
void CudaPoint::reportOne(Operation *op, Value element, Value index, Value extent) {
  Type i32 = b.getI32Type(), i64 = b.getI64Type();
  Memory words = {grid.errors, i32, false}, longs = {grid.errors, i64, false};
  int64_t slot = errorSlot(op) * 4; // in units of 8 bytes
  auto place = [&](const Memory &memory, int64_t at) { return grid.address(memory, grid.constant(at)); };
  auto number = [&](Type type, int64_t value) -> Value {
    return arith::ConstantIntOp::create(b, location, type, value);
  };
  auto toI64 = [&](Value value) -> Value { return arith::IndexCastOp::create(b, location, i64, value); };
  Value zero = number(i32, 0), one = number(i32, 1);
  Value lock = place(words, slot * 2), set = place(words, slot * 2 + 1), kept = place(longs, slot + 1);
  Value isDone = arith::ConstantIntOp::create(b, location, 0, 1);
  auto loop = scf::WhileOp::create(
      b, location, TypeRange(b.getI1Type()), ValueRange{isDone},
      [&](OpBuilder &, Location, ValueRange carried) {
        Value again = arith::XOrIOp::create(b, location, carried[0], number(b.getI1Type(), 1));
        scf::ConditionOp::create(b, location, again, carried);
      },
      [&](OpBuilder &, Location, ValueRange) {
        auto taken = LLVM::AtomicCmpXchgOp::create(b, location, lock, zero, one, LLVM::AtomicOrdering::acquire,
                                                   LLVM::AtomicOrdering::monotonic, "device");
        Value isTaken = LLVM::ExtractValueOp::create(b, location, taken, ArrayRef<int64_t>{1});
        grid.ifThen(isTaken, [&] {
          Value held = LLVM::LoadOp::create(b, location, i32, set, 4, /*isVolatile=*/true);
          Value heldElement = LLVM::LoadOp::create(b, location, i64, kept, 8, /*isVolatile=*/true);
          Value at = toI64(element);
          Value isFirst = arith::CmpIOp::create(b, location, arith::CmpIPredicate::eq, held, zero);
          Value isLower = arith::CmpIOp::create(b, location, arith::CmpIPredicate::slt, at, heldElement);
          grid.ifThen(arith::OrIOp::create(b, location, isFirst, isLower), [&] {
            auto put = [&](Value value, Value to) {
              LLVM::StoreOp::create(b, location, value, to, value.getType() == i32 ? 4 : 8, /*isVolatile=*/true);
            };
            put(one, set);
            put(at, kept);
            put(index, place(longs, slot + 2));
            put(toI64(extent), place(longs, slot + 3));
          });
          LLVM::AtomicRMWOp::create(b, location, LLVM::AtomicBinOp::xchg, lock, zero, LLVM::AtomicOrdering::release,
                                    "device");
        });
        scf::YieldOp::create(b, location, isTaken);
      });
  (void)loop;
}

} // namespace dlc::cuda
