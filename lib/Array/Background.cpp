// A queue, a thread, and what fork() and exit() ask of them.
#include "lib/Array/Background.h"

#include "llvm/ADT/STLExtras.h"

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>

namespace dlc {

/// As the main thread's: LLVM's passes recurse.
static constexpr size_t stackBytes = size_t(8) << 20;

Background &Background::instance() {
  static Background *background = new Background; // never ended: its thread may outlive any destructor
  return *background;
}

Background::Background() {
  pthread_atfork(beforeFork, afterForkInParent, afterForkInChild);
  // libc's own, which Exit.cpp hides from the library.
  using AtExit = int (*)(void (*)(void *), void *, void *);
  if (auto libc = reinterpret_cast<AtExit>(dlsym(RTLD_DEFAULT, "__cxa_atexit")))
    libc([](void *) { atExit(); }, nullptr, nullptr);
}

std::shared_ptr<Background::Job> Background::add(Work work, bool isKept) {
  auto job = std::make_shared<Job>(std::move(work), isKept);
  Lock lock(mutex);
  if (isOver)
    return job; // finish() does it
  waiting.push_back(job);
  startThread();
  changed.notify_all();
  return job;
}

/// Without a thread work waits for finish(), or for the next attempt to make one.
void Background::startThread() {
  if (hasThread)
    return;
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0)
    return;
  pthread_attr_setstacksize(&attributes, stackBytes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before); // the thread inherits it: signals belong to the program's own threads
  pthread_t thread;
  hasThread = pthread_create(&thread, &attributes, threadMain, nullptr) == 0;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_attr_destroy(&attributes);
}

void *Background::threadMain(void *) {
  pthread_setname_np(pthread_self(), "dlc-compiler");
  Background &self = instance();
  Lock lock(self.mutex);
  for (;;) {
    self.changed.wait(lock, [&] { return !self.waiting.empty() && !self.forking; });
    self.onThread = self.waiting.front();
    self.waiting.pop_front();
    self.run(lock, std::shared_ptr<Job>(self.onThread));
    self.onThread = nullptr;
    self.stop = false;
    self.changed.notify_all();
  }
}

/// Does a job that is in no queue, while nobody is about to fork. One that is stopped is the next again.
void Background::run(Lock &lock, const std::shared_ptr<Job> &job) {
  const Stop &whether = job == onThread ? stop : stopForFork;
  job->state = Job::Running;
  running.push_back(job);
  lock.unlock();
  bool isDone = job->work(whether);
  if (isDone)
    job->work = nullptr;
  lock.lock();
  llvm::erase(running, job);
  job->state = isDone ? Job::Done : Job::Waiting;
  if (!isDone && (!isOver || job->isKept))
    waiting.push_front(job);
  changed.notify_all();
}

void Background::finish(const std::shared_ptr<Job> &job) {
  Lock lock(mutex);
  while (job->state != Job::Done) {
    if (job->state == Job::Waiting && !forking) {
      llvm::erase(waiting, job);
      run(lock, job);
    } else {
      changed.wait(lock);
    }
  }
}

void Background::finishAll() {
  std::vector<std::shared_ptr<Job>> jobs;
  {
    Lock lock(mutex);
    jobs = running;
    jobs.insert(jobs.end(), waiting.begin(), waiting.end());
  }
  for (const std::shared_ptr<Job> &job : jobs)
    finish(job);
}

Background::Foreground::Foreground() {
  Background &self = instance();
  Lock lock(self.mutex);
  self.changed.wait(lock, [&] { return !self.forking; });
  ++self.foreground;
}

Background::Foreground::~Foreground() {
  Background &self = instance();
  Lock lock(self.mutex);
  --self.foreground;
  self.changed.notify_all();
}

void Background::beforeFork() {
  Background &self = instance();
  Lock lock(self.mutex);
  ++self.forking;
  self.stop = self.stopForFork = true;
  self.changed.wait(lock, [&] { return self.running.empty() && !self.foreground; });
  self.stop = self.stopForFork = false;
  lock.release(); // until after the fork
}

void Background::afterForkInParent() {
  Background &self = instance();
  --self.forking;
  self.changed.notify_all();
  self.mutex.unlock();
}

void Background::afterForkInChild() {
  Background &self = instance();
  new (&self.changed) std::condition_variable; // the old one counts waiters that are not here
  self.forking = 0;
  self.hasThread = false;
  self.onThread = nullptr;
  std::deque<std::shared_ptr<Job>> waiting;
  waiting.swap(self.waiting); // finish() does what this process comes to need; the parent keeps what must be kept
  self.mutex.unlock();
}

/// The thread does the rest: this one's thread-local objects, which the compiler uses, are gone already.
void Background::atExit() {
  Background &self = instance();
  Lock lock(self.mutex);
  self.isOver = true;
  auto isDropped = [](const std::shared_ptr<Job> &job) { return !job->isKept; };
  llvm::erase_if(self.waiting, isDropped);
  if (self.onThread && isDropped(self.onThread))
    self.stop = true;
  if (!self.waiting.empty())
    self.startThread();
  if (!self.hasThread)
    return;
  self.changed.wait(lock, [&] { return self.waiting.empty() && !self.onThread; });
}

} // namespace dlc
