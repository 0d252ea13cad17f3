// Edges between what can report and what ends the run for that, and a stable topological sort that keeps them.
#include "passes/fuse/LaunchOrder.h"

#include "dialects/dlc/Dlc.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/ADT/SetVector.h"

#include <queue>

using namespace mlir;

namespace dlc {

static bool holds(Operation *root, llvm::function_ref<bool(Operation *)> test) {
  return root->walk([&](Operation *op) { return test(op) ? WalkResult::interrupt() : WalkResult::advance(); })
      .wasInterrupted();
}

/// Whether an op ends the run once an error is recorded, or holds one that does.
static bool mayEnd(Operation *op) {
  return holds(op, [](Operation *inner) { return isa<scf::ForOp, scf::WhileOp, CustomCallOp>(inner); });
}

OrderEdges orderOfErrors(Block &block) {
  OrderEdges edges;
  Operation *last = nullptr;          // that may end the run
  SmallVector<Operation *> reporters; // since `last`
  for (Operation &op : block.without_terminator()) {
    bool isEnd = mayEnd(&op);
    if (!isEnd && !holds(&op, canFail))
      continue;
    if (last)
      edges[last].push_back(&op);
    if (!isEnd) {
      reporters.push_back(&op);
      continue;
    }
    for (Operation *reporter : reporters)
      edges[reporter].push_back(&op);
    reporters.clear();
    last = &op;
  }
  return edges;
}

void sortBlock(Block &block, const OrderEdges &edges) {
  SmallVector<Operation *> ops;
  DenseMap<Operation *, size_t> place;
  for (Operation &op : block.without_terminator()) {
    place[&op] = ops.size();
    ops.push_back(&op);
  }
  SmallVector<llvm::SetVector<size_t>> after(ops.size());
  SmallVector<size_t> missing(ops.size(), 0);
  auto addEdge = [&](Operation *from, size_t to) {
    auto found = place.find(from);
    if (found != place.end() && found->second != to && after[found->second].insert(to))
      ++missing[to];
  };
  for (auto [i, op] : llvm::enumerate(ops)) {
    op->walk([&, to = i](Operation *inner) {
      for (Value operand : inner->getOperands())
        if (Operation *def = operand.getDefiningOp())
          addEdge(def, to);
    });
    if (auto later = edges.find(op); later != edges.end())
      for (Operation *next : later->second)
        addEdge(op, place.lookup(next));
  }
  std::priority_queue<size_t, std::vector<size_t>, std::greater<size_t>> ready;
  for (size_t i = 0; i < ops.size(); ++i)
    if (missing[i] == 0)
      ready.push(i);
  while (!ready.empty()) {
    size_t next = ready.top();
    ready.pop();
    ops[next]->moveBefore(block.getTerminator());
    for (size_t later : after[next])
      if (--missing[later] == 0)
        ready.push(later);
  }
}

} // namespace dlc
