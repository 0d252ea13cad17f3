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
#include "mlir/IR/Matchers.h"
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

/// The quotient of two scalars, 2 ulp at worst and of every number.
static Value fullRangeQuotient(OpBuilder &b, Location location, Value x, Value y) {
  return LLVM::CallIntrinsicOp::create(b, location, x.getType(), b.getStringAttr("llvm.nvvm.div.full"),
                                       ValueRange{x, y})
      .getResults();
}

/// Quotients that may be approximate (numerics N11): of f32 div.full. What the flag itself would give, div.approx, is 0
/// for divisors above 2^126, so it goes; constant divisors are left to become factors.
static void approximateQuotients(rt::KernelOp kernel) {
  kernel.walk([](LLVM::FDivOp op) {
    LLVM::FastmathFlags flags = op.getFastmathFlags();
    if (!bitEnumContainsAny(flags, LLVM::FastmathFlags::afn))
      return;
    op.setFastmathFlags(flags & ~LLVM::FastmathFlags::afn);
    if (!getElementTypeOrSelf(op.getType()).isF32() || matchPattern(op.getRhs(), m_Constant()))
      return;
    OpBuilder b(op);
    Location location = op.getLoc();
    auto vector = dyn_cast<VectorType>(op.getType());
    Value result;
    if (!vector) {
      result = fullRangeQuotient(b, location, op.getLhs(), op.getRhs());
    } else {
      result = LLVM::PoisonOp::create(b, location, vector);
      for (int64_t i = 0; i < vector.getNumElements(); ++i) {
        Value lane = LLVM::ConstantOp::create(b, location, b.getI64Type(), b.getI64IntegerAttr(i));
        Value x = LLVM::ExtractElementOp::create(b, location, op.getLhs(), lane);
        Value y = LLVM::ExtractElementOp::create(b, location, op.getRhs(), lane);
        result = LLVM::InsertElementOp::create(b, location, result, fullRangeQuotient(b, location, x, y), lane);
      }
    }
    op.replaceAllUsesWith(result);
    op.erase();
  });
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
  approximateQuotients(kernel);
  return success();
}

} // namespace dlc::cuda
