// A call takes whichever code is there. When calls have had a certain time in baseline code, which could have been
// spent on compiling, the next waits for optimized code. Nothing on the way of a call takes a lock that fork() could
// leave held.
#include "lib/Array/TieredProgram.h"

#include "jit/Engine.h"

namespace dlc {

namespace {

/// A program that ends when its last user does.
class CountedProgram {
public:
  explicit CountedProgram(dlc_program *program) : program(program) {}
  CountedProgram(const CountedProgram &) = delete;
  CountedProgram &operator=(const CountedProgram &) = delete;
  ~CountedProgram() {
    if (users)
      delete program;
  }

  /// The program, to be released; null if it has ended.
  dlc_program *acquire() {
    uint32_t count = users.load(std::memory_order_acquire); // of 0 after release(): what went before it is seen
    while (count &&
           !users.compare_exchange_weak(count, count + 1, std::memory_order_acq_rel, std::memory_order_acquire))
      ;
    return count ? program : nullptr;
  }
  void release() {
    if (users.fetch_sub(1, std::memory_order_acq_rel) == 1)
      delete program;
  }

private:
  dlc_program *program;
  std::atomic<uint32_t> users{1};
};

/// What a tiered program shares with the job that makes its optimized code.
class Tiers {
public:
  explicit Tiers(dlc_program *baseline) : baseline(baseline) {}
  ~Tiers() { delete optimized.load(); }

  CountedProgram baseline;
  std::atomic<dlc_program *> optimized{nullptr};
  std::atomic<double> timeInBaseline{0}; ///< of calls, as optimized code would take it

  void promote(dlc_program *program) {
    std::vector<std::function<void(const Buffer &)>> waiting;
    {
      std::lock_guard<std::mutex> lock(mutex);
      optimized.store(program, std::memory_order_release);
      waiting = std::move(keepers);
    }
    baseline.release();
    for (auto &keep : waiting)
      program->whenPackaged(std::move(keep));
  }

  void whenPackaged(std::function<void(const Buffer &)> keep) {
    std::unique_lock<std::mutex> lock(mutex);
    dlc_program *program = optimized.load(std::memory_order_acquire);
    if (!program) {
      keepers.push_back(std::move(keep));
      return;
    }
    lock.unlock();
    program->whenPackaged(std::move(keep));
  }

private:
  std::mutex mutex;
  std::vector<std::function<void(const Buffer &)>> keepers; ///< wait for the optimized package
};

class TieredProgram final : public dlc_program {
public:
  TieredProgram(dlc_program *baseline, Optimize optimize, bool isKept) : tiers(std::make_shared<Tiers>(baseline)) {
    inputs = baseline->inputCount();
    outputs = baseline->outputCount();
    std::weak_ptr<Tiers> here = tiers;
    std::shared_ptr<Tiers> kept = isKept ? tiers : nullptr;
    auto work = [here, kept, optimize = std::move(optimize)](const Background::Stop &stop) {
      std::shared_ptr<Tiers> tiers = here.lock();
      if (!tiers)
        return true;
      dlc_program *program = nullptr;
      if (optimize(stop, program).failed())
        return !stop;
      tiers->promote(program);
      return true;
    };
    job = Background::instance().add(std::move(work), isKept);
  }

  size_t inputCount() const override { return inputs; }
  size_t outputCount() const override { return outputs; }

  Status run(dlc_tensor *const *inputs, size_t inputCount, dlc_tensor **outputs, size_t outputCount) override {
    if (dlc_program *baseline = baselineNow()) {
      double nanoseconds, before = tiers->timeInBaseline;
      Status status = baseline->estimateTime(inputs, inputCount, nanoseconds);
      bool isLong = before + nanoseconds > jit::mostBaselineTime;
      if (!isLong && status.isOk()) {
        tiers->timeInBaseline = before + nanoseconds; // a call of another thread may be left out
        status = baseline->run(inputs, inputCount, outputs, outputCount);
      }
      tiers->baseline.release();
      if (!isLong || status.failed())
        return status;
      Background::instance().finish(job);
    }
    if (dlc_program *optimized = tiers->optimized.load(std::memory_order_acquire))
      return optimized->run(inputs, inputCount, outputs, outputCount);
    dlc_program *baseline = tiers->baseline.acquire(); // all there will be
    Status status = baseline->run(inputs, inputCount, outputs, outputCount);
    tiers->baseline.release();
    return status;
  }

  void whenPackaged(std::function<void(const Buffer &)> keep) override { tiers->whenPackaged(std::move(keep)); }

private:
  /// The baseline program, to be released, while there is no better.
  dlc_program *baselineNow() {
    return tiers->optimized.load(std::memory_order_acquire) ? nullptr : tiers->baseline.acquire();
  }

  size_t inputs, outputs;
  std::shared_ptr<Tiers> tiers;
  std::shared_ptr<Background::Job> job;
};

} // namespace

dlc_program *makeTieredProgram(dlc_program *baseline, Optimize optimize, bool isKept) {
  return new TieredProgram(baseline, std::move(optimize), isKept);
}

} // namespace dlc
