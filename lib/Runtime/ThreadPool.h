//===- ThreadPool.h - Fork and join ---------------------------------------===//
//
// A fixed number of workers that share out one range of tasks at a time. Worker w of W owns the tasks
// [n*w/W, n*(w+1)/W), always, so that no result can depend on timing; the caller is worker 0. Which thread runs a
// worker's range is free: whoever claims it first. Threads that have not claimed theirs by the time the caller is done
// with its own lose it to the caller, so a slow wake-up, a busy machine, a failed thread creation or a fork() costs
// speed and never correctness.
//
// Workers spin for a while after each job and then park on a futex. They spin only if there are CPUs for all of them in
// the affinity mask, and then each is pinned to its own CPU, away from the caller's (unpinned spinning pairs end up
// sharing a core, which is 20 times slower). Threads are made at the first job that is worth it; a pool of one worker
// never makes any. After fork() the child's pool makes new ones.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_RUNTIME_THREADPOOL_H
#define DLC_RUNTIME_THREADPOOL_H

#include "lib/Runtime/Create.h"
#include "lib/Runtime/Status.h"

#include <pthread.h>
#include <stdint.h>

namespace dlc {

class ThreadPool {
public:
  /// Does the tasks [begin, end) as worker `worker`.
  using Body = void (*)(void *context, unsigned worker, int64_t begin, int64_t end);

  /// Work whose estimated time is below this runs on the caller alone, in nanoseconds (measured: a fork and join of
  /// spinning workers costs 0.2 us, of parked ones 40).
  static constexpr int64_t inlineNanoseconds = 3000;
  static constexpr unsigned maxWorkers = 1024;

  /// Makes a pool of `workers` (1 to maxWorkers), the caller of run() included. End it with destroy().
  static Status create(unsigned workers, ThreadPool *&out);
  /// Stops and joins the threads; no run() may be under way. Null is allowed.
  static void destroy(ThreadPool *pool);

  /// How many CPUs this process may use: its affinity mask, cut by the CPU quota of its control group. At least 1.
  static unsigned availableCpus();

  unsigned workers() const { return workerCount; }

  /// Shares out all work, however short: for tests of small programs. Before the first run().
  void neverRunInline() { inlineBelow = 0; }

  /// Runs `body` over [0, tasks), split over min(`limit`, workers()) workers, and returns when all is done; what the
  /// body wrote is visible then. Runs inline as worker 0 if tasks * nanosecondsPerTask is short, if the pool is busy
  /// with another caller, or if there is one worker. Any thread may call; a body must not call run() on its own pool.
  void run(int64_t tasks, int64_t nanosecondsPerTask, Body body, void *context, unsigned limit = maxWorkers);

  ThreadPool() = default;
  ThreadPool(const ThreadPool &) = delete;
  ThreadPool &operator=(const ThreadPool &) = delete;

private:
  struct alignas(64) Worker {
    uint32_t claimed; ///< The last generation whose range somebody took.
    uint32_t done;    ///< The last generation whose range is finished.
    int cpu;          ///< The CPU it is pinned to, or -1.
    int thread;       ///< The kernel's id of the thread, 0 before it runs.
    pthread_t handle;
    ThreadPool *pool;
    bool started;
  };

  static void *threadMain(void *worker);
  static void beforeFork();
  static void afterForkInParent();
  static void afterForkInChild();
  static void registerForkHandlers();

  void link();
  void unlink();
  void startThreads();
  void planCpus();
  void moveOffCallersCpu();
  void work(Worker &self, unsigned index);
  bool awaitGeneration(uint32_t seen, uint32_t &generation);
  void runRange(unsigned worker);
  bool claim(Worker &worker, uint32_t generation);
  void awaitWorkers(uint32_t generation, unsigned count);

  // The job: written by the caller that holds `busy`, before it advances `generation`.
  struct Job {
    Body body;
    void *context;
    int64_t tasks;
    unsigned workers;
  };

  alignas(64) uint32_t generation = 0; ///< The futex that workers park on.
  alignas(64) uint32_t parked = 0;     ///< How many workers are parked or about to.
  alignas(64) uint32_t callerParked = 0;
  uint32_t finished = 0; ///< The futex that the caller parks on; counts finished ranges.
  alignas(64) Job job = {};
  bool busy = false;
  bool threadsStarted = false;
  bool stopping = false;
  bool spins = false;
  unsigned workerCount = 1;
  int64_t inlineBelow = inlineNanoseconds;
  int callerCpu = -1; ///< The CPU left to the caller, -1 if workers are not pinned.
  Worker *members = nullptr;
  ThreadPool *next = nullptr; ///< The list of all pools, for fork().
  ThreadPool *previous = nullptr;
};

} // namespace dlc

#endif // DLC_RUNTIME_THREADPOOL_H
