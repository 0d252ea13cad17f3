// dlc-lsp-server: the language server of MLIR for files in dlc's dialects: errors, types and definitions in an editor.
#include "lib/Compiler/Registration.h"

#include "mlir/Tools/mlir-lsp-server/MlirLspServerMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  dlc::registerDialects(registry);
  return mlir::failed(mlir::MlirLspServerMain(argc, argv, registry));
}
