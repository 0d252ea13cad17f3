// Programs of two tiers, over programs that say which they are.
#include "lib/Array/TieredProgram.h"

#include "jit/Engine.h"

#include "gtest/gtest.h"

#include <thread>

using namespace dlc;

namespace {

struct FakeProgram : dlc_program {
  FakeProgram(std::string name, double time, std::vector<std::string> &log)
      : name(std::move(name)), time(time), log(log) {}
  ~FakeProgram() override { log.push_back(name + " ends"); }
  size_t inputCount() const override { return 2; }
  size_t outputCount() const override { return 3; }
  Status run(dlc_tensor *const *, size_t, dlc_tensor **, size_t) override {
    log.push_back(name + " runs");
    return Status::ok();
  }
  Status estimateTime(dlc_tensor *const *, size_t, double &nanoseconds) override {
    nanoseconds = time;
    return Status::ok();
  }
  void whenPackaged(std::function<void(const Buffer &)> keep) override {
    log.push_back(name + " is kept");
    keep(Buffer());
  }
  std::string name;
  double time;
  std::vector<std::string> &log;
};

class TieredProgramTest : public testing::Test {
protected:
  /// A program whose optimized code is not made before `mayOptimize`.
  dlc_program *make(double time, Status result = Status::ok(), bool isKept = false) {
    auto optimize = [this, result](const Background::Stop &, dlc_program *&out) {
      while (!mayOptimize)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      if (!result.failed())
        out = new FakeProgram("optimized", 0, log);
      return result;
    };
    return makeTieredProgram(new FakeProgram("baseline", time, log), optimize, isKept);
  }
  static std::string run(dlc_program *program) {
    Status status = program->run(nullptr, 0, nullptr, 0);
    return status.failed() ? status.message() : "";
  }
  void finish() {
    mayOptimize = true;
    Background::instance().finishAll();
  }

  std::atomic<bool> mayOptimize = false;
  std::vector<std::string> log;
};

using Log = std::vector<std::string>;

TEST_F(TieredProgramTest, RunsWhatIsThere) {
  std::unique_ptr<dlc_program> program(make(jit::mostBaselineTime / 4));
  EXPECT_EQ(program->inputCount(), 2u);
  EXPECT_EQ(program->outputCount(), 3u);
  EXPECT_EQ(run(program.get()), "");
  EXPECT_EQ(run(program.get()), "");
  finish();
  EXPECT_EQ(run(program.get()), "");
  program.reset();
  EXPECT_EQ(log, (Log{"baseline runs", "baseline runs", "baseline ends", "optimized runs", "optimized ends"}));
}

TEST_F(TieredProgramTest, ManyShortCallsWaitInTheEnd) {
  std::unique_ptr<dlc_program> program(make(jit::mostBaselineTime / 4));
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(run(program.get()), "");
  mayOptimize = true;
  EXPECT_EQ(run(program.get()), "");
  EXPECT_EQ(log.size(), 6u);
  EXPECT_EQ(log.back(), "optimized runs");
}

TEST_F(TieredProgramTest, ALongCallWaits) {
  std::unique_ptr<dlc_program> program(make(jit::mostBaselineTime * 1.01));
  mayOptimize = true;
  EXPECT_EQ(run(program.get()), "");
  EXPECT_EQ(log, (Log{"baseline ends", "optimized runs"}));
}

TEST_F(TieredProgramTest, TheOptimizedPackageIsKept) {
  std::unique_ptr<dlc_program> program(make(0));
  int kept = 0;
  program->whenPackaged([&](const Buffer &) { ++kept; });
  EXPECT_EQ(kept, 0);
  finish();
  EXPECT_EQ(kept, 1);
  program->whenPackaged([&](const Buffer &) { ++kept; });
  EXPECT_EQ(kept, 2);
  EXPECT_EQ(log, (Log{"baseline ends", "optimized is kept", "optimized is kept"}));
}

TEST_F(TieredProgramTest, AKeptProgramIsMadeThoughItEnded) {
  int kept = 0;
  {
    std::unique_ptr<dlc_program> program(make(0, Status::ok(), /*isKept=*/true));
    program->whenPackaged([&](const Buffer &) { ++kept; });
  }
  finish();
  EXPECT_EQ(kept, 1);
}

TEST_F(TieredProgramTest, NothingIsMadeForAProgramThatEnded) {
  Background::instance().add(
      [&](const Background::Stop &) { // the thread is busy while the program ends
        while (!mayOptimize)
          std::this_thread::sleep_for(std::chrono::milliseconds(1));
        return true;
      },
      false);
  delete make(0);
  finish();
  EXPECT_EQ(log, Log{"baseline ends"});
}

TEST_F(TieredProgramTest, BaselineCodeServesWhereOptimizingFails) {
  std::unique_ptr<dlc_program> program(make(jit::mostBaselineTime * 2, Status::error(ErrorKind::Internal, "no code")));
  mayOptimize = true;
  EXPECT_EQ(run(program.get()), "");
  EXPECT_EQ(run(program.get()), "");
  EXPECT_EQ(log, (Log{"baseline runs", "baseline runs"}));
}

} // namespace
