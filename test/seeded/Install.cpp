// The two seams: instrumentation of pass managers, and a target around the target.
#include "test/seeded/Bugs.h"

#include "mlir/Pass/PassInstrumentation.h"

using namespace mlir;

namespace dlc::seeded {

namespace {

class Breaker : public PassInstrumentation {
public:
  Breaker(StringRef pass, void (*breakIt)(Operation *)) : pass(pass.str()), breakIt(breakIt) {}
  void runAfterPass(Pass *ran, Operation *root) override {
    if (ran->getArgument() == pass)
      breakIt(root);
  }

private:
  std::string pass;
  void (*breakIt)(Operation *);
};

class BrokenTarget : public Target {
public:
  BrokenTarget(std::unique_ptr<Target> whole, void (*breakIt)(rt::KernelOp))
      : whole(std::move(whole)), breakIt(breakIt) {}
  llvm::StringRef name() const override { return whole->name(); }
  std::string features() const override { return whole->features(); }
  void registerDialects(DialectRegistry &registry) const override { whole->registerDialects(registry); }
  std::string accepts(Operation *consumer, Operation *producer) const override {
    return whole->accepts(consumer, producer);
  }
  LogicalResult describe(rt::KernelOp kernel, Tier tier) const override { return whole->describe(kernel, tier); }
  LogicalResult emit(rt::KernelOp kernel) const override {
    if (failed(whole->emit(kernel)))
      return failure();
    breakIt(kernel);
    return success();
  }
  LogicalResult lower(rt::KernelOp kernel) const override { return whole->lower(kernel); }
  bool object(rt::KernelOp kernel, KernelObject &object, std::string &error) const override {
    return whole->object(kernel, object, error);
  }
  bool assembly(ArrayRef<rt::KernelOp> kernels, std::string &text, std::string &error) const override {
    return whole->assembly(kernels, text, error);
  }

private:
  std::unique_ptr<Target> whole;
  void (*breakIt)(rt::KernelOp);
};

} // namespace

void afterPass(Session &session, llvm::StringRef pass, void (*breakIt)(Operation *)) {
  std::string name = pass.str();
  session.addPassHook(
      [name, breakIt](PassManager &passes) { passes.addInstrumentation(std::make_unique<Breaker>(name, breakIt)); });
}

void afterEmit(Session &session, void (*breakIt)(rt::KernelOp)) {
  session.wrapTarget(
      [&](std::unique_ptr<Target> whole) { return std::make_unique<BrokenTarget>(std::move(whole), breakIt); });
}

} // namespace dlc::seeded
