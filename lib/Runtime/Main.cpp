//===- Main.cpp - main() of an AOT executable -----------------------------===//
//
// Takes the flags of `dlc run` without MODEL. Exit codes: 0 success, 1 the run failed, 2 the command line is wrong. The
// only place of an executable that reads the environment (DLC_NUM_THREADS).
//
//===----------------------------------------------------------------------===//
#include "lib/Runtime/Embedded.h"
#include "lib/Runtime/Run.h"
#include "lib/Runtime/ThreadPool.h"

#include <errno.h>
#include <string.h>

using namespace dlc;

namespace {
struct CommandLine {
  PodArray<InputFile> inputs;
  size_t inputCount = 0;
  const char *outputDir = nullptr;
  unsigned threads = 0; ///< 0: not given.
  unsigned repeat = 1;
  bool isHelp = false;
};
} // namespace

static Status findStage(void *, const StageRef &ref, dlc_stage &out) {
  for (const dlc_stage_entry *entry = dlc_stage_table; entry->function; ++entry)
    if (entry->kernel == ref.kernel && entry->stage == ref.stage)
      out = entry->function;
  return Status::ok();
}

static Status parseCount(const char *what, const char *text, unsigned high, unsigned &out) {
  char *end;
  errno = 0;
  unsigned long value = strtoul(text, &end, 10);
  if (*text < '0' || *text > '9' || *end || errno || value < 1 || value > high)
    return Status::error(ErrorKind::Value, "expected %s to be in 1..%u, but got '%s'", what, high, text);
  out = static_cast<unsigned>(value);
  return Status::ok();
}

/// If `argument` is `flag=VALUE`, or `flag` with another argument behind it, sets `value` and advances `at`.
static bool takeFlag(char **arguments, int count, int &at, const char *flag, char *&value) {
  size_t length = strlen(flag);
  if (strncmp(arguments[at], flag, length) != 0)
    return false;
  if (arguments[at][length] == '=') {
    value = arguments[at] + length + 1;
    return true;
  }
  if (arguments[at][length] != '\0')
    return false;
  value = at + 1 < count ? arguments[++at] : nullptr;
  return true;
}

static Status takeInput(char *value, CommandLine &out) {
  char *separator = strchr(value, '=');
  if (!separator || separator == value || !separator[1])
    return Status::error(ErrorKind::Value, "expected --input NAME=FILE.npy, but got '%s'", value);
  *separator = '\0';
  out.inputs[out.inputCount++] = {value, separator + 1};
  return Status::ok();
}

static Status parseCommandLine(int count, char **arguments, CommandLine &out) {
  if (!out.inputs.resize(static_cast<size_t>(count)))
    return Status::error(ErrorKind::Io, "cannot allocate the command line");
  for (int at = 1; at < count; ++at) {
    const char *argument = arguments[at];
    char *value = nullptr;
    Status status;
    if (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0) {
      out.isHelp = true;
      continue;
    }
    if (takeFlag(arguments, count, at, "--input", value))
      status = value ? takeInput(value, out) : Status::ok();
    else if (takeFlag(arguments, count, at, "--output-dir", value))
      out.outputDir = value;
    else if (takeFlag(arguments, count, at, "--threads", value))
      status = value ? parseCount("--threads", value, ThreadPool::maxWorkers, out.threads) : Status::ok();
    else if (takeFlag(arguments, count, at, "--repeat", value))
      status = value ? parseCount("--repeat", value, 1000000, out.repeat) : Status::ok();
    else
      return Status::error(ErrorKind::Value, "expected a known flag (see --help), but got '%s'", argument);
    if (!value)
      return Status::error(ErrorKind::Value, "expected a value after %s", argument);
    DLC_RETURN_IF_FAILED(status);
  }
  const char *environment = getenv("DLC_NUM_THREADS");
  if (out.threads == 0 && environment && *environment)
    return parseCount("DLC_NUM_THREADS", environment, ThreadPool::maxWorkers, out.threads);
  return Status::ok();
}

static void printHelp(const char *executable, const Program &program) {
  printf("usage: %s [--input NAME=FILE.npy ...] [--output-dir D] [--threads N] [--repeat N]\n\n", executable);
  printf("Runs '%s', compiled by dlc.\n\n", program.name());
  printSignature(program, stdout);
  printf("\nflags:\n"
         "  --input NAME=FILE.npy  the data of an input; once for each\n"
         "  --output-dir D         write NAME.npy of each output to D instead of printing a summary\n"
         "  --threads N            threads to use (default: DLC_NUM_THREADS, else all CPUs of this process)\n"
         "  --repeat N             run N times and print times\n"
         "  --help                 this text\n\n"
         "example:\n  %s",
         executable);
  for (size_t i = 0; i < program.inputCount(); ++i)
    printf(" --input %s=%s.npy", program.inputName(i), program.inputName(i));
  printf("\n");
}

static int fail(const Status &status, int code) {
  fflush(stdout);
  fprintf(stderr, "error: %s\n", status.message());
  return code;
}

int main(int count, char **arguments) {
  CommandLine command;
  if (Status status = parseCommandLine(count, arguments, command); status.failed())
    return fail(status, 2);
  ThreadPool *pool = nullptr;
  if (Status status = ThreadPool::create(command.threads ? command.threads : ThreadPool::availableCpus(), pool);
      status.failed())
    return fail(status, 1);
  LoadOptions options;
  options.kernels.resolve = findStage;
  options.pool = pool;
  if (Status status = registerLinkedCalls(); status.failed())
    return fail(status, 1);
  Program *program = nullptr;
  Status status =
      Program::load(dlc_program_begin, static_cast<size_t>(dlc_program_end - dlc_program_begin), options, program);
  if (status.isOk() && command.isHelp) {
    printHelp(arguments[0], *program);
  } else if (status.isOk()) {
    status = program->init();
    RunRequest request;
    request.inputs = {command.inputs.data(), command.inputCount};
    request.outputDir = command.outputDir;
    request.repeat = command.repeat;
    if (status.isOk())
      status = runOnFiles(*program, request, stdout);
  }
  if (status.isOk() && fflush(stdout) != 0)
    status = Status::error(ErrorKind::Io, "cannot write to the standard output: %s", strerror(errno));
  Program::destroy(program);
  ThreadPool::destroy(pool);
  return status.isOk() ? 0 : fail(status, 1);
}
