// dlc reduce: the smallest program that still shows a fault of the compiler, or whatever a command of the user's tests.
#include "tools/dlc/CheckedProgram.h"
#include "tools/dlc/HookedCommands.h"
#include "tools/dlc/Subcommands.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

namespace dlc::cli {

namespace {

struct ReduceFlags {
  CheckFlags check;
  std::string test;
  unsigned limit = 300;
};

/// Whether `sh -c "COMMAND FILE"` exits with 0 on the candidate.
class CommandTest {
public:
  static Status create(const std::string &command, unsigned seconds, std::unique_ptr<CommandTest> &out) {
    llvm::SmallString<128> path;
    if (std::error_code error = llvm::sys::fs::createTemporaryFile("dlc-reduce", "mlir", path))
      return Status::error(ErrorKind::Io, "cannot make a temporary file: %s", error.message().c_str());
    out.reset(new CommandTest(command, path.str().str(), seconds));
    return Status::ok();
  }
  ~CommandTest() { llvm::sys::fs::remove(path); }

  bool operator()(const std::string &text) {
    if (writeProgram(path, text).failed())
      return false;
    std::string line = command + " '" + path + "'";
    std::optional<llvm::StringRef> quiet[] = {llvm::StringRef(), llvm::StringRef(), llvm::StringRef()};
    return llvm::sys::ExecuteAndWait("/bin/sh", {"sh", "-c", line}, std::nullopt, quiet, seconds) == 0;
  }

private:
  CommandTest(std::string command, std::string path, unsigned seconds)
      : command(std::move(command)), path(std::move(path)), seconds(seconds) {}
  std::string command, path;
  unsigned seconds;
};

Status reduceByCommand(ReduceFlags &flags, CheckedProgram &program, const check::ReduceLimits &limits,
                       check::Reduction &reduction) {
  std::unique_ptr<CommandTest> test;
  DLC_RETURN_IF_FAILED(CommandTest::create(flags.test, flags.check.timeout, test));
  if (!(*test)(check::programText(*program.module)))
    return Status::error(ErrorKind::Value, "expected the test to exit with 0 on the model, but it did not: %s",
                         flags.test.c_str());
  reduction = check::reduce(*program.module, [&](const std::string &text) { return (*test)(text); }, limits);
  return Status::ok();
}

bool isKindName(const std::string &test) {
  return test.empty() || test == "mismatch" || test == "failure" || test == "crash" || test == "timeout";
}

/// The first way that shows a fault of the kind that was asked for.
Status findFault(ReduceFlags &flags, CheckedProgram &program, check::Examiner &examiner, check::Way &way,
                 check::Fault &fault) {
  std::string text = check::programText(*program.module), refusal;
  for (const check::Way &candidate : flags.check.ways(program.entry)) {
    check::Verdict verdict = examiner.examine(text, candidate);
    refusal = verdict.refusal;
    if (!verdict.fault.isFault() || (!flags.test.empty() && flags.test != check::name(verdict.fault.kind)))
      continue;
    way = candidate;
    fault = verdict.fault;
    return Status::ok();
  }
  return Status::error(ErrorKind::Value, "expected a %s to reduce, but got none%s%s",
                       flags.test.empty() ? "fault" : flags.test.c_str(), refusal.empty() ? "" : ": ", refusal.c_str());
}

Status runReduce(ReduceFlags &flags, const check::SessionHook &hook) {
  CheckedProgram program;
  DLC_RETURN_IF_FAILED(openProgram(flags.check, program));
  DLC_RETURN_IF_FAILED(chooseInputs(flags.check, flags.check.seed, program));
  ProgressLine progress;
  check::ReduceLimits limits;
  limits.seconds = flags.limit;
  limits.tests = 100000;
  limits.progress = [&](unsigned tests, unsigned lines) {
    progress.show("reducing: " + std::to_string(lines) + " lines, " + std::to_string(tests) + " tests");
  };
  check::Report report;
  if (isKindName(flags.test)) {
    DLC_RETURN_IF_FAILED(checkBitsAreDefined(program));
    check::Examiner examiner(hook, flags.check.timeout);
    check::Way way;
    DLC_RETURN_IF_FAILED(findFault(flags, program, examiner, way, report.fault));
    report = check::nameFault(examiner, *program.module, way, report.fault, limits);
  } else {
    DLC_RETURN_IF_FAILED(reduceByCommand(flags, program, limits, report.reduction));
  }
  std::string path = reducedPath(flags.check);
  DLC_RETURN_IF_FAILED(writeProgram(path, report.reduction.text));
  if (flags.check.json) {
    llvm::json::Object answer{{"model", flags.check.model.model},
                              {"reduced", path},
                              {"lines", int64_t(report.reduction.lines)},
                              {"tests", int64_t(report.reduction.tests)},
                              {"seconds", report.reduction.seconds}};
    if (report.fault.isFault())
      answer["fault"] = faultJson(report.fault);
    llvm::outs() << llvm::json::Value(std::move(answer)) << "\n";
    return Status::ok();
  }
  if (report.fault.isFault())
    llvm::outs() << "it shows " << faultText(report.fault) << "\n";
  llvm::outs() << "reduced to " << report.reduction.lines << " lines in " << report.reduction.tests
               << " tests: " << path << "\n";
  return Status::ok();
}

} // namespace

void defineReduce(Command &command, HookSource hook) {
  auto flags = std::make_shared<ReduceFlags>();
  flags->check.define(command);
  command.option(
      "--test", "mismatch|failure|crash|timeout|COMMAND", flags->test,
      "what the reduced program must show (default: whatever the model shows); a command gets the file as its "
      "last argument and exits with 0 if it is still of interest");
  command.option("--limit", flags->limit, 1, 86400, "seconds to spend at most");
  command.action([flags, hook] { return runReduce(*flags, hook ? hook() : check::SessionHook()); });
}

const Subcommand reduceSubcommand = {"reduce", "shrinks a model that shows a fault of the compiler",
                                     "dlc reduce model.mlir --test crash",
                                     [](Command &command, const Environment &) { defineReduce(command, nullptr); }};

} // namespace dlc::cli
