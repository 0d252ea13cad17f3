// Kernels that are launched on the wrong things, share memory, or have too few tasks and too little scratch.
#include "test/seeded/Bugs.h"

#include "dialects/dlc/Dlc.h"

using namespace mlir;

namespace dlc::seeded {

template <class Op> static SmallVector<Op> all(Operation *root) {
  SmallVector<Op> found;
  root->walk([&](Op op) { found.push_back(op); });
  return found;
}

static rt::KernelOp kernelOf(rt::LaunchOp launch) {
  return SymbolTable::lookupNearestSymbolFrom<rt::KernelOp>(launch, launch.getKernelAttr());
}
static bool holds(rt::LaunchOp launch, StringRef op) {
  return kernelOf(launch)
      .walk([&](Operation *inner) {
        return inner->getName().getStringRef() == op ? WalkResult::interrupt() : WalkResult::advance();
      })
      .wasInterrupted();
}

static void swapOperands(Operation *root) { // operands of a kernel in another order than its arguments
  for (rt::LaunchOp launch : all<rt::LaunchOp>(root))
    if (launch.getNumOperands() > 1 && holds(launch, "dlc.sub") &&
        launch.getOperand(0).getType() == launch.getOperand(1).getType()) {
      Value first = launch.getOperand(0);
      launch.setOperand(0, launch.getOperand(1));
      launch.setOperand(1, first);
    }
}
static void mergeKernels(Operation *root) { // kernels that differ in a constant taken for the same
  SmallVector<rt::LaunchOp> launches = all<rt::LaunchOp>(root);
  for (rt::LaunchOp one : launches)
    for (rt::LaunchOp other : launches)
      if (one != other && one.getOperandTypes() == other.getOperandTypes() &&
          one.getResultTypes() == other.getResultTypes() && holds(one, "dlc.reduce") && holds(other, "dlc.reduce"))
        other.setKernel(one.getKernel());
}
static void swapSlots(Operation *root) { // errors that come from the wrong place of the program
  SmallVector<rt::LaunchOp> launches = all<rt::LaunchOp>(root);
  int64_t last = 0;
  for (rt::LaunchOp launch : launches)
    for (int64_t slot : launch.getSlots())
      last = std::max(last, slot);
  for (rt::LaunchOp launch : launches) {
    SmallVector<int64_t> slots(launch.getSlots());
    for (int64_t &slot : slots)
      slot = last - slot;
    launch.setSlots(slots);
  }
}

/// Replaces a field of every stage of every kernel around `op`.
static void setStages(Operation *root, StringRef op, StringRef field, std::string (*change)(StringRef)) {
  Builder b(root->getContext());
  for (rt::KernelOp kernel : all<rt::KernelOp>(root)) {
    bool isMeant = kernel
                       .walk([&](Operation *inner) {
                         return inner->getName().getStringRef() == op ? WalkResult::interrupt() : WalkResult::advance();
                       })
                       .wasInterrupted();
    if (!isMeant)
      continue;
    SmallVector<Attribute> stages;
    for (DictionaryAttr stage : kernel.getStages()) {
      NamedAttrList fields(stage);
      fields.set(field, b.getStringAttr(change(stage.getAs<StringAttr>(field).getValue())));
      stages.push_back(fields.getDictionary(b.getContext()));
    }
    NamedAttrList descriptor(*kernel.getDescriptor());
    descriptor.set("stages", b.getArrayAttr(stages));
    kernel.setDescriptorAttr(descriptor.getDictionary(b.getContext()));
  }
}
static void tooFewTasks(Operation *root) { // a count rounded down
  setStages(root, "dlc.tanh", "tasks", [](StringRef text) -> std::string {
    int64_t tasks;
    return text.getAsInteger(10, tasks) || tasks < 2 ? (text + " - 1").str() : std::to_string(tasks - 1);
  });
}
static void tooLittleScratch(Operation *root) { // packing that was forgotten
  for (const char *field : {"shared", "own"})
    setStages(root, "dlc.dot_general", field, [](StringRef) -> std::string { return "0"; });
}

static void overlap(Operation *root) { // values that live at the same time in the same bytes
  for (rt::ArenaOp slice : all<rt::ArenaOp>(root))
    slice.setOffsetAttr(DimsAttr::get(root->getContext(), ArrayRef(DimExpr(0))));
}
static void loseCopy(Operation *root) { // an output that is another output, too, and stays empty
  for (rt::CopyOp copy : all<rt::CopyOp>(root))
    copy.erase();
}
static void launchEarly(Operation *root) { // a launch before the one whose result it reads
  SmallVector<rt::LaunchOp> launches = all<rt::LaunchOp>(root);
  if (launches.size() > 1)
    launches[launches.size() - 2]->moveAfter(launches.back());
}

std::vector<Bug> kernelBugs() {
#define KERNEL_BUG(name, pass, ops, model, breakIt)                                                                    \
  {                                                                                                                    \
    name, pass, std::vector<const char *> ops, model, [](Session &session) { afterPass(session, pass, breakIt); }      \
  }
  return {
      KERNEL_BUG("operands-swapped", "dlc-fuse-kernels", ({"dlc.sub"}), "numbers.mlir", swapOperands),
      KERNEL_BUG("kernels-merged", "dlc-fuse-kernels", ({"dlc.reduce", "dlc.sub", "dlc.add"}), "sums.mlir",
                 mergeKernels),
      KERNEL_BUG("slots-swapped", "dlc-fuse-kernels", ({"dlc.gather", "dlc.reduce", "dlc.sub"}), "rows.mlir",
                 swapSlots),
      KERNEL_BUG("too-few-tasks", "dlc-schedule-kernels", ({"dlc.tanh"}), "moves.mlir", tooFewTasks),
      KERNEL_BUG("too-little-scratch", "dlc-schedule-kernels", ({"dlc.dot_general"}), "layers.mlir", tooLittleScratch),
      KERNEL_BUG("slices-overlap", "dlc-plan-buffers", ({"dlc.dot_general", "dlc.reduce", "dlc.sub", "dlc.div"}),
                 "layers.mlir", overlap),
      KERNEL_BUG("copy-lost", "dlc-plan-buffers", ({"func.return", "dlc.tanh"}), "moves.mlir", loseCopy),
      KERNEL_BUG("launched-early", "dlc-plan-buffers",
                 ({"dlc.dot_general", "dlc.reduce", "dlc.sub", "dlc.div", "dlc.tanh"}), "layers.mlir", launchEarly)};
#undef KERNEL_BUG
}

} // namespace dlc::seeded
