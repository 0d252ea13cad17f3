// A kernel that is wrong as scheduled but right with more tasks was scheduled wrongly, and so was one that writes
// beyond its scratch; whatever else is wrong is the emitter's fault, or of what follows it.
#include "lib/Check/KernelTrial.h"

#include "dialects/dlc/Dlc.h"
#include "lib/Runtime/FloatEnv.h"
#include "lib/Runtime/Package.h"

#include <cstring>

using namespace mlir;

namespace dlc::check {

namespace {

constexpr char untouched = char(0xA5), canary = char(0x5C);
constexpr size_t canaryBytes = 4096;
/// What lies behind the canary, so that a kernel that runs away does not end the process at once.
constexpr size_t slackBytes = size_t(1) << 20;

/// Memory of a known size between bytes that must not change.
class Fenced {
public:
  explicit Fenced(size_t bytes) : bytes(bytes) {
    if (Buffer::allocate(bytes + 2 * canaryBytes + slackBytes, memory).isOk()) {
      std::memset(memory.data(), canary, memory.size());
      std::memset(data(), untouched, bytes);
    }
  }
  char *data() const { return static_cast<char *>(memory.data()) + canaryBytes; }
  bool isIntact() const {
    auto isCanary = [](char c) { return c == canary; };
    return std::all_of(data() - canaryBytes, data(), isCanary) &&
           std::all_of(data() + bytes, data() + bytes + canaryBytes, isCanary);
  }

private:
  size_t bytes;
  Buffer memory;
};

/// What the stages report; the first field is what compiled code sees.
struct Services {
  dlc_rt rt;
  mutable ErrorRecord record;
  ArrayRef<int64_t> slots;
};
void keepReport(const dlc_rt *rt, int64_t slot, int64_t element, int64_t index, int64_t extent) {
  auto *services = reinterpret_cast<const Services *>(rt);
  int64_t position = slot < int64_t(services->slots.size()) ? services->slots[size_t(slot)] : slot;
  services->record.report({position, element, index, extent});
}

/// One run of all stages.
struct Trial {
  Outcome outcome;
  bool keptScratch = true, keptBuffers = true;
};

class KernelRun {
public:
  KernelRun(rt::KernelOp kernel, ArrayRef<int64_t> symbols, const Image &image, unsigned workers)
      : kernel(kernel), symbols(symbols), image(image), workers(workers) {}

  Trial run(const LaunchValues &launch, int64_t moreTasks) {
    FloatEnv environment;
    Trial trial;
    Services services = {{keepReport}, {}, cast<rt::LaunchOp>(launch.launch).getSlots()};
    std::vector<Fenced> memory;
    std::vector<void *> buffers;
    for (const HostTensor &input : launch.inputs) {
      memory.emplace_back(size_t(input.bytes()));
      std::memcpy(memory.back().data(), input.buffer.data(), size_t(input.bytes()));
    }
    for (const HostTensor &output : launch.outputs)
      memory.emplace_back(size_t(output.bytes()));
    for (Fenced &buffer : memory)
      buffers.push_back(buffer.data());
    int64_t sharedBytes = 0;
    for (DictionaryAttr stage : kernel.getStages())
      sharedBytes = std::max(sharedBytes, formula(stage, "shared"));
    Fenced shared{size_t(sharedBytes)};
    for (auto [i, stage] : llvm::enumerate(kernel.getStages())) {
      int64_t tasks = formula(stage, "tasks");
      if (tasks > 0)
        tasks += moreTasks;
      for (unsigned worker = 0; worker < workers; ++worker) {
        Fenced own{size_t(formula(stage, "own"))};
        int64_t begin = tasks * worker / workers, end = tasks * (worker + 1) / workers;
        if (begin < end)
          image.stage(uint32_t(i))(buffers.data(), symbols.data(), shared.data(), own.data(), &services.rt, begin, end);
        trial.keptScratch &= own.isIntact();
      }
    }
    trial.keptScratch &= shared.isIntact();
    for (Fenced &buffer : memory)
      trial.keptBuffers &= buffer.isIntact();
    for (size_t i = 0; i < launch.outputs.size(); ++i) {
      const HostTensor &like = launch.outputs[i];
      HostTensor output(like.type, like.shape);
      std::memcpy(output.buffer.data(), memory[launch.inputs.size() + i].data(), size_t(output.bytes()));
      trial.outcome.outputs.push_back(std::move(output));
    }
    if (services.record.isSet()) {
      trial.outcome.report = services.record.get();
      trial.outcome.status = Status::error(ErrorKind::Index, "an index is out of range");
    }
    return trial;
  }

private:
  int64_t formula(DictionaryAttr stage, StringRef field) {
    auto dim = DimExpr::parse(stage.getAs<StringAttr>(field).getValue());
    auto value = dim ? evaluateDim(*dim,
                                   [&](const std::string &name) -> std::optional<int64_t> {
                                     for (auto [i, symbol] : llvm::enumerate(kernel.getSymbols()))
                                       if (cast<StringAttr>(symbol).getValue() == name)
                                         return symbols[i];
                                     return std::nullopt;
                                   })
                     : std::nullopt;
    return std::max<int64_t>(0, value.value_or(0));
  }

