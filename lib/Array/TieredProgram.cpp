// A call takes whichever code is there. One that is long waits for the optimized code: baseline code would take longer
// than the rest of the wait.
#include "lib/Array/TieredProgram.h"

#include "jit/Engine.h"

namespace dlc {

namespace {

/// What a tiered program shares with the job that makes its optimized code.
struct Tiers {
  std::mutex mutex; ///< of all but `optimized`
  std::shared_ptr<dlc_program> baseline;
  std::shared_ptr<dlc_program> owner; ///< of `optimized`
  std::atomic<dlc_program *> optimized{nullptr};
  Status failure;
  std::vector<std::function<void(const Buffer &)>> keepers; ///< wait for the optimized package

  std::shared_ptr<dlc_program> baselineNow() {
    std::lock_guard<std::mutex> lock(mutex);
    return baseline;
  }
  void promote(const Optimize &optimize);
};

void Tiers::promote(const Optimize &optimize) {
  dlc_program *program = nullptr;
  Status status = optimize(program);
  std::shared_ptr<dlc_program> before;
  std::vector<std::function<void(const Buffer &)>> waiting;
  {
    std::lock_guard<std::mutex> lock(mutex);
    failure = status;
    owner.reset(program);
    before = std::move(baseline);
    waiting = std::move(keepers);
    optimized.store(program, std::memory_order_release);
  }
  before.reset(); // it ends, or does with the last call that runs it
  if (program)
    for (auto &keep : waiting)
      program->whenPackaged(keep);
}

class TieredProgram final : public dlc_program {
public:
  TieredProgram(dlc_program *baseline, Optimize optimize, bool isKept) : tiers(std::make_shared<Tiers>()) {
    inputs = baseline->inputCount();
    outputs = baseline->outputCount();
    tiers->baseline.reset(baseline);
    std::weak_ptr<Tiers> here = tiers;
    std::shared_ptr<Tiers> kept = isKept ? tiers : nullptr;
    auto work = [here, kept, optimize = std::move(optimize)] {
      if (auto tiers = here.lock())
        tiers->promote(optimize);
    };
    job = Background::instance().add(std::move(work), isKept);
  }

  size_t inputCount() const override { return inputs; }
  size_t outputCount() const override { return outputs; }

  Status run(dlc_tensor *const *inputs, size_t inputCount, dlc_tensor **outputs, size_t outputCount) override {
    if (dlc_program *optimized = tiers->optimized.load(std::memory_order_acquire))
      return optimized->run(inputs, inputCount, outputs, outputCount);
    if (std::shared_ptr<dlc_program> baseline = tiers->baselineNow()) {
      double nanoseconds;
      DLC_RETURN_IF_FAILED(baseline->estimateTime(inputs, inputCount, nanoseconds));
      if (nanoseconds <= jit::mostBaselineTime)
        return baseline->run(inputs, inputCount, outputs, outputCount);
      baseline.reset();
      Background::instance().finish(job);
    }
    if (dlc_program *optimized = tiers->optimized.load(std::memory_order_acquire))
      return optimized->run(inputs, inputCount, outputs, outputCount);
    std::lock_guard<std::mutex> lock(tiers->mutex);
    return tiers->failure;
  }

  void whenPackaged(std::function<void(const Buffer &)> keep) override {
    std::unique_lock<std::mutex> lock(tiers->mutex);
    if (tiers->baseline) {
      tiers->keepers.push_back(std::move(keep));
      return;
    }
    lock.unlock();
    if (dlc_program *optimized = tiers->optimized.load(std::memory_order_acquire))
      optimized->whenPackaged(std::move(keep));
  }

private:
  size_t inputs, outputs;
  std::shared_ptr<Tiers> tiers;
  std::shared_ptr<Background::Job> job;
};

} // namespace

dlc_program *makeTieredProgram(dlc_program *baseline, Optimize optimize, bool isKept) {
  return new TieredProgram(baseline, std::move(optimize), isKept);
}

} // namespace dlc
