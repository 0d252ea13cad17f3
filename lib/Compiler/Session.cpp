// Contexts, phases and kernel keys.
#include "lib/Compiler/Session.h"

#include "dialects/dlc/SymbolRanges.h"
#include "lib/Compiler/CompilerId.h"
#include "lib/Compiler/ModelCheck.h"
#include "lib/Compiler/ModuleText.h"
#include "lib/Compiler/Pipeline.h"
#include "lib/Compiler/Registration.h"
#include "lib/Compiler/Targets.h"
#include "passes/lower/AdmittedOps.h"
#include "passes/lower/ContractionTerms.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SHA256.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/ThreadPool.h"

#include <atomic>
#include <thread>

using namespace mlir;

namespace dlc {

//===--- Diagnostics ---===//

static std::string placeOf(Location location) {
  if (auto file = location->findInstanceOf<FileLineColLoc>())
    return (file.getFilename().getValue() + ":" + Twine(file.getLine()) + ":" + Twine(file.getColumn()) + ": ").str();
  return "";
}

DiagnosticCollector::DiagnosticCollector(MLIRContext &context)
    : handler(&context, [this, thread = std::this_thread::get_id()](Diagnostic &diagnostic) {
        if (std::this_thread::get_id() != thread)
          return failure();
        auto append = [&](StringRef kind, Diagnostic &part) {
          if (!messages.empty())
            messages += "\n";
          messages += placeOf(part.getLocation()) + kind.str() + part.str();
        };
        if (diagnostic.getSeverity() != DiagnosticSeverity::Error)
          return success();
        append("", diagnostic);
        for (Diagnostic &note : diagnostic.getNotes())
          append("note: ", note);
        return success();
      }) {}

Status DiagnosticCollector::status(ErrorKind kind, StringRef fallback) const {
  return Status::error(kind, "%s", messages.empty() ? fallback.str().c_str() : messages.c_str());
}

//===--- Session ---===//

/// Opens a scheduled kernel, checks what the emitter wrote (numerics N10) and brings it to the LLVM dialect.
static LogicalResult lowerKernel(const Target &target, rt::KernelOp kernel) {
  return success(succeeded(target.emit(kernel)) && succeeded(verifyAdmittedOps(kernel)) &&
                 succeeded(target.lower(kernel)));
}

namespace {

/// Runs every task where it is asked for. A context that has it may be used by several threads, and has none of its own
/// for a fork() to lose; the ops that it would verify side by side are too few to be worth waking any.
class CallersThread : public llvm::ThreadPoolInterface {
public:
  void wait() override {}
  void wait(llvm::ThreadPoolTaskGroup &) override {}
  unsigned getMaxConcurrency() const override { return 1; }

private:
  void asyncEnqueue(llvm::unique_function<void()> task, llvm::ThreadPoolTaskGroup *) override { task(); }
};

} // namespace

Session::~Session() = default;

Status Session::create(const Options &options, std::unique_ptr<Session> &out) {
  std::unique_ptr<Session> session(new Session);
  session->opts = options;
  std::string error;
  session->backend = createTarget(options, error);
  if (!session->backend)
    return Status::error(ErrorKind::Value, "%s", error.c_str());
  DialectRegistry registry;
  registerDialects(registry);
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  session->backend->registerDialects(registry);
  session->tasks = std::make_unique<CallersThread>();
  session->ctx = std::make_unique<MLIRContext>(registry, MLIRContext::Threading::DISABLED);
  session->ctx->setThreadPool(*session->tasks);
  session->ctx->loadAllAvailableDialects();
  session->ctx->printOpOnDiagnostic(false);
  out = std::move(session);
  return Status::ok();
}

unsigned Session::addPassHook(std::function<void(PassManager &)> hook) {
  unsigned id = passHooks.empty() ? 0 : passHooks.rbegin()->first + 1;
  passHooks.emplace(id, std::move(hook));
  return id;
}

void Session::removePassHook(unsigned id) { passHooks.erase(id); }

void Session::wrapTarget(llvm::function_ref<std::unique_ptr<Target>(std::unique_ptr<Target>)> wrap) {
  backend = wrap(std::move(backend));
}

Status Session::parseFile(const std::string &path, OwningOpRef<ModuleOp> &out) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return Status::error(ErrorKind::Io, "cannot read '%s': %s", path.c_str(), buffer.getError().message().c_str());
  return parseText((*buffer)->getBuffer(), path, out);
}

Status Session::parseText(StringRef text, StringRef name, OwningOpRef<ModuleOp> &out) {
  DLC_RETURN_IF_FAILED(checkNesting(text, name));
  DiagnosticCollector collector(*ctx);
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBufferCopy(text, name), llvm::SMLoc());
  ParserConfig config(ctx.get());
  out = parseSourceFile<ModuleOp>(sources, config);
  if (!out || failed(inlineResources(*out)) || failed(checkModel(*out)))
    return collector.status(ErrorKind::Value, ("expected '" + name + "' to be a module").str());
  return Status::ok();
}

