// One compiled kernel alone, called as the runtime calls it, on memory that shows every byte written where none
// belongs: how lower is checked, kernel by kernel, against `evaluate` of the body (contract C1).
#ifndef DLC_CHECK_KERNELTRIAL_H
#define DLC_CHECK_KERNELTRIAL_H

#include "lib/Check/HostRun.h"
#include "lib/Check/Workbench.h"

namespace dlc::check {

/// Who broke a kernel: nobody, schedule (too few tasks, too little scratch) or lower.
struct KernelVerdict {
  enum class Culprit { Nobody, Schedule, Lower } culprit = Culprit::Nobody;
  std::string detail;
};

/// Compiles the kernel of a launch in a scheduled function without symbols and compares what it makes of the launch's
/// inputs with the definition, its tasks shared out over `workers` workers. A failure to compile is the status.
Status tryKernel(Workbench &workbench, const Options &options, const LaunchValues &launch, unsigned workers,
                 KernelVerdict &verdict);

} // namespace dlc::check

#endif // DLC_CHECK_KERNELTRIAL_H
