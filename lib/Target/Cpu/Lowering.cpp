// From scf, vector and memref to the LLVM dialect by upstream patterns, in two conversions (contract C2, `lower`).
#include "lib/Target/Cpu/CpuTarget.h"

#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/Transforms/LoweringPatterns.h"
#include "mlir/Dialect/Vector/Transforms/VectorRewritePatterns.h"
#include "mlir/IR/Dominance.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/CSE.h"
#include "mlir/Transforms/DialectConversion.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace dlc::cpu {

/// Whether every element of a constant is another number than zero.
static bool isNonZeroConstant(Value value) {
  DenseFPElementsAttr elements;
  return matchPattern(value, m_Constant(&elements)) &&
         llvm::none_of(elements.getValues<APFloat>(), [](const APFloat &x) { return x.isZero(); });
}

/// Hides the divisors of vectors from the code generator. LLVM 22 takes 0 / 0 for 0: where it knows that elements of
/// both operands are zero, as in lanes that a mask turns off, it drops a select that puts another zero there, and NaN
/// comes through (TargetLowering::SimplifyDemandedVectorElts, ISD::FDIV). A fence is no instruction.
static void fenceDivisors(rt::KernelOp kernel) {
  kernel.walk([](LLVM::FDivOp op) {
    if (!isa<VectorType>(op.getType()) || isNonZeroConstant(op.getLhs()) || isNonZeroConstant(op.getRhs()))
      return;
    OpBuilder b(op);
    auto fence = LLVM::CallIntrinsicOp::create(b, op.getLoc(), op.getType(), b.getStringAttr("llvm.arithmetic.fence"),
                                               ValueRange{op.getRhs()});
    op.getRhsMutable().assign(fence.getResults());
  });
}

LogicalResult CpuTarget::lower(rt::KernelOp kernel) const {
  MLIRContext *context = kernel.getContext();
  {
    IRRewriter rewriter(context);
    DominanceInfo dominance(kernel);
    eliminateCommonSubExpressions(rewriter, dominance, kernel);
  }
  {
    RewritePatternSet patterns(context);
    arith::populateCeilFloorDivExpandOpsPatterns(patterns);
    vector::populateVectorBroadcastLoweringPatterns(patterns);
    vector::populateVectorMaskOpLoweringPatterns(patterns);
    vector::populateVectorMaskMaterializationPatterns(patterns, /*force32BitVectorIndices=*/true);
    vector::populateVectorGatherLoweringPatterns(patterns);
    GreedyRewriteConfig config; // the control flow is as the emitters wrote it: there is nothing to find in it
    config.setRegionSimplificationLevel(GreedySimplifyRegionLevel::Disabled);
    if (failed(applyPatternsGreedily(kernel, std::move(patterns), config)))
      return kernel.emitOpError("expected the vectors of the kernel to lower");
  }
  {
    RewritePatternSet patterns(context);
    populateSCFToControlFlowConversionPatterns(patterns);
    ConversionTarget target(*context);
    target.addIllegalOp<scf::ForOp, scf::IfOp, scf::WhileOp>();
    target.markUnknownOpDynamicallyLegal([](Operation *) { return true; });
    if (failed(applyPartialConversion(kernel, target, std::move(patterns))))
      return kernel.emitOpError("expected the loops of the kernel to lower");
  }
  LowerToLLVMOptions options(context);
  LLVMTypeConverter types(context, options);
  RewritePatternSet patterns(context);
  populateVectorToLLVMConversionPatterns(types, patterns, false, true, false);
  arith::populateArithToLLVMConversionPatterns(types, patterns);
  populateMathToLLVMConversionPatterns(types, patterns);
  populateFinalizeMemRefToLLVMConversionPatterns(types, patterns);
  cf::populateControlFlowToLLVMConversionPatterns(types, patterns);
  populateFuncToLLVMConversionPatterns(types, patterns);
  LLVMConversionTarget target(*context);
  target.addLegalOp<rt::KernelOp, UnrealizedConversionCastOp>();
  if (failed(applyPartialConversion(kernel, target, std::move(patterns))))
    return kernel.emitOpError("expected the operations of the kernel to lower");
  fenceDivisors(kernel);
  SmallVector<UnrealizedConversionCastOp> casts;
  kernel.walk([&](UnrealizedConversionCastOp cast) { casts.push_back(cast); });
  SmallVector<UnrealizedConversionCastOp> left;
  reconcileUnrealizedCasts(casts, &left);
  return left.empty() ? success() : kernel.emitOpError("expected all casts of the kernel to cancel");
}

} // namespace dlc::cpu
