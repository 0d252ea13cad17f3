// Loads, stores and inlining at a point.
#include "lib/Target/Cpu/CpuPoint.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace dlc::cpu {

static bool isSame(ArrayRef<LaneIndex> x, ArrayRef<LaneIndex> y) {
  return x.size() == y.size() && llvm::all_of(llvm::zip(x, y), [](auto pair) {
           auto &[a, b] = pair;
           return a.base == b.base && a.stride == b.stride && a.lanes == b.lanes;
         });
}

PointValue CpuPoint::read(Value tensor, ArrayRef<LaneIndex> index) {
  if (auto place = bound.find(tensor); place != bound.end())
    return place->second;
  for (const Remembered &entry : remembered)
    if (entry.tensor == tensor && entry.guard == guard.lanes && isSame(entry.index, index))
      return entry.value;
  PointValue value;
  if (auto argument = dyn_cast<BlockArgument>(tensor)) {
    DType type = dtypeOf(tensor.getType());
    value = load(stage.operandBuffer(argument), type, linearize(index, dimsOf(tensor)));
  } else {
    value = cast<PointwiseOpInterface>(tensor.getDefiningOp()).buildAt(*this, index);
  }
  remembered.push_back({tensor, guard.lanes, SmallVector<LaneIndex>(index), value});
  return value;
}

Value CpuPoint::mask() {
  auto type = VectorType::get({width}, b.getI1Type());
  Value last = lastCount ? Value(vector::CreateMaskOp::create(b, location, type, lastCount)) : Value();
  if (!guard.lanes)
    return last ? last : arith::ConstantOp::create(b, location, DenseElementsAttr::get(type, true));
  Value lanes = guard.lanes;
  if (!isa<VectorType>(lanes.getType()))
    lanes = vector::BroadcastOp::create(b, location, type, lanes);
  return last ? arith::AndIOp::create(b, location, lanes, last) : lanes;
}

void CpuPoint::limit(Value count) {
  Value lanes = vector::CreateMaskOp::create(b, location, VectorType::get({width}, b.getI1Type()), count);
  PointValue first = {{lanes, DType::Bool}, false};
  if (!guard.lanes) {
    guard.lanes = lanes;
    return;
  }
  bool isUniform = !isa<VectorType>(guard.lanes.getType());
  guard.lanes = logicalAnd({{guard.lanes, DType::Bool}, isUniform}, first).value.value;
}

void CpuPoint::limitSome(Value count) {
  assert(!guard.lanes && "of a part of the lanes there may be none");
  limit(count);
  someLanes = guard.lanes;
}

void CpuPoint::limitLast(Value count) { lastCount = count; }

CpuPoint::Stretch CpuPoint::stretch(VectorType type, Value memory, Value base) {
  if (type.getElementTypeBitWidth() != 128)
    return {type, memory, base, false};
  return {VectorType::get({2 * width}, b.getI64Type()), stage.words(memory), stage.mul(base, stage.constant(2)), true};
}

Value CpuPoint::maskOf(const Stretch &stretch) {
  if (!stretch.isInWords)
    return mask();
  if (!guard.lanes && lastCount)
    return vector::CreateMaskOp::create(b, location, VectorType::get({2 * width}, b.getI1Type()),
                                        stage.mul(lastCount, stage.constant(2)));
  SmallVector<int64_t> twice;
  for (int64_t lane = 0; lane < width; ++lane)
    twice.append({lane, lane});
  Value lanes = mask();
  return vector::ShuffleOp::create(b, location, lanes, lanes, twice);
}

Value CpuPoint::loadNeighbours(VectorType type, Value memory, Value base) {
  Stretch at = stretch(type, memory, base);
  auto whole = [&] { return vector::LoadOp::create(b, location, at.type, at.memory, at.base).getResult(); };
  auto masked = [&]() -> Value {
    Value none = arith::ConstantOp::create(b, location, b.getZeroAttr(at.type));
    return vector::MaskedLoadOp::create(b, location, at.type, at.memory, at.base, maskOf(at), none);
  };
  auto lanes = [&](Value loaded) -> Value {
    return at.isInWords ? vector::BitCastOp::create(b, location, type, loaded).getResult() : loaded;
  };
  if (guard.lanes || !lastCount)
    return lanes(guard.lanes ? masked() : whole());
  auto branch = scf::IfOp::create(b, location, TypeRange(at.type), hasAllLanes(), /*withElseRegion=*/true);
  for (bool isWhole : {true, false}) {
    OpBuilder::InsertionGuard inside(b);
    b.setInsertionPointToEnd(isWhole ? branch.thenBlock() : branch.elseBlock());
    scf::YieldOp::create(b, location, isWhole ? whole() : masked());
  }
  return lanes(branch.getResult(0));
}

