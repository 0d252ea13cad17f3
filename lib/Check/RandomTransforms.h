// Transforms around random programs: @main becomes a private function, and a new @main calls, differentiates or batches
// it, with axes and extents drawn from a seed.
#ifndef DLC_CHECK_RANDOMTRANSFORMS_H
#define DLC_CHECK_RANDOMTRANSFORMS_H

#include "lib/Check/RandomGraph.h"

namespace dlc::check {

/// Adds a @main that returns the results of the old one, and as the transform says their gradients wrt every argument
/// that has any, or their tangents; or all of them for a batch. A @main without arguments has no batch: it stays.
void transformMain(mlir::ModuleOp module, Transform transform, uint64_t seed);

} // namespace dlc::check

#endif // DLC_CHECK_RANDOMTRANSFORMS_H
