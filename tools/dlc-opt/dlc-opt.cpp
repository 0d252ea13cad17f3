// dlc-opt: mlir-opt for dlc's dialects and passes; what lit tests of single passes run.
#include "dialects/rt/Rt.h"
#include "passes/autodiff/Passes.h"
#include "passes/simplify/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  registry.insert<dlc::DlcDialect, dlc::rt::RtDialect, mlir::arith::ArithDialect, mlir::func::FuncDialect,
                  mlir::scf::SCFDialect, mlir::tensor::TensorDialect>();
  mlir::registerTransformsPasses();
  dlc::registerAutodiffPasses();
  dlc::registerSimplifyPasses();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "dlc's optimizer driver", registry));
}
