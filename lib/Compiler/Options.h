// What a compilation depends on. Every field that changes code is part of the cache key.
#ifndef DLC_COMPILER_OPTIONS_H
#define DLC_COMPILER_OPTIONS_H

#include "passes/Target.h"

#include <string>

namespace dlc {

struct Options {
  /// A linked-in target: "cpu" or "cuda".
  std::string target = "cpu";
  /// An LLVM CPU name such as "haswell", or a GPU such as "sm_90"; empty: the host, or the target's default.
  std::string cpu;
  /// Off: every op is its own kernel. The bits are the same.
  bool fuse = true;
  /// Off: the simplify phase does nothing. The bits are the same.
  bool simplify = true;
  /// What kernels are compiled for. The bits are the same.
  Tier tier = Tier::Optimized;
  /// Threads that compile kernels; 0: as many as the machine has.
  unsigned compileThreads = 0;
  /// Verifies the IR after every pass, not only at phase boundaries.
  bool verifyEach = false;
};

} // namespace dlc

#endif // DLC_COMPILER_OPTIONS_H
