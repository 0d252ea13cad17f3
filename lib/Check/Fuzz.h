// Random graphs at scale: seeds are shared out over child processes; what one finds, or dies of, is named and reduced.
#ifndef DLC_CHECK_FUZZ_H
#define DLC_CHECK_FUZZ_H

#include "lib/Check/Examiner.h"
#include "lib/Check/GraphCheck.h"

#include <memory>

namespace dlc::check {

struct FuzzOptions {
  uint64_t seed = 0, graphs = 1000;
  unsigned jobs = 1;            ///< child processes
  double seconds = 60;          ///< a graph that takes longer is a timeout
  unsigned maxFinds = 20;       ///< stop after this many
  bool reduce = true;           ///< name and shrink what is found
  std::function<bool()> isOver; ///< asked before each graph: whether no more are wanted
  SessionHook hook;             ///< for tests that put bugs in
};

struct Find {
  uint64_t seed = 0;
  Fault fault;
  std::string text; ///< the program, reduced if that was asked for
  unsigned lines = 0;
};

struct FuzzReport {
  GraphCounts counts;
  std::vector<Find> finds;
  double seconds = 0;
};

/// Checks the graphs of seeds seed ... seed + graphs - 1, which are begun in this order. `progress(done, report)` is
/// called after each graph.
FuzzReport fuzz(const FuzzOptions &options,
                const std::function<void(uint64_t, const FuzzReport &)> &progress = nullptr);

} // namespace dlc::check

#endif // DLC_CHECK_FUZZ_H
