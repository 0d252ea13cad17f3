// The table of linked backends.
#include "lib/Compiler/Targets.h"

#include "lib/Target/Cpu/CpuTarget.h"
#include "lib/Target/Cuda/CudaTarget.h"

namespace dlc {

std::unique_ptr<Target> createTarget(const Options &options, std::string &error) {
  if (options.target == "cpu")
    return cpu::CpuTarget::create(options.cpu, error);
  if (options.target == "cuda")
    return cuda::CudaTarget::create(options.cpu, error);
  error = "expected 'target' to be cpu or cuda, but got " + options.target;
  return nullptr;
}

std::string whyNotHere(const Options &options) {
  if (options.target == "cpu")
    return cpu::CpuTarget::whyNotHere(options.cpu);
  std::string error;
  return createTarget(options, error) ? "" : error;
}

} // namespace dlc
