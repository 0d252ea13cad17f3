// dlc-check-kernels [OPTIONS] FILE...: every kernel of modules for the GPU against the definition of its ops, bit for
// bit, on the emulator and on the GPU where there is one. Prints a line for each kernel that differs or was timed. Exit
// code 1 if one differs, 2 if a file does not compile.
#include "CudaDevice.h"
#include "KernelCheck.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <map>

using namespace dlc;

static llvm::cl::list<std::string> files(llvm::cl::Positional, llvm::cl::OneOrMore, llvm::cl::desc("FILE..."));
static llvm::cl::opt<int> rounds("time", llvm::cl::desc("time that many launches of every kernel on the GPU"));
static llvm::cl::opt<bool> noEmulation("no-emulation", llvm::cl::desc("run on the GPU only"));
static llvm::cl::opt<bool> noCompare("no-compare", llvm::cl::desc("time without the interpreter's answer"));
static llvm::cl::opt<std::string> chip("mcpu", llvm::cl::desc("the compute capability to compile for"));
static llvm::cl::list<std::string> symbols("symbol", llvm::cl::desc("NAME=EXTENT of a symbolic dim"));

/// The extents that `--symbol` gives.
static std::optional<int64_t> extentOf(const std::string &name) {
  for (llvm::StringRef symbol : symbols) {
    auto [key, extent] = symbol.split('=');
    int64_t value = 0;
    if (key == name && !extent.getAsInteger(10, value))
      return value;
  }
  return std::nullopt;
}

/// The symbols of each kernel at each of its launches. Nothing and the name of one that `--symbol` lacks.
static std::map<llvm::StringRef, std::vector<std::vector<int64_t>>> bindingsOf(mlir::ModuleOp module,
                                                                               std::string &missing) {
  std::map<llvm::StringRef, std::vector<std::vector<int64_t>>> bindings;
  module.walk([&](rt::LaunchOp launch) {
    std::vector<int64_t> binding;
    for (const DimExpr &dim : launch.getDims().getDims()) {
      std::optional<int64_t> extent = evaluateDim(dim, extentOf);
      if (!extent)
        missing = dim.str();
      binding.push_back(extent.value_or(0));
    }
    std::vector<std::vector<int64_t>> &known = bindings[launch.getKernel()];
    if (!llvm::is_contained(known, binding))
      known.push_back(binding);
  });
  return bindings;
}

/// Counts the kernels of one file and those that differ; false, and a message, if it does not compile.
static bool check(Session &session, const std::string &file, int64_t &checked, int64_t &wrong) {
  mlir::OwningOpRef<mlir::ModuleOp> module;
  Status status = session.parseFile(file, module);
  if (status.isOk())
    status = session.run(*module, Phase::Trace, Phase::Schedule);
  std::string missing;
  auto bindings = status.isOk() ? bindingsOf(*module, missing) : decltype(bindingsOf(*module, missing))();
  if (!missing.empty())
    status = Status::error(ErrorKind::Value, "%s: expected --symbol to give %s", file.c_str(), missing.c_str());
  if (status.failed()) {
    llvm::errs() << status.message() << "\n";
    return false;
  }
  test::KernelChecks checks{!noEmulation && !noCompare, !noCompare, rounds};
  for (auto kernel : module->getOps<rt::KernelOp>()) {
    std::string name = kernel.getSymName().str();
    test::KernelReport report = test::checkKernel(session, kernel, bindings[name], checks);
    ++checked;
    wrong += !report.problems.empty();
    for (const std::string &problem : report.problems)
      llvm::outs() << file << ": " << name << ": " << problem << "\n";
    if (rounds && report.problems.empty())
      llvm::outs() << file << ": " << name << ": " << report.blocks << " x " << report.threads << " threads, "
                   << llvm::format("%.2f us\n", report.seconds * 1e6);
    llvm::outs().flush();
  }
  return true;
}

int main(int argc, char **argv) {
  llvm::cl::ParseCommandLineOptions(argc, argv, "kernels for the GPU against the definition of their ops\n");
  Options options;
  options.target = "cuda";
  options.cpu = chip;
  std::unique_ptr<Session> session;
  if (Status status = Session::create(options, session); status.failed()) {
    llvm::errs() << status.message() << "\n";
    return 2;
  }
  int64_t checked = 0, wrong = 0;
  for (const std::string &file : files)
    if (!check(*session, file, checked, wrong))
      return 2;
  test::CudaDevice *device = test::CudaDevice::get();
  llvm::outs() << checked << " kernels, " << wrong << " differ; " << (device ? device->name() : "no GPU") << "\n";
  return wrong != 0;
}
