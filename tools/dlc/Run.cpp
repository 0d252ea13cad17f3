// dlc run: runs a package, or a model that is compiled in memory and cached, or interprets one; on .npy files.
#include "lib/Runtime/Run.h"
#include "jit/DiskImages.h"
#include "lib/Compiler/Targets.h"
#include "lib/Interp/Interpreter.h"
#include "lib/Runtime/File.h"
#include "lib/Runtime/HostArray.h"
#include "lib/Runtime/Npy.h"
#include "lib/Runtime/Package.h"
#include "lib/Runtime/ThreadPool.h"
#include "tools/dlc/InputFiles.h"
#include "tools/dlc/Model.h"
#include "tools/dlc/Subcommands.h"

#include "llvm/Support/FormatVariadic.h"

#include <cstdlib>

namespace dlc::cli {

namespace {

struct RunFlags {
  ModelFlags model;
  std::vector<std::string> inputs;
  std::string outputDir;
  std::string engine = "jit";
  unsigned threads = 0;
  unsigned repeat = 1;
  bool isFast = false;
};

Status runLoaded(LoadedPackage &package, const std::vector<NamedFile> &inputs, const RunFlags &flags) {
  if (package.program().hasInit())
    DLC_RETURN_IF_FAILED(package.program().init());
  std::vector<InputFile> files;
  for (const NamedFile &input : inputs)
    files.push_back({input.name.c_str(), input.path.c_str()});
  RunRequest request;
  request.inputs = {files.data(), files.size()};
  request.outputDir = flags.outputDir.empty() ? nullptr : flags.outputDir.c_str();
  request.repeat = flags.repeat;
  return runOnFiles(package.program(), request, stdout);
}

Status runPackage(const Buffer &bytes, const std::vector<NamedFile> &inputs, const RunFlags &flags) {
  ThreadPool *pool = nullptr;
  DLC_RETURN_IF_FAILED(ThreadPool::create(flags.threads ? flags.threads : ThreadPool::availableCpus(), pool));
  LoadOptions options;
  options.pool = pool;
  LoadedPackage *package = nullptr;
  Status status = LoadedPackage::load(bytes, hostIsaLevel(), options, package);
  if (status.failed())
    status = status.withContext("%s", flags.model.model.c_str());
  else
    status = runLoaded(*package, inputs, flags);
  LoadedPackage::destroy(package);
  ThreadPool::destroy(pool);
  return status;
}

Status toBuffer(const std::string &bytes, Buffer &buffer) {
  DLC_RETURN_IF_FAILED(Buffer::allocate(bytes.size(), buffer));
  std::copy(bytes.begin(), bytes.end(), static_cast<char *>(buffer.data()));
  return Status::ok();
}

/// The package of a model: from the cache, which needs neither a context nor a pass, else compiled.
Status compileModel(RunFlags &flags, const std::string &text, const Environment &environment, Buffer &package) {
  flags.model.choose();
  std::string error;
  std::unique_ptr<Target> target = createTarget(flags.model.options, error);
  if (target)
    error = whyNotHere(flags.model.options);
  if (!error.empty())
    return usageError(error);
  if (target->name() != "cpu")
    return usageError("expected --target=cpu to run a model, but got " + target->name().str());
  cache::DiskStore store(storeOptions(environment));
  // The path is part of the key, for messages of the program name it.
  cache::Key key =
      jit::programKey(flags.model.options, *target, {"dlc run", flags.isFast ? "fast" : "", flags.model.model, text});
  if (store.find(cache::Kind::Program, key, package))
    return Status::ok();
  Model model;
  DLC_RETURN_IF_FAILED(openModel(flags.model, model));
  if (flags.isFast)
    DLC_RETURN_IF_FAILED(setFast(model));
  jit::DiskImages images(store);
  jit::Engine engine(*model.session, &images);
  std::string bytes;
  DLC_RETURN_IF_FAILED(engine.compile(*model.module, Phase::Trace, bytes));
  store.add(cache::Kind::Program, key, flags.model.model, bytes.data(), bytes.size());
  return toBuffer(bytes, package);
}

/// "model.mlir:3:5", or nothing.
std::string placeOf(mlir::Location location) {
  auto file = location->findInstanceOf<mlir::FileLineColLoc>();
  if (!file)
    return "";
  return llvm::formatv("{0}:{1}:{2}", file.getFilename().getValue(), file.getLine(), file.getColumn());
}

Status interpretModel(RunFlags &flags, const std::vector<NamedFile> &files) {
  Model model;
  DLC_RETURN_IF_FAILED(openModel(flags.model, model));
  DLC_RETURN_IF_FAILED(model.session->run(*model.module, Phase::Trace, Phase::Autodiff));
  mlir::func::FuncOp function;
  DLC_RETURN_IF_FAILED(model.session->entryOf(*model.module, function));
  std::vector<HostTensor> arguments;
  DLC_RETURN_IF_FAILED(readArguments(function, files, arguments));
  if (!flags.outputDir.empty())
    DLC_RETURN_IF_FAILED(makeFolders(flags.outputDir.c_str()));
  llvm::SmallVector<HostTensor> outputs;
  InterpError error;
  if (failed(interpret(function, arguments, outputs, error))) {
    std::string place = error.location ? placeOf(*error.location) : "";
    return place.empty() ? error.status : error.status.withContext("%s", place.c_str());
  }
  for (size_t i = 0; i < outputs.size(); ++i) {
    auto attribute = function.getResultAttrOfType<mlir::StringAttr>(unsigned(i), "dlc.name");
    std::string name = attribute ? attribute.str() : "out" + std::to_string(i);
    TensorRef tensor;
    tensor.data = outputs[i].data<void>();
    tensor.dtype = outputs[i].type;
    tensor.rank = uint32_t(outputs[i].rank());
    std::copy(outputs[i].shape.begin(), outputs[i].shape.end(), tensor.dims);
    if (flags.outputDir.empty())
      printSummary(name.c_str(), tensor, stdout);
    else
      DLC_RETURN_IF_FAILED(writeTensor(name.c_str(), tensor, flags.outputDir.c_str()));
  }
  return Status::ok();
}

Status runModel(RunFlags &flags, const Environment &environment) {
  if (flags.threads == 0 && !environment.threads.empty()) {
    flags.threads = unsigned(std::atoi(environment.threads.c_str()));
    if (flags.threads < 1 || flags.threads > ThreadPool::maxWorkers)
      return usageError("expected DLC_NUM_THREADS to be in 1.." + std::to_string(ThreadPool::maxWorkers) +
                        ", but got '" + environment.threads + "'");
  }
  std::vector<NamedFile> inputs;
  DLC_RETURN_IF_FAILED(splitInputs(flags.inputs, inputs));
  if (flags.isFast && flags.engine == "interp")
    return usageError("expected --engine=jit with --fast, but got interp, which is exact by definition");
  if (flags.engine == "interp")
    return interpretModel(flags, inputs);
  std::string bytes;
  DLC_RETURN_IF_FAILED(readModelFile(flags.model.model, bytes));
  Buffer package;
  if (flags.isFast && isPackage(bytes))
    return usageError("expected a model to compile with --fast, but got a package, whose code is made");
  DLC_RETURN_IF_FAILED(isPackage(bytes) ? toBuffer(bytes, package) : compileModel(flags, bytes, environment, package));
  return runPackage(package, inputs, flags);
}

void define(Command &command, const Environment &environment) {
  auto flags = std::make_shared<RunFlags>();
  flags->model.define(command);
  command.option("--input", "NAME=FILE.npy", flags->inputs, "the data of an input; once for each");
  command.option("--output-dir", "D", flags->outputDir, "write NAME.npy of each output to D; else print a summary");
  command.choice("--engine", flags->engine, {"jit", "interp"}, "compiled code, or the reference interpreter");
  command.option("--threads", flags->threads, 1, ThreadPool::maxWorkers,
                 "threads to use (default: DLC_NUM_THREADS, else all CPUs of this process)");
  command.option("--repeat", flags->repeat, 1, 1000000, "run N times and print times");
  defineFast(command, flags->isFast);
  command.action([flags, environment] { return runModel(*flags, environment); });
}

} // namespace

const Subcommand runSubcommand = {"run", "runs a model on .npy files", "dlc run model.mlir --input x=x.npy --threads 2",
                                  define};

} // namespace dlc::cli
