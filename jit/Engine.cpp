// Phases, images and packages.
#include "jit/Engine.h"

#include "jit/ImageLinker.h"
#include "lib/Runtime/Package.h"

#include "mlir/Interfaces/LoopLikeInterface.h"
#include "llvm/ADT/StringExtras.h"

#include <chrono>

using namespace mlir;

namespace dlc::jit {

using Clock = std::chrono::steady_clock;

static double millisecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

Status Engine::imageOf(rt::KernelOp kernel, std::string &image, CompileReport::Kernel &report) {
  auto start = Clock::now();
  report.name = kernel.getSymName().str();
  report.key = kernel.getKey()->str();
  {
    std::lock_guard<std::mutex> lock(mutex);
    auto known = images.find(report.key);
    if (known != images.end()) {
      image = known->second;
      report.source = KernelSource::Memory;
      report.codeBytes = image.size();
      return Status::ok();
    }
  }
  bool isStored = store && !kernel.getBaseline(); // baseline code serves this process, until better code is there
  if (isStored && store->find(report.key, image)) {
    report.source = KernelSource::Disk;
  } else {
    // A clone: the module keeps its kernels closed, and what is compiled is thrown away.
    auto clone = OwningOpRef<rt::KernelOp>(cast<rt::KernelOp>(kernel->clone()));
    KernelObject object;
    DLC_RETURN_IF_FAILED(session.compileKernel(*clone, object));
    DLC_RETURN_IF_FAILED(linkImage(object, image));
    if (isStored)
      store->add(report.key, report.name, image);
  }
  report.codeBytes = image.size();
  report.milliseconds = millisecondsSince(start);
  std::lock_guard<std::mutex> lock(mutex);
  images.emplace(report.key, image);
  return Status::ok();
}

bool Engine::isKnown(StringRef key) {
  {
    std::lock_guard<std::mutex> lock(mutex);
    if (images.count(key.str()))
      return true;
  }
  std::string image;
  return store && store->find(key.str(), image);
}

/// What all tasks of a scheduled kernel take, in nanoseconds, as far as that is known.
static double knownTime(rt::KernelOp kernel) {
  double time = 0;
  for (DictionaryAttr stage : kernel.getStages()) {
    auto known = [&](StringRef name) { return DimExpr::parse(stage.getAs<StringAttr>(name).str())->constant(); };
    if (auto tasks = known("tasks"), cost = known("cost"); tasks && cost)
      time += double(*tasks) * double(*cost);
  }
  return time;
}

/// From this effort on, 2 ms, baseline code is worth its own time.
static constexpr int64_t effortOfTiers = 10;

Status Engine::splitTiers(ModuleOp module, Phase &at, OwningOpRef<ModuleOp> &baseline) {
  at = Phase::Fuse;
  // A loop takes nobody knows how long, and code cannot change while it runs.
  if (module.walk([](LoopLikeOpInterface) { return WalkResult::interrupt(); }).wasInterrupted())
    return Status::ok();
  OwningOpRef<ModuleOp> copy = module.clone();
  DLC_RETURN_IF_FAILED(session.run(module, Phase::Fuse, Phase::Schedule, Tier::Optimized));
  at = Phase::Schedule;
  int64_t effort = 0;
  double time = 0;
  SmallVector<rt::KernelOp> asTheyAre;
  for (auto kernel : module.getOps<rt::KernelOp>()) {
    time += knownTime(kernel);
    int64_t more = session.target().effortAboveBaseline(kernel);
    if (more > 0 && !isKnown(*kernel.getKey()))
      effort += more;
    else
      asTheyAre.push_back(kernel);
  }
  if (effort < effortOfTiers || time > mostBaselineTime)
    return Status::ok();
  DLC_RETURN_IF_FAILED(session.run(*copy, Phase::Fuse, Phase::Schedule, Tier::Baseline));
  for (rt::KernelOp kernel : asTheyAre)
    copy->lookupSymbol(kernel.getSymName())->setAttrs(kernel->getAttrs());
  baseline = std::move(copy);
  return Status::ok();
}

Status Engine::compile(ModuleOp module, Phase from, std::string &package, CompileReport *report,
                       const PackageOptions &options, const std::atomic<bool> *stop) {
  auto start = Clock::now();
  CompileReport local;
  DLC_RETURN_IF_FAILED(session.run(module, from, Phase::Bufferize));
  HostProgram host;
  DLC_RETURN_IF_FAILED(session.hostProgram(module, host));
  const Status stopped = Status::error(ErrorKind::Internal, "expected to compile, but was stopped");
  if (stop && *stop)
    return stopped;
  std::string program;
  if (std::string error = writeProgram(host.desc, program); !error.empty())
    return Status::error(ErrorKind::Internal, "%s", error.c_str());

  std::vector<std::string> code(host.kernels.size());
  local.list.resize(host.kernels.size());
  DLC_RETURN_IF_FAILED(session.forKernels(host.kernels, [&](size_t i) {
    if (stop && *stop)
      return stopped;
    return imageOf(host.kernels[i], code[i], local.list[i]);
  }));
  for (const CompileReport::Kernel &kernel : local.list)
    ++(kernel.source == KernelSource::Compiled ? local.compiled
       : kernel.source == KernelSource::Disk   ? local.onDisk
                                               : local.inMemory);

  std::vector<PackageEntry> entries(1);
  entries[0].kind = EntryKind::Program;
  entries[0].data = program.data();
  entries[0].bytes = program.size();
  entries[0].level = options.level;
  for (size_t i = 0; i < host.kernels.size(); ++i) {
    PackageEntry entry;
    entry.kind = EntryKind::Image;
    entry.level = options.level;
    std::copy(host.desc.kernels[i].key.begin(), host.desc.kernels[i].key.end(), entry.key);
    entry.data = code[i].data();
    entry.bytes = code[i].size();
    entries.push_back(entry);
  }
  if (!options.bytecode.empty()) {
    PackageEntry entry;
    entry.kind = EntryKind::Bytecode;
    entry.data = options.bytecode.data();
    entry.bytes = options.bytecode.size();
    entries.push_back(entry);
  }
  Buffer bytes;
  DLC_RETURN_IF_FAILED(encodePackage({entries.data(), entries.size()}, bytes));
  package.assign(static_cast<const char *>(bytes.data()), bytes.size());
  local.kernels = unsigned(host.kernels.size());
  local.milliseconds = millisecondsSince(start);
  if (report)
    *report = local;
  return Status::ok();
}

} // namespace dlc::jit
