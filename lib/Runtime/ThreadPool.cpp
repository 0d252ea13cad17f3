//===- ThreadPool.cpp - Fork and join -------------------------------------===//
//
// One job is one generation. For every worker, `claimed` moves from g-1 to g exactly once, by compare-and-swap, by the
// worker's thread or by the caller; `done` follows. run() returns only when every `done` is g, so between jobs all
// `claimed` equal `generation`, and a thread that wakes up late fails to claim and touches nothing of a later job.
//
//===----------------------------------------------------------------------===//
#include "lib/Runtime/ThreadPool.h"

#include "lib/Runtime/FloatEnv.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

using namespace dlc;

static constexpr int64_t workerSpinNanoseconds = 200000;
static constexpr int64_t callerSpinNanoseconds = 100000;
static constexpr size_t stackBytes = size_t(8) << 20;

/// Tells the CPU that this is a spin loop.
static void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#else
  __asm__ volatile("yield");
#endif
}

static int64_t nanoseconds() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/// Spins until `condition()` or until `budget` nanoseconds are over; returns the condition.
template <typename Condition> static bool spinUntil(int64_t budget, Condition condition) {
  if (condition())
    return true;
  int64_t start = nanoseconds();
  do {
    for (int i = 0; i < 32; ++i) {
      if (condition())
        return true;
      relax();
    }
  } while (nanoseconds() - start < budget);
  return condition();
}

// Operations of the futex system call, whose header belongs to the kernel and is not part of musl.
static constexpr int futexWaitPrivate = 0 | 128, futexWakePrivate = 1 | 128;

static void futexWait(uint32_t *word, uint32_t expected) {
  syscall(SYS_futex, word, futexWaitPrivate, expected, nullptr, nullptr, 0);
}

static void futexWakeAll(uint32_t *word) { syscall(SYS_futex, word, futexWakePrivate, INT32_MAX, nullptr, nullptr, 0); }

//===----------------------------------------------------------------------===//
// Life
//===----------------------------------------------------------------------===//

static ThreadPool *allPools = nullptr;
static bool allPoolsLock = false;

static void lockPools() {
  while (__atomic_exchange_n(&allPoolsLock, true, __ATOMIC_ACQUIRE))
    relax();
}

static void unlockPools() { __atomic_store_n(&allPoolsLock, false, __ATOMIC_RELEASE); }

void ThreadPool::beforeFork() { lockPools(); }

void ThreadPool::afterForkInParent() { unlockPools(); }

void ThreadPool::afterForkInChild() {
  for (ThreadPool *pool = allPools; pool; pool = pool->next) {
    pool->busy = false;
    pool->threadsStarted = false;
    pool->parked = 0;
    pool->callerParked = 0;
    for (unsigned i = 0; i < pool->workerCount; ++i) {
      Worker &worker = pool->members[i];
      worker.claimed = worker.done = pool->generation;
      worker.started = false;
      worker.thread = 0;
    }
  }
  unlockPools();
}

void ThreadPool::registerForkHandlers() {
  static bool registered = false;
  if (!__atomic_exchange_n(&registered, true, __ATOMIC_RELAXED))
    pthread_atfork(beforeFork, afterForkInParent, afterForkInChild);
}

void ThreadPool::link() {
  lockPools();
  next = allPools;
  if (next)
    next->previous = this;
  allPools = this;
  unlockPools();
}

void ThreadPool::unlink() {
  lockPools();
  (previous ? previous->next : allPools) = next;
  if (next)
    next->previous = previous;
  unlockPools();
}

Status ThreadPool::create(unsigned workers, ThreadPool *&out) {
  if (workers < 1 || workers > maxWorkers)
    return Status::error(ErrorKind::Value, "expected a thread count in 1..%u, but got %u", maxWorkers, workers);
  auto *pool = dlc::create<ThreadPool>();
  auto *members = static_cast<Worker *>(aligned_alloc(alignof(Worker), workers * sizeof(Worker)));
  if (!pool || !members) {
    dlc::destroy(pool);
    free(members);
    return Status::error(ErrorKind::Io, "cannot allocate a pool of %u threads", workers);
  }
  for (unsigned i = 0; i < workers; ++i)
    new (InPlace{&members[i]}) Worker{0, 0, -1, 0, pthread_t(), pool, false};
  pool->members = members;
  pool->workerCount = workers;
  registerForkHandlers();
  pool->link();
  out = pool;
  return Status::ok();
}

void ThreadPool::destroy(ThreadPool *pool) {
  if (!pool)
    return;
  pool->unlink();
  __atomic_store_n(&pool->stopping, true, __ATOMIC_RELEASE);
  for (unsigned i = 0; i < pool->workerCount; ++i)
    __atomic_store_n(&pool->members[i].claimed, pool->generation + 1, __ATOMIC_RELAXED);
  __atomic_store_n(&pool->generation, pool->generation + 1, __ATOMIC_SEQ_CST);
  futexWakeAll(&pool->generation);
  for (unsigned i = 1; i < pool->workerCount; ++i)
    if (pool->members[i].started)
      pthread_join(pool->members[i].handle, nullptr);
  free(pool->members);
  dlc::destroy(pool);
}

