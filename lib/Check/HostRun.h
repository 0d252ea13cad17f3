// Runs a bufferized function by definition: its buffers are bytes of inputs, outputs, constants and one arena, its
// launches evaluate the kernels' bodies. So a plan that puts two live values into the same bytes shows.
#ifndef DLC_CHECK_HOSTRUN_H
#define DLC_CHECK_HOSTRUN_H

#include "lib/Check/Outcome.h"

namespace dlc::check {

/// A value as a launch read or wrote it.
struct LaunchValues {
  mlir::Operation *launch = nullptr;
  llvm::SmallVector<HostTensor> inputs, outputs;
};

/// Runs `function`, which stands after bufferize, in a module whose kernels still hold their bodies. `launches` gets
/// what each launch read and wrote, in order. Unsupported if it holds control flow.
Outcome runBufferized(mlir::func::FuncOp function, llvm::ArrayRef<HostTensor> inputs,
                      std::vector<LaunchValues> &launches);

/// Interprets a scheduled function without symbols, and keeps what each launch read and wrote.
Outcome runScheduled(mlir::func::FuncOp function, llvm::ArrayRef<HostTensor> inputs,
                     std::vector<LaunchValues> &launches);

/// The op that a kernel is about: its ordered op, else its last op.
mlir::Operation *namesake(rt::KernelOp kernel);
/// The kernel that a launch runs, and the values of the kernel's symbols, in a function without symbols.
rt::KernelOp kernelOf(rt::LaunchOp launch);
llvm::SmallVector<int64_t> dimsOfLaunch(rt::LaunchOp launch);

} // namespace dlc::check

#endif // DLC_CHECK_HOSTRUN_H
