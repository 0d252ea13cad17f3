// What a run of a program gave, and whether two runs gave the same: shapes, dtypes and bits, all NaNs being one
// (numerics N1), or the same error that depends on data (N9).
#ifndef DLC_CHECK_OUTCOME_H
#define DLC_CHECK_OUTCOME_H

#include "lib/Interp/Interpreter.h"

#include <string>
#include <vector>

namespace dlc::check {

/// Outputs, or why there are none.
struct Outcome {
  Status status;
  std::vector<HostTensor> outputs;
  /// Of the interpreter, when `status` is an error that depends on data.
  std::optional<ErrorReport> report;
};

/// Whether shapes, dtypes and bits are equal.
bool sameBits(const HostTensor &x, const HostTensor &y);

/// "output 1, element 3 of 20: expected 0.5 (0x3f000000), but got nan (0x7fc00000)"; "" when they are the same.
std::string differenceOf(const Outcome &expected, const Outcome &got);
/// The same of two lists of tensors, which messages call `what`.
std::string differenceOf(const char *what, llvm::ArrayRef<HostTensor> expected, llvm::ArrayRef<HostTensor> got);

/// Interprets a function.
Outcome interpretFunction(mlir::func::FuncOp function, llvm::ArrayRef<HostTensor> inputs,
                          const InterpOptions &options = {});

} // namespace dlc::check

#endif // DLC_CHECK_OUTCOME_H
