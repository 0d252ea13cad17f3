// From the end of each block to its start: a reader is known before the producer that may write to its place.
#include "passes/bufferize/Slots.h"

#include "dialects/rt/Rt.h"
#include "passes/bufferize/Arena.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace dlc {

DimExpr bytesOf(RankedTensorType type) {
  DimExpr bytes(byteWidth(dtypeOf(type)));
  for (const DimExpr &dim : dimsOf(type))
    bytes = bytes * dim;
  return bytes;
}

static bool isTensor(Value value) { return isa<RankedTensorType>(value.getType()); }

Value Slots::root(Value tensor) {
  while (auto reshape = tensor.getDefiningOp<ReshapeOp>())
    tensor = reshape.getX();
  return tensor;
}

/// Visits the uses of a tensor and of its views.
static void forEachUse(Value tensor, llvm::function_ref<void(OpOperand &)> visit) {
  for (OpOperand &use : tensor.getUses())
    if (auto view = dyn_cast<ReshapeOp>(use.getOwner()))
      forEachUse(view.getR(), visit);
    else
      visit(use);
}

/// Whether a tensor is read by `op`, but for the use `except`, or after it in its block, at whatever depth.
static bool isReadFrom(Value tensor, Operation *op, OpOperand *except = nullptr) {
  bool isRead = false;
  forEachUse(tensor, [&](OpOperand &use) {
    Operation *reader = op->getBlock()->findAncestorOpInBlock(*use.getOwner());
    isRead |= &use != except && (!reader || !reader->isBeforeInBlock(op));
  });
  return isRead;
}

Slots::Slots(func::FuncOp function) {
  Block &block = function.getBody().front();
  for (auto [i, value] : llvm::enumerate(block.getTerminator()->getOperands())) {
    Slot output;
    output.type = cast<RankedTensorType>(value.getType());
    output.output = int64_t(i);
    storage.push_back(output);
    offer(value, &storage.back(), block.getTerminator());
  }
  visitBlock(block);
  numberSteps(block);
  measureLives();
  planSlices();
}

Slot *Slots::create(Type type) {
  storage.emplace_back();
  storage.back().type = cast<RankedTensorType>(type);
  return &storage.back();
}

Slot *Slots::own(Value value) {
  Slot *&slot = slots[value];
  if (!slot)
    slot = create(value.getType());
  return slot;
}

//===--- Offers ---===//

/// The op that can make `value` in a given place: one of the terminator's block that has no other; else the terminator,
/// which copies.
Operation *Slots::producerFor(Value value, Operation *terminator) const {
  Operation *op = root(value).getDefiningOp();
  bool isAsked = op && op->getBlock() == terminator->getBlock() && !slots.contains(root(value)) &&
                 isa<rt::LaunchOp, CustomCallOp, tensor::FromElementsOp, scf::IfOp, scf::ForOp, scf::WhileOp>(op);
  return isAsked ? op : terminator;
}

bool Slots::offer(Value value, Slot *slot, Operation *terminator) {
  Operation *op = producerFor(value, terminator);
  // What a loop carries swaps, which only slices of the arena do.
  if (op == terminator || (slot->output && isa<scf::ForOp, scf::WhileOp>(op)))
    return false;
  slots[root(value)] = slot;
  return true;
}

/// Lets the producers of initial values write to the carried slots, if the loop alone reads such a value to its end.
void Slots::offerInits(LoopLikeOpInterface loop, const Carries &plan) {
  for (auto [carry, init] : llvm::zip(plan, loop.getInitsMutable())) {
    if (!carry.memory || busy.contains(carry.memory))
      continue;
    Operation *op = root(init.get()).getDefiningOp();
    if (op && op->getBlock() == loop->getBlock() && !isReadFrom(root(init.get()), loop, /*except=*/&init))
      offer(init.get(), carry.memory, loop);
  }
}

//===--- Blocks ---===//

