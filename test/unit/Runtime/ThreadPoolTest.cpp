//===- ThreadPoolTest.cpp - Fork and join ---------------------------------===//
#include "lib/Runtime/ThreadPool.h"
#include "lib/Runtime/FloatEnv.h"

#include "gtest/gtest.h"
#include <atomic>
#include <set>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>
#include <xmmintrin.h>

using namespace dlc;

namespace {
struct Pool {
  explicit Pool(unsigned workers) { EXPECT_TRUE(ThreadPool::create(workers, pool).isOk()); }
  ~Pool() { ThreadPool::destroy(pool); }
  ThreadPool *operator->() { return pool; }
  ThreadPool *pool = nullptr;
};

template <typename F>
void runOn(ThreadPool *pool, int64_t tasks, int64_t cost, F body, unsigned limit = ThreadPool::maxWorkers) {
  pool->run(
      tasks, cost,
      [](void *context, unsigned worker, int64_t b, int64_t e) { (*static_cast<F *>(context))(worker, b, e); }, &body,
      limit);
}

/// Increments each task's counter and checks the partition.
void countOnce(ThreadPool *pool, std::vector<int> &counts) {
  int64_t n = counts.size();
  unsigned workers = std::min<int64_t>(pool->workers(), n);
  runOn(pool, n, 100000, [&](unsigned worker, int64_t begin, int64_t end) {
    bool isInline = worker == 0 && begin == 0 && end == n;
    EXPECT_TRUE(isInline || begin == n * worker / workers);
    EXPECT_TRUE(isInline || end == n * (worker + 1) / workers);
    for (int64_t i = begin; i < end; ++i)
      ++counts[i];
  });
}
} // namespace

class ThreadPoolSizes : public testing::TestWithParam<unsigned> {};

TEST_P(ThreadPoolSizes, EveryTaskRunsOnce) {
  Pool pool(GetParam());
  for (int64_t n : {1, 2, 3, 5, 7, 64, 1000})
    for (int repeat = 0; repeat < 300; ++repeat) {
      std::vector<int> counts(n);
      countOnce(pool.pool, counts);
      for (int count : counts)
        ASSERT_EQ(count, 1);
    }
}

TEST_P(ThreadPoolSizes, WakesAfterParking) {
  Pool pool(GetParam());
  for (int repeat = 0; repeat < 20; ++repeat) {
    std::vector<int> counts(100);
    countOnce(pool.pool, counts);
    for (int count : counts)
      ASSERT_EQ(count, 1);
    usleep(1000); // Longer than workers spin.
  }
}

TEST_P(ThreadPoolSizes, ConcurrentCallersAllFinish) {
  Pool pool(GetParam());
  std::vector<std::thread> callers;
  std::atomic<int> wrong{0};
  for (int caller = 0; caller < 3; ++caller)
    callers.emplace_back([&] {
      for (int repeat = 0; repeat < 300; ++repeat) {
        std::vector<int> counts(50);
        countOnce(pool.pool, counts);
        for (int count : counts)
          wrong += count != 1;
      }
    });
  for (std::thread &caller : callers)
    caller.join();
  EXPECT_EQ(wrong, 0);
}

TEST_P(ThreadPoolSizes, WorksInForkedChildAndInParentAfterwards) {
  Pool pool(GetParam());
  std::vector<int> before(100);
  countOnce(pool.pool, before);
  pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    bool good = true;
    for (int repeat = 0; repeat < 50; ++repeat) {
      std::vector<int> counts(100);
      countOnce(pool.pool, counts);
      for (int count : counts)
        good &= count == 1;
    }
    ThreadPool::destroy(pool.pool);
    _exit(good ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  std::vector<int> after(100);
  countOnce(pool.pool, after);
  EXPECT_EQ(after, std::vector<int>(100, 1));
}

INSTANTIATE_TEST_SUITE_P(Workers, ThreadPoolSizes, testing::Values(1u, 2u, 3u, 4u));

TEST(ThreadPoolTest, RefusesBadCounts) {
  ThreadPool *pool = nullptr;
  Status status = ThreadPool::create(0, pool);
  EXPECT_EQ(status.kind(), ErrorKind::Value);
  EXPECT_STREQ(status.message(), "expected a thread count in 1..1024, but got 0");
  EXPECT_EQ(ThreadPool::create(1025, pool).kind(), ErrorKind::Value);
  EXPECT_EQ(pool, nullptr);
}

TEST(ThreadPoolTest, ShortWorkRunsInlineAndLongWorkIsShared) {
  Pool pool(2);
  int calls = 0;
  runOn(pool.pool, 1000, 2, [&](unsigned, int64_t begin, int64_t end) {
    ++calls;
    EXPECT_EQ(end - begin, 1000);
  });
  EXPECT_EQ(calls, 1);
  std::atomic<int> ranges{0};
  runOn(pool.pool, 1000, 1000, [&](unsigned, int64_t begin, int64_t end) {
    ++ranges;
    EXPECT_EQ(end - begin, 500);
  });
  EXPECT_EQ(ranges, 2);
}

TEST(ThreadPoolTest, HonoursLimit) {
  Pool pool(4);
  std::atomic<unsigned> highest{0};
  runOn(
      pool.pool, 1000, 1000,
      [&](unsigned worker, int64_t, int64_t) {
        for (unsigned seen = highest; seen < worker && !highest.compare_exchange_weak(seen, worker);) {
        }
      },
      2);
  EXPECT_EQ(highest, 1u);
}

TEST(ThreadPoolTest, HugeTaskCountsDoNotOverflow) {
  Pool pool(3);
  std::atomic<int64_t> total{0};
  runOn(pool.pool, INT64_MAX, INT64_MAX, [&](unsigned, int64_t begin, int64_t end) { total += end - begin; });
  EXPECT_EQ(total, INT64_MAX);
}

TEST(ThreadPoolTest, WorkersKeepSubnormals) {
  unsigned before = _mm_getcsr();
  _mm_setcsr(before | 0x8040); // Flush to zero and denormals are zero, as a careless host program may set.
  Pool pool(2);
  std::atomic<int> flushed{0};
  {
    FloatEnv environment;
    runOn(pool.pool, 2, 100000, [&](unsigned, int64_t, int64_t) {
      volatile float tiny = 1e-40f;
      if (tiny * 0.5f == 0.0f)
        ++flushed;
      usleep(2000); // Long enough for the worker to wake up and claim its range.
    });
  }
  EXPECT_EQ(_mm_getcsr() & 0x8040, 0x8040u);
  _mm_setcsr(before);
  EXPECT_EQ(flushed, 0);
}

TEST(ThreadPoolTest, AvailableCpusRespectsAffinity) {
  cpu_set_t before, one;
  ASSERT_EQ(sched_getaffinity(0, sizeof(before), &before), 0);
  CPU_ZERO(&one);
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(cpu, &before)) {
      CPU_SET(cpu, &one);
      break;
    }
  ASSERT_EQ(sched_setaffinity(0, sizeof(one), &one), 0);
  EXPECT_EQ(ThreadPool::availableCpus(), 1u);
  Pool pool(2); // More workers than CPUs: they park instead of spinning, and all work is done.
  std::vector<int> counts(10);
  countOnce(pool.pool, counts);
  EXPECT_EQ(counts, std::vector<int>(10, 1));
  ASSERT_EQ(sched_setaffinity(0, sizeof(before), &before), 0);
}
