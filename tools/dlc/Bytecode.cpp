// A child reads and prints; its first byte says whether text or a message follows, and its death that neither does.
#include "tools/dlc/Bytecode.h"

#include "lib/Compiler/Session.h"

#include "llvm/Support/raw_ostream.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace dlc::cli {

bool isBytecode(const std::string &bytes) { return bytes.compare(0, 4, "ML\xefR") == 0; }

static void limit(int resource, rlim_t most) {
  rlimit limits;
  if (getrlimit(resource, &limits) == 0 && limits.rlim_cur > most) {
    limits.rlim_cur = most;
    setrlimit(resource, &limits);
  }
}

/// In the child: 'T' and the text, or 'E' and the message.
static std::string readAsText(const std::string &bytes, const std::string &name) {
  std::unique_ptr<Session> session;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  Status status = Session::create(Options(), session);
  if (status.isOk())
    status = session->parseText(bytes, name, module);
  if (status.failed())
    return std::string("E") + status.message();
  std::string text = "T";
  llvm::raw_string_ostream stream(text);
  module->print(stream, mlir::OpPrintingFlags().enableDebugInfo());
  return text;
}

[[noreturn]] static void runChild(const std::string &bytes, const std::string &name, int to) {
  rlim_t megabytes = bytes.size() >> 20;
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_CPU, 10 + megabytes);
  limit(RLIMIT_AS, (rlim_t(8) << 30) + (megabytes << 26));
  int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC); // what LLVM says as it dies means nothing to a user
  if (nothing >= 0)
    dup2(nothing, STDERR_FILENO);
  std::string answer = readAsText(bytes, name);
  for (size_t done = 0; done < answer.size();) {
    ssize_t count = write(to, answer.data() + done, answer.size() - done);
    if (count < 0 && errno != EINTR)
      _exit(1);
    done += count > 0 ? size_t(count) : 0;
  }
  _exit(0);
}

Status takeText(std::string &bytes, const std::string &name) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    return Status::error(ErrorKind::Io, "cannot make a pipe: %s", std::strerror(errno));
  pid_t child = fork();
  if (child == 0)
    runChild(bytes, name, ends[1]);
  close(ends[1]);
  std::string answer;
  char buffer[1 << 16];
  for (ssize_t count; child > 0 && (count = read(ends[0], buffer, sizeof buffer)) != 0;)
    if (count > 0)
      answer.append(buffer, size_t(count));
    else if (errno != EINTR)
      break;
  close(ends[0]);
  if (child < 0)
    return Status::error(ErrorKind::Io, "cannot start a process that reads '%s': %s", name.c_str(),
                         std::strerror(errno));
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR)
    ;
  if (status != 0 || answer.empty())
    return Status::error(ErrorKind::Corrupt, "%s: expected whole bytecode, but got some that cannot be read",
                         name.c_str());
  if (answer[0] == 'E')
    return Status::error(ErrorKind::Value, "%s", answer.c_str() + 1);
  bytes = answer.substr(1);
  return Status::ok();
}

} // namespace dlc::cli
