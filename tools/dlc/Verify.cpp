// dlc verify: whether compiled code gives what the definition gives, and if not, which pass and op are to blame.
#include "lib/Check/Inputs.h"
#include "tools/dlc/CheckedProgram.h"
#include "tools/dlc/HookedCommands.h"
#include "tools/dlc/Subcommands.h"

#include "llvm/Support/raw_ostream.h"

#include <chrono>

namespace dlc::cli {

namespace {

struct VerifyFlags {
  CheckFlags check;
  unsigned draws = 3;
  bool noReduce = false;
};

struct VerifyResult {
  check::Report report;
  std::string path;
  unsigned checks = 0;
  double seconds = 0;
};

/// Checks all ways on all draws; stops at the first fault, names it, and writes the reduced program.
Status verifyProgram(VerifyFlags &flags, const check::SessionHook &hook, VerifyResult &result) {
  CheckedProgram program;
  DLC_RETURN_IF_FAILED(openProgram(flags.check, program));
  DLC_RETURN_IF_FAILED(checkBitsAreDefined(program));
  check::Examiner examiner(hook, flags.check.timeout);
  ProgressLine progress;
  bool isRandom = flags.check.inputs.empty() && !check::hasExamples(program.entry);
  unsigned draws = isRandom ? flags.draws : 1;
  for (unsigned draw = 0; draw < draws; ++draw) {
    DLC_RETURN_IF_FAILED(chooseInputs(flags.check, flags.check.seed + draw, program));
    std::string text = check::textWithPlaces(*program.module);
    for (const check::Way &way : flags.check.ways(program.entry)) {
      progress.show("inputs " + std::to_string(draw + 1) + "/" + std::to_string(draws) + ": " + way.name);
      check::Verdict verdict = examiner.examine(text, way);
      ++result.checks;
      if (!verdict.refusal.empty())
        return Status::error(ErrorKind::Value, "%s", verdict.refusal.c_str());
      if (!verdict.fault.isFault())
        continue;
      result.report.fault = verdict.fault;
      if (flags.noReduce)
        return Status::ok();
      check::ReduceLimits limits;
      limits.progress = [&](unsigned tests, unsigned lines) {
        progress.show("reducing: " + std::to_string(lines) + " lines, " + std::to_string(tests) + " tests");
      };
      result.report = check::nameFault(examiner, *program.module, way, verdict.fault, limits);
      result.path = reducedPath(flags.check);
      return writeProgram(result.path, result.report.reduction.text);
    }
    if (isRandom)
      for (unsigned i = 0; i < program.entry.getNumArguments(); ++i) // for the next draw
        program.entry.removeArgAttr(i, "dlc.example");
  }
  return Status::ok();
}

Status runVerify(VerifyFlags &flags, const check::SessionHook &hook) {
  auto start = std::chrono::steady_clock::now();
  VerifyResult result;
  DLC_RETURN_IF_FAILED(verifyProgram(flags, hook, result));
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const check::Fault &fault = result.report.fault;
  if (flags.check.json) {
    llvm::json::Object answer{{"model", flags.check.model.model},
                              {"is_same", !fault.isFault()},
                              {"checks", int64_t(result.checks)},
                              {"seconds", result.seconds}};
    if (fault.isFault())
      answer["fault"] = faultJson(fault);
    if (!result.path.empty()) {
      answer["reduced"] = result.path;
      answer["lines"] = int64_t(result.report.reduction.lines);
      answer["tests"] = int64_t(result.report.reduction.tests);
    }
    llvm::outs() << llvm::json::Value(std::move(answer)) << "\n";
  } else if (!fault.isFault()) {
    llvm::outs() << flags.check.model.model << ": the same bits in " << result.checks << " checks\n";
  } else if (!result.path.empty()) {
    llvm::outs() << "reduced to " << result.report.reduction.lines << " lines in " << result.report.reduction.tests
                 << " tests: " << result.path << "\n";
  }
  if (!fault.isFault())
    return Status::ok();
  return Status::error(ErrorKind::Internal, "expected one answer, but got %s", faultText(fault).c_str());
}

} // namespace

void defineVerify(Command &command, HookSource hook) {
  auto flags = std::make_shared<VerifyFlags>();
  flags->check.define(command);
  command.option("--draws", flags->draws, 1, 1000, "how many random inputs to try");
  command.flag("--no-reduce", flags->noReduce, "name the pass, and do not shrink the program");
  command.action([flags, hook] { return runVerify(*flags, hook ? hook() : check::SessionHook()); });
}

const Subcommand verifySubcommand = {"verify", "compares compiled code with the definition, bit for bit",
                                     "dlc verify model.mlir --input x=x.npy",
                                     [](Command &command, const Environment &) { defineVerify(command, nullptr); }};

} // namespace dlc::cli