void Slots::visitBlock(Block &block) {
  for (Operation &op : llvm::reverse(block.without_terminator())) {
    if (auto branch = dyn_cast<scf::IfOp>(op))
      visitIf(branch);
    else if (auto loop = dyn_cast<scf::ForOp>(op))
      visitFor(loop);
    else if (auto loop = dyn_cast<scf::WhileOp>(op))
      visitWhile(loop);
    else if (isa<rt::LaunchOp, CustomCallOp, tensor::FromElementsOp>(op))
      for (Value result : op.getResults())
        own(result);
  }
}

void Slots::visitIf(scf::IfOp branch) {
  for (Region *region : {&branch.getThenRegion(), &branch.getElseRegion()}) {
    if (region->empty())
      continue;
    Operation *yield = region->front().getTerminator();
    for (auto [result, value] : llvm::zip(branch.getResults(), yield->getOperands()))
      if (isTensor(result))
        offer(value, own(result), yield);
    visitBlock(region->front());
  }
}

void Slots::visitFor(scf::ForOp loop) {
  Carries plan;
  for (auto [argument, result] : llvm::zip(loop.getRegionIterArgs(), loop.getResults())) {
    plan.emplace_back();
    if (isTensor(result))
      slots[argument] = plan.back().memory = own(result);
  }
  offerInits(loop, plan);
  planBackEdge(loop.getRegionIterArgs(), loop.getBody()->getTerminator(), plan);
  visitBlock(*loop.getBody());
  carries[loop] = plan;
}

/// What the condition forwards as it is shares its slot with the argument before it. Other arguments before the
/// condition, which nobody can read once the body runs, have slots of their own.
void Slots::visitWhile(scf::WhileOp loop) {
  scf::ConditionOp condition = loop.getConditionOp();
  Operation *yield = loop.getYieldOp();
  auto before = loop.getBeforeArguments(), after = loop.getAfterArguments();
  Carries plan(before.size());
  for (auto [i, forwarded] : llvm::enumerate(condition.getArgs())) {
    if (!isTensor(forwarded))
      continue;
    Slot *slot = slots[after[i]] = own(loop.getResult(i));
    if (i < before.size() && root(forwarded) == before[i] && forwarded.getType() == before[i].getType())
      slots[before[i]] = plan[i].memory = slot;
  }
  // Only arguments that are forwarded as they are have an old value behind the condition.
  SmallVector<Value> arguments;
  for (auto [i, carry] : llvm::enumerate(plan))
    arguments.push_back(carry.memory ? Value(after[i]) : Value(before[i]));
  for (auto [argument, carry] : llvm::zip(before, plan))
    if (isTensor(argument) && !carry.memory)
      carry.memory = own(argument);
  offerInits(loop, plan);
  planBackEdge(arguments, yield, plan);
  for (auto [i, forwarded] : llvm::enumerate(condition.getArgs()))
    if (isTensor(forwarded) && (i >= plan.size() || slots[after[i]] != plan[i].memory))
      offer(forwarded, slots[after[i]], condition);
  visitBlock(*loop.getAfterBody());
  visitBlock(*loop.getBeforeBody());
  carries[loop] = plan;
}

/// The initial value by which a loop inside, whose result is `value`, goes on in the memory of `old`.
static OpOperand *initThatGoesOn(Operation *producer, Value value, Value old) {
  auto loop = dyn_cast<LoopLikeOpInterface>(producer);
  if (!loop)
    return nullptr;
  auto inits = loop.getInitsMutable();
  unsigned i = cast<OpResult>(value).getResultNumber();
  return i < inits.size() && Slots::root(inits[i].get()) == old ? &inits[i] : nullptr;
}

