// One walk over the steps in order; the first that differs is to blame.
#include "lib/Check/Bisection.h"

#include "dialects/dlc/DeadOps.h"
#include "dialects/dlc/Dlc.h"
#include "lib/Check/KernelTrial.h"
#include "lib/Check/KnownExtents.h"
#include "lib/Check/PassTrail.h"
#include "lib/Check/Reference.h"

#include "llvm/ADT/StringMap.h"

using namespace mlir;

namespace dlc::check {

const char *name(Fault::Kind kind) {
  switch (kind) {
  case Fault::Kind::None:
    return "none";
  case Fault::Kind::Mismatch:
    return "mismatch";
  case Fault::Kind::Failure:
    return "failure";
  case Fault::Kind::Crash:
    return "crash";
  case Fault::Kind::Timeout:
    return "timeout";
  }
  return "";
}

std::string placeText(Location location) {
  auto file = location->findInstanceOf<FileLineColLoc>();
  if (!file)
    return "";
  return (file.getFilename().getValue() + ":" + Twine(file.getLine()) + ":" + Twine(file.getColumn())).str();
}

/// The last op that computes something, else the return: in a program that was reduced, what its result is made by.
static Operation *lastOp(ModuleOp module, func::FuncOp entry) {
  Operation *last = entry.getBody().front().getTerminator();
  for (Operation &op : entry.getBody().front().without_terminator())
    if (!isa<ConstantOp>(op))
      last = &op;
  auto callee = isRequest(last) ? last->getAttrOfType<FlatSymbolRefAttr>("callee") : FlatSymbolRefAttr();
  auto function = callee ? module.lookupSymbol<func::FuncOp>(callee.getAttr()) : func::FuncOp();
  return function && function != entry && !function.isExternal() ? lastOp(module, function) : last;
}

namespace {

class Bisection {
public:
  Bisection(Workbench &workbench, const Way &way, ArrayRef<HostTensor> inputs, std::string &refusal,
            const BisectionOptions &options)
      : workbench(workbench), way(way), inputs(inputs), refusal(refusal), options(options) {}

  Fault run(StringRef text) {
    OwningOpRef<ModuleOp> module;
    func::FuncOp entry;
    Status status = workbench.session(way.options, session);
    if (status.isOk())
      status = workbench.parse(way.options, text, module, entry);
    if (status.failed())
      return refuse(status);
    if (!entry.isExternal() && entry.getBody().hasOneBlock())
      suspect(lastOp(*module, entry));
    expected = referenceOf(*session, *module, inputs);
    if (expected.status.failed() && !expected.report)
      return refuse(expected.status);
    if (way.knowsExtents)
      if (status = makeExtentsKnown(*module, entry, inputs); status.failed())
        return refuse(status);
    if (checkPasses(*module) || isDone() || checkBufferize(*module) || isDone())
      return fault;
    if (options.isThorough && (checkKernels() || options.until == "lower"))
      return fault;
    checkWhole(text);
    return fault;
  }

private:
  Fault refuse(const Status &status) {
    refusal = status.message();
    return Fault();
  }

  void suspect(Operation *op) {
    fault.op = op->getName().getStringRef().str();
    fault.place = placeText(op->getLoc());
  }

  bool blame(Fault::Kind kind, const std::string &pass, const std::string &detail) {
    fault.kind = kind;
    fault.pass = pass;
    fault.detail = detail;
    fault.way = way.name;
    return true;
  }

  bool isDone() const { return !refusal.empty() || (!options.until.empty() && seen == options.until); }

  /// Every pass up to schedule, by the interpreter. True if one is to blame.
  bool checkPasses(ModuleOp traced) {
    scheduled = traced.clone();
    PassTrail trail(*session);
    Status status = session->run(*scheduled, Phase::Trace, Phase::Schedule);
    for (Snapshot &snapshot : trail.snapshots) {
      func::FuncOp entry;
      if (session->entryOf(*snapshot.module, entry).failed())
        return blame(Fault::Kind::Failure, snapshot.pass, "the entry function is gone");
      if (needsResolving(*snapshot.module))
        continue; // autodiff has not run yet
      eraseDeadOps(entry);
      seen = snapshot.pass;
      std::string difference = differenceOf(expected, interpretFunction(entry, inputs));
      if (!difference.empty())
        return blame(Fault::Kind::Mismatch, snapshot.pass, difference);
      if (isDone())
        return false;
    }
    if (status.isOk())
      return false;
    seen = trail.last;
    if (status.kind() != ErrorKind::Internal && trail.last != "dlc-fuse-kernels" && trail.snapshots.size() < 2) {
      refusal = status.message(); // what autodiff refuses is a user's mistake
      return false;
    }
    return blame(Fault::Kind::Failure, trail.last, status.message());
  }

