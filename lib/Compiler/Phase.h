// The phases of compilation, in order. `--to` stops after one, `--dump` shows one.
#ifndef DLC_COMPILER_PHASE_H
#define DLC_COMPILER_PHASE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <optional>

namespace dlc {

enum class Phase { Trace, Autodiff, Simplify, Fuse, Schedule, Bufferize, Lower, Object };

struct PhaseInfo {
  Phase phase;
  llvm::StringRef name;
  llvm::StringRef sentence; ///< what is true after it
};

/// All phases, in order.
llvm::ArrayRef<PhaseInfo> phases();
llvm::StringRef name(Phase phase);
std::optional<Phase> parsePhase(llvm::StringRef name);

} // namespace dlc

#endif // DLC_COMPILER_PHASE_H
