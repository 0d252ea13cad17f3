// One kernel for the GPU against the definition of its ops, bit for bit: on the emulator, and on the GPU where there is
// one.
#ifndef DLC_TEST_UNIT_CUDA_KERNELCHECK_H
#define DLC_TEST_UNIT_CUDA_KERNELCHECK_H

#include "lib/Compiler/Session.h"

#include <string>
#include <vector>

namespace dlc::test {

struct KernelReport {
  std::vector<std::string> problems;
  double seconds = 0; ///< of one launch on the GPU; 0 without one
  int64_t blocks = 0, threads = 0;
};

/// How kernels are checked.
struct KernelChecks {
  bool emulate = true;  ///< on the emulator, with both orders of threads
  bool evaluate = true; ///< compare; without it the GPU only measures
  int rounds = 0;       ///< launches on the GPU that are timed
};

/// Lowers a scheduled kernel and runs it on random operands, its symbols bound to `binding`.
KernelReport checkKernel(Session &session, rt::KernelOp kernel, const std::vector<std::vector<int64_t>> &bindings,
                         const KernelChecks &checks = {});

} // namespace dlc::test

#endif // DLC_TEST_UNIT_CUDA_KERNELCHECK_H
