// Bugs as compilers have them, put into passes and the CPU target from outside: what `dlc verify` must find and name.
#ifndef DLC_TEST_SEEDED_BUGS_H
#define DLC_TEST_SEEDED_BUGS_H

#include "lib/Compiler/Session.h"

#include <vector>

namespace dlc::seeded {

struct Bug {
  const char *name;
  const char *pass;             ///< the pass that must be named
  std::vector<const char *> op; ///< the op that must be named; more than one where the fault lies between ops
  const char *model;            ///< a file of Inputs/ that the bug breaks
  void (*install)(Session &session);
};

/// Bugs that change answers.
std::vector<Bug> simplifyBugs();
std::vector<Bug> autodiffBugs();
std::vector<Bug> kernelBugs();   ///< fuse, schedule, bufferize
std::vector<Bug> loweringBugs(); ///< the emitters and what follows them
/// Bugs that end or hang the compiler: for `dlc reduce`.
std::vector<Bug> fatalBugs();

/// Runs `breakIt` on what a pass leaves, each time that it has run.
void afterPass(Session &session, llvm::StringRef pass, void (*breakIt)(mlir::Operation *root));
/// Runs `breakIt` on every kernel that an emitter has opened.
void afterEmit(Session &session, void (*breakIt)(rt::KernelOp kernel));

} // namespace dlc::seeded

#endif // DLC_TEST_SEEDED_BUGS_H
