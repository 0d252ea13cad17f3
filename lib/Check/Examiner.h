// Checks programs in a child process, so that a crash or a hang of the compiler is a fault like any other; and from a
// fault found to a fault named: the program is reduced, and what is left says which op is to blame.
#ifndef DLC_CHECK_EXAMINER_H
#define DLC_CHECK_EXAMINER_H

#include "lib/Check/Bisection.h"
#include "lib/Check/Reducer.h"
#include "lib/Check/Worker.h"

namespace dlc::check {

struct Verdict {
  Fault fault;
  std::string refusal; ///< why the program cannot be checked; "" if it was
};

class Examiner {
public:
  /// `seconds`: a check that takes longer is a timeout.
  explicit Examiner(SessionHook hook = nullptr, double seconds = 60);

  /// Checks a program whose entry has examples for its arguments.
  Verdict examine(const std::string &text, const Way &way, const BisectionOptions &options = {});
  /// The program with calls inlined and derivatives resolved, with its examples; "" if that fails.
  std::string resolved(const std::string &text, const Way &way);

  const double seconds;

private:
  Worker worker;
};

/// What a search for the smallest program gave.
struct Report {
  Fault fault;         ///< of the reduced program, its place being that of the original
  Reduction reduction; ///< its text and figures
};

/// Reduces a program that shows `fault`, and names the op. `module` is the program with its examples and locations, in
/// a context of its own.
Report nameFault(Examiner &examiner, mlir::ModuleOp module, const Way &way, const Fault &fault,
                 const ReduceLimits &limits = {});

/// A context for the side that never runs the compiler: single-threaded, with all dialects.
std::unique_ptr<mlir::MLIRContext> makeQuietContext();

} // namespace dlc::check

#endif // DLC_CHECK_EXAMINER_H
