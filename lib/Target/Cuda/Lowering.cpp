// From scf, vector, gpu and llvm to the NVVM and LLVM dialects by upstream patterns (contract C2, `lower`). Math ops
// become LLVM's intrinsics, which NVPTX has as instructions that round once; libdevice is never called.
#include "lib/Target/Cuda/CudaTarget.h"
#include "lib/Target/Cuda/Emitter.h"

#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/GPUToNVVM/GPUToNVVMPass.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/Transforms/LoweringPatterns.h"
#include "mlir/IR/Dominance.h"
#include "mlir/Transforms/CSE.h"
#include "mlir/Transforms/DialectConversion.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace dlc::cuda {

/// The loops of the kernel as branches; vectors as ops that LLVM has.
static LogicalResult lowerLoops(rt::KernelOp kernel) {
  MLIRContext *context = kernel.getContext();
  IRRewriter rewriter(context);
  DominanceInfo dominance(kernel);
  eliminateCommonSubExpressions(rewriter, dominance, kernel);
  RewritePatternSet expand(context);
  arith::populateCeilFloorDivExpandOpsPatterns(expand);
  vector::populateVectorBroadcastLoweringPatterns(expand);
  if (failed(applyPatternsGreedily(kernel, std::move(expand))))
    return kernel.emitOpError("expected the vectors of the kernel to lower");
  RewritePatternSet patterns(context);
  populateSCFToControlFlowConversionPatterns(patterns);
  ConversionTarget target(*context);
  target.addIllegalOp<scf::ForOp, scf::IfOp, scf::WhileOp>();
  target.markUnknownOpDynamicallyLegal([](Operation *) { return true; });
  if (failed(applyPartialConversion(kernel, target, std::move(patterns))))
    return kernel.emitOpError("expected the loops of the kernel to lower");
  return success();
}

/// Math ops first and alone: the gpu patterns would make them calls into libdevice.
static LogicalResult lowerMath(gpu::GPUModuleOp device, LLVMTypeConverter &types) {
  RewritePatternSet patterns(device.getContext());
  populateMathToLLVMConversionPatterns(types, patterns, /*approximateLog1p=*/false);
  ConversionTarget target(*device.getContext());
  target.addIllegalDialect<math::MathDialect>();
  target.markUnknownOpDynamicallyLegal([](Operation *) { return true; });
  return applyPartialConversion(device, target, std::move(patterns));
}

LogicalResult CudaTarget::lower(rt::KernelOp kernel) const {
  if (failed(lowerLoops(kernel)))
    return failure();
  MLIRContext *context = kernel.getContext();
  for (auto device : kernel.getBody().front().getOps<gpu::GPUModuleOp>()) {
    LowerToLLVMOptions options(context);
    options.useBarePtrCallConv = true;
    options.overrideIndexBitwidth(parameter(kernel, "index_bits"));
    LLVMTypeConverter types(context, options);
    configureGpuToNVVMTypeConverter(types);
    RewritePatternSet patterns(context);
    populateVectorToLLVMConversionPatterns(types, patterns, false, true, false);
    arith::populateArithToLLVMConversionPatterns(types, patterns);
    cf::populateControlFlowToLLVMConversionPatterns(types, patterns);
    populateGpuToNVVMConversionPatterns(types, patterns);
    LLVMConversionTarget target(*context);
    target.addLegalDialect<NVVM::NVVMDialect>();
    target.addIllegalDialect<gpu::GPUDialect>();
    target.addLegalOp<gpu::GPUModuleOp>();
    if (failed(lowerMath(device, types)) || failed(applyPartialConversion(device, target, std::move(patterns))))
      return kernel.emitOpError("expected the operations of the kernel to lower");
  }
  return success();
}

} // namespace dlc::cuda
