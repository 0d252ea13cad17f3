// Greedy merging of ops into kernels.
#include "passes/fuse/Grouping.h"

#include "passes/fuse/Coverage.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace dlc {

static constexpr const char *customCallReason =
    "a custom call is a function of the user's own, and no part of any kernel";

bool Grouping::isHost(Operation *op) {
  if (auto constant = dyn_cast<ConstantOp>(op))
    return !constant.getValue().isSplat();
  if (auto reshape = dyn_cast<ReshapeOp>(op))
    return true;
  return !isa<PointwiseOpInterface, OrderedOpInterface>(op);
}

Grouping::Grouping(Block &block, const Target &target, const OrderEdges &edges, bool fuse)
    : target(target), edges(edges) {
  groups.emplace_back(); // group 0 is "none"
  for (Operation &op : block) {
    if (isHost(&op))
      continue;
    membership[&op] = int(groups.size());
    groups.emplace_back();
    groups.back().insert(&op);
  }
  for (Operation &consumer : block) {
    if (isa<CustomCallOp>(consumer))
      refuseOperands(&consumer);
    if (groupOf(&consumer) == 0)
      continue;
    for (Value operand : consumer.getOperands()) {
      Operation *producer = operand.getDefiningOp();
      bool isView = isa_and_nonnull<ReshapeOp>(producer);
      while (auto reshape = dyn_cast_or_null<ReshapeOp>(producer))
        producer = reshape.getX().getDefiningOp();
      if (!producer || producer->getBlock() != &block || groupOf(producer) == groupOf(&consumer))
        continue;
      bool isPart = isa<ConstantOp>(producer); // a splat constant is never a buffer
      if (groupOf(producer) == 0 && isPart)    // and another is no work that could be fused
        continue;
      std::string reason = isa<CustomCallOp>(producer) ? customCallReason
                           : groupOf(producer) == 0    ? "the producer is no part of any kernel"
                           : isView           ? "the value is reshaped in between, and a view is no part of a kernel"
                           : !fuse && !isPart ? "fusion is off"
                                              : whyNotMerge(producer, &consumer);
      if (reason.empty())
        merge(groupOf(&consumer), groupOf(producer));
      else if (!isPart || groupOf(producer) != 0) // nothing computes the elements of a constant
        refused.push_back({producer, &consumer, reason});
    }
  }
}

/// A custom call reads its operands from memory, whoever makes them.
void Grouping::refuseOperands(Operation *call) {
  for (Value operand : call->getOperands())
    if (Operation *producer = operand.getDefiningOp(); producer && groupOf(producer) != 0)
      refused.push_back({producer, call, customCallReason});
}

void Grouping::merge(int into, int from) {
  for (Operation *op : groups[from]) {
    membership[op] = into;
    groups[into].insert(op);
  }
  groups[from].clear();
}

void Grouping::forEachLater(Operation *op, llvm::function_ref<void(Operation *)> visit) const {
  for (Operation *user : op->getUsers())
    if (Operation *inBlock = op->getBlock()->findAncestorOpInBlock(*user))
      visit(inBlock);
  if (auto later = edges.find(op); later != edges.end())
    for (Operation *next : later->second)
      visit(next);
}

/// Whether some path from group `from` reaches group `to` through a third group (or a host op): merging would then
/// make a cycle.
bool Grouping::hasOtherPath(int from, int to) const {
  SmallVector<Operation *> work;
  DenseSet<Operation *> seen;
  auto push = [&](Operation *op) {
    forEachLater(op, [&](Operation *later) {
      if (seen.insert(later).second)
        work.push_back(later);
    });
  };
  auto leadsThere = [&](Operation *op) {
    bool found = false;
    forEachLater(op, [&](Operation *later) { found |= groupOf(later) == to; });
    return found;
  };
  for (Operation *op : groups[from])
    push(op);
  DenseSet<int> expanded;
  while (!work.empty()) {
    Operation *op = work.pop_back_val();
    int group = groupOf(op);
    if (group == from || group == to)
      continue; // a direct edge; what lies behind `to` cannot lead back to it
    if (group == 0) {
      push(op);
      if (leadsThere(op))
        return true;
    } else if (expanded.insert(group).second) {
      for (Operation *member : groups[group]) {
        seen.insert(member);
        push(member);
        if (leadsThere(member))
          return true;
      }
    }
  }
  return false;
}

std::string Grouping::whyNotMerge(Operation *producer, Operation *consumer) {
  int from = groupOf(producer), into = groupOf(consumer);
  bool ordered = isa<OrderedOpInterface>(producer);
  if (!ordered) {
    std::string reason = target.accepts(consumer, producer);
    if (!reason.empty())
      return reason;
  }
  Group merged = groups[from];
  merged.insert(groups[into].begin(), groups[into].end());
  std::string reason = whyNotOneKernel(merged);
  if (!reason.empty())
    return reason;
  if (hasOtherPath(from, into))
    return "another kernel lies between the two";
  return "";
}

