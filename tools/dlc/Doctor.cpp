// dlc doctor: whether everything that dlc needs of this machine works, each thing tried rather than looked up.
#include "jit/DiskImages.h"
#include "lib/Compiler/Artifact.h"
#include "lib/Runtime/Package.h"
#include "lib/Runtime/ThreadPool.h"
#include "tools/dlc/Model.h"
#include "tools/dlc/Subcommands.h"

#include "llvm/Config/llvm-config.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

#include <dlfcn.h>

namespace dlc::cli {

namespace {

constexpr char sampleModel[] = R"(func.func @main(%x: tensor<64xf32> {dlc.name = "x"}) -> tensor<64xf32> {
  %0 = dlc.mul %x, %x : (tensor<64xf32>, tensor<64xf32>) -> tensor<64xf32>
  return %0 : tensor<64xf32>
})";

/// One line of the report. What is optional may be missing.
struct Check {
  std::string name, detail;
  bool isFine = true;
};

Status openSample(const std::string &cpu, Model &model) {
  Options options;
  options.cpu = cpu;
  DLC_RETURN_IF_FAILED(Session::create(options, model.session));
  return model.session->parseText(sampleModel, "sample", model.module);
}

Status runSample() {
  Model model;
  DLC_RETURN_IF_FAILED(openSample("", model));
  jit::Engine engine(*model.session);
  std::string bytes;
  DLC_RETURN_IF_FAILED(engine.compile(*model.module, Phase::Trace, bytes));
  Buffer buffer;
  DLC_RETURN_IF_FAILED(Buffer::allocate(bytes.size(), buffer));
  std::copy(bytes.begin(), bytes.end(), static_cast<char *>(buffer.data()));
  LoadedPackage *package = nullptr;
  DLC_RETURN_IF_FAILED(LoadedPackage::load(buffer, hostIsaLevel(), LoadOptions(), package));
  float x[64], y[64];
  for (int i = 0; i < 64; ++i)
    x[i] = float(i) / 3;
  TensorRef input = {x, DType::F32, 1, {64}}, output = {y, DType::F32, 1, {64}};
  Status status = package->program().run(&input, 1, &output, 1);
  LoadedPackage::destroy(package);
  for (int i = 0; status.isOk() && i < 64; ++i)
    if (y[i] != x[i] * x[i])
      status = Status::error(ErrorKind::Internal, "expected %g, but got %g", double(x[i] * x[i]), double(y[i]));
  return status;
}

Status linkSample() {
  Model model;
  DLC_RETURN_IF_FAILED(openSample(portableCpu, model));
  llvm::SmallString<128> path;
  if (std::error_code error = llvm::sys::fs::createTemporaryFile("dlc-doctor", "", path))
    return Status::error(ErrorKind::Io, "cannot make a temporary file: %s", error.message().c_str());
  Status status = emitArtifact(*model.session, *model.module, Phase::Trace, ArtifactKind::Executable, path.c_str());
  llvm::sys::fs::remove(path);
  return status;
}

/// Adds an entry and finds it again.
Check checkCache(const Environment &environment) {
  Check check{"cache", environment.cacheDir};
  std::string problem = environment.cacheDir.empty() ? "DLC_CACHE_DIR and HOME are not set: nothing is kept" : "";
  cache::StoreOptions options = storeOptions(environment);
  options.warn = [&](const std::string &message) { problem = message; };
  cache::DiskStore store(options);
  const char payload[] = "dlc doctor";
  cache::Key key = cache::Sha256::of(payload, sizeof payload);
  store.add(cache::Kind::Schedule, key, payload, payload, sizeof payload);
  Buffer found;
  check.isFine = store.find(cache::Kind::Schedule, key, found);
  if (!check.isFine)
    check.detail = problem.empty() ? "an entry was not found again in " + environment.cacheDir : problem;
  return check;
}

Check tried(const char *name, const char *fine, const Status &status) {
  return {name, status.isOk() ? fine : status.message(), status.isOk()};
}

std::vector<Check> examine(const Environment &environment) {
  std::vector<Check> checks;
  checks.push_back({"version", "dlc " DLC_VERSION ", LLVM " LLVM_VERSION_STRING});
  uint32_t level = hostIsaLevel();
  checks.push_back(
      {"cpu", "x86-64-v" + std::to_string(level) + (level < 3 ? ": v3 (AVX2 and FMA) is needed" : ""), level >= 3});
  checks.push_back({"threads", std::to_string(ThreadPool::availableCpus()) + " CPUs for this process"});
  checks.push_back(checkCache(environment));
  checks.push_back(tried("compiler", "a kernel was compiled and gave the right bits", runSample()));
  checks.push_back(tried("linker", "a static executable was linked", linkSample()));
  void *driver = dlopen("libcuda.so.1", RTLD_LAZY | RTLD_LOCAL);
  checks.push_back({"cuda", driver ? "a driver is there" : "no driver: PTX can be made, but not run"});
  if (driver)
    dlclose(driver);
  auto ptxas = llvm::sys::findProgramByName("ptxas");
  checks.push_back({"ptxas", ptxas ? *ptxas : "not on the PATH: PTX cannot be checked here"});
  return checks;
}

Status runDoctor(const Environment &environment, bool json) {
  std::vector<Check> checks = examine(environment);
  unsigned failed = 0;
  llvm::json::Array list;
  for (const Check &check : checks) {
    failed += !check.isFine;
    if (json)
      list.push_back(llvm::json::Object{{"name", check.name}, {"fine", check.isFine}, {"detail", check.detail}});
    else
      llvm::outs() << (check.isFine ? "ok    " : "FAIL  ") << llvm::left_justify(check.name, 10) << check.detail
                   << "\n";
  }
  if (json)
    llvm::outs() << llvm::json::Value(std::move(list)) << "\n";
  llvm::outs().flush();
  if (failed)
    return Status::error(ErrorKind::Value, "expected every check to pass, but %u failed", failed);
  return Status::ok();
}

void define(Command &command, const Environment &environment) {
  auto json = std::make_shared<bool>(false);
  command.flag("--json", *json, "for programs");
  command.action([json, environment] { return runDoctor(environment, *json); });
}

} // namespace

const Subcommand doctorSubcommand = {"doctor", "tries what dlc needs of this machine", "dlc doctor --json", define};

} // namespace dlc::cli
