// Any order of passes that their contracts allow keeps every bit and every invariant of the IR.
#ifndef DLC_CHECK_PASSORDERS_H
#define DLC_CHECK_PASSORDERS_H

#include "lib/Check/Bisection.h"

namespace dlc::check {

/// Runs autodiff, a random sequence of what may run on dlc ops (simplify, CSE, canonicalisation, each any number of
/// times, the last only without control flow), fuse with or without fusion, and the phases after it, under the
/// verifier, on a copy of `module`; after each pass up to schedule the interpreter must give `expected`.
Fault checkPassOrder(Session &session, mlir::ModuleOp module, llvm::ArrayRef<HostTensor> inputs,
                     const Outcome &expected, uint64_t seed);

} // namespace dlc::check

#endif // DLC_CHECK_PASSORDERS_H
