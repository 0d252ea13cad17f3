// Reading MODEL: a module of dlc IR from .mlir (text or bytecode).
#ifndef DLC_TOOLS_DLC_MODEL_H
#define DLC_TOOLS_DLC_MODEL_H

#include "lib/Compiler/Session.h"
#include "tools/dlc/Command.h"

namespace dlc::cli {

/// The flags that every subcommand with a MODEL has.
struct ModelFlags {
  std::string model;
  Options options;
  bool noFuse = false;

  void define(Command &command);
};

/// A session and the module that it read.
struct Model {
  std::unique_ptr<Session> session;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

/// Makes the session and reads the model.
Status openModel(ModelFlags &flags, Model &model);

} // namespace dlc::cli

#endif // DLC_TOOLS_DLC_MODEL_H