/// Decides where the next value of each carry is made. `arguments` are the old values.
void Slots::planBackEdge(ValueRange arguments, Operation *yield, Carries &plan) {
  auto place = [&](Value argument) { return unsigned(llvm::find(arguments, argument) - arguments.begin()); };
  llvm::DenseSet<unsigned> taken;
  for (auto [k, carry] : llvm::enumerate(plan)) {
    if (!carry.memory)
      continue;
    Value from = root(yield->getOperand(k));
    unsigned other = place(from);
    carry.isUnchanged = other == k;
    if (other != k && other < plan.size() && bytesOf(plan[other].memory->type) == bytesOf(carry.memory->type) &&
        taken.insert(other).second)
      carry.takes = other;
  }
  for (Carry &carry : plan) // a carry that keeps its memory cannot give it away
    if (carry.takes && plan[*carry.takes].isUnchanged)
      carry.takes.reset();
  for (auto [k, carry] : llvm::enumerate(plan)) {
    if (!carry.memory || carry.isUnchanged)
      continue;
    if (carry.takes) {
      join(carry.memory, plan[*carry.takes].memory);
      continue;
    }
    Value value = yield->getOperand(k), old = arguments[k];
    if (old.getParentBlock() == yield->getBlock()) {
      Operation *producer = producerFor(value, yield);
      if (isReadFrom(old, producer, initThatGoesOn(producer, root(value), old)))
        join(carry.memory, carry.next = create(carry.memory->type));
      else
        busy.insert(carry.memory);
    }
    offer(value, carry.target(), yield);
  }
}

//===--- Lives ---===//

static Slot *stretchOf(Slot *slot) {
  while (slot->joined)
    slot = slot->joined;
  return slot;
}

void Slots::join(Slot *a, Slot *b) {
  a = stretchOf(a);
  b = stretchOf(b);
  if (a != b)
    b->joined = a;
}

void Slots::numberSteps(Block &block) {
  for (Operation &op : block) {
    int64_t begin = now++;
    for (Region &region : op.getRegions())
      for (Block &inner : region)
        numberSteps(inner);
    steps[&op] = {begin, now++};
  }
}

/// A value lives from the op that makes it to its last reader; one that a loop inside reads, to the end of that loop.
void Slots::measureLives() {
  auto touch = [](Slot *slot, int64_t step) {
    slot->first = std::min(slot->first, step);
    slot->last = std::max(slot->last, step);
  };
  auto touchOp = [&](Slot *slot, Operation *op) {
    touch(slot, steps.lookup(op).first);
    touch(slot, steps.lookup(op).second);
  };
  for (auto &[value, slot] : slots) {
    Block *home = value.getParentBlock();
    touchOp(slot, value.getDefiningOp() ? value.getDefiningOp() : home->getParentOp());
    forEachUse(value, [&, slot = slot](OpOperand &use) {
      touch(slot, steps.lookup(use.getOwner()).first);
      for (Operation *op = use.getOwner(); op->getBlock() != home; op = op->getParentOp())
        if (isa<scf::ForOp, scf::WhileOp>(op->getParentOp()))
          touch(slot, steps.lookup(op->getParentOp()).second);
    });
  }
  for (auto &[loop, plan] : carries)
    for (const Carry &carry : plan)
      for (Slot *slot : {carry.memory, carry.next})
        if (slot)
          touchOp(slot, loop);
  for (Slot &slot : storage) {
    Slot *whole = stretchOf(&slot);
    whole->first = std::min(whole->first, slot.first);
    whole->last = std::max(whole->last, slot.last);
  }
}

void Slots::planSlices() {
  std::vector<Slice> list;
  std::vector<Slot *> planned;
  for (Slot &slot : storage) {
    if (slot.output)
      continue;
    Slot *whole = stretchOf(&slot);
    list.push_back({bytesOf(slot.type), whole->first, whole->last, {}});
    planned.push_back(&slot);
  }
  arenaBytes = planArena(list);
  for (auto [slot, slice] : llvm::zip(planned, list)) {
    slot->offset = slice.offset;
    slot->bytes = slice.bytes;
  }
}

} // namespace dlc
