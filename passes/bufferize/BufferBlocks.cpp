// One function an op. Kernels stay closed; copies stand only where a value is not made where it must be.
#include "passes/bufferize/BufferBlocks.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace dlc {

static bool isTensor(Value value) { return isa<RankedTensorType>(value.getType()); }

static rt::BufferType bufferType(RankedTensorType type) { return rt::BufferType::get(type.getContext(), type); }

BufferBlocks::BufferBlocks(const Slots &slots, Block &to)
    : slots(slots), entry(to), builder(OpBuilder::atBlockEnd(&to)) {}

//===--- Buffers ---===//

Value BufferBlocks::bufferOf(Slot *slot) {
  Value &buffer = slotBuffers[slot];
  if (buffer)
    return buffer;
  OpBuilder b(&entry, entry.begin());
  Location location = b.getUnknownLoc();
  if (slot->output)
    return buffer = rt::OutputOp::create(b, location, bufferType(slot->type), *slot->output);
  return buffer = rt::ArenaOp::create(b, location, bufferType(slot->type),
                                      DimsAttr::get(b.getContext(), ArrayRef(slot->offset)),
                                      DimsAttr::get(b.getContext(), ArrayRef(slot->bytes)));
}

Value BufferBlocks::viewOf(Value buffer, Value tensor) {
  rt::BufferType type = bufferType(cast<RankedTensorType>(tensor.getType()));
  if (buffer.getType() == type)
    return buffer;
  OpBuilder b(builder.getContext());
  b.setInsertionPointAfterValue(buffer);
  return rt::ViewOp::create(b, tensor.getLoc(), type, buffer);
}

Value BufferBlocks::bufferOf(Value tensor) {
  if (Value known = buffers.lookup(tensor))
    return known;
  Value buffer;
  OpBuilder b(&entry, entry.begin());
  Location location = tensor.getLoc();
  auto type = bufferType(cast<RankedTensorType>(tensor.getType()));
  if (auto reshape = tensor.getDefiningOp<ReshapeOp>())
    buffer = viewOf(bufferOf(reshape.getX()), tensor);
  else if (Slot *slot = slots.of(tensor))
    buffer = viewOf(bufferOf(slot), tensor);
  else if (auto constant = tensor.getDefiningOp<ConstantOp>())
    buffer = rt::ConstantOp::create(b, location, type, constant.getValue());
  else
    buffer = rt::InputOp::create(b, location, type, int64_t(cast<BlockArgument>(tensor).getArgNumber()));
  return buffers[tensor] = buffer;
}

void BufferBlocks::copyTo(Slot *slot, Value tensor) {
  if (slots.of(Slots::root(tensor)) == slot)
    return;
  Value to = viewOf(bufferOf(slot), tensor);
  rt::CopyOp::create(builder, tensor.getLoc(), to, bufferOf(tensor));
}

void BufferBlocks::swap(Slot *a, Slot *b, Location location) {
  rt::SwapOp::create(builder, location, bufferOf(a), bufferOf(b));
}

SmallVector<Value> BufferBlocks::scalarsOf(ValueRange values) {
  SmallVector<Value> result;
  for (Value value : values)
    if (!isTensor(value))
      result.push_back(scalars.lookup(value));
  return result;
}

void BufferBlocks::mapScalars(ValueRange from, ValueRange to) {
  size_t next = 0;
  for (Value value : from)
    if (!isTensor(value))
      scalars.map(value, to[next++]);
}

//===--- Blocks ---===//

LogicalResult BufferBlocks::writeFunction(Block &from) {
  if (failed(writeBlock(from)))
    return failure();
  for (auto [i, value] : llvm::enumerate(from.getTerminator()->getOperands())) {
    Slot *slot = slots.of(Slots::root(value));
    if (slot && slot->output == int64_t(i))
      continue;
    auto type = bufferType(cast<RankedTensorType>(value.getType()));
    OpBuilder b(&entry, entry.begin());
    Value to = rt::OutputOp::create(b, value.getLoc(), type, int64_t(i));
    rt::CopyOp::create(builder, value.getLoc(), to, bufferOf(value));
  }
  return success();
}

LogicalResult BufferBlocks::writeBlock(Block &from) {
  for (Operation &op : from.without_terminator())
    if (failed(writeOp(&op)))
      return failure();
  return success();
}

LogicalResult BufferBlocks::writeOp(Operation *op) {
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](rt::LaunchOp launch) { return writeLaunch(launch); })
      .Case([&](CustomCallOp call) { return writeCustomCall(call); })
      .Case([&](scf::IfOp branch) { return writeIf(branch); })
      .Case([&](scf::ForOp loop) { return writeFor(loop); })
      .Case([&](scf::WhileOp loop) { return writeWhile(loop); })
      .Case([&](tensor::ExtractOp) { return writeExtract(op); })
      .Case([&](tensor::FromElementsOp) { return writeStore(op); })
      .Case([&](tensor::DimOp) { return writeExtent(op); })
      .Case<ReshapeOp, ConstantOp>([&](Operation *) { return success(); })
      .Default([&](Operation *) { return writeScalarOp(op); });
}

