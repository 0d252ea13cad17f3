// Reading MODEL: dlc IR from .mlir (text or bytecode), or the IR that a package carries.
#ifndef DLC_TOOLS_DLC_MODEL_H
#define DLC_TOOLS_DLC_MODEL_H

#include "lib/Cache/DiskStore.h"
#include "lib/Compiler/Session.h"
#include "tools/dlc/Command.h"

namespace dlc::cli {

/// The flags that every subcommand with a MODEL has.
struct ModelFlags {
  std::string model;
  Options options;
  bool noFuse = false;
  std::string tier = "optimized";

  void define(Command &command);
  /// Sets the options that the flags speak of.
  void choose();
};

/// A session and the module that it read.
struct Model {
  std::unique_ptr<Session> session;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

/// The flag `--fast` of subcommands that make code.
void defineFast(Command &command, bool &isFast);
/// Makes the entry function of a model `dlc.fast`.
Status setFast(Model &model);

/// Makes the session and reads the model.
Status openModel(ModelFlags &flags, Model &model);

/// Reads a file. Io with its name.
Status readModelFile(const std::string &path, std::string &bytes);
/// Reads the IR of a model as text: the file's, or that of the package in it; bytecode is read by another process.
Status readModelIr(const std::string &path, std::string &bytes);
/// Whether the bytes are a package's rather than IR.
bool isPackage(const std::string &bytes);

/// The store on disk of this user, whose one warning goes to the standard error.
cache::StoreOptions storeOptions(const Environment &environment);

} // namespace dlc::cli

#endif // DLC_TOOLS_DLC_MODEL_H
