// The check of numerics N10 as a pass, for tests of single kernels; sessions call verifyAdmittedOps.
#include "passes/lower/AdmittedOps.h"
#include "passes/lower/Passes.h"

namespace dlc {

#define GEN_PASS_DEF_VERIFYKERNELSPASS
#include "passes/lower/Passes.h.inc"

namespace {
struct VerifyKernelsPass : impl::VerifyKernelsPassBase<VerifyKernelsPass> {
  void runOnOperation() override {
    if (failed(verifyAdmittedOps(getOperation())))
      signalPassFailure();
  }
};
} // namespace

} // namespace dlc
