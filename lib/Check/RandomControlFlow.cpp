// Branches and loops around random ops. A region sees what is around it; what it makes is forgotten behind it, but for
// its results. Loops run few trips: their bounds are constants or clamped arguments, and a while loop counts.
#include "lib/Check/RandomOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace dlc::check {

/// Runs `fill` with the builder at the end of a block; afterwards the pool has what it had, and new arguments.
void RandomOps::inRegion(Block &block, std::function<void()> fill) {
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(&block);
  SmallVector<Value> before = pool;
  ++depth;
  fill();
  --depth;
  llvm::erase_if(pool, [&](Value x) { return !llvm::is_contained(before, x) && x.getParentBlock() != &entry; });
}

void RandomOps::addBody() {
  for (int i = 0, count = 1 + int(draw(4)); i < count; ++i)
    addOne();
}

/// For each type a value of the pool, the fallback if there is none.
SmallVector<Value> RandomOps::drawLike(ValueRange fallbacks) {
  SmallVector<Value> values;
  for (Value fallback : fallbacks) {
    Value found = chance(85) ? find([&](Value x) { return x.getType() == fallback.getType(); }) : Value();
    values.push_back(found ? found : fallback);
  }
  return values;
}

Value RandomOps::scalarOf(Type element) {
  auto type = RankedTensorType::get({}, element);
  Value tensor = chance(60) ? find([&](Value x) { return x.getType() == type; }) : Value();
  if (!tensor)
    tensor = newArgument({}, element);
  return tensor::ExtractOp::create(builder, builder.getUnknownLoc(), tensor, ValueRange());
}

/// A scalar of an argument whose elements may be any, within [-3, 4]: so many trips end.
Value RandomOps::smallArgument(Type element) {
  Value low = b.create<MaxOp>(newArgument({}, element), b.scalar(-3, element));
  return b.create<MinOp>(low, b.scalar(4, element));
}

/// An index of at most 4.
Value RandomOps::smallIndex() {
  Location location = builder.getUnknownLoc();
  if (chance(40))
    return arith::ConstantIndexOp::create(builder, location, int64_t(draw(5)));
  Type element = chance(50) ? Type(builder.getI64Type()) : builder.getI32Type();
  Value small = tensor::ExtractOp::create(builder, location, smallArgument(element), ValueRange());
  return arith::IndexCastOp::create(builder, location, builder.getIndexType(), small);
}

void RandomOps::addControlFlow() {
  SmallVector<Value> inits;
  for (int i = 0, count = 1 + int(draw(3)); i < count; ++i)
    inits.push_back(pool[draw(pool.size())]);
  ValueRange results;
  switch (options.derivatives() ? 0 : draw(3)) { // loops have no gradient yet
  case 0:
    results = addIf(inits);
    break;
  case 1:
    results = addFor(inits);
    break;
  default:
    results = addWhile(inits);
  }
  for (Value result : results)
    keep(result);
}

ValueRange RandomOps::addIf(ValueRange inits) {
  Location location = builder.getUnknownLoc();
  Value predicate = scalarOf(builder.getI1Type());
  auto branch = scf::IfOp::create(builder, location, inits.getTypes(), predicate, true, true);
  for (Region &region : branch->getRegions()) {
    region.front().clear();
    inRegion(region.front(), [&] {
      addBody();
      scf::YieldOp::create(builder, location, drawLike(inits));
    });
  }
  return branch.getResults();
}

ValueRange RandomOps::addFor(ValueRange inits) {
  Location location = builder.getUnknownLoc();
  Value lower = smallIndex(), upper = smallIndex();
  Value step = arith::ConstantIndexOp::create(builder, location, 1 + int64_t(draw(2)));
  auto loop = scf::ForOp::create(builder, location, lower, upper, step, inits);
  loop.getBody()->clear();
  inRegion(*loop.getBody(), [&] {
    Type element = builder.getI64Type();
    Value counter = arith::IndexCastOp::create(builder, location, element, loop.getInductionVar());
    keep(tensor::FromElementsOp::create(builder, location, RankedTensorType::get({}, element), counter));
    for (Value carried : loop.getRegionIterArgs())
      keep(carried);
    addBody();
    scf::YieldOp::create(builder, location, drawLike(loop.getRegionIterArgs()));
  });
  return loop.getResults();
}

ValueRange RandomOps::addWhile(ValueRange inits) {
  Location location = builder.getUnknownLoc();
  auto counterType = RankedTensorType::get({}, builder.getI64Type());
  auto number = [&](int64_t value) -> Value {
    return ConstantOp::create(builder, location, DenseElementsAttr::get(counterType, value));
  };
  Value zero = number(0), one = number(1);
  Value limit = chance(50) ? smallArgument(builder.getI64Type()) : number(int64_t(draw(4)));
  SmallVector<Value> carried{zero};
  carried.append(inits.begin(), inits.end());
  SmallVector<Type> types(ValueRange(carried).getTypes());
  auto loop = scf::WhileOp::create(builder, location, types, carried, nullptr, nullptr);
  auto addBlock = [&](Region &region) {
    region.getBlocks().clear();
    Block &block = region.emplaceBlock();
    block.addArguments(types, SmallVector<Location>(types.size(), location));
    return &block;
  };
  Block *before = addBlock(loop.getBefore()), *after = addBlock(loop.getAfter());
  inRegion(*before, [&] {
    for (Value argument : before->getArguments().drop_front())
      keep(argument);
    addBody();
    Value holds = b.compare(ComparePredicate::lt, before->getArgument(0), limit);
    Value goesOn = tensor::ExtractOp::create(builder, location, holds, ValueRange());
    if (chance(30))
      goesOn = arith::AndIOp::create(builder, location, goesOn, scalarOf(builder.getI1Type()));
    SmallVector<Value> forwarded{before->getArgument(0)};
    SmallVector<Value> others = chance(60) ? SmallVector<Value>(before->getArguments().drop_front())
                                           : drawLike(before->getArguments().drop_front());
    forwarded.append(others);
    scf::ConditionOp::create(builder, location, goesOn, forwarded);
  });
  inRegion(*after, [&] {
    for (Value argument : after->getArguments().drop_front())
      keep(argument);
    addBody();
    SmallVector<Value> next{b.add(after->getArgument(0), one)};
    next.append(drawLike(after->getArguments().drop_front()));
    scf::YieldOp::create(builder, location, next);
  });
  return loop.getResults();
}

} // namespace dlc::check
