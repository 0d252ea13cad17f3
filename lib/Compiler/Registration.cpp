// What sessions load and pipelines are made of, by name.
#include "lib/Compiler/Registration.h"

#include "passes/autodiff/Passes.h"
#include "passes/bufferize/Passes.h"
#include "passes/fuse/Passes.h"
#include "passes/lower/Passes.h"
#include "passes/schedule/Passes.h"
#include "passes/simplify/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace dlc {

void registerDialects(DialectRegistry &registry) {
  registry.insert<DlcDialect, rt::RtDialect, func::FuncDialect, arith::ArithDialect, scf::SCFDialect,
                  tensor::TensorDialect, math::MathDialect, memref::MemRefDialect, vector::VectorDialect,
                  cf::ControlFlowDialect, LLVM::LLVMDialect>();
}

void registerPasses(const Target &target) {
  registerAutodiffPasses();
  registerSimplifyPasses();
  registerPass([&target] { return createFuseKernelsPass(target, {}); });
  registerPass([&target] { return createScheduleKernelsPass(target); });
  registerPass([] { return createPlanBuffersPass(); });
  registerLowerPasses();
}

} // namespace dlc
