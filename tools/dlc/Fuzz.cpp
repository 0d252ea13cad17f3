// dlc fuzz: random graphs, every way to run them compared. Seeds reproduce; what is found is written as reduced .mlir.
#include "lib/Check/Fuzz.h"

#include "lib/Runtime/ThreadPool.h"
#include "tools/dlc/CheckedProgram.h"
#include "tools/dlc/Subcommands.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <csignal>
#include <ctime>

namespace dlc::cli {

namespace {

struct FuzzFlags {
  check::FuzzOptions options;
  unsigned jobs = 0, timeout = 60;
  std::string folder = ".";
  bool noReduce = false, json = false;
};

/// While one lives, the first interrupt asks for an end, the second ends the process. Those of one second are one: what
/// interrupts a process and its group (coreutils' timeout) sends two.
class Interrupt {
public:
  Interrupt() {
    cameAt = 0;
    struct sigaction action = {};
    action.sa_handler = take;
    sigaction(SIGINT, &action, &before);
  }
  ~Interrupt() { sigaction(SIGINT, &before, nullptr); }
  bool hasCome() const { return cameAt != 0; }

private:
  static void take(int signal) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (cameAt == 0) {
      cameAt = now.tv_sec + 1; // never 0
    } else if (now.tv_sec > cameAt) {
      std::signal(signal, SIG_DFL);
      raise(signal); // taken when this function returns
    }
  }

  static volatile std::sig_atomic_t cameAt; ///< The second of the first one, and 1; 0: none.
  struct sigaction before;
};
volatile std::sig_atomic_t Interrupt::cameAt = 0;

std::string pathOf(const FuzzFlags &flags, const check::Find &find) {
  return flags.folder + "/fuzz-" + std::to_string(find.seed) + ".mlir";
}

std::string bar(uint64_t done, uint64_t all, const check::FuzzReport &report) {
  size_t width = 30, filled = size_t(double(width) * double(done) / double(std::max<uint64_t>(1, all)));
  return llvm::formatv("[{0}{1}] {2}/{3} graphs, {4} finds, {5:f1} a second", std::string(filled, '='),
                       std::string(width - filled, ' '), done, all, report.finds.size(),
                       double(done) / std::max(0.001, report.seconds));
}

void printJson(const FuzzFlags &flags, const check::FuzzReport &report) {
  llvm::json::Array finds;
  for (const check::Find &find : report.finds) {
    llvm::json::Object entry = faultJson(find.fault);
    entry["seed"] = int64_t(find.seed);
    entry["file"] = pathOf(flags, find);
    entry["lines"] = int64_t(find.lines);
    finds.push_back(std::move(entry));
  }
  const check::GraphCounts &counts = report.counts;
  llvm::outs() << llvm::json::Value(llvm::json::Object{{"seed", int64_t(flags.options.seed)},
                                                       {"graphs", int64_t(counts.graphs)},
                                                       {"ops", int64_t(counts.ops)},
                                                       {"runs", int64_t(counts.runs)},
                                                       {"kernels", int64_t(counts.kernels)},
                                                       {"thorough", int64_t(counts.thorough)},
                                                       {"errors", int64_t(counts.errors)},
                                                       {"seconds", report.seconds},
                                                       {"finds", std::move(finds)}})
               << "\n";
}

void printText(const FuzzFlags &flags, const check::FuzzReport &report) {
  for (const check::Find &find : report.finds)
    llvm::outs() << "seed " << find.seed << ": " << faultText(find.fault) << "\n  " << find.lines
                 << " lines: " << pathOf(flags, find) << "\n";
  const check::GraphCounts &counts = report.counts;
  llvm::outs() << llvm::formatv(
      "{0} graphs from seed {1} in {2:f1} s: {3} ops, {4} runs of compiled code, {5} kernels, "
      "{6} graphs with every subset of passes; {7} finds\n",
      counts.graphs, flags.options.seed, report.seconds, counts.ops, counts.runs, counts.kernels, counts.thorough,
      report.finds.size());
}

Status runFuzz(FuzzFlags &flags) {
  flags.options.jobs = flags.jobs ? flags.jobs : ThreadPool::availableCpus();
  flags.options.seconds = flags.timeout;
  flags.options.reduce = !flags.noReduce;
  std::error_code error = llvm::sys::fs::create_directories(flags.folder); // before the work, not after it
  if (!error && !llvm::sys::fs::is_directory(flags.folder))
    error = std::make_error_code(std::errc::not_a_directory);
  if (error)
    return Status::error(ErrorKind::Io, "cannot make the folder '%s': %s", flags.folder.c_str(),
                         error.message().c_str());
  check::FuzzReport report;
  Status written = Status::ok();
  {
    ProgressLine progress;
    Interrupt interrupt;
    size_t kept = 0;
    flags.options.isOver = [&] { return interrupt.hasCome() || written.failed(); };
    report = check::fuzz(flags.options, [&](uint64_t done, const check::FuzzReport &now) {
      progress.show(bar(done, flags.options.graphs, now));
      for (; kept < now.finds.size() && written.isOk(); ++kept) // now, not at the end: a killed run loses nothing
        written = writeProgram(pathOf(flags, now.finds[kept]), now.finds[kept].text);
    });
  }
  flags.json ? printJson(flags, report) : printText(flags, report);
  DLC_RETURN_IF_FAILED(written);
  if (report.finds.empty() && report.counts.graphs < flags.options.graphs)
    return Status::error(ErrorKind::Value, "interrupted after %llu of %llu graphs",
                         static_cast<unsigned long long>(report.counts.graphs),
                         static_cast<unsigned long long>(flags.options.graphs));
  if (report.finds.empty())
    return Status::ok();
  return Status::error(ErrorKind::Internal, "expected one answer for every graph, but got %zu finds",
                       report.finds.size());
}

void define(Command &command, const Environment &) {
  auto flags = std::make_shared<FuzzFlags>();
  command.option("--graphs", flags->options.graphs, 1, UINT64_MAX / 2, "how many graphs");
  command.option("--seed", flags->options.seed, 0, UINT64_MAX / 2, "of the first graph; the next has the next seed");
  command.option("--jobs", flags->jobs, 1, 1024, "processes (default: as many as this process may use CPUs)");
  command.option("--timeout", flags->timeout, 1, 86400, "seconds after which a graph counts as hung");
  command.option("--max-finds", flags->options.maxFinds, 1, 100000, "stop after so many");
  command.option("-o,--output", "FOLDER", flags->folder, "where what is found goes");
  command.flag("--no-reduce", flags->noReduce, "neither name nor shrink what is found");
  command.flag("--json", flags->json, "for programs");
  command.action([flags] { return runFuzz(*flags); });
}

} // namespace

const Subcommand fuzzSubcommand = {"fuzz", "compares every way to run random graphs", "dlc fuzz --graphs 1000 --seed 7",
                                   define};

} // namespace dlc::cli
