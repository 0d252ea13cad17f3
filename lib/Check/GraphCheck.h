// One random program, run every way that its seed asks for.
#ifndef DLC_CHECK_GRAPHCHECK_H
#define DLC_CHECK_GRAPHCHECK_H

#include "lib/Check/Bisection.h"
#include "lib/Check/RandomGraph.h"

namespace dlc::check {

/// What a seed stands for: the program, and the ways to run it.
struct GraphPlan {
  GraphOptions options;
  std::vector<Way> ways;
  /// Also every step of compilation by definition, every kernel alone, and a random order of passes.
  bool isThorough = false;
};

/// Every graph is fused for the host's ISA, on 1 and 2 threads; of 10 one runs on AVX2 alone, too, one not fused, one
/// not simplified; one in 20 with every subset of passes and thoroughly; one in 11 holds control flow; of those with
/// symbols one in 4, and every thorough one, is compiled for known extents, too.
GraphPlan planFor(uint64_t seed);

/// The program of a seed, with random inputs as examples, in any context that has the dialects.
mlir::OwningOpRef<mlir::ModuleOp> buildGraph(mlir::MLIRContext &context, uint64_t seed);

/// How much was done.
struct GraphCounts {
  uint64_t graphs = 0, ops = 0, runs = 0, kernels = 0, thorough = 0, errors = 0;
};

/// Builds and checks the graph of a seed.
Fault checkGraph(Workbench &workbench, uint64_t seed, GraphCounts &counts);

} // namespace dlc::check

#endif // DLC_CHECK_GRAPHCHECK_H
