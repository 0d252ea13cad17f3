// Work in the background: all of it is done, once, and fork() finds none of it half done.
#include "lib/Array/Background.h"

#include "gtest/gtest.h"

#include <atomic>
#include <cstdio>
#include <memory>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace dlc;

namespace {

void sleepFor(int milliseconds) { std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds)); }

/// Adds work that is done in one go.
std::shared_ptr<Background::Job> add(std::function<void()> work, bool isKept = false) {
  return Background::instance().add(
      [work = std::move(work)](const Background::Stop &) {
        work();
        return true;
      },
      isKept);
}

TEST(Background, DoesAllWork) {
  std::atomic<int> done = 0;
  for (int i = 0; i < 100; ++i)
    add([&] { ++done; });
  Background::instance().finishAll();
  EXPECT_EQ(done, 100);
}

TEST(Background, WhoeverWaitsDoesWhatHasNotBegun) {
  std::atomic<bool> mayEnd = false;
  add([&] {
    while (!mayEnd)
      sleepFor(1);
  });
  std::thread::id worker;
  auto job = add([&] { worker = std::this_thread::get_id(); });
  Background::instance().finish(job);
  EXPECT_EQ(worker, std::this_thread::get_id());
  mayEnd = true;
  Background::instance().finishAll();
  Background::instance().finish(job); // is done
}

TEST(Background, WaitingForAllEndsThoughMoreIsAdded) {
  std::atomic<bool> isOver = false;
  std::function<void()> again = [&] {
    sleepFor(1);
    if (!isOver)
      add(again);
  };
  add(again);
  Background::instance().finishAll();
  isOver = true;
  sleepFor(5);
  Background::instance().finishAll();
}

TEST(Background, WaitsForWhatRuns) {
  std::atomic<bool> hasBegun = false, isDone = false;
  auto job = add([&] {
    hasBegun = true;
    sleepFor(20);
    isDone = true;
  });
  while (!hasBegun)
    sleepFor(1);
  Background::instance().finish(job);
  EXPECT_TRUE(isDone);
}

TEST(Background, DoneWorkIsReleased) {
  auto held = std::make_shared<int>(1);
  Background::instance().finish(add([held] {}));
  EXPECT_EQ(held.use_count(), 1);
}

/// The exit code of a child process that runs `body`.
template <class Body> int inChild(Body body) {
  pid_t child = fork();
  if (child == 0)
    _exit(body());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(Background, AChildHasNothingHalfDone) {
  std::atomic<int> done = 0;
  std::atomic<bool> isInside = false;
  std::shared_ptr<Background::Job> last;
  for (int i = 0; i < 50; ++i)
    last = add([&] {
      isInside = true;
      sleepFor(10);
      ++done;
      isInside = false;
    });
  int code = inChild([&] {
    if (isInside) // its end would never come here
      return 1;
    if (done > 40) // fork() waited for more than one
      return 2;
    int before = done;
    Background::instance().finishAll(); // nothing: it is the parent's
    Background::instance().finish(last);
    return done == before + 1 ? 0 : 3;
  });
  EXPECT_EQ(code, 0);
  Background::instance().finishAll();
  EXPECT_EQ(done, 50);
  EXPECT_EQ(inChild([&] {
              add([&] { ++done; });
              Background::instance().finishAll();
              return done == 51 ? 0 : 1;
            }),
            0)
      << "a child adds work of its own";
}

TEST(Background, ForkStopsLongWorkWhichBeginsAnew) {
  std::atomic<int> begun = 0;
  std::atomic<bool> mayEnd = false;
  auto job = Background::instance().add(
      [&](const Background::Stop &stop) {
        ++begun;
        while (!mayEnd && !stop)
          sleepFor(1);
        return mayEnd.load();
      },
      false);
  while (begun == 0)
    sleepFor(1);
  EXPECT_EQ(inChild([&] {
              mayEnd = true;
              Background::instance().finish(job);
              return begun == 2 ? 0 : 1;
            }),
            0);
  while (begun == 1)
    sleepFor(1);
  mayEnd = true;
  Background::instance().finish(job);
  EXPECT_EQ(begun, 2);
}

TEST(Background, ForkWaitsForTheForeground) {
  std::atomic<bool> isInside = false;
  std::thread other([&] {
    Background::Foreground here;
    isInside = true;
    sleepFor(20);
    isInside = false;
  });
  while (!isInside)
    sleepFor(1);
  EXPECT_EQ(inChild([&] { return isInside ? 1 : 0; }), 0);
  other.join();
}

/// What a child process wrote that `body` ended by exit().
template <class Body> std::string writtenUntilExit(Body body) {
  int pipes[2];
  EXPECT_EQ(pipe(pipes), 0);
  fflush(nullptr); // or the child writes it too
  pid_t child = fork();
  if (child == 0) {
    close(pipes[0]);
    body([&] { (void)!write(pipes[1], "k", 1); });
    exit(0);
  }
  close(pipes[1]);
  std::string written;
  char byte;
  while (read(pipes[0], &byte, 1) == 1)
    written += byte;
  close(pipes[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  return written;
}

/// Gone on a thread that ends, as MLIR's caches are.
struct ThreadLocal {
  std::unique_ptr<int> value = std::make_unique<int>(1);
  ~ThreadLocal() { value.reset(); }
};
thread_local ThreadLocal threadLocal;

TEST(Background, TheEndOfAProcessDoesWhatIsKept) {
  std::string written = writtenUntilExit([](auto write) {
    *threadLocal.value = 2;
    add([] { sleepFor(5); });
    for (int i = 0; i < 10; ++i)
      add(
          [=] {
            if (threadLocal.value) // not on the thread that exits
              write();
          },
          true);
    for (int i = 0; i < 10; ++i)
      add([] { sleepFor(10000); });
  });
  EXPECT_EQ(written, "kkkkkkkkkk");
}

TEST(Background, TheEndOfAProcessStopsWhatIsNotKeptAlone) {
  std::string written = writtenUntilExit([](auto write) {
    std::atomic<bool> *hasBegun = new std::atomic<bool>(false);
    Background::instance().add(
        [=](const Background::Stop &stop) {
          *hasBegun = true;
          while (!stop)
            sleepFor(1);
          write();
          return false;
        },
        false);
    while (!*hasBegun)
      sleepFor(1);
    Background::instance().add(
        [=](const Background::Stop &stop) {
          if (!stop)
            write();
          return !stop;
        },
        true);
  });
  EXPECT_EQ(written, "kk");
}

} // namespace
