// The parent never compiles: it hands out seeds, waits, and asks an Examiner about finds.
#include "lib/Check/Fuzz.h"

#include "llvm/Support/JSON.h"

#include <chrono>

#include <poll.h>

using namespace mlir;

namespace dlc::check {

namespace json = llvm::json;
using Clock = std::chrono::steady_clock;

/// Sessions never free types and attributes: a child starts over after so many graphs.
static constexpr unsigned graphsPerWorkbench = 400;

static Worker::Handler makeChild(const SessionHook &hook) {
  struct State {
    std::unique_ptr<Workbench> workbench;
    unsigned used = 0;
  };
  auto state = std::make_shared<State>();
  return [state, hook](const std::string &request) {
    if (!state->workbench || ++state->used % graphsPerWorkbench == 0)
      state->workbench = std::make_unique<Workbench>(hook);
    GraphCounts counts;
    Fault fault = checkGraph(*state->workbench, std::stoull(request), counts);
    std::string text;
    llvm::raw_string_ostream(text) << json::Value(json::Object{{"kind", int64_t(fault.kind)},
                                                               {"pass", fault.pass},
                                                               {"op", fault.op},
                                                               {"way", fault.way},
                                                               {"detail", json::fixUTF8(fault.detail)},
                                                               {"graphs", counts.graphs},
                                                               {"ops", counts.ops},
                                                               {"runs", counts.runs},
                                                               {"kernels", counts.kernels},
                                                               {"thorough", counts.thorough},
                                                               {"errors", counts.errors}});
    return text;
  };
}

namespace {

/// A child and the seed that it works on.
struct Place {
  std::unique_ptr<Worker> worker;
  bool isBusy = false;
  uint64_t seed = 0;
  Clock::time_point deadline;
};

class Fuzzer {
public:
  Fuzzer(const FuzzOptions &options, const std::function<void(uint64_t, const FuzzReport &)> &progress)
      : options(options), progress(progress), examiner(options.hook, options.seconds) {
    for (unsigned i = 0; i < std::max(1u, options.jobs); ++i) {
      places.emplace_back();
      places.back().worker = std::make_unique<Worker>([hook = options.hook] { return makeChild(hook); });
    }
  }

  FuzzReport run() {
    auto start = Clock::now();
    uint64_t next = options.seed, end = options.seed + options.graphs;
    while (true) {
      bool mayStart = report.finds.size() < options.maxFinds && !(options.isOver && options.isOver());
      for (Place &place : places)
        if (!place.isBusy && mayStart && next < end)
          begin(place, next++);
      if (llvm::none_of(places, [](const Place &place) { return place.isBusy; }))
        break;
      await();
      report.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    }
    return std::move(report);
  }

private:
  void begin(Place &place, uint64_t seed) {
    place.isBusy = place.worker->send(std::to_string(seed));
    place.seed = seed;
    place.deadline = Clock::now() + std::chrono::milliseconds(int64_t(options.seconds * 1000));
  }

  /// Waits for one reply or deadline at least.
  void await() {
    std::vector<pollfd> waits;
    std::vector<Place *> waiting;
    auto soonest = Clock::time_point::max();
    for (Place &place : places)
      if (place.isBusy) {
        waits.push_back({place.worker->descriptor(), POLLIN, 0});
        waiting.push_back(&place);
        soonest = std::min(soonest, place.deadline);
      }
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(soonest - Clock::now()).count();
    poll(waits.data(), nfds_t(waits.size()), int(std::max<int64_t>(0, left) + 1));
    for (auto [wait, place] : llvm::zip(waits, waiting))
      if (wait.revents || Clock::now() >= place->deadline)
        finish(*place, place->worker->receive(0));
  }

  void finish(Place &place, const Reply &reply) {
    place.isBusy = false;
    Fault fault;
    auto parsed = json::parse(reply.text);
    const json::Object *answer = reply.kind == Reply::Kind::Answered && parsed ? parsed->getAsObject() : nullptr;
    if (!parsed)
      llvm::consumeError(parsed.takeError());
    if (answer) {
      fault.kind = Fault::Kind(*answer->getInteger("kind"));
      fault.pass = answer->getString("pass")->str();
      fault.op = answer->getString("op")->str();
      fault.way = answer->getString("way")->str();
      fault.detail = answer->getString("detail")->str();
      add(*answer);
    } else {
      fault.kind = reply.kind == Reply::Kind::TimedOut ? Fault::Kind::Timeout : Fault::Kind::Crash;
      fault.detail = reply.text;
      ++report.counts.graphs;
    }
    if (fault.isFault())
      keep(place.seed, fault);
    if (progress)
      progress(report.counts.graphs, report);
  }

  void add(const json::Object &answer) {
    GraphCounts &counts = report.counts;
    for (auto [field, sum] : {std::pair<const char *, uint64_t *>{"graphs", &counts.graphs},
                              {"ops", &counts.ops},
                              {"runs", &counts.runs},
                              {"kernels", &counts.kernels},
                              {"thorough", &counts.thorough},
                              {"errors", &counts.errors}})
      *sum += uint64_t(*answer.getInteger(field));
  }

  /// Asks who is to blame, each way that the graph was run, and shrinks the program.
  void keep(uint64_t seed, const Fault &fault) {
    Find find;
    find.seed = seed;
    find.fault = fault;
    std::unique_ptr<MLIRContext> context = makeQuietContext();
    OwningOpRef<ModuleOp> module = buildGraph(*context, seed);
    find.text = programText(*module);
    std::vector<Way> ways = planFor(seed).ways;
    for (size_t i = 1; i < ways.size(); ++i) // the way that failed first
      if (ways[i].name == fault.way)
        std::swap(ways[0], ways[i]);
    for (const Way &way : ways) {
      if (!options.reduce)
        break;
      Verdict verdict = examiner.examine(find.text, way);
      if (!verdict.fault.isFault())
        continue;
      ReduceLimits limits;
      limits.seconds = 30;
      Report named = nameFault(examiner, *module, way, verdict.fault, limits);
      find.fault = named.fault;
      find.text = named.reduction.text;
      break;
    }
    find.lines = unsigned(llvm::StringRef(find.text).trim().count('\n')) + 1;
    report.finds.push_back(std::move(find));
  }

  const FuzzOptions &options;
  const std::function<void(uint64_t, const FuzzReport &)> &progress;
  Examiner examiner;
  std::vector<Place> places;
  FuzzReport report;
};

} // namespace

FuzzReport fuzz(const FuzzOptions &options, const std::function<void(uint64_t, const FuzzReport &)> &progress) {
  return Fuzzer(options, progress).run();
}

} // namespace dlc::check
