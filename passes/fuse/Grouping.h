// Which ops of a block form a kernel together. Groups start as single ops and merge along edges from producer to
// consumer while the result is still one kernel (contract C1), the target accepts, and no cycle arises.
#ifndef DLC_PASSES_FUSE_GROUPING_H
#define DLC_PASSES_FUSE_GROUPING_H

#include "passes/Target.h"
#include "passes/fuse/LaunchOrder.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

namespace dlc {

/// Why the edge from one op to another is not fused.
struct UnfusedEdge {
  mlir::Operation *producer, *consumer;
  std::string reason;
};

class Grouping {
public:
  /// `edges` order the block's ops beside their operands.
  Grouping(mlir::Block &block, const Target &target, const OrderEdges &edges, bool fuse);

  using Group = llvm::SetVector<mlir::Operation *>;
  /// The groups, each before those that read it; ops of a group in program order.
  std::vector<Group> inOrder() const;
  const std::vector<UnfusedEdge> &unfused() const { return refused; }

  /// Ops that stay between kernels: reshapes that are views, constants with several values, control flow, scalars,
  /// custom calls.
  static bool isHost(mlir::Operation *op);

private:
  int groupOf(mlir::Operation *op) const { return membership.lookup(op); }
  /// Empty if the two groups may merge along this edge, else the reason.
  std::string whyNotMerge(mlir::Operation *producer, mlir::Operation *consumer);
  std::string whyNotOneKernel(const Group &merged) const;
  bool hasOtherPath(int from, int to) const;
  void merge(int into, int from);
  void refuseOperands(mlir::Operation *call);
  /// Calls `visit` with the ops of the block that must come after `op`.
  void forEachLater(mlir::Operation *op, llvm::function_ref<void(mlir::Operation *)> visit) const;

  const Target &target;
  const OrderEdges &edges;
  std::vector<Group> groups;
  llvm::DenseMap<mlir::Operation *, int> membership; // 1-based; 0: not in a kernel
  std::vector<UnfusedEdge> refused;
};

} // namespace dlc

#endif // DLC_PASSES_FUSE_GROUPING_H