Status Session::run(ModuleOp module, Phase from, Phase to, Tier tier) {
  DiagnosticCollector collector(*ctx);
  for (const PhaseInfo &info : phases()) {
    if (info.phase <= from || info.phase > to)
      continue;
    if (info.phase == Phase::Autodiff)
      narrowSymbols(module);
    PassManager passes(ctx.get());
    passes.enableVerifier(opts.verifyEach);
    for (auto &[id, hook] : llvm::reverse(passHooks)) // callbacks after a pass run in the opposite order
      hook(passes);
    buildPhase(passes, info.phase, opts, *backend, tier);
    if (passes.size() && failed(passes.run(module)))
      return collector.status(ErrorKind::Value, ("phase " + info.name + " failed").str());
    if (info.phase == Phase::Lower)
      for (auto kernel : module.getOps<rt::KernelOp>())
        if (failed(lowerKernel(*backend, kernel)))
          return collector.status(ErrorKind::Internal, "phase lower failed");
    // The contract of the phase: blames it, not the next one. Schedule only describes.
    if (info.phase != Phase::Schedule && failed(verify(module)))
      return Status::error(ErrorKind::Internal, "phase %s broke the IR: %s", info.name.str().c_str(),
                           collector.text().c_str());
    if (info.phase == Phase::Schedule)
      assignKeys(module);
  }
  return Status::ok();
}

void Session::assignKeys(ModuleOp module) {
  Builder b(ctx.get());
  for (auto kernel : module.getOps<rt::KernelOp>()) {
    std::string text;
    llvm::raw_string_ostream stream(text);
    OpPrintingFlags flags;
    kernel.getKernelBody()->print(stream, flags.useLocalScope());
    stream << "\n"
           << kernel.getSymbols() << "\n"
           << *kernel.getDescriptor() << "\n"
           << (kernel.getFast() ? "fast" : "exact") << (kernel.getBaseline() ? " baseline\n" : "\n") << backend->name()
           << " " << backend->features() << "\n"
           << compilerId;
    llvm::SHA256 hash;
    hash.update(text);
    auto digest = hash.final();
    kernel.setKeyAttr(b.getStringAttr(llvm::toHex(digest, /*LowerCase=*/true)));
  }
}

Status Session::compileKernel(rt::KernelOp kernel, KernelObject &object) {
  DiagnosticCollector collector(*ctx);
  if (failed(lowerKernel(*backend, kernel)))
    return collector.status(ErrorKind::Internal, "a kernel failed to lower");
  std::string error;
  if (!backend->object(kernel, object, error))
    return Status::error(ErrorKind::Internal, "%s", error.c_str());
  return Status::ok();
}

/// A rough figure of what a kernel takes to compile.
static int64_t compileEffort(rt::KernelOp kernel) {
  int64_t effort = 0;
  for (Operation &op : *kernel.getKernelBody().getBlock()) {
    if (auto point = dyn_cast<PointwiseOpInterface>(op))
      effort += point.isCheap() ? 1 : 5;
    else if (isa<OrderedOpInterface>(op))
      effort += ContractionTerms::isContraction(&op) ? 40 : 10;
  }
  return effort;
}

Status Session::forKernels(ArrayRef<rt::KernelOp> kernels, llvm::function_ref<Status(size_t)> work) {
  if (kernels.empty())
    return Status::ok();
  unsigned threads = opts.compileThreads;
  if (threads == 0)
    threads = llvm::hardware_concurrency().compute_thread_count();
  std::vector<Status> statuses(kernels.size());
  std::vector<std::pair<int64_t, size_t>> order; // by negated effort
  for (auto [i, kernel] : llvm::enumerate(kernels))
    order.push_back({-compileEffort(kernel), i});
  llvm::sort(order);
  std::atomic<size_t> next = 0;
  auto workOnRest = [&] {
    for (size_t k = next++; k < order.size(); k = next++)
      statuses[order[k].second] = work(order[k].second);
  };
  // The caller works too: threads made beside one that only waits may stay on one CPU for as long as all of it takes.
  if (unsigned helpers = std::min<size_t>(threads, kernels.size()) - 1) {
    llvm::StdThreadPool pool(llvm::hardware_concurrency(helpers));
    for (unsigned i = 0; i < helpers; ++i)
      pool.async(workOnRest);
    workOnRest();
    pool.wait();
  } else {
    workOnRest();
  }
  for (const Status &status : statuses)
    DLC_RETURN_IF_FAILED(status);
  return Status::ok();
}

Status Session::entryOf(ModuleOp module, func::FuncOp &entry) {
  entry = module.lookupSymbol<func::FuncOp>("main");
  int64_t found = 0;
  if (!entry)
    for (auto function : module.getOps<func::FuncOp>())
      if (function.isPublic() && !function.isExternal()) {
        entry = function;
        ++found;
      }
  if (!entry || found > 1)
    return Status::error(ErrorKind::Value, "expected a function @main or one public function, but got %lld",
                         (long long)found);
  return Status::ok();
}

Status Session::hostProgram(ModuleOp module, HostProgram &program) {
  func::FuncOp entry;
  DLC_RETURN_IF_FAILED(entryOf(module, entry));
  DiagnosticCollector collector(*ctx);
  if (failed(describeHostProgram(entry, program)))
    return collector.status(ErrorKind::Value, "phase object failed");
  return Status::ok();
}

} // namespace dlc
