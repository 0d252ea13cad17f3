// What every pass leaves: a copy of the module after each, in the order in which they ran.
#ifndef DLC_CHECK_PASSTRAIL_H
#define DLC_CHECK_PASSTRAIL_H

#include "lib/Compiler/Session.h"

#include <vector>

namespace dlc::check {

struct Snapshot {
  std::string pass; ///< "dlc-simplify"
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

/// Watches a session while it lives. The session must run its passes on one thread.
class PassTrail {
public:
  explicit PassTrail(Session &session);
  ~PassTrail();

  /// In the order of the passes that succeeded.
  std::vector<Snapshot> snapshots;
  /// The pass that ran last, whether it succeeded or not; "" before the first.
  std::string last;

private:
  Session &session;
  unsigned hook;
};

} // namespace dlc::check

#endif // DLC_CHECK_PASSTRAIL_H