LogicalResult BufferBlocks::writeLaunch(rt::LaunchOp launch) {
  SmallVector<Value> all;
  for (Value operand : launch.getOperands())
    all.push_back(bufferOf(operand));
  for (Value result : launch.getResults())
    all.push_back(bufferOf(result));
  auto onBuffers = rt::LaunchOp::create(builder, launch.getLoc(), TypeRange(), launch.getKernel(), all,
                                        launch.getDims(), launch.getSlots());
  if (auto reasons = launch->getAttr("rt.unfused"))
    onBuffers->setAttr("rt.unfused", reasons);
  return success();
}

LogicalResult BufferBlocks::writeCustomCall(CustomCallOp call) {
  auto position = call->getAttrOfType<IntegerAttr>("rt.position");
  if (!position)
    return call.emitOpError("expected its position in the program, which fuse gives, but found none");
  SmallVector<Value> inputs, outputs;
  for (Value operand : call.getOperands())
    inputs.push_back(bufferOf(operand));
  for (Value result : call.getResults())
    outputs.push_back(bufferOf(result));
  auto onBuffers = rt::CustomCallOp::create(builder, call.getLoc(), call.getTargetAttr(), inputs, outputs,
                                            call.getTextAttr(), position.getInt(), call.getBatchDims());
  if (auto reasons = call->getAttr("rt.unfused"))
    onBuffers->setAttr("rt.unfused", reasons);
  return success();
}

LogicalResult BufferBlocks::writeScalarOp(Operation *op) {
  if (op->getNumRegions() > 0 || op->getDialect()->getNamespace() != arith::ArithDialect::getDialectNamespace())
    return op->emitOpError("expected launches, views, constants, control flow and scalars after fuse, but got this");
  SmallVector<Type> types(op->getOperandTypes());
  types.append(op->result_type_begin(), op->result_type_end());
  for (Type type : types)
    if (!type.isIndex() && !type.isSignlessInteger())
      return op->emitOpError("expected index or integer scalars between kernels, but got ")
             << type << ": keep other values in tensors";
  builder.clone(*op, scalars);
  return success();
}

//===--- Scalars and tensors ---===//

/// Checks a tensor that meets a scalar.
static LogicalResult checkSingle(Operation *op, RankedTensorType type) {
  if (type.getRank() != 0)
    return op->emitOpError("expected a tensor of rank 0 where it meets a scalar, but got ") << type;
  if (isa<IntegerType>(type.getElementType()))
    return success();
  return op->emitOpError("expected index or integer scalars between kernels, but got ")
         << type.getElementType() << ": keep other values in tensors";
}

LogicalResult BufferBlocks::writeExtract(Operation *op) {
  auto extract = cast<tensor::ExtractOp>(op);
  if (failed(checkSingle(op, extract.getTensor().getType())))
    return failure();
  Value buffer = bufferOf(extract.getTensor());
  scalars.map(extract.getResult(), rt::LoadOp::create(builder, op->getLoc(), extract.getResult().getType(), buffer));
  return success();
}

LogicalResult BufferBlocks::writeStore(Operation *op) {
  auto store = cast<tensor::FromElementsOp>(op);
  if (failed(checkSingle(op, store.getType())))
    return failure();
  rt::StoreOp::create(builder, op->getLoc(), scalars.lookup(store.getElements()[0]), bufferOf(store.getResult()));
  return success();
}

LogicalResult BufferBlocks::writeExtent(Operation *op) {
  auto dim = cast<tensor::DimOp>(op);
  auto at = dim.getConstantIndex();
  Dims dims = dimsOf(dim.getSource());
  if (!at || *at < 0 || *at >= int64_t(dims.size()))
    return op->emitOpError("expected a constant dimension in [0, ") << dims.size() << ")";
  auto value = DimsAttr::get(op->getContext(), ArrayRef(dims[*at]));
  scalars.map(dim.getResult(), rt::ExtentOp::create(builder, op->getLoc(), builder.getIndexType(), value));
  return success();
}

//===--- Control flow ---===//

LogicalResult BufferBlocks::writeIf(scf::IfOp branch) {
  SmallVector<Type> types;
  for (Value result : branch.getResults())
    if (!isTensor(result))
      types.push_back(result.getType());
  auto made = scf::IfOp::create(builder, branch.getLoc(), types, scalars.lookup(branch.getCondition()),
                                /*addThenBlock=*/true, /*addElseBlock=*/!branch.getElseRegion().empty());
  OpBuilder::InsertionGuard guard(builder);
  for (auto [from, to] : llvm::zip(branch->getRegions(), made->getRegions())) {
    if (from.empty())
      continue;
    builder.setInsertionPointToEnd(&to.front());
    if (failed(writeBlock(from.front())))
      return failure();
    Operation *yield = from.front().getTerminator();
    for (auto [result, value] : llvm::zip(branch.getResults(), yield->getOperands()))
      if (isTensor(result))
        copyTo(slots.of(result), value);
    scf::YieldOp::create(builder, yield->getLoc(), scalarsOf(yield->getOperands()));
  }
  mapScalars(branch.getResults(), made.getResults());
  return success();
}