  /// The host program, its kernels evaluated. True if bufferize is to blame.
  bool checkBufferize(ModuleOp) {
    OwningOpRef<ModuleOp> planned = scheduled->clone();
    PassTrail trail(*session);
    Status status = session->run(*planned, Phase::Schedule, Phase::Bufferize);
    seen = trail.last;
    if (status.failed())
      return blame(Fault::Kind::Failure, trail.last, status.message());
    func::FuncOp entry;
    if (session->entryOf(*scheduled, entry).failed() || specialise(entry, inputs).failed())
      return false;
    runScheduled(entry, inputs, launches);
    if (session->entryOf(*planned, entry).failed())
      return blame(Fault::Kind::Failure, trail.last, "the entry function is gone");
    std::vector<LaunchValues> onBuffers;
    Outcome got = runBufferized(entry, inputs, onBuffers);
    if (got.status.kind() == ErrorKind::Unsupported)
      return false;
    std::string difference = differenceOf(expected, got);
    if (difference.empty())
      return false;
    llvm::StringMap<unsigned> seenLaunches;
    for (size_t i = 0; i < onBuffers.size(); ++i) {
      StringRef kernel = cast<rt::LaunchOp>(onBuffers[i].launch).getKernel();
      const LaunchValues *asScheduled = launchOf(kernel, seenLaunches[kernel]++);
      std::string wrong = asScheduled ? differenceOf("operand", asScheduled->inputs, onBuffers[i].inputs) : "";
      if (wrong.empty())
        continue;
      name(kernelOf(cast<rt::LaunchOp>(asScheduled->launch)));
      difference =
          "launch " + std::to_string(i) + " of '" + fault.kernel + "' reads other bytes than it should: " + wrong;
      break;
    }
    return blame(Fault::Kind::Mismatch, trail.last, difference);
  }

  /// The launch of a kernel that `count` others of it come before.
  const LaunchValues *launchOf(StringRef kernel, unsigned count) {
    for (const LaunchValues &launch : launches)
      if (cast<rt::LaunchOp>(launch.launch).getKernel() == kernel && count-- == 0)
        return &launch;
    return nullptr;
  }

  void name(rt::KernelOp kernel) {
    fault.kernel = kernel.getSymName().str();
    if (Operation *op = namesake(kernel))
      suspect(op);
  }

  /// Every kernel alone. True if schedule or lower is to blame.
  bool checkKernels() {
    llvm::DenseSet<Operation *> done;
    for (const LaunchValues &launch : launches) {
      rt::KernelOp kernel = kernelOf(cast<rt::LaunchOp>(launch.launch));
      KernelVerdict verdict;
      Status status = tryKernel(workbench, way.options, launch, way.threads, verdict);
      if (status.isOk() && verdict.culprit == KernelVerdict::Culprit::Nobody)
        continue;
      name(kernel);
      if (status.failed())
        return blame(Fault::Kind::Failure, "lower", status.message());
      bool isSchedule = verdict.culprit == KernelVerdict::Culprit::Schedule;
      return blame(Fault::Kind::Mismatch, isSchedule ? "dlc-schedule-kernels" : "lower", verdict.detail);
    }
    seen = "lower";
    return false;
  }

  /// The program as a whole. What is left to blame is the command table, or the runtime's threads.
  void checkWhole(StringRef text) {
    std::string difference = differenceOf(expected, workbench.run(way, text, inputs));
    if (difference.empty())
      return;
    Way single = way;
    single.threads = 1;
    bool needsThreads = way.threads > 1 && differenceOf(expected, workbench.run(single, text, inputs)).empty();
    blame(Fault::Kind::Mismatch, needsThreads ? "runtime" : "object", difference);
  }

  Workbench &workbench;
  const Way &way;
  ArrayRef<HostTensor> inputs;
  std::string &refusal;
  const BisectionOptions &options;
  Session *session = nullptr;
  Outcome expected;
  OwningOpRef<ModuleOp> scheduled;
  std::vector<LaunchValues> launches;
  std::string seen;
  Fault fault;
};

} // namespace

Fault bisect(Workbench &workbench, const Way &way, StringRef text, ArrayRef<HostTensor> inputs, std::string &refusal,
             const BisectionOptions &options) {
  Fault fault = Bisection(workbench, way, inputs, refusal, options).run(text);
  return fault.isFault() ? fault : Fault();
}

} // namespace dlc::check
