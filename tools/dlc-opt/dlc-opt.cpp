// dlc-opt: mlir-opt for dlc's dialects and passes; what lit tests of single passes run. Passes that ask a target ask
// the CPU at x86-64-v3, so that what they do is the same on every machine.
#include "lib/Compiler/Artifact.h"
#include "lib/Compiler/Registration.h"
#include "lib/Compiler/Targets.h"

#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"

int main(int argc, char **argv) {
  dlc::Options options;
  options.cpu = dlc::portableCpu;
  std::string error;
  std::unique_ptr<dlc::Target> target = dlc::createTarget(options, error);
  if (!target) {
    llvm::errs() << "error: " << error << "\n";
    return 1;
  }
  mlir::DialectRegistry registry;
  dlc::registerDialects(registry);
  dlc::registerPasses(*target);
  mlir::registerTransformsPasses();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "dlc's optimizer driver", registry));
}
