// dlc compile: a model after a phase, or as an artifact.
#include "jit/Emit.h"
#include "tools/dlc/Emit.h"
#include "tools/dlc/Subcommands.h"

namespace dlc::cli {

namespace {

struct CompileFlags {
  ModelFlags model;
  EmitFlags emit;
  bool isFast = false;
};

void define(Command &command, const Environment &) {
  auto flags = std::make_shared<CompileFlags>();
  flags->model.define(command);
  flags->emit.define(command);
  defineFast(command, flags->isFast);
  command.action([flags] {
    flags->model.options = jit::optionsFor(flags->emit.emit, flags->model.options);
    Model model;
    DLC_RETURN_IF_FAILED(openModel(flags->model, model));
    if (flags->isFast)
      DLC_RETURN_IF_FAILED(setFast(model));
    return emitModule(model, flags->emit);
  });
}

} // namespace

const Subcommand compileSubcommand = {"compile", "compiles a model", "dlc compile model.mlir --emit=exe -o model",
                                      define};

} // namespace dlc::cli
