// Many processes on one folder: readers see whole entries only, also when writers are killed at any moment.
#include "test/unit/Cache/CacheFixture.h"

#include <atomic>
#include <csignal>
#include <sys/wait.h>
#include <thread>

using namespace dlc;
using namespace dlc::cache;

namespace {
constexpr int keys = 40;

class ConcurrencyTest : public CacheTest {
protected:
  /// Adds and finds in a pattern of its own, until `rounds` are done. Returns whether everything found was right.
  bool work(uint64_t capacity, unsigned seed, int rounds) {
    DiskStore store(options(capacity));
    unsigned state = seed * 2654435761u + 1;
    for (int i = 0; i < rounds; ++i) {
      state = state * 1664525u + 1013904223u;
      int number = int(state >> 16) % keys;
      if (state >> 31)
        put(store, number, 3000);
      else
        has(store, number, 3000);
    }
    return !HasFailure() && warnings.empty();
  }
};
} // namespace

TEST_F(ConcurrencyTest, ProcessesShareAFolder) {
  std::vector<pid_t> children;
  for (unsigned seed = 0; seed < 6; ++seed) {
    pid_t child = fork();
    if (child == 0)
      _exit(work(60000, seed, 400) ? 0 : 1); // a capacity that makes them collect all the time
    children.push_back(child);
  }
  for (pid_t child : children) {
    int status;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  DiskStore store(options());
  EXPECT_TRUE(store.verify().problems.empty());
}

TEST_F(ConcurrencyTest, AKilledWriterLeavesNoDamage) {
  for (unsigned round = 0; round < 60; ++round) {
    pid_t child = fork();
    if (child == 0) {
      work(uint64_t(1) << 30, round, 1 << 30);
      _exit(0);
    }
    usleep(500 + round * 97 % 3000);
    ASSERT_EQ(kill(child, SIGKILL), 0);
    int status;
    ASSERT_EQ(waitpid(child, &status, 0), child);
  }
  DiskStore store(options());
  VerifyReport report = store.verify();
  EXPECT_TRUE(report.problems.empty()) << report.problems[0];
  EXPECT_GT(report.whole, 0u);
  for (int i = 0; i < keys; ++i) {
    put(store, i, 3000);
    EXPECT_TRUE(has(store, i, 3000));
  }
}

TEST_F(ConcurrencyTest, ThreadsShareAStore) {
  DiskStore store(options(60000));
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        int number = (i * 7 + t * 11) % keys;
        std::string payload = payloadOf(number, 3000);
        store.add(Kind::Program, keyOf(number), "", payload.data(), payload.size());
        Buffer found;
        if (store.find(Kind::Program, keyOf(number), found) &&
            payload != std::string(static_cast<const char *>(found.data()), found.size()))
          ++wrong;
      }
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_TRUE(store.verify().problems.empty());
}
