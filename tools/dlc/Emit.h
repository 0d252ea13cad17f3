// What `dlc compile` and `dlc grad` make of a module: IR after a phase, or an artifact.
#ifndef DLC_TOOLS_DLC_EMIT_H
#define DLC_TOOLS_DLC_EMIT_H

#include "tools/dlc/Model.h"

namespace dlc::cli {

struct EmitFlags {
  std::string output;
  std::string emit = "mlir";
  std::string to, dump;
  std::vector<std::string> link;

  void define(Command &command);
  bool isIr() const { return emit == "mlir" || emit == "bytecode"; }
};

/// Writes the form of the module that the flags ask for. The module stands after phase trace, in a session that was
/// made with jit::optionsFor.
Status emitModule(Model &model, const EmitFlags &flags);

} // namespace dlc::cli

#endif // DLC_TOOLS_DLC_EMIT_H
