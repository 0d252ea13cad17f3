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
    RewritePatternSet all(context), unit(context), last(context);
    populateUsual(all);
    populateUnitTransposes(unit);
    populateUsual(last);
    populateSinkReshapes(last);
    usual = std::move(all);
    unitTransposes = std::move(unit);
    withReshapes = std::move(last);
    return success();
  }

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isExternal())
      return;
    if (failed(settle(function, usual)))
      return signalPassFailure();
    // Before transposes sink: they are free to leave a loop only while their operand is outside.
    hoistInvariants(function);
    for (bool mayInsert : {false, true})
      if (failed(trySinking(function, mayInsert)))
        return signalPassFailure();
    // Last, for a reshape stops transposes that sink.
    if (failed(settle(function, unitTransposes)) || failed(settle(function, withReshapes)))
      return signalPassFailure();
  }

private:
  void populateUsual(RewritePatternSet &patterns) {
    populateIdentities(patterns);
    populateMoveIdentities(patterns);
    populateFoldConstants(patterns, foldLimit);
    populateStaticParts(patterns);
    populateTransposedDots(patterns);
  }

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

  /// Sinking moves transposes toward each other; whether it leaves less to transpose shows only at the end.
  LogicalResult trySinking(func::FuncOp function, bool mayInsert) {
    int64_t before = costOfTransposes(function);
    if (before == 0)
      return success();
    OwningOpRef<func::FuncOp> trial = function.clone();
    sinkTransposes(*trial, mayInsert);
    if (failed(settle(*trial, usual)))
      return failure();
    if (costOfTransposes(*trial) < before)
      function.getBody().takeBody(trial->getBody());
    return success();
  }

  /// Elements that are transposed, every symbol counted as 64, and one for each op.
  static int64_t costOfTransposes(func::FuncOp function) {
    int64_t cost = 0;
    function.walk([&](TransposeOp op) {
      ++cost;
      DimExpr size(1);
      for (const DimExpr &dim : dimsOf(op.getR()))
        size = size * dim;
      cost += evaluateDim(size, [](const std::string &) { return std::optional<int64_t>(64); }).value_or(0);
    });
    return cost;
  }

  FrozenRewritePatternSet usual, unitTransposes, withReshapes;
};

} // namespace
} // namespace dlc
