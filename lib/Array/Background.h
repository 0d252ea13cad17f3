// Work that nobody waits for, one piece after another, on one thread of the process that is made at the first. Before
// fork() what runs is finished, so that neither process has a thread inside the compiler; what waits is in both. At the
// end of the process the work that must be kept is still done.
#ifndef DLC_ARRAY_BACKGROUND_H
#define DLC_ARRAY_BACKGROUND_H

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace dlc {

class Background {
public:
  /// A piece of work.
  class Job {
  public:
    Job(std::function<void()> work, bool isKept) : work(std::move(work)), isKept(isKept) {}

  private:
    friend class Background;
    std::function<void()> work;
    bool isKept;
    enum { Waiting, Running, Done } state = Waiting;
  };

  static Background &instance();

  /// Adds `work`, which takes no lock that a thread may hold when it calls finish() or fork(). With `isKept` it is also
  /// done when the process ends first.
  std::shared_ptr<Job> add(std::function<void()> work, bool isKept);
  /// Returns when the job is done, and does it on this thread if no other has begun it.
  void finish(const std::shared_ptr<Job> &job);
  /// Returns when nothing waits and nothing runs.
  void finishAll();

private:
  Background();
  void startThread();
  static void *threadMain(void *);
  [[noreturn]] void work();
  void run(std::unique_lock<std::mutex> &lock, std::shared_ptr<Job> job);
  static void beforeFork();
  static void afterForkInParent();
  static void afterForkInChild();
  static void atExit();

  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::shared_ptr<Job>> waiting;
  std::vector<std::shared_ptr<Job>> running;
  bool hasThread = false;
  bool isOver = false; ///< The process ends: the thread begins nothing more.
};

} // namespace dlc

#endif // DLC_ARRAY_BACKGROUND_H