void ThreadPool::startThreads() {
  threadsStarted = true;
  planCpus();
  sigset_t all, before;
  sigfillset(&all);
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0)
    return;
  pthread_attr_setstacksize(&attributes, stackBytes);
  pthread_sigmask(SIG_SETMASK, &all, &before); // Threads inherit it: signals belong to the program's own threads.
  for (unsigned i = 1; i < workerCount; ++i)
    members[i].started = pthread_create(&members[i].handle, &attributes, threadMain, &members[i]) == 0;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_attr_destroy(&attributes);
}

//===----------------------------------------------------------------------===//
// Workers
//===----------------------------------------------------------------------===//

void *ThreadPool::threadMain(void *argument) {
  Worker &self = *static_cast<Worker *>(argument);
  pthread_setname_np(pthread_self(), "dlc-worker");
  FloatEnv environment;
  self.pool->work(self, static_cast<unsigned>(&self - self.pool->members));
  return nullptr;
}

void ThreadPool::work(Worker &self, unsigned index) {
  int thread = static_cast<int>(syscall(SYS_gettid));
  if (self.cpu >= 0) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(self.cpu, &set);
    sched_setaffinity(thread, sizeof(set), &set);
  }
  __atomic_store_n(&self.thread, thread, __ATOMIC_RELEASE);
  uint32_t seen = __atomic_load_n(&self.done, __ATOMIC_ACQUIRE);
  uint32_t current;
  while (awaitGeneration(seen, current)) {
    seen = current;
    if (!claim(self, current))
      continue;
    runRange(index);
    __atomic_store_n(&self.done, current, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&callerParked, __ATOMIC_SEQ_CST)) {
      __atomic_fetch_add(&finished, 1, __ATOMIC_SEQ_CST);
      futexWakeAll(&finished);
    }
  }
}

bool ThreadPool::awaitGeneration(uint32_t seen, uint32_t &current) {
  auto advanced = [&] { return (current = __atomic_load_n(&generation, __ATOMIC_ACQUIRE)) != seen; };
  if (!spinUntil(spins ? workerSpinNanoseconds : 0, advanced)) {
    __atomic_fetch_add(&parked, 1, __ATOMIC_SEQ_CST);
    while ((current = __atomic_load_n(&generation, __ATOMIC_SEQ_CST)) == seen)
      futexWait(&generation, seen);
    __atomic_fetch_sub(&parked, 1, __ATOMIC_SEQ_CST);
  }
  return !__atomic_load_n(&stopping, __ATOMIC_ACQUIRE);
}

bool ThreadPool::claim(Worker &worker, uint32_t current) {
  uint32_t expected = current - 1;
  return __atomic_load_n(&worker.claimed, __ATOMIC_RELAXED) == expected &&
         __atomic_compare_exchange_n(&worker.claimed, &expected, current, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

/// n*w/W without overflow.
static int64_t share(int64_t tasks, unsigned worker, unsigned workers) {
  return tasks / workers * worker + tasks % workers * worker / workers;
}

void ThreadPool::runRange(unsigned worker) {
  int64_t begin = share(job.tasks, worker, job.workers), end = share(job.tasks, worker + 1, job.workers);
  if (begin < end)
    job.body(job.context, worker, begin, end);
}

//===----------------------------------------------------------------------===//
// The caller
//===----------------------------------------------------------------------===//

void ThreadPool::run(int64_t tasks, int64_t nanosecondsPerTask, Body body, void *context, unsigned limit) {
  if (tasks <= 0)
    return;
  int64_t total;
  bool isShort = !__builtin_mul_overflow(tasks, nanosecondsPerTask, &total) && total < inlineBelow;
  unsigned workers = limit < workerCount ? limit : workerCount;
  if (int64_t(workers) > tasks)
    workers = static_cast<unsigned>(tasks);
  if (workers <= 1 || isShort || __atomic_exchange_n(&busy, true, __ATOMIC_ACQUIRE))
    return body(context, 0, 0, tasks);

  if (!threadsStarted)
    startThreads();
  moveOffCallersCpu();
  job = {body, context, tasks, workers};
  uint32_t current = generation + 1;
  for (unsigned i = 0; i < workerCount; ++i)
    if (i == 0 || i >= workers) {
      __atomic_store_n(&members[i].claimed, current, __ATOMIC_RELAXED);
      __atomic_store_n(&members[i].done, current, __ATOMIC_RELAXED);
    }
  __atomic_store_n(&generation, current, __ATOMIC_SEQ_CST);
  if (__atomic_load_n(&parked, __ATOMIC_SEQ_CST))
    futexWakeAll(&generation);
  runRange(0);
  for (unsigned i = 1; i < workers; ++i)
    if (claim(members[i], current)) {
      runRange(i);
      __atomic_store_n(&members[i].done, current, __ATOMIC_RELAXED);
    }
  awaitWorkers(current, workers);
  __atomic_store_n(&busy, false, __ATOMIC_RELEASE);
}

void ThreadPool::awaitWorkers(uint32_t current, unsigned count) {
  auto allDone = [&] {
    for (unsigned i = 1; i < count; ++i)
      if (__atomic_load_n(&members[i].done, __ATOMIC_SEQ_CST) != current)
        return false;
    return true;
  };
  if (spinUntil(spins ? callerSpinNanoseconds : 0, allDone))
    return;
  __atomic_store_n(&callerParked, 1, __ATOMIC_SEQ_CST);
  for (;;) {
    uint32_t before = __atomic_load_n(&finished, __ATOMIC_SEQ_CST);
    if (allDone())
      break;
    futexWait(&finished, before);
  }
  __atomic_store_n(&callerParked, 0, __ATOMIC_SEQ_CST);
}
