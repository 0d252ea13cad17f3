// --input NAME=FILE.npy: the data of a model's inputs, by name.
#ifndef DLC_TOOLS_DLC_INPUTFILES_H
#define DLC_TOOLS_DLC_INPUTFILES_H

#include "lib/Support/HostTensor.h"
#include "tools/dlc/Command.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace dlc::cli {

/// "NAME=FILE.npy" taken apart.
struct NamedFile {
  std::string name, path;
};

/// Takes each flag's value apart; a usage error if one is malformed.
Status splitInputs(const std::vector<std::string> &flags, std::vector<NamedFile> &files);

/// The inputs of a function in order, read from the files given for their names.
Status readArguments(mlir::func::FuncOp function, const std::vector<NamedFile> &files,
                     std::vector<HostTensor> &arguments);

} // namespace dlc::cli

#endif // DLC_TOOLS_DLC_INPUTFILES_H
