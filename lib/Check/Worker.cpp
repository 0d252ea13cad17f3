// Messages are a length and bytes, over one pipe each way; the child's standard error goes to a file in memory.
#include "lib/Check/Worker.h"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace dlc::check {

static bool writeAll(int file, const void *data, size_t bytes) {
  const char *at = static_cast<const char *>(data);
  while (bytes > 0) {
    ssize_t done = write(file, at, bytes);
    if (done < 0 && errno == EINTR)
      continue;
    if (done <= 0)
      return false;
    at += done;
    bytes -= size_t(done);
  }
  return true;
}

static bool readAll(int file, void *data, size_t bytes) {
  char *at = static_cast<char *>(data);
  while (bytes > 0) {
    ssize_t done = read(file, at, bytes);
    if (done < 0 && errno == EINTR)
      continue;
    if (done <= 0)
      return false;
    at += done;
    bytes -= size_t(done);
  }
  return true;
}

static bool writeMessage(int file, const std::string &text) {
  uint64_t size = text.size();
  return writeAll(file, &size, sizeof size) && writeAll(file, text.data(), text.size());
}

static bool readMessage(int file, std::string &text) {
  uint64_t size;
  if (!readAll(file, &size, sizeof size))
    return false;
  text.resize(size);
  return readAll(file, text.data(), text.size());
}

bool Worker::start() {
  int down[2], up[2];
  if (pipe(down) != 0)
    return false;
  if (pipe(up) != 0) {
    close(down[0]);
    close(down[1]);
    return false;
  }
  errors = memfd_create("errors", MFD_CLOEXEC);
  pid_t parent = getpid();
  child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
      _exit(0);
    rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    for (int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGTERM})
      std::signal(signal, SIG_DFL);
    for (int signal : {SIGPIPE, SIGINT}) // a terminal's interrupt is the parent's business, with which this one ends
      std::signal(signal, SIG_IGN);
    if (errors >= 0)
      dup2(errors, STDERR_FILENO);
    close(down[1]);
    close(up[0]);
    Handler handler = make();
    std::string request;
    while (readMessage(down[0], request))
      if (!writeMessage(up[1], handler(request)))
        break;
    _exit(0);
  }
  close(down[0]);
  close(up[1]);
  requests = down[1];
  replies = up[0];
  if (child < 0)
    stop();
  return child > 0;
}

void Worker::stop() {
  if (child > 0) {
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
  }
  for (int *file : {&requests, &replies, &errors})
    if (*file >= 0) {
      close(*file);
      *file = -1;
    }
  child = -1;
}

bool Worker::send(const std::string &request) {
  if (child <= 0 && !start())
    return false;
  auto before = std::signal(SIGPIPE, SIG_IGN);
  writeMessage(requests, request); // a child that has ended shows when its reply is read
  std::signal(SIGPIPE, before);
  return true;
}

std::string Worker::lastWords() {
  off_t size = errors >= 0 ? lseek(errors, 0, SEEK_END) : 0;
  off_t from = size > 4096 ? size - 4096 : 0;
  std::string text(size_t(size - from), '\0');
  if (text.empty() || pread(errors, text.data(), text.size(), from) != ssize_t(text.size()))
    return "";
  while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
    text.pop_back();
  size_t line = text.rfind('\n');
  return line == std::string::npos ? text : text.substr(line + 1);
}

Reply Worker::buryCrashed() {
  int state = 0;
  waitpid(child, &state, 0);
  Reply reply{Reply::Kind::Crashed, ""};
  if (WIFSIGNALED(state))
    reply.text = "signal " + std::to_string(WTERMSIG(state)) + " (" + strsignal(WTERMSIG(state)) + ")";
  else
    reply.text = "exit code " + std::to_string(WEXITSTATUS(state));
  if (std::string words = lastWords(); !words.empty())
    reply.text += ": " + words;
  child = -1;
  stop();
  return reply;
}

Reply Worker::receive(double seconds) {
  pollfd wait = {replies, POLLIN, 0};
  int ready;
  do
    ready = poll(&wait, 1, seconds < 0 ? 0 : int(seconds * 1000));
  while (ready < 0 && errno == EINTR);
  if (ready == 0) {
    stop();
    return {Reply::Kind::TimedOut, ""};
  }
  Reply reply;
  return readMessage(replies, reply.text) ? reply : buryCrashed();
}

Reply Worker::ask(const std::string &request, double seconds) {
  if (!send(request))
    return {Reply::Kind::Crashed, "no process could be started"};
  return receive(seconds);
}

} // namespace dlc::check
