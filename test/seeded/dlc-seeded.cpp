// dlc-seeded: `dlc verify` and `dlc reduce` over a compiler with a bug, chosen by --bug; `list` names the bugs as JSON.
#include "test/seeded/Bugs.h"

#include "tools/dlc/HookedCommands.h"
#include "tools/dlc/Output.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace dlc;

static std::vector<seeded::Bug> allBugs() {
  std::vector<seeded::Bug> bugs;
  for (auto list : {seeded::simplifyBugs(), seeded::autodiffBugs(), seeded::kernelBugs(), seeded::loweringBugs(),
                    seeded::fatalBugs()})
    bugs.insert(bugs.end(), list.begin(), list.end());
  return bugs;
}

/// The flag, and what puts the bug that it names into a session.
static cli::HookSource hookOf(cli::Command &command) {
  auto name = std::make_shared<std::string>();
  std::vector<std::string> names;
  for (const seeded::Bug &bug : allBugs())
    names.push_back(bug.name);
  command.choice("--bug", *name, names, "the bug to put in");
  return [name]() -> check::SessionHook {
    for (const seeded::Bug &bug : allBugs())
      if (bug.name == *name)
        return bug.install;
    return nullptr;
  };
}

static Status list() {
  llvm::json::Array bugs;
  for (const seeded::Bug &bug : allBugs()) {
    llvm::json::Array ops;
    for (const char *op : bug.op)
      ops.push_back(op);
    bugs.push_back(
        llvm::json::Object{{"name", bug.name}, {"pass", bug.pass}, {"ops", std::move(ops)}, {"model", bug.model}});
  }
  llvm::outs() << llvm::json::Value(std::move(bugs)) << "\n";
  return Status::ok();
}

int main(int count, char **arguments) {
  return cli::runCommandLine(
      count, arguments,
      {{"verify", "dlc verify, with a bug", "dlc-seeded verify model.mlir --bug add-zero",
        [](cli::Command &command, const cli::Environment &) { cli::defineVerify(command, hookOf(command)); }},
       {"reduce", "dlc reduce, with a bug", "dlc-seeded reduce model.mlir --bug crash",
        [](cli::Command &command, const cli::Environment &) { cli::defineReduce(command, hookOf(command)); }},
       {"list", "names the bugs", "dlc-seeded list",
        [](cli::Command &command, const cli::Environment &) { command.action(list); }}},
      {}, cli::flushOutput);
}
