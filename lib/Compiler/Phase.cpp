// Names and contracts of the phases.
#include "lib/Compiler/Phase.h"

namespace dlc {

llvm::ArrayRef<PhaseInfo> phases() {
  static const PhaseInfo list[] = {
      {Phase::Trace, "trace", "dlc ops as written: nothing is folded"},
      {Phase::Autodiff, "autodiff", "calls are inlined and derivatives resolved"},
      {Phase::Simplify, "simplify", "canonical and folded, bit for bit the same"},
      {Phase::Fuse, "fuse", "dlc ops are grouped into kernels"},
      {Phase::Schedule, "schedule", "every kernel has a descriptor: tiles, vectors, stages, scratch"},
      {Phase::Bufferize, "bufferize", "kernels are launched on slices of a planned arena"},
      {Phase::Lower, "lower", "kernels are functions of the LLVM dialect, one a stage"},
      {Phase::Object, "object", "kernels are machine code and the host program is a command table"}};
  return list;
}

llvm::StringRef name(Phase phase) { return phases()[size_t(phase)].name; }

std::optional<Phase> parsePhase(llvm::StringRef name) {
  for (const PhaseInfo &info : phases())
    if (info.name == name)
      return info.phase;
  return std::nullopt;
}

} // namespace dlc
