// Work that nobody waits for, one piece after another, on one thread of the process that is made at the first. fork()
// waits until none of it is under way, and interrupts it for that, so that neither process has a thread inside the
// compiler; what waits stays the parent's. At the end of the process the thread does what must be kept.
#ifndef DLC_ARRAY_BACKGROUND_H
#define DLC_ARRAY_BACKGROUND_H

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace dlc {

class Background {
public:
  /// Set while work shall come to an end soon.
  using Stop = std::atomic<bool>;
  /// Returns whether it is done: false, if it ended because of `stop` and shall begin anew. It takes no lock that a
  /// thread may hold when it calls finish() or fork().
  using Work = std::function<bool(const Stop &stop)>;

  class Job {
  public:
    Job(Work work, bool isKept) : work(std::move(work)), isKept(isKept) {}

  private:
    friend class Background;
    Work work;
    bool isKept;
    enum { Waiting, Running, Done } state = Waiting;
  };

  static Background &instance();

  /// Adds work. With `isKept` it is also done when the process ends first.
  std::shared_ptr<Job> add(Work work, bool isKept);
  /// Returns when the job is done, and does it on this thread if no other has begun it.
  void finish(const std::shared_ptr<Job> &job);
  /// Returns when all jobs are done that were there at the call.
  void finishAll();

  /// Work of the caller's own that fork() waits for too.
  class Foreground {
  public:
    Foreground();
    ~Foreground();
    Foreground(const Foreground &) = delete;
    Foreground &operator=(const Foreground &) = delete;
  };

private:
  Background();
  using Lock = std::unique_lock<std::mutex>;
  void startThread();
  static void *threadMain(void *);
  void run(Lock &lock, const std::shared_ptr<Job> &job);
  static void beforeFork();
  static void afterForkInParent();
  static void afterForkInChild();
  static void atExit();

  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::shared_ptr<Job>> waiting;
  std::vector<std::shared_ptr<Job>> running; ///< on any thread
  std::shared_ptr<Job> onThread;             ///< of these, what the thread does
  unsigned foreground = 0;                   ///< pieces of work that are no jobs
  unsigned forking = 0;                      ///< calls of fork() that wait; nothing begins meanwhile
  Stop stop{false};                          ///< for what the thread does
  Stop stopForFork{false};                   ///< for what other threads do
  bool hasThread = false;
  bool isOver = false; ///< The process ends: nothing is added any more.
};

} // namespace dlc

#endif // DLC_ARRAY_BACKGROUND_H
