// Random well-typed programs over the op table: what a seed builds never changes within a build.
#ifndef DLC_CHECK_RANDOMGRAPH_H
#define DLC_CHECK_RANDOMGRAPH_H

#include "lib/Runtime/DType.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <vector>

namespace dlc::check {

/// What is put around a function: a call, its gradients, its tangents, or its batch.
enum class Transform { Call, Vjp, Jvp, Vmap };

struct GraphOptions {
  int minOps = 5, maxOps = 30;
  /// Some extents of arguments are the symbol B.
  bool symbolic = false;
  /// What is around the function of the ops, from inside to outside.
  std::vector<Transform> transforms;
  /// Some ops stand in branches and loops (scf); in branches alone together with derivatives.
  bool controlFlow = false;
  /// Element types beside f32, which every program has.
  std::vector<DType> dtypes;
  /// No tensor has more elements, B counted as 7.
  int64_t maxElements = 600;

  /// How many of the transforms differentiate.
  int64_t derivatives() const;
  bool has(Transform transform) const;
};

/// Options that vary with the seed, so that a loop over seeds covers all of the above but control flow.
GraphOptions optionsFor(uint64_t seed);

/// A module with a function @main. It verifies, and its only run-time errors are indices out of range, in few of the
/// programs.
mlir::OwningOpRef<mlir::ModuleOp> buildRandomModule(mlir::MLIRContext &context, uint64_t seed,
                                                    const GraphOptions &options = {});

} // namespace dlc::check

#endif // DLC_CHECK_RANDOMGRAPH_H
