// Autodiff comes first, for derivatives are those of the program as written (numerics N8); kernels close their bodies.
#include "lib/Check/PassOrders.h"

#include "dialects/dlc/DeadOps.h"
#include "passes/autodiff/Passes.h"
#include "passes/bufferize/Passes.h"
#include "passes/fuse/Passes.h"
#include "passes/schedule/Passes.h"
#include "passes/simplify/Passes.h"

#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

#include <random>

using namespace mlir;

namespace dlc::check {

namespace {
using Add = std::function<void(PassManager &)>;

/// One pass, as it is named in a fault.
struct Step {
  std::string name;
  Add add;
};

/// Canonicalisation, which is no part of compilation, makes arith.select of tensors out of branches: programs with
/// control flow do without.
std::vector<Step> drawSteps(const Target &target, uint64_t seed, bool hasControlFlow) {
  std::mt19937_64 random(seed ^ 0xa0761d6478bd642f);
  const Step simplify = {"dlc-simplify", [](PassManager &p) { p.addNestedPass<func::FuncOp>(createSimplifyPass()); }};
  const Step cse = {"cse", [](PassManager &p) { p.addPass(createCSEPass()); }};
  const Step canonicalize = {"canonicalize", [](PassManager &p) { p.addPass(createCanonicalizerPass()); }};
  const Step any[] = {simplify, cse, canonicalize};
  std::vector<Step> steps = {{"dlc-autodiff", [](PassManager &p) { p.addPass(createAutodiffPass()); }}};
  for (uint64_t i = 0, count = random() % 5; i < count; ++i)
    steps.push_back(any[random() % (hasControlFlow ? 2 : 3)]);
  bool fuse = random() % 2;
  steps.push_back({"dlc-fuse-kernels", [&target, fuse](PassManager &p) {
                     FuseKernelsPassOptions options;
                     options.fuse = fuse;
                     p.addPass(createFuseKernelsPass(target, options));
                   }});
  if (random() % 2)
    steps.push_back(cse);
  steps.push_back(
      {"dlc-schedule-kernels", [&target](PassManager &p) { p.addPass(createScheduleKernelsPass(target)); }});
  steps.push_back({"dlc-plan-buffers", [](PassManager &p) { p.addPass(createPlanBuffersPass()); }});
  return steps;
}
} // namespace

Fault checkPassOrder(Session &session, ModuleOp traced, ArrayRef<HostTensor> inputs, const Outcome &expected,
                     uint64_t seed) {
  Fault fault;
  OwningOpRef<ModuleOp> module = traced.clone();
  std::string order;
  bool hasControlFlow = module->walk([](RegionBranchOpInterface) { return WalkResult::interrupt(); }).wasInterrupted();
  for (const Step &step : drawSteps(session.target(), seed, hasControlFlow)) {
    order += (order.empty() ? "" : ", ") + step.name;
    auto blame = [&](Fault::Kind kind, const std::string &detail) {
      fault.kind = kind;
      fault.pass = step.name;
      fault.way = "passes in the order " + order;
      fault.detail = detail;
      return fault;
    };
    DiagnosticCollector collector(session.context());
    PassManager passes(&session.context());
    passes.enableVerifier(true);
    step.add(passes);
    if (failed(passes.run(*module)))
      return blame(Fault::Kind::Failure, collector.text());
    if (step.name == "dlc-plan-buffers")
      break;
    func::FuncOp entry;
    if (session.entryOf(*module, entry).failed())
      return blame(Fault::Kind::Failure, "the entry function is gone");
    OwningOpRef<ModuleOp> copy = module->clone();
    (void)session.entryOf(*copy, entry);
    eraseDeadOps(entry);
    std::string difference = differenceOf(expected, interpretFunction(entry, inputs));
    if (!difference.empty())
      return blame(Fault::Kind::Mismatch, difference);
  }
  return fault;
}

} // namespace dlc::check
