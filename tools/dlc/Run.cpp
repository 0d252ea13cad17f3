// dlc run: compiles a model in memory, or loads a package, and runs it on .npy files.
#include "lib/Runtime/Run.h"
#include "lib/Runtime/Package.h"
#include "lib/Runtime/ThreadPool.h"

#include "jit/Engine.h"
#include "tools/dlc/Model.h"
#include "tools/dlc/Subcommands.h"

namespace dlc::cli {

namespace {

struct RunFlags {
  ModelFlags model;
  std::vector<std::string> inputs;
  std::string outputDir;
  unsigned threads = 0;
  unsigned repeat = 1;
};

Status runPackage(const std::string &bytes, RunFlags &flags) {
  ThreadPool *pool = nullptr;
  DLC_RETURN_IF_FAILED(ThreadPool::create(flags.threads ? flags.threads : ThreadPool::availableCpus(), pool));
  std::vector<InputFile> files;
  for (std::string &input : flags.inputs) {
    size_t separator = input.find('=');
    if (separator == std::string::npos || separator == 0 || separator + 1 == input.size())
      return usageError("expected --input NAME=FILE.npy, but got '" + input + "'");
    input[separator] = '\0';
    files.push_back({input.c_str(), input.c_str() + separator + 1});
  }
  LoadOptions options;
  options.pool = pool;
  Buffer buffer;
  DLC_RETURN_IF_FAILED(Buffer::allocate(bytes.size(), buffer));
  std::copy(bytes.begin(), bytes.end(), static_cast<char *>(buffer.data()));
  LoadedPackage *package = nullptr;
  Status status = LoadedPackage::load(buffer, 4, options, package);
  if (status.isOk() && package->program().hasInit())
    status = package->program().init();
  RunRequest request;
  request.inputs = {files.data(), files.size()};
  request.outputDir = flags.outputDir.empty() ? nullptr : flags.outputDir.c_str();
  request.repeat = flags.repeat;
  if (status.isOk())
    status = runOnFiles(package->program(), request, stdout);
  LoadedPackage::destroy(package);
  ThreadPool::destroy(pool);
  return status;
}

Status runModel(RunFlags &flags) {
  Model model;
  DLC_RETURN_IF_FAILED(openModel(flags.model, model));
  jit::Engine engine(*model.session);
  std::string package;
  DLC_RETURN_IF_FAILED(engine.compile(*model.module, Phase::Trace, package));
  return runPackage(package, flags);
}

void define(Command &command, const Environment &) {
  auto flags = std::make_shared<RunFlags>();
  flags->model.define(command);
  command.option("--input", "NAME=FILE.npy", flags->inputs, "the data of an input; once for each");
  command.option("--output-dir", "D", flags->outputDir, "write NAME.npy of each output to D; else print a summary");
  command.option("--threads", flags->threads, 1, ThreadPool::maxWorkers,
                 "threads to use (default: DLC_NUM_THREADS, else all CPUs of this process)");
  command.option("--repeat", flags->repeat, 1, 1000000, "run N times and print times");
  command.action([flags] { return runModel(*flags); });
}

} // namespace

const Subcommand runSubcommand = {"run", "runs a model on .npy files", "dlc run model.mlir --input x=x.npy --threads 2",
                                  define};

} // namespace dlc::cli
