// Work in the background: all of it is done, once, and fork() finds none of it half done.
#include "lib/Array/Background.h"

#include "gtest/gtest.h"

#include <atomic>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace dlc;

namespace {

void sleepFor(int milliseconds) { std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds)); }

TEST(Background, DoesAllWork) {
  std::atomic<int> done = 0;
  for (int i = 0; i < 100; ++i)
    Background::instance().add([&] { ++done; }, false);
  Background::instance().finishAll();
  EXPECT_EQ(done, 100);
}

TEST(Background, WhoeverWaitsDoesWhatHasNotBegun) {
  std::atomic<bool> mayEnd = false;
  Background::instance().add(
      [&] {
        while (!mayEnd)
          sleepFor(1);
      },
      false);
  std::thread::id worker;
  auto job = Background::instance().add([&] { worker = std::this_thread::get_id(); }, false);
  Background::instance().finish(job);
  EXPECT_EQ(worker, std::this_thread::get_id());
  mayEnd = true;
  Background::instance().finishAll();
  Background::instance().finish(job); // is done
}

TEST(Background, WaitsForWhatRuns) {
  std::atomic<bool> hasBegun = false, isDone = false;
  auto job = Background::instance().add(
      [&] {
        hasBegun = true;
        sleepFor(20);
        isDone = true;
      },
      false);
  while (!hasBegun)
    sleepFor(1);
  Background::instance().finish(job);
  EXPECT_TRUE(isDone);
}

TEST(Background, WorkOutlivesNothingItHolds) {
  auto held = std::make_shared<int>(1);
  auto job = Background::instance().add([held] {}, false);
  Background::instance().finish(job);
  EXPECT_EQ(held.use_count(), 1) << "done work is released";
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

TEST(Background, AChildHasWhatWaits) {
  std::atomic<int> done = 0;
  std::atomic<bool> isInside = false;
  for (int i = 0; i < 50; ++i)
    Background::instance().add(
        [&] {
          isInside = true;
          sleepFor(1);
          ++done;
          isInside = false;
        },
        false);
  int code = inChild([&] {
    bool wasInside = isInside; // else its end would never come here
    Background::instance().finishAll();
    return wasInside ? 1 : done == 50 ? 0 : 2;
  });
  EXPECT_EQ(code, 0);
  Background::instance().finishAll();
  EXPECT_EQ(done, 50);
  EXPECT_EQ(inChild([&] {
              Background::instance().add([&] { ++done; }, false);
              Background::instance().finishAll();
              return done == 51 ? 0 : 1;
            }),
            0)
      << "a child adds work of its own";
}

TEST(Background, TheEndOfAProcessDoesWhatIsKept) {
  int pipes[2];
  ASSERT_EQ(pipe(pipes), 0);
  pid_t child = fork();
  if (child == 0) {
    Background::instance().add([] { sleepFor(5); }, false);
    for (int i = 0; i < 10; ++i)
      Background::instance().add([&] { (void)!write(pipes[1], "k", 1); }, true);
    for (int i = 0; i < 10; ++i)
      Background::instance().add([&] { sleepFor(10000); }, false);
    exit(0);
  }
  close(pipes[1]);
  std::string kept;
  char byte;
  while (read(pipes[0], &byte, 1) == 1)
    kept += byte;
  close(pipes[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(kept, "kkkkkkkkkk");
}

} // namespace
