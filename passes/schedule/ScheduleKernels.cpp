// Asks the target for the descriptor of each kernel.
#include "passes/schedule/Passes.h"

using namespace mlir;

namespace dlc {
#define GEN_PASS_DEF_SCHEDULEKERNELSPASS
#include "passes/schedule/Passes.h.inc"

namespace {
class ScheduleKernels : public impl::ScheduleKernelsPassBase<ScheduleKernels> {
public:
  using Base::Base;
  ScheduleKernels(const Target &target, Tier tier) : target(&target), tier(tier) {}

  void runOnOperation() override {
    for (auto kernel : getOperation().getOps<rt::KernelOp>())
      if (failed(target->describe(kernel, tier)))
        return signalPassFailure();
  }

private:
  const Target *target = nullptr;
  Tier tier = Tier::Optimized;
};
} // namespace

std::unique_ptr<Pass> createScheduleKernelsPass(const Target &target, Tier tier) {
  return std::make_unique<ScheduleKernels>(target, tier);
}

} // namespace dlc
