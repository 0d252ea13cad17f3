// The reference interpreter: it walks a function as written and calls each op's `evaluate`, so its results are the
// definition that compiled code is compared with. It knows nothing of how kernels are made, and runs every phase up to
// bufferize: calls, scf on tensors, and kernels that are still dlc ops.
#ifndef DLC_INTERP_INTERPRETER_H
#define DLC_INTERP_INTERPRETER_H

#include "dialects/rt/Rt.h"
#include "lib/Runtime/ErrorRecord.h"
#include "lib/Runtime/Status.h"
#include "lib/Support/HostTensor.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <functional>
#include <optional>

namespace dlc {

/// Why an interpretation failed.
struct InterpError {
  Status status;
  /// The op at fault; nothing when the arguments are.
  std::optional<mlir::Location> location;
  /// Set for an error that depends on data (numerics N9): the lowest (position, element). Without launches the position
  /// of an op is its place in a pre-order walk of the function; the ops of a callee have the place of the call.
  std::optional<ErrorReport> report;
};

struct InterpOptions {
  /// Calls may nest this deep.
  int64_t callDepth = 256;
  /// Told the results of every op right after it ran. Ops of callees, kernels and functions with symbols are clones.
  std::function<void(mlir::Operation *op, llvm::ArrayRef<HostTensor> results)> observe;
};

/// Runs `function`, which must verify and lie in a module, on `inputs`. Symbols get their values from the extents of
/// the inputs. On failure `error` says why and `outputs` is unspecified.
mlir::LogicalResult interpret(mlir::func::FuncOp function, mlir::ArrayRef<HostTensor> inputs,
                              mlir::SmallVectorImpl<HostTensor> &outputs, InterpError &error,
                              const InterpOptions &options = {});

/// Runs the body of a kernel that still has one, as a launch with these symbols and slots does.
mlir::LogicalResult interpretKernel(rt::KernelOp kernel, llvm::ArrayRef<int64_t> dims, llvm::ArrayRef<int64_t> slots,
                                    llvm::ArrayRef<HostTensor> inputs, llvm::SmallVectorImpl<HostTensor> &outputs,
                                    InterpError &error);

/// Evaluates one op with static types. Fails if it has no definition or if it reports an error that depends on data.
mlir::LogicalResult evaluateOp(mlir::Operation *op, mlir::ArrayRef<HostTensor> inputs,
                               mlir::SmallVectorImpl<HostTensor> &outputs);

} // namespace dlc

#endif // DLC_INTERP_INTERPRETER_H
