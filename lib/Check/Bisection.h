// Finds the step of compilation that first gives another answer than the definition: by the interpreter after every
// pass up to schedule, by the host program over evaluated kernels after bufferize, kernel by kernel for lower, and for
// object by running the whole.
#ifndef DLC_CHECK_BISECTION_H
#define DLC_CHECK_BISECTION_H

#include "lib/Check/Workbench.h"

namespace dlc::check {

/// What is wrong with a program, and who is to blame.
struct Fault {
  /// Failure: a pass or a phase gave an error. Crash and Timeout are found from outside of the process.
  enum class Kind { None, Mismatch, Failure, Crash, Timeout } kind = Kind::None;
  std::string pass;   ///< "dlc-simplify", "lower", "object", "runtime"
  std::string op;     ///< "dlc.add"; of a program that was reduced it is the op at fault, else one close to it
  std::string place;  ///< "model.mlir:3:5", or ""
  std::string kernel; ///< the kernel, where one is wrong
  std::string way;    ///< how the program was run, where that matters
  std::string detail; ///< what differs, or the message of the failure
  bool isFault() const { return kind != Kind::None; }
};

/// "mismatch", "failure", "crash", "timeout", "none".
const char *name(Fault::Kind kind);

struct BisectionOptions {
  /// Stop after this pass: what comes later is not run. "": go on to the end.
  std::string until;
  /// Check every kernel alone and the host program by definition, also when the whole gives the right answer.
  bool isThorough = true;
};

/// Checks a traced program on inputs under one way. A program that the compiler refuses as a user's mistake, and one
/// whose definition gives an error other than an index out of range, is no fault: then `refusal` says why.
Fault bisect(Workbench &workbench, const Way &way, llvm::StringRef text, llvm::ArrayRef<HostTensor> inputs,
             std::string &refusal, const BisectionOptions &options = {});

/// "model.mlir:3:5", or "".
std::string placeText(mlir::Location location);

} // namespace dlc::check

#endif // DLC_CHECK_BISECTION_H