/// The type that two results of a kernel share if they have one shape.
static Type shapeType(Value value) { return withElement(value.getType(), IntegerType::get(value.getContext(), 1)); }

/// How many scalar operations it takes to compute a value inside of the group, counted up to about `limit`.
static int64_t costOf(Value value, const Grouping::Group &group, int64_t limit) {
  Operation *op = value.getDefiningOp();
  if (!op || !group.contains(op) || isa<OrderedOpInterface>(op) || limit <= 0)
    return 0;
  auto point = cast<PointwiseOpInterface>(op);
  int64_t cost = point.isElementwise() && !point.isCheap() ? 12 : 1;
  for (Value operand : op->getOperands())
    cost += costOf(operand, group, limit - cost);
  return cost;
}

/// Whether an op reads an element of its operand for many elements of its result.
static bool readsRepeatedly(Operation *op) { return isa<BroadcastOp, GatherOp>(op) || isa<OrderedOpInterface>(op); }

std::string Grouping::whyNotOneKernel(const Group &merged) const {
  constexpr int64_t recomputeLimit = 8; // scalar operations that are cheaper than a round trip through memory
  SmallVector<Operation *> ops(merged.begin(), merged.end());
  llvm::sort(ops, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  Operation *root = nullptr;
  for (Operation *op : ops)
    if (isa<OrderedOpInterface>(op)) {
      if (root)
        return "a kernel has one ordered op";
      root = op;
    }
  DenseSet<Operation *> after;   // ops that depend on the ordered op
  DenseSet<Operation *> failing; // ops that can fail, or depend on one of this kernel
  std::optional<Type> shape;
  for (Operation *op : ops) {
    bool depends = op == root;
    if (canFail(op))
      failing.insert(op);
    for (OpOperand &use : op->getOpOperands())
      if (Operation *def = use.get().getDefiningOp()) {
        depends |= after.contains(def);
        if (!failing.contains(def))
          continue;
        if (!readsEveryElement(use))
          return "it may leave elements unread, and computing those can fail";
        failing.insert(op);
      }
    if (depends) {
      after.insert(op);
      if (op != root && !cast<PointwiseOpInterface>(op).isElementwise())
        return "it reads the ordered op at other places than its own";
      if (op != root && isa<ScatterOp>(root))
        return "a scatter's result is complete only when its kernel ends";
    }
    bool isOutput = false, isReadAtOtherPlaces = false;
    for (Operation *user : op->getUsers()) {
      bool isInside = merged.contains(user);
      isOutput |= !isInside;
      if (!isInside || user == root)
        continue;
      isReadAtOtherPlaces |= !cast<PointwiseOpInterface>(user).isElementwise();
      int64_t limit = readsRepeatedly(user)        ? recomputeLimit
                      : isa<ConcatOp, PadOp>(user) ? 8 * recomputeLimit
                                                   : INT64_MAX;
      if (limit < INT64_MAX && costOf(op->getResult(0), merged, limit + 1) > limit)
        return "each element would be computed many times";
    }
    if (!isOutput)
      continue;
    if (root && !after.contains(op)) {
      auto reduce = dyn_cast<ReduceOp>(root);
      if (!reduce || shapeType(op->getResult(0)) != shapeType(reduce.getX()) || !target.storesWhatItReduces(reduce))
        return "its value is also needed outside, before the ordered op";
    } else {
      Type type = shapeType(op->getResult(0));
      if (shape && *shape != type)
        return "its results have several shapes";
      shape = type;
    }
    if (isReadAtOtherPlaces)
      return "its value is also needed outside, and here at other places";
  }
  return "";
}

std::vector<Grouping::Group> Grouping::inOrder() const {
  std::vector<Group> sorted;
  DenseSet<int> done;
  std::function<void(int)> visit = [&](int group) {
    if (group == 0 || !done.insert(group).second)
      return;
    std::function<void(Operation *)> need = [&](Operation *op) {
      for (Value operand : op->getOperands())
        if (Operation *def = operand.getDefiningOp(); def && def->getBlock() == op->getBlock()) {
          if (groupOf(def) == 0)
            need(def);
          else if (groupOf(def) != group)
            visit(groupOf(def));
        }
    };
    for (Operation *op : groups[group])
      need(op);
    SmallVector<Operation *> ops(groups[group].begin(), groups[group].end());
    llvm::sort(ops, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
    sorted.emplace_back();
    sorted.back().insert(ops.begin(), ops.end());
  };
  for (int group = 1; group < int(groups.size()); ++group)
    if (!groups[group].empty())
      visit(group);
  return sorted;
}

} // namespace dlc
