// dlc-check-kernels [OPTIONS] FILE...: every kernel of modules for the GPU, or of random graphs, against the definition
// of its ops, bit for bit, on the emulator and on the GPU where there is one. Prints a line for each kernel that
// differs or was timed. Exit code 1 if one differs, 2 if a module does not compile or an option is wrong.
#include "CudaDevice.h"
#include "KernelCheck.h"

#include "lib/Check/Inputs.h"
#include "lib/Check/RandomGraph.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <map>

using namespace dlc;

static llvm::cl::list<std::string> files(llvm::cl::Positional, llvm::cl::desc("FILE..."));
static llvm::cl::opt<int> rounds("time", llvm::cl::desc("time that many launches of every kernel on the GPU"));
static llvm::cl::opt<bool> noEmulation("no-emulation", llvm::cl::desc("run on the GPU only"));
static llvm::cl::opt<bool> noCompare("no-compare", llvm::cl::desc("time without the interpreter's answer"));
static llvm::cl::opt<std::string> chip("mcpu", llvm::cl::desc("the compute capability to compile for"));
static llvm::cl::list<std::string> symbols("symbol", llvm::cl::desc("NAME=EXTENT of a symbolic dim"));

static llvm::cl::opt<unsigned> graphs("graphs", llvm::cl::desc("random graphs to check"));
static llvm::cl::opt<unsigned> seed("seed", llvm::cl::desc("of the first random graph"));

using Bindings = std::map<llvm::StringRef, std::vector<std::vector<int64_t>>>;

/// The symbols of each kernel at each of its launches; `missing` is a dim with a symbol that `known` lacks.
static Bindings bindingsOf(mlir::ModuleOp module, const check::Symbols &known, std::string &missing) {
  Bindings bindings;
  module.walk([&](rt::LaunchOp launch) {
    std::vector<int64_t> binding;
    for (const DimExpr &dim : launch.getDims().getDims()) {
      auto extent = evaluateDim(dim, [&](const std::string &name) -> std::optional<int64_t> {
        auto found = known.find(name);
        return found == known.end() ? std::nullopt : std::optional(found->second);
      });
      if (!extent)
        missing = dim.str();
      binding.push_back(extent.value_or(0));
    }
    std::vector<std::vector<int64_t>> &all = bindings[launch.getKernel()];
    if (!llvm::is_contained(all, binding))
      all.push_back(binding);
  });
  return bindings;
}

namespace {
/// What was seen so far.
struct Counts {
  int64_t kernels = 0, wrong = 0;
};
} // namespace

/// Checks the kernels of one module; false, and a message, if it does not compile.
static bool checkModule(Session &session, mlir::ModuleOp module, const std::string &name, const check::Symbols &known,
                        Counts &counts) {
  Status status = session.run(module, Phase::Trace, Phase::Schedule);
  std::string missing;
  Bindings bindings;
  if (status.isOk())
    bindings = bindingsOf(module, known, missing);
  if (!missing.empty())
    status = Status::error(ErrorKind::Value, "expected --symbol to give %s", missing.c_str());
  if (status.failed()) {
    llvm::errs() << name << ": " << status.message() << "\n";
    return false;
  }
  test::KernelChecks checks{!noEmulation && !noCompare, !noCompare, rounds};
  for (auto kernel : module.getOps<rt::KernelOp>()) {
    if (!bindings.count(kernel.getSymName())) // nothing launches it
      continue;
    test::KernelReport report = test::checkKernel(session, kernel, bindings[kernel.getSymName()], checks);
    ++counts.kernels;
    counts.wrong += !report.problems.empty();
    for (const std::string &problem : report.problems)
      llvm::outs() << name << ": " << kernel.getSymName() << ": " << problem << "\n";
    if (rounds && report.problems.empty())
      llvm::outs() << name << ": " << kernel.getSymName() << ": " << report.blocks << " x " << report.threads
                   << " threads, " << llvm::format("%.2f us\n", report.seconds * 1e6);
    llvm::outs().flush();
  }
  return true;
}

static bool checkFile(Session &session, const std::string &file, Counts &counts) {
  check::Symbols known;
  for (llvm::StringRef symbol : symbols) {
    auto [name, extent] = symbol.split('=');
    int64_t &value = known[name.str()];
    if (extent.getAsInteger(10, value) || value < 0) {
      llvm::errs() << "expected --symbol to be NAME=EXTENT, but got " << symbol << "\n";
      return false;
    }
  }
  mlir::OwningOpRef<mlir::ModuleOp> module;
  if (Status status = session.parseFile(file, module); status.failed()) {
    llvm::errs() << status.message() << "\n";
    return false;
  }
  return checkModule(session, *module, file, known, counts);
}

/// Programs with custom calls are left out: a program of the user's makes them.
static bool checkGraph(Session &session, uint64_t seed, Counts &counts) {
  auto module = check::buildRandomModule(session.context(), seed, check::optionsFor(seed));
  bool hasCalls = module->walk([](CustomCallOp) { return mlir::WalkResult::interrupt(); }).wasInterrupted();
  auto main = module->lookupSymbol<mlir::func::FuncOp>("main");
  return hasCalls ||
         checkModule(session, *module, "seed " + std::to_string(seed), check::drawSymbols(main, seed), counts);
}

int main(int argc, char **argv) {
  llvm::cl::ParseCommandLineOptions(argc, argv, "kernels for the GPU against the definition of their ops\n");
  test::CudaDevice *device = test::CudaDevice::get();
  bool needsDevice = noEmulation || noCompare || rounds != 0;
  if ((files.empty() && graphs == 0) || rounds < 0 || (needsDevice && !device)) {
    llvm::errs() << (needsDevice && !device
                         ? "expected a GPU for --time, --no-emulation and --no-compare, but got none\n"
                         : "expected FILE... or --graphs, and --time of 0 or more\n");
    return 2;
  }
  Options options;
  options.target = "cuda";
  options.cpu = chip;
  std::unique_ptr<Session> session;
  if (Status status = Session::create(options, session); status.failed()) {
    llvm::errs() << status.message() << "\n";
    return 2;
  }
  Counts counts;
  for (const std::string &file : files)
    if (!checkFile(*session, file, counts))
      return 2;
  for (unsigned i = 0; i < graphs; ++i)
    if (!checkGraph(*session, seed + i, counts))
      return 2;
  llvm::outs() << counts.kernels << " kernels, " << counts.wrong << " differ; " << (device ? device->name() : "no GPU")
               << "\n";
  return counts.wrong != 0;
}
