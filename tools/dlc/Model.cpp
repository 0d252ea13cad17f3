// Flags of the compiler and reading of models.
#include "tools/dlc/Model.h"

namespace dlc::cli {

void ModelFlags::define(Command &command) {
  command.positional("MODEL", model, "a module of dlc IR: .mlir (text or bytecode)");
  command.choice("--target", options.target, {"cpu", "cuda"}, "the backend");
  command.option("--mcpu", "CPU", options.cpu, "a CPU such as haswell, a GPU such as sm_90, or native");
  command.flag("--no-fuse", noFuse, "every op is its own kernel; the bits are the same");
}

Status openModel(ModelFlags &flags, Model &model) {
  flags.options.fuse = !flags.noFuse;
  DLC_RETURN_IF_FAILED(Session::create(flags.options, model.session));
  return model.session->parseFile(flags.model, model.module);
}

} // namespace dlc::cli
