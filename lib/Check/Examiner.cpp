// Requests and replies are JSON; the child keeps one Workbench for all of them.
#include "lib/Check/Examiner.h"

#include "lib/Check/Inputs.h"
#include "lib/Compiler/Registration.h"

#include "mlir/Parser/Parser.h"
#include "llvm/Support/JSON.h"

using namespace mlir;

namespace dlc::check {

namespace json = llvm::json;

static std::string printed(json::Value value) {
  std::string text;
  llvm::raw_string_ostream(text) << value;
  return text;
}

//===--- The child ---===//

static Options readOptions(const json::Object &request) {
  Options options;
  options.target = request.getString("target")->str();
  options.cpu = request.getString("cpu")->str();
  options.fuse = *request.getBoolean("fuse");
  options.simplify = *request.getBoolean("simplify");
  options.tier = *request.getBoolean("baseline") ? Tier::Baseline : Tier::Optimized;
  options.verifyEach = *request.getBoolean("verify");
  return options;
}

static std::string answerResolve(Workbench &workbench, const Options &options, StringRef text) {
  Session *session;
  OwningOpRef<ModuleOp> module;
  func::FuncOp entry;
  if (workbench.session(options, session).failed() || workbench.parse(options, text, module, entry).failed() ||
      session->run(*module, Phase::Trace, Phase::Autodiff).failed())
    return "";
  return textWithPlaces(*module);
}

static json::Value answerExamine(Workbench &workbench, const Way &way, StringRef text, const json::Object &request) {
  OwningOpRef<ModuleOp> module;
  func::FuncOp entry;
  std::vector<HostTensor> inputs;
  std::string refusal;
  Status status = workbench.parse(way.options, text, module, entry);
  if (status.isOk())
    status = examplesOf(entry, inputs);
  Fault fault;
  if (status.failed()) {
    refusal = status.message();
  } else {
    BisectionOptions options;
    options.until = request.getString("until")->str();
    options.isThorough = *request.getBoolean("thorough");
    fault = bisect(workbench, way, text, inputs, refusal, options);
  }
  return json::Object{{"kind", int64_t(fault.kind)},
                      {"pass", fault.pass},
                      {"op", fault.op},
                      {"place", fault.place},
                      {"kernel", fault.kernel},
                      {"way", fault.way},
                      {"detail", json::fixUTF8(fault.detail)},
                      {"refusal", json::fixUTF8(refusal)}};
}

static Worker::Handler makeHandler(const SessionHook &hook) {
  auto workbench = std::make_shared<Workbench>(hook);
  return [workbench](const std::string &text) -> std::string {
    auto parsed = json::parse(text);
    if (!parsed) {
      llvm::consumeError(parsed.takeError());
      return "{}";
    }
    const json::Object &request = *parsed->getAsObject();
    Way way{request.getString("way")->str(), readOptions(request), unsigned(*request.getInteger("threads")),
            *request.getBoolean("known_extents")};
    StringRef program = *request.getString("program");
    if (*request.getBoolean("resolve"))
      return answerResolve(*workbench, way.options, program);
    return printed(answerExamine(*workbench, way, program, request));
  };
}

//===--- The parent ---===//

Examiner::Examiner(SessionHook hook, double seconds)
    : seconds(seconds), worker([hook = std::move(hook)] { return makeHandler(hook); }) {}

static std::string requestText(const std::string &text, const Way &way, const BisectionOptions &options, bool resolve) {
  return printed(json::Object{{"program", json::fixUTF8(text)},
                              {"way", way.name},
                              {"threads", int64_t(way.threads)},
                              {"known_extents", way.knowsExtents},
                              {"target", way.options.target},
                              {"cpu", way.options.cpu},
                              {"fuse", way.options.fuse},
                              {"simplify", way.options.simplify},
                              {"baseline", way.options.tier == Tier::Baseline},
                              {"verify", way.options.verifyEach},
                              {"until", options.until},
                              {"thorough", options.isThorough},
                              {"resolve", resolve}});
}

Verdict Examiner::examine(const std::string &text, const Way &way, const BisectionOptions &options) {
  Verdict verdict;
  Reply reply = worker.ask(requestText(text, way, options, false), seconds);
  verdict.fault.way = way.name;
  if (reply.kind == Reply::Kind::TimedOut) {
    verdict.fault.kind = Fault::Kind::Timeout;
    verdict.fault.detail = "no answer within " + std::to_string(int(seconds)) + " s";
    return verdict;
  }
  auto parsed = json::parse(reply.text);
  const json::Object *answer = reply.kind == Reply::Kind::Answered && parsed ? parsed->getAsObject() : nullptr;
  if (!answer || !answer->getInteger("kind")) {
    if (!parsed)
      llvm::consumeError(parsed.takeError());
    verdict.fault.kind = Fault::Kind::Crash;
    verdict.fault.detail = reply.text;
    return verdict;
  }
  Fault &fault = verdict.fault;
  fault.kind = Fault::Kind(*answer->getInteger("kind"));
  for (auto [field, value] : {std::pair<const char *, std::string *>{"pass", &fault.pass},
                              {"op", &fault.op},
                              {"place", &fault.place},
                              {"kernel", &fault.kernel},
                              {"detail", &fault.detail},
                              {"refusal", &verdict.refusal}})
    *value = answer->getString(field)->str();
  return verdict;
}

std::string Examiner::resolved(const std::string &text, const Way &way) {
  Reply reply = worker.ask(requestText(text, way, {}, true), seconds);
  return reply.kind == Reply::Kind::Answered ? reply.text : "";
}

std::unique_ptr<MLIRContext> makeQuietContext() {
  DialectRegistry registry;
  registerDialects(registry);
  auto context = std::make_unique<MLIRContext>(registry, MLIRContext::Threading::DISABLED);
  context->loadAllAvailableDialects();
  context->printOpOnDiagnostic(false);
  return context;
}

//===--- From found to named ---===//

static bool isSameFault(const Fault &x, const Fault &y) { return x.kind == y.kind && x.pass == y.pass; }

Report nameFault(Examiner &examiner, ModuleOp module, const Way &way, const Fault &fault, const ReduceLimits &limits) {
  Report report;
  report.fault = fault;
  BisectionOptions options;
  // Kernels tell on schedule, too, so that the search for its faults ends with them.
  options.until = fault.pass == "object" || fault.pass == "runtime" ? "" : fault.pass;
  if (fault.pass == "dlc-schedule-kernels")
    options.until = "lower";
  auto test = [&](const std::string &text) { return isSameFault(examiner.examine(text, way, options).fault, fault); };

  OwningOpRef<ModuleOp> start = module.clone();
  if (!fault.pass.empty() && fault.pass != "dlc-autodiff") {
    // The op may be one of the derivative: the program with derivatives resolved is a program, too.
    std::string plain = examiner.resolved(textWithPlaces(module), way);
    ScopedDiagnosticHandler quiet(module.getContext(), [](Diagnostic &) { return success(); });
    OwningOpRef<ModuleOp> candidate;
    if (!plain.empty() && test(plain))
      candidate = parseSourceString<ModuleOp>(plain, module.getContext());
    if (candidate)
      start = std::move(candidate);
  }
  report.reduction = reduce(*start, test, limits);
  if (!report.reduction.module)
    return report;
  Verdict last = examiner.examine(textWithPlaces(*report.reduction.module), way, options);
  if (isSameFault(last.fault, fault)) {
    last.fault.way = way.name;
    report.fault = last.fault;
  }
  report.reduction.module = nullptr; // the text may outlive the context
  return report;
}

} // namespace dlc::check