PointValue CpuPoint::load(Value memory, DType type, const LaneIndex &linear) {
  Type element = cast<MemRefType>(memory.getType()).getElementType();
  auto zero = [&](VectorType vector) -> Value { return arith::ConstantOp::create(b, location, b.getZeroAttr(vector)); };
  if (linear.isUniform()) {
    if (!guard.lanes || guard.lanes == someLanes) {
      Value value = memref::LoadOp::create(b, location, memory, linear.base);
      return {scalars.fromMemory(value, type), true};
    }
    Value any = lastCount ? mask() : guard.lanes; // a masked load of one element, only if some lane is used
    if (isa<VectorType>(any.getType()))
      any = vector::ReductionOp::create(b, location, vector::CombiningKind::OR, any);
    auto one = VectorType::get({1}, element);
    Value mask = vector::BroadcastOp::create(b, location, VectorType::get({1}, b.getI1Type()), any);
    Value value = vector::MaskedLoadOp::create(b, location, one, memory, linear.base, mask, zero(one));
    return {scalars.fromMemory(vector::ExtractOp::create(b, location, value, ArrayRef<int64_t>{0}), type), true};
  }
  auto vector = VectorType::get({width}, element);
  Value value = !linear.lanes && linear.stride == 1
                    ? loadNeighbours(vector, memory, linear.base)
                    : vector::GatherOp::create(b, location, vector, memory, ValueRange{indexConstant(0)},
                                               spread(linear), mask(), zero(vector));
  return {scalars.fromMemory(value, type), false};
}

/// Whether the guard is the constant mask of the first lane alone.
static bool isFirstLaneOnly(const Guard &guard) {
  auto mask = guard.lanes ? guard.lanes.getDefiningOp<vector::CreateMaskOp>() : nullptr;
  return mask && getConstantIntValue(mask.getOperand(0)) == 1;
}

void CpuPoint::storeNeighbours(Value value, Value memory, Value base) {
  // LLVM 22 turns a truncating store under a constant mask of one lane into a scalar store of the wide type.
  if (isFirstLaneOnly(guard)) {
    memref::StoreOp::create(b, location, vector::ExtractOp::create(b, location, value, ArrayRef<int64_t>{0}), memory,
                            base);
    return;
  }
  Stretch at = stretch(cast<VectorType>(value.getType()), memory, base);
  if (at.isInWords)
    value = vector::BitCastOp::create(b, location, at.type, value);
  auto whole = [&] { vector::StoreOp::create(b, location, value, at.memory, at.base); };
  auto masked = [&] { vector::MaskedStoreOp::create(b, location, at.memory, at.base, maskOf(at), value); };
  if (guard.lanes)
    masked();
  else if (lastCount)
    stage.ifThen(hasAllLanes(), whole, masked);
  else
    whole();
}

void CpuPoint::store(Value memory, const LaneIndex &linear, const PointValue &point) {
  if (linear.isUniform()) {
    assert(point.isUniform && !guard.lanes && "one place takes one value");
    memref::StoreOp::create(b, location, scalars.toMemory(point.value), memory, linear.base);
    return;
  }
  Value value = scalars.toMemory({spread(point), point.value.type});
  if (!linear.lanes && linear.stride == 1) {
    storeNeighbours(value, memory, linear.base);
    return;
  }
  vector::ScatterOp::create(b, location, Type(), memory, ValueRange{indexConstant(0)}, spread(linear), mask(), value);
}

void CpuPoint::storeResult(unsigned i, ArrayRef<LaneIndex> index, const PointValue &value) {
  Dims dims = dimsOf(stage.body.getYield().getResults()[i]);
  store(stage.resultBuffer(i), linearize(index, dims), value);
}

/// Which error slot of the kernel an op that can fail has: its place among them, in the order of the body.
static int64_t slotOf(Operation *op) {
  int64_t slot = 0;
  for (Operation &other : *op->getBlock()) {
    if (&other == op)
      break;
    if (canFail(&other))
      ++slot;
  }
  return slot;
}

void CpuPoint::report(Operation *op, PointValue bad, LaneIndex element, PointValue index, Value extent) {
  Value lanes = spread(bad);
  if (guard.lanes || lastCount)
    lanes = arith::AndIOp::create(b, location, lanes, mask());
  Value elements = spread(element), indices = spread(index);
  Value any = vector::ReductionOp::create(b, location, vector::CombiningKind::OR, lanes);
  stage.ifThen(any, [&] {
    Type i64 = b.getI64Type();
    stage.forEach(stage.constant(0), stage.constant(width), stage.constant(1), [&](Value lane) {
      Value isBad = vector::ExtractOp::create(b, location, lanes, lane);
      stage.ifThen(isBad, [&] {
        auto pointer = cast<LLVM::LLVMPointerType>(stage.services.getType());
        Value function = LLVM::LoadOp::create(b, location, pointer, stage.services);
        Value slot = LLVM::ConstantOp::create(b, location, i64, b.getI64IntegerAttr(slotOf(op)));
        auto toI64 = [&](Value v) -> Value { return arith::IndexCastOp::create(b, location, i64, v); };
        Value at = toI64(vector::ExtractOp::create(b, location, elements, lane));
        Value which = vector::ExtractOp::create(b, location, indices, lane);
        auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(b.getContext()), {pointer, i64, i64, i64, i64});
        LLVM::CallOp::create(b, location, type, ValueRange{function, stage.services, slot, at, which, toI64(extent)});
      });
    });
  });
}

} // namespace dlc::cpu
