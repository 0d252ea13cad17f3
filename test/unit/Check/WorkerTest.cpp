// Children answer, crash and hang; whoever asked goes on.
#include "lib/Check/Worker.h"

#include "gtest/gtest.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include <unistd.h>

using dlc::check::Reply;
using dlc::check::Worker;

static Worker::Handler makeHandler() {
  auto count = std::make_shared<int>(0);
  return [count](const std::string &request) -> std::string {
    if (request == "crash") {
      std::fprintf(stderr, "some words\nlast words\n");
      std::raise(SIGSEGV);
    }
    if (request == "exit")
      _exit(3);
    while (request == "hang")
      usleep(1000);
    return request + std::to_string(++*count);
  };
}

TEST(Worker, answersAndKeepsItsState) {
  Worker worker(makeHandler);
  EXPECT_EQ(worker.ask("a", 10).text, "a1");
  EXPECT_EQ(worker.ask("b", 10).text, "b2");
  std::string large(size_t(1) << 20, 'x');
  EXPECT_EQ(worker.ask(large, 10).text, large + "3");
}

TEST(Worker, outlivesCrashes) {
  Worker worker(makeHandler);
  Reply reply = worker.ask("crash", 10);
  EXPECT_EQ(reply.kind, Reply::Kind::Crashed);
  EXPECT_EQ(reply.text, "signal 11 (Segmentation fault): last words");
  EXPECT_EQ(worker.ask("exit", 10).text, "exit code 3");
  EXPECT_EQ(worker.ask("a", 10).text, "a1") << "a new child";
}

TEST(Worker, endsWhatHangs) {
  Worker worker(makeHandler);
  EXPECT_EQ(worker.ask("hang", 0.1).kind, Reply::Kind::TimedOut);
  EXPECT_FALSE(worker.isRunning());
  EXPECT_EQ(worker.ask("a", 10).text, "a1");
}