void BufferBlocks::writeBackEdge(Operation *yield, const Carries &plan) {
  for (auto [value, carry] : llvm::zip(yield->getOperands(), plan))
    if (carry.memory && !carry.isUnchanged && !carry.takes)
      copyTo(carry.target(), value);
  // Whoever gives its memory away gets its own next value after that. In a circle the last one is served already.
  llvm::DenseSet<unsigned> served, givers;
  for (const Carry &carry : plan)
    if (carry.takes)
      givers.insert(*carry.takes);
  auto serve = [&](unsigned first) {
    for (unsigned at = first; served.insert(at).second;) {
      const Carry &carry = plan[at];
      if (carry.takes && *carry.takes != first)
        swap(carry.memory, plan[*carry.takes].memory, yield->getLoc());
      else if (carry.next)
        swap(carry.memory, carry.next, yield->getLoc());
      if (!carry.takes)
        return;
      at = *carry.takes;
    }
  };
  for (unsigned i = 0; i < plan.size(); ++i)
    if (!givers.contains(i))
      serve(i);
  for (unsigned i = 0; i < plan.size(); ++i)
    serve(i);
}

LogicalResult BufferBlocks::writeFor(scf::ForOp loop) {
  if (loop.getUnsignedCmp())
    return loop.emitOpError("expected a loop that compares signed, but got unsignedCmp");
  const Carries &plan = slots.carriesOf(loop);
  for (auto [init, carry] : llvm::zip(loop.getInitArgs(), plan))
    if (carry.memory)
      copyTo(carry.memory, init);
  auto made = scf::ForOp::create(builder, loop.getLoc(), scalars.lookup(loop.getLowerBound()),
                                 scalars.lookup(loop.getUpperBound()), scalars.lookup(loop.getStep()),
                                 scalarsOf(loop.getInitArgs()));
  scalars.map(loop.getInductionVar(), made.getInductionVar());
  mapScalars(loop.getRegionIterArgs(), made.getRegionIterArgs());
  if (made.getBody()->mightHaveTerminator())
    made.getBody()->getTerminator()->erase();
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(made.getBody());
  if (failed(writeBlock(*loop.getBody())))
    return failure();
  Operation *yield = loop.getBody()->getTerminator();
  writeBackEdge(yield, plan);
  scf::YieldOp::create(builder, yield->getLoc(), scalarsOf(yield->getOperands()));
  mapScalars(loop.getResults(), made.getResults());
  return success();
}

static SmallVector<Type> scalarTypes(ValueRange values) {
  SmallVector<Type> types;
  for (Value value : values)
    if (!isTensor(value))
      types.push_back(value.getType());
  return types;
}

LogicalResult BufferBlocks::writeWhile(scf::WhileOp loop) {
  const Carries &plan = slots.carriesOf(loop);
  for (auto [init, carry] : llvm::zip(loop.getInits(), plan))
    if (carry.memory)
      copyTo(carry.memory, init);
  auto made = scf::WhileOp::create(builder, loop.getLoc(), scalarTypes(loop.getResults()), scalarsOf(loop.getInits()),
                                   nullptr, nullptr);
  OpBuilder::InsertionGuard guard(builder);
  auto addBlock = [&](Region &region, ValueRange arguments) {
    SmallVector<Type> types = scalarTypes(arguments);
    Block *block =
        builder.createBlock(&region, region.end(), types, SmallVector<Location>(types.size(), loop.getLoc()));
    mapScalars(arguments, block->getArguments());
  };
  made.getBefore().getBlocks().clear();
  made.getAfter().getBlocks().clear();
  addBlock(made.getBefore(), loop.getBeforeArguments());
  if (failed(writeBlock(*loop.getBeforeBody())))
    return failure();
  scf::ConditionOp condition = loop.getConditionOp();
  for (auto [argument, value] : llvm::zip(loop.getAfterArguments(), condition.getArgs()))
    if (isTensor(value))
      copyTo(slots.of(argument), value);
  scf::ConditionOp::create(builder, condition.getLoc(), scalars.lookup(condition.getCondition()),
                           scalarsOf(condition.getArgs()));
  addBlock(made.getAfter(), loop.getAfterArguments());
  if (failed(writeBlock(*loop.getAfterBody())))
    return failure();
  Operation *yield = loop.getYieldOp();
  writeBackEdge(yield, plan);
  scf::YieldOp::create(builder, yield->getLoc(), scalarsOf(yield->getOperands()));
  mapScalars(loop.getResults(), made.getResults());
  return success();
}

} // namespace dlc
