// A graph is compiled once for each way and run on 1 and 2 threads; with symbols, for two values of them.
#include "lib/Check/GraphCheck.h"

#include "lib/Check/Inputs.h"
#include "lib/Check/PassOrders.h"
#include "lib/Check/Reducer.h"
#include "lib/Check/Reference.h"

using namespace mlir;

namespace dlc::check {

GraphPlan planFor(uint64_t seed) {
  GraphPlan plan;
  plan.options = optionsFor(seed);
  // Tangents and batches of branches are refused. 11 has no factor of what optionsFor counts by.
  plan.options.controlFlow = seed % 11 == 5 && !plan.options.has(Transform::Jvp) && !plan.options.has(Transform::Vmap);
  plan.isThorough = seed % 20 == 7;
  if (plan.isThorough) {
    plan.ways = allWays();
    if (plan.options.symbolic)
      plan.ways.push_back(knownExtentsWay());
    return plan;
  }
  Way host;
  host.name = "host, 2 threads";
  host.threads = 2;
  plan.ways = {host};
  for (const Way &way : allWays())
    if ((seed % 10 == 3 && way.name == "AVX2, 2 threads") || (seed % 10 == 6 && way.name == "not fused") ||
        (seed % 10 == 9 && way.name == "not simplified") || (seed % 10 == 1 && way.name == "baseline, 2 threads"))
      plan.ways.push_back(way);
  if (plan.options.symbolic && seed / 12 % 4 == 0) // 12: of what decides on symbols and transforms
    plan.ways.push_back(knownExtentsWay());
  return plan;
}

OwningOpRef<ModuleOp> buildGraph(MLIRContext &context, uint64_t seed) {
  auto module = buildRandomModule(context, seed, planFor(seed).options);
  auto entry = module->lookupSymbol<func::FuncOp>("main");
  setExamples(entry, randomInputs(entry, seed, drawSymbols(entry, seed)));
  return module;
}

namespace {

class GraphCheck {
public:
  GraphCheck(Workbench &workbench, uint64_t seed, GraphCounts &counts)
      : workbench(workbench), seed(seed), counts(counts), plan(planFor(seed)) {}

  Fault run() {
    Session *host;
    if (Status status = workbench.session(Options(), host); status.failed())
      return blame(Fault::Kind::Failure, "", status.message());
    OwningOpRef<ModuleOp> module = buildGraph(host->context(), seed);
    auto entry = module->lookupSymbol<func::FuncOp>("main");
    ++counts.graphs;
    module->walk([&](Operation *) { ++counts.ops; });
    drawInputs(entry);
    for (const std::vector<HostTensor> &set : inputs) {
      expected.push_back(referenceOf(*host, *module, set));
      if (expected.back().status.failed() && !expected.back().report)
        return blame(Fault::Kind::Failure, "reference", expected.back().status.message());
      counts.errors += expected.back().report ? 1 : 0;
    }
    std::string text = programText(*module);
    for (const Way &way : plan.ways)
      if (Fault fault = runWay(way, text); fault.isFault())
        return fault;
    return plan.isThorough ? runThoroughly(*host, *module, text) : Fault();
  }

private:
  Fault blame(Fault::Kind kind, const std::string &way, const std::string &detail) {
    Fault fault;
    fault.kind = kind;
    fault.way = way;
    fault.detail = detail;
    return fault;
  }

  void drawInputs(func::FuncOp entry) {
    Symbols symbols = drawSymbols(entry, seed);
    inputs.push_back(randomInputs(entry, seed, symbols));
    if (symbols.empty())
      return;
    for (auto &[name, value] : symbols)
      value = value == 1 || seed % 2 ? 19 : 1; // more than any vector has lanes, or one
    inputs.push_back(randomInputs(entry, seed + 1, symbols));
  }

  Fault runWay(const Way &way, const std::string &text) {
    std::string package;
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (i == 0 || way.knowsExtents) {
        OwningOpRef<ModuleOp> module;
        Status status = workbench.compile(way, text, inputs[i], package, module);
        if (status.failed())
          return blame(Fault::Kind::Failure, way.name, status.message());
        auto kernels = module->getOps<rt::KernelOp>();
        counts.kernels += uint64_t(std::distance(kernels.begin(), kernels.end()));
      }
      for (unsigned threads = 1; threads <= way.threads; ++threads) {
        ++counts.runs;
        std::string difference = differenceOf(expected[i], workbench.runPackage(package, inputs[i], threads));
        if (!difference.empty())
          return blame(Fault::Kind::Mismatch, way.name, difference);
      }
    }
    return Fault();
  }

  Fault runThoroughly(Session &host, ModuleOp module, const std::string &text) {
    ++counts.thorough;
    std::string refusal;
    Way way;
    way.name = "host, 2 threads";
    way.threads = 2;
    Fault fault = bisect(workbench, way, text, inputs[0], refusal);
    if (!refusal.empty())
      return blame(Fault::Kind::Failure, way.name, refusal);
    return fault.isFault() ? fault : checkPassOrder(host, module, inputs[0], expected[0], seed);
  }

  Workbench &workbench;
  uint64_t seed;
  GraphCounts &counts;
  GraphPlan plan;
  std::vector<std::vector<HostTensor>> inputs;
  std::vector<Outcome> expected;
};

} // namespace

Fault checkGraph(Workbench &workbench, uint64_t seed, GraphCounts &counts) {
  return GraphCheck(workbench, seed, counts).run();
}

} // namespace dlc::check
