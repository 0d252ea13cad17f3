// Branches and loops around a few ops. Values of a region stay inside; what leaves has the type of a value outside.
#include "lib/Check/RandomOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace dlc::check {

Value RandomOps::fill(Block &block, Value like) {
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(&block);
  size_t outside = pool.size();
  ++depth;
  for (int i = 0, count = int(1 + draw(4)); i < count; ++i)
    addOne();
  Value leaving = like;
  for (size_t i = pool.size(); i-- > outside;)
    if (pool[i].getType() == like.getType()) {
      leaving = pool[i];
      break;
    }
  if (leaving == like && !isBoolTensor(like))
    leaving = b.add(like, like);
  --depth;
  pool.truncate(outside);
  return leaving;
}

void RandomOps::addBranch() {
  Location location = b.location;
  Value like = find([](Value) { return true; });
  Value flag = find([](Value v) { return isBoolTensor(v) && rankOf(v) == 0; });
  if (!flag || chance(50))
    flag = newArgument({}, builder.getI1Type());
  Value condition = tensor::ExtractOp::create(builder, location, flag, ValueRange());
  auto branch = scf::IfOp::create(builder, location, TypeRange(like.getType()), condition, /*withElseRegion=*/true);
  for (Block *block : {branch.thenBlock(), branch.elseBlock()}) {
    Value leaving = fill(*block, like);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToEnd(block);
    scf::YieldOp::create(builder, location, leaving);
  }
  keep(branch.getResult(0));
}

void RandomOps::addLoop() {
  Location location = b.location;
  Value like = find([](Value) { return true; });
  auto index = [&](int64_t value) -> Value { return arith::ConstantIndexOp::create(builder, location, value); };
  Value end = index(int64_t(draw(4)));
  if (chance(30)) { // a number of trips that the data say, at most 4
    Value trips = tensor::ExtractOp::create(builder, location, newArgument({}, builder.getI64Type()), ValueRange());
    Value most = arith::ConstantIntOp::create(builder, location, builder.getI64Type(), 4);
    trips = arith::MinSIOp::create(builder, location, trips, most);
    end = arith::IndexCastOp::create(builder, location, builder.getIndexType(), trips);
  }
  auto loop = scf::ForOp::create(builder, location, index(0), end, index(1), ValueRange(like));
  Value carried = loop.getRegionIterArgs()[0];
  pool.push_back(carried);
  Value leaving = fill(*loop.getBody(), carried);
  pool.pop_back();
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(loop.getBody());
  scf::YieldOp::create(builder, location, leaving);
  keep(loop.getResult(0));
}

void RandomOps::addWhile() {
  Location location = b.location;
  Value like = find([](Value) { return true; });
  Type counterType = RankedTensorType::get({}, builder.getI64Type());
  Value zero = b.scalar(0, builder.getI64Type());
  auto loop =
      scf::WhileOp::create(builder, location, TypeRange({counterType, like.getType()}), ValueRange({zero, like}));
  SmallVector<Type> types = {counterType, like.getType()};
  SmallVector<Location> locations(2, location);
  Block *before = builder.createBlock(&loop.getBefore(), {}, types, locations);
  Value trips = b.scalar(double(draw(4)), builder.getI64Type());
  Value isBelow = b.compare(ComparePredicate::lt, before->getArgument(0), trips);
  scf::ConditionOp::create(builder, location, tensor::ExtractOp::create(builder, location, isBelow, ValueRange()),
                           before->getArguments());
  Block *after = builder.createBlock(&loop.getAfter(), {}, types, locations);
  Value next = b.add(after->getArgument(0), b.scalar(1, builder.getI64Type()));
  pool.push_back(after->getArgument(1));
  Value leaving = fill(*after, after->getArgument(1));
  pool.pop_back();
  builder.setInsertionPointToEnd(after);
  scf::YieldOp::create(builder, location, ValueRange({next, leaving}));
  builder.setInsertionPointAfter(loop);
  keep(loop.getResult(1));
}

void RandomOps::addControlFlow() {
  switch (draw(3)) {
  case 0:
    return addBranch();
  case 1:
    return addLoop();
  default:
    return addWhile();
  }
}

} // namespace dlc::check