  rt::KernelOp kernel;
  ArrayRef<int64_t> symbols;
  const Image &image;
  unsigned workers;
};

/// A module of the kernel and a function that launches it: what the engine takes.
OwningOpRef<ModuleOp> around(rt::LaunchOp launch) {
  OpBuilder b(launch.getContext());
  OwningOpRef<ModuleOp> module = ModuleOp::create(b, launch.getLoc());
  b.setInsertionPointToEnd(module->getBody());
  auto main = func::FuncOp::create(b, launch.getLoc(), "main",
                                   b.getFunctionType(launch.getOperandTypes(), launch.getResultTypes()));
  b.clone(*kernelOf(launch));
  Block *entry = main.addEntryBlock();
  b.setInsertionPointToEnd(entry);
  Operation *copy = b.clone(*launch);
  copy->setOperands(entry->getArguments());
  func::ReturnOp::create(b, launch.getLoc(), copy->getResults());
  return module;
}

Status mapImage(const std::string &package, Image &image) {
  Buffer bytes;
  DLC_RETURN_IF_FAILED(Buffer::allocate(package.size(), bytes));
  std::memcpy(bytes.data(), package.data(), package.size());
  Package contents;
  DLC_RETURN_IF_FAILED(Package::parse(bytes, contents));
  PackageEntry entry;
  DLC_RETURN_IF_FAILED(contents.read(contents.first(EntryKind::Image), entry));
  return Image::map(entry.data, entry.bytes, image);
}

} // namespace

Status tryKernel(Workbench &workbench, const Options &options, const LaunchValues &launch, unsigned workers,
                 KernelVerdict &verdict) {
  auto op = cast<rt::LaunchOp>(launch.launch);
  rt::KernelOp kernel = kernelOf(op);
  SmallVector<int64_t> symbols = dimsOfLaunch(op);
  Outcome expected;
  InterpError error;
  SmallVector<HostTensor> outputs;
  if (failed(interpretKernel(kernel, symbols, op.getSlots(), launch.inputs, outputs, error))) {
    expected.status = error.status;
    expected.report = error.report;
  }
  expected.outputs.assign(outputs.begin(), outputs.end());
  std::string package;
  OwningOpRef<ModuleOp> module = around(op);
  DLC_RETURN_IF_FAILED(workbench.compile(options, *module, Phase::Schedule, package));
  Image image;
  DLC_RETURN_IF_FAILED(mapImage(package, image));

  KernelRun run(kernel, symbols, image, workers);
  Trial trial = run.run(launch, 0);
  if (!trial.keptScratch) {
    verdict = {KernelVerdict::Culprit::Schedule, "the kernel writes beyond the scratch that its stages state"};
    return Status::ok();
  }
  std::string difference = differenceOf(expected, trial.outcome);
  if (!trial.keptBuffers)
    difference = "the kernel writes beyond its buffers";
  if (difference.empty())
    return Status::ok();
  verdict = {KernelVerdict::Culprit::Lower, difference};
  for (int64_t more : {1, 2, 3})
    if (differenceOf(expected, run.run(launch, more).outcome).empty()) {
      verdict = {KernelVerdict::Culprit::Schedule,
                 "the kernel is right with more tasks than its stages state: " + difference};
      break;
    }
  return Status::ok();
}

} // namespace dlc::check
