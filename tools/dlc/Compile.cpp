// dlc compile: a model after a phase, or as an artifact.
#include "tools/dlc/Model.h"
#include "tools/dlc/Subcommands.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

namespace dlc::cli {

namespace {

struct CompileFlags {
  ModelFlags model;
  std::string output = "-";
  std::string to, dump;
};

std::vector<std::string> phaseNames() {
  std::vector<std::string> names;
  for (const PhaseInfo &info : phases())
    names.push_back(info.name.str());
  return names;
}

Status writeModule(mlir::ModuleOp module, const std::string &path) {
  std::error_code error;
  llvm::raw_fd_ostream stream(path, error);
  if (error)
    return Status::error(ErrorKind::Io, "cannot write '%s': %s", path.c_str(), error.message().c_str());
  module.print(stream);
  return Status::ok();
}

Status compile(CompileFlags &flags) {
  Model model;
  DLC_RETURN_IF_FAILED(openModel(flags.model, model));
  Phase to = flags.to.empty() ? Phase::Lower : *parsePhase(flags.to);
  Phase at = Phase::Trace;
  if (!flags.dump.empty()) {
    at = *parsePhase(flags.dump);
    DLC_RETURN_IF_FAILED(model.session->run(*model.module, Phase::Trace, at));
    model.module->print(llvm::errs());
  }
  DLC_RETURN_IF_FAILED(model.session->run(*model.module, at, to));
  return writeModule(*model.module, flags.output);
}

void define(Command &command, const Environment &) {
  auto flags = std::make_shared<CompileFlags>();
  flags->model.define(command);
  command.option("-o,--output", "FILE", flags->output, "where the result goes (default: the standard output)");
  command.choice("--to", flags->to, phaseNames(), "stop after this phase and write the IR");
  command.choice("--dump", flags->dump, phaseNames(), "show the IR after this phase on the standard error");
  command.action([flags] { return compile(*flags); });
}

} // namespace

const Subcommand compileSubcommand = {"compile", "compiles a model", "dlc compile model.mlir --to=fuse", define};

} // namespace dlc::cli
