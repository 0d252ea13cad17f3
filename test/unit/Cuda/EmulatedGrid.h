// Runs a lowered GPU kernel on the CPU: the same LLVM IR that becomes PTX, with the nvvm intrinsics replaced by calls
// into an emulator. Blocks run one after the other, threads of a block as fibers that switch at barriers and shuffles.
// On-chip memory starts as garbage, and the order of threads can be turned round, so that a missing barrier shows.
#ifndef DLC_TEST_UNIT_CUDA_EMULATEDGRID_H
#define DLC_TEST_UNIT_CUDA_EMULATEDGRID_H

#include "dialects/rt/Rt.h"

#include <memory>
#include <string>
#include <vector>

namespace llvm::orc {
class LLJIT;
}

namespace dlc::test {

class EmulatedGrid {
public:
  /// Compiles the only stage of `kernel`, which must be lowered for the GPU. Null and `error` on failure.
  static std::unique_ptr<EmulatedGrid> compile(rt::KernelOp kernel, std::string &error);
  ~EmulatedGrid();

  /// Which thread runs next at a barrier or shuffle.
  enum class Schedule { ascending, descending };
  /// Runs `blocks` blocks. `arguments`: one 8-byte value each, in the order of the function's. False if threads wait
  /// for each other for ever.
  bool run(int64_t blocks, std::vector<void *> arguments, Schedule schedule);

private:
  EmulatedGrid() = default;
  std::unique_ptr<llvm::orc::LLJIT> jit;
  void (*entry)(void **) = nullptr;
  int64_t threads = 0;
  struct OnChip {
    char *data;
    size_t bytes;
  };
  std::vector<OnChip> onChip;
};

} // namespace dlc::test

#endif // DLC_TEST_UNIT_CUDA_EMULATEDGRID_H
