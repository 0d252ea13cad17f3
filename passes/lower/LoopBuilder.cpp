// Loops as scf, index arithmetic folded as it is written.
#include "passes/lower/LoopBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace dlc {

Value LoopBuilder::constant(int64_t value) { return arith::ConstantIndexOp::create(b, location, value); }

void LoopBuilder::forEach(Value low, Value high, Value step, llvm::function_ref<void(Value)> body) {
  auto loop = scf::ForOp::create(b, location, low, high, step);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPoint(loop.getBody()->getTerminator());
  body(loop.getInductionVar());
}

SmallVector<Value> LoopBuilder::carry(Value low, Value high, Value step, ValueRange initial,
                                      llvm::function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  auto loop = scf::ForOp::create(b, location, low, high, step, initial);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToEnd(loop.getBody());
  SmallVector<Value> next = body(loop.getInductionVar(), loop.getRegionIterArgs());
  scf::YieldOp::create(b, location, next);
  return SmallVector<Value>(loop.getResults());
}

void LoopBuilder::ifThen(Value condition, llvm::function_ref<void()> then, llvm::function_ref<void()> otherwise) {
  auto branch = scf::IfOp::create(b, location, condition, bool(otherwise));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPoint(branch.thenBlock()->getTerminator());
  then();
  if (!otherwise)
    return;
  b.setInsertionPoint(branch.elseBlock()->getTerminator());
  otherwise();
}

Value LoopBuilder::ifElse(Value condition, Type type, llvm::function_ref<Value()> then,
                          llvm::function_ref<Value()> otherwise) {
  auto branch = scf::IfOp::create(b, location, TypeRange(type), condition, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToEnd(branch.thenBlock());
  scf::YieldOp::create(b, location, then());
  b.setInsertionPointToEnd(branch.elseBlock());
  scf::YieldOp::create(b, location, otherwise());
  return branch.getResult(0);
}

Value LoopBuilder::add(Value x, Value y) { return b.createOrFold<arith::AddIOp>(location, x, y); }
Value LoopBuilder::sub(Value x, Value y) { return b.createOrFold<arith::SubIOp>(location, x, y); }
Value LoopBuilder::mul(Value x, Value y) { return b.createOrFold<arith::MulIOp>(location, x, y); }
Value LoopBuilder::floorDiv(Value x, Value y) { return b.createOrFold<arith::DivUIOp>(location, x, y); }
Value LoopBuilder::mod(Value x, Value y) { return b.createOrFold<arith::RemUIOp>(location, x, y); }
Value LoopBuilder::min(Value x, Value y) { return b.createOrFold<arith::MinSIOp>(location, x, y); }
Value LoopBuilder::ceilDiv(Value x, Value y) { return floorDiv(add(x, sub(y, constant(1))), y); }
Value LoopBuilder::less(Value x, Value y) {
  return b.createOrFold<arith::CmpIOp>(location, arith::CmpIPredicate::slt, x, y);
}
Value LoopBuilder::equal(Value x, Value y) {
  return b.createOrFold<arith::CmpIOp>(location, arith::CmpIPredicate::eq, x, y);
}
Value LoopBuilder::both(Value x, Value y) { return b.createOrFold<arith::AndIOp>(location, x, y); }
Value LoopBuilder::choose(Value condition, Value x, Value y) {
  return b.createOrFold<arith::SelectOp>(location, condition, x, y);
}

SmallVector<Value> LoopBuilder::coordinates(Value linear, ArrayRef<DimExpr> dims) {
  SmallVector<Value> result(dims.size());
  for (size_t i = dims.size(); i-- > 0;) {
    if (i == 0) {
      result[0] = linear;
      break;
    }
    Value size = extent(dims[i]);
    result[i] = mod(linear, size);
    linear = floorDiv(linear, size);
  }
  return result;
}

} // namespace dlc
