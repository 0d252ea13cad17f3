// The driver: rewrites to a fixed point, merges common subexpressions, and tries whether sinking transposes pays.
#include "passes/simplify/Passes.h"
#include "passes/simplify/Patterns.h"

#include "dialects/dlc/Dlc.h"

#include "mlir/IR/Dominance.h"
#include "mlir/Transforms/CSE.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace dlc {
#define GEN_PASS_DEF_SIMPLIFYPASS
#include "passes/simplify/Passes.h.inc"

namespace {

struct SimplifyPass : impl::SimplifyPassBase<SimplifyPass> {
  using SimplifyPassBase::SimplifyPassBase;

  LogicalResult initialize(MLIRContext *context) override {
    RewritePatternSet settled(context), sinking(context);
    for (RewritePatternSet *patterns : {&settled, &sinking}) {
      populateIdentities(*patterns);
      populateMoveIdentities(*patterns);
      populateFoldConstants(*patterns, foldLimit);
      populateTransposedDots(*patterns);
    }
    populateSinkTransposes(sinking);
    usual = std::move(settled);
    withSinking = std::move(sinking);
    return success();
  }

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isExternal())
      return;
    if (failed(settle(function, usual)))
      return signalPassFailure();
    if (countTransposes(function) == 0)
      return;
    // Sinking moves transposes toward each other; whether it leaves fewer shows only at the end.
    OwningOpRef<func::FuncOp> trial = function.clone();
    if (failed(settle(*trial, withSinking)))
      return signalPassFailure();
    if (countTransposes(*trial) < countTransposes(function))
      function.getBody().takeBody(trial->getBody());
  }

private:
  LogicalResult settle(func::FuncOp function, const FrozenRewritePatternSet &patterns) {
    GreedyRewriteConfig config;
    config.setRegionSimplificationLevel(GreedySimplifyRegionLevel::Disabled);
    IRRewriter rewriter(&getContext());
    bool hasMerged = true;
    while (hasMerged) {
      if (failed(applyPatternsGreedily(function, patterns, config)))
        return failure();
      DominanceInfo dominance;
      hasMerged = false;
      eliminateCommonSubExpressions(rewriter, dominance, function, &hasMerged);
    }
    return success();
  }

  static int64_t countTransposes(func::FuncOp function) {
    int64_t count = 0;
    function.walk([&](TransposeOp) { ++count; });
    return count;
  }

  FrozenRewritePatternSet usual, withSinking;
};

} // namespace
} // namespace dlc
