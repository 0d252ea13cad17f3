// Delta debugging over dlc IR: shrinks a program while a test of its text still holds. Results, derivatives, ops,
// operands, symbols and extents go as far as they can; what an erased op computed becomes an input with the value that
// it had, so that faults which depend on data stay.
#ifndef DLC_CHECK_REDUCER_H
#define DLC_CHECK_REDUCER_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <functional>
#include <string>

namespace dlc::check {

struct ReduceLimits {
  unsigned tests = 3000;
  double seconds = 45;
  /// Told how many candidates were tried and how many lines the program has.
  std::function<void(unsigned tests, unsigned lines)> progress;
};

struct Reduction {
  mlir::OwningOpRef<mlir::ModuleOp> module; ///< the smallest program found, with the examples that it needs
  std::string text;                         ///< its text
  unsigned tests = 0;                       ///< how many candidates were tried
  unsigned lines = 0;
  double seconds = 0;
};

/// Whether a candidate still shows what is wanted.
using Interesting = std::function<bool(const std::string &text)>;

/// Shrinks `module`, whose entry has examples for all arguments, and for whose text `test` holds. Tests are all that it
/// asks: passes are never run here, so that those which crash can be reduced, too.
Reduction reduce(mlir::ModuleOp module, const Interesting &test, const ReduceLimits &limits = {});

/// The text of a program as it is written to a file: one op a line.
std::string programText(mlir::ModuleOp module);
/// The same with the location of every op.
std::string textWithPlaces(mlir::ModuleOp module);

} // namespace dlc::check

#endif // DLC_CHECK_REDUCER_H
