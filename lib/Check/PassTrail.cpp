// An instrumentation that copies.
#include "lib/Check/PassTrail.h"

#include "mlir/Pass/PassInstrumentation.h"

using namespace mlir;

namespace dlc::check {

namespace {
class Recorder : public PassInstrumentation {
public:
  explicit Recorder(PassTrail &trail) : trail(trail) {}

  void runBeforePass(Pass *pass, Operation *) override {
    if (!pass->getArgument().empty()) // adaptors, which run pipelines on nested ops, have none
      trail.last = pass->getArgument().str();
  }
  void runAfterPass(Pass *pass, Operation *op) override {
    if (pass->getArgument().empty())
      return;
    auto module = dyn_cast<ModuleOp>(op);
    if (!module)
      module = op->getParentOfType<ModuleOp>();
    trail.snapshots.push_back({pass->getArgument().str(), module.clone()});
  }

private:
  PassTrail &trail;
};
} // namespace

PassTrail::PassTrail(Session &session)
    : session(session), hook(session.addPassHook([this](PassManager &passes) {
        passes.addInstrumentation(std::make_unique<Recorder>(*this));
      })) {}

PassTrail::~PassTrail() { session.removePassHook(hook); }

} // namespace dlc::check
