// A queue, a thread, and what fork() and exit() ask of them.
#include "lib/Array/Background.h"

#include "llvm/ADT/STLExtras.h"

#include <cstdlib>
#include <pthread.h>
#include <signal.h>

namespace dlc {

/// Of LLVM's passes on the code of one kernel, as the main thread's.
static constexpr size_t stackBytes = size_t(8) << 20;

Background &Background::instance() {
  static Background *background = new Background; // never ended: its thread may wait for longer than any destructor
  return *background;
}

Background::Background() {
  pthread_atfork(beforeFork, afterForkInParent, afterForkInChild);
  std::atexit(atExit);
}

std::shared_ptr<Background::Job> Background::add(std::function<void()> work, bool isKept) {
  auto job = std::make_shared<Job>(std::move(work), isKept);
  std::lock_guard<std::mutex> lock(mutex);
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
  instance().work();
}

void Background::work() {
  std::unique_lock<std::mutex> lock(mutex);
  for (;;) {
    changed.wait(lock, [&] { return !waiting.empty() && !isOver; });
    std::shared_ptr<Job> job = waiting.front();
    waiting.pop_front();
    run(lock, std::move(job));
  }
}

void Background::run(std::unique_lock<std::mutex> &lock, std::shared_ptr<Job> job) {
  job->state = Job::Running;
  running.push_back(job);
  lock.unlock();
  job->work();
  job->work = nullptr;
  lock.lock();
  job->state = Job::Done;
  llvm::erase(running, job);
  changed.notify_all();
}

void Background::finish(const std::shared_ptr<Job> &job) {
  std::unique_lock<std::mutex> lock(mutex);
  if (job->state == Job::Waiting) {
    llvm::erase(waiting, job);
    run(lock, job);
  }
  changed.wait(lock, [&] { return job->state == Job::Done; });
}

void Background::finishAll() {
  std::unique_lock<std::mutex> lock(mutex);
  while (!waiting.empty()) {
    std::shared_ptr<Job> job = waiting.front();
    waiting.pop_front();
    run(lock, std::move(job));
  }
  changed.wait(lock, [&] { return running.empty(); });
}

void Background::beforeFork() {
  Background &self = instance();
  std::unique_lock<std::mutex> lock(self.mutex);
  self.changed.wait(lock, [&] { return self.running.empty(); });
  lock.release(); // until after the fork, so that nothing begins
}

void Background::afterForkInParent() { instance().mutex.unlock(); }

void Background::afterForkInChild() {
  Background &self = instance();
  new (&self.changed) std::condition_variable; // the old one counts waiters that are not here
  self.hasThread = false;
  if (!self.waiting.empty())
    self.startThread();
  self.mutex.unlock();
}

void Background::atExit() {
  Background &self = instance();
  {
    std::lock_guard<std::mutex> lock(self.mutex);
    self.isOver = true;
    llvm::erase_if(self.waiting, [](const std::shared_ptr<Job> &job) { return !job->isKept; });
  }
  self.finishAll();
}

} // namespace dlc
