// Random programs over the op set, for comparing ways to run them: what a seed builds never changes within a build.
#ifndef DLC_TEST_FUZZ_RANDOMGRAPH_H
#define DLC_TEST_FUZZ_RANDOMGRAPH_H

#include "lib/Support/HostTensor.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <map>
#include <string>

namespace dlc {

struct GraphOptions {
  int minOps = 5, maxOps = 30;
  /// Some extents of arguments are the symbol B.
  bool symbolic = false;
  /// @main returns the gradients of @f wrt its float arguments too (dlc.vjp).
  bool gradients = false;
  /// ... and the gradients of all that wrt everything again.
  bool secondOrder = false;
  /// Some ops stand in branches and loops (scf); in branches alone together with gradients.
  bool controlFlow = false;
  /// No tensor has more elements, B counted as 7.
  int64_t maxElements = 600;
};

/// Options that vary with the seed, so that a loop over seeds covers all of the above.
GraphOptions optionsFor(uint64_t seed);

/// A module with a function @main of f32, f64, i32, i64 and bool tensors. It verifies, and its only run-time errors are
/// indices out of range, in few of the programs.
mlir::OwningOpRef<mlir::ModuleOp> buildRandomModule(mlir::MLIRContext &context, uint64_t seed,
                                                    const GraphOptions &options = {});

/// Inputs for @main: floats in [-2, 2) with a few special values, small integers, B = `symbol`.
std::vector<HostTensor> randomInputs(mlir::ModuleOp module, uint64_t seed, int64_t symbol = 5);

} // namespace dlc

#endif // DLC_TEST_FUZZ_RANDOMGRAPH_H
