// Edges between what can report and loops, and a stable topological sort that keeps them.
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

bool hasLoop(Operation *op) {
  return op->getNumRegions() > 0 && holds(op, [](Operation *inner) { return isa<scf::ForOp, scf::WhileOp>(inner); });
}

OrderEdges orderOfErrors(Block &block) {
  OrderEdges edges;
  Operation *loop = nullptr;
  SmallVector<Operation *> reporters; // since `loop`
  for (Operation &op : block.without_terminator()) {
    bool isLoop = hasLoop(&op);
    if (!isLoop && !holds(&op, canFail))
      continue;
    if (loop)
      edges[loop].push_back(&op);
    if (!isLoop) {
      reporters.push_back(&op);
      continue;
    }
    for (Operation *reporter : reporters)
      edges[reporter].push_back(&op);
    reporters.clear();
    loop = &op;
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
