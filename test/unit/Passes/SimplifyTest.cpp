// The simplify phase keeps every bit: random programs, gradients among them, interpreted before and after.
#include "lib/Check/Calls.h"
#include "lib/Check/Inputs.h"
#include "lib/Check/Outcome.h"
#include "lib/Check/RandomGraph.h"
#include "test/unit/Interp/Modules.h"

#include "passes/autodiff/Passes.h"
#include "passes/simplify/Passes.h"
#include "passes/simplify/Patterns.h"

#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include "gtest/gtest.h"

using namespace dlc;
using namespace dlc::check;

namespace {

std::string textOf(mlir::ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream(text) << module;
  return text;
}
int64_t countOps(mlir::ModuleOp module) {
  int64_t count = 0;
  module.walk([&](mlir::Operation *) { ++count; });
  return count;
}

using Rewrite = std::function<mlir::LogicalResult(mlir::ModuleOp)>;

/// Interprets random programs before and after `rewrite`; errors that go away with unused ops are fine.
void expectSameBits(int seeds, const Rewrite &rewrite) {
  auto context = makeContext();
  registerCheckCalls();
  for (int seed = 0; seed < seeds; ++seed) {
    auto module = buildRandomModule(*context, seed, optionsFor(seed));
    mlir::PassManager autodiff(context.get());
    autodiff.addPass(createAutodiffPass());
    ASSERT_TRUE(mlir::succeeded(autodiff.run(*module)));
    std::string text = textOf(*module);
    std::vector<HostTensor> inputs = randomInputs(functionOf(*module), seed, {{"B", 1 + seed % 6}});
    llvm::SmallVector<HostTensor> expected, got;
    InterpError error;
    bool isOk = mlir::succeeded(interpret(functionOf(*module), inputs, expected, error));
    ASSERT_TRUE(mlir::succeeded(rewrite(*module))) << text;
    ASSERT_TRUE(mlir::succeeded(mlir::verify(*module))) << text;
    if (!isOk)
      continue;
    ASSERT_TRUE(mlir::succeeded(interpret(functionOf(*module), inputs, got, error))) << error.status.message() << "\n"
                                                                                     << text << textOf(*module);
    for (size_t i = 0; i < expected.size(); ++i)
      ASSERT_TRUE(sameBits(expected[i], got[i])) << "seed " << seed << ", result " << i << " of\n"
                                                 << text << textOf(*module);
  }
}

} // namespace

TEST(Simplify, keepsBitsOfRandomPrograms) {
  int64_t before = 0, after = 0;
  expectSameBits(600, [&](mlir::ModuleOp module) {
    before += countOps(module);
    mlir::PassManager passes(module.getContext());
    passes.addNestedPass<mlir::func::FuncOp>(createSimplifyPass());
    mlir::LogicalResult result = passes.run(module);
    after += countOps(module);
    return result;
  });
  EXPECT_LT(after, before * 9 / 10);
}

// The pass drops a trial of sinking that does not pay; here every one of its rewrites counts.
TEST(Simplify, sinkingTransposesKeepsBits) {
  for (bool mayInsert : {false, true})
    expectSameBits(600, [&](mlir::ModuleOp module) {
      sinkTransposes(functionOf(module), mayInsert);
      mlir::RewritePatternSet patterns(module.getContext());
      populateMoveIdentities(patterns);
      populateTransposedDots(patterns);
      populateUnitTransposes(patterns);
      return mlir::applyPatternsGreedily(module, std::move(patterns));
    });
}

// What looks like an identity is one only if it holds for zeros of both signs, infinities and NaN.
TEST(Simplify, identitiesHoldForSpecialValues) {
  auto context = makeContext();
  std::string body, results, types;
  int next = 0;
  auto use = [&](const std::string &op) {
    std::string name = "%r" + std::to_string(next++);
    body += name + " = " + op + "\n";
    results += (results.empty() ? "" : ", ") + name;
    types += (types.empty() ? "" : ", ") + std::string("tensor<8xf32>");
  };
  for (const char *number : {"0.0", "-0.0", "1.0", "-1.0"}) {
    std::string c = "%c" + std::to_string(next);
    body += c + " = dlc.constant dense<" + number + "> : tensor<8xf32>\n";
    for (const char *op : {"add", "sub", "mul", "div", "max", "min", "pow", "rem"})
      for (const std::string &operands : {"%x, " + c, c + ", %x"})
        use("dlc." + std::string(op) + " " + operands + " : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>");
  }
  for (const char *op : {"add", "sub", "mul", "div", "max", "min"})
    use("dlc." + std::string(op) + " %x, %x : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>");
  body += "%n = dlc.neg %x : (tensor<8xf32>) -> tensor<8xf32>\n%w = dlc.cast %x {to = f64} : (tensor<8xf32>) -> "
          "tensor<8xf64>\n%h = dlc.cast %x {to = f16} : (tensor<8xf32>) -> tensor<8xf16>\n";
  use("dlc.neg %n : (tensor<8xf32>) -> tensor<8xf32>");
  use("dlc.cast %w {to = f32} : (tensor<8xf64>) -> tensor<8xf32>");
  use("dlc.cast %h {to = f32} : (tensor<8xf16>) -> tensor<8xf32>");
  auto module = parse(*context, "func.func @main(%x: tensor<8xf32>) -> (" + types + ") {\n" + body + "return " +
                                    results + " : " + types + "\n}");
  ASSERT_TRUE(module);
  std::vector<HostTensor> inputs = {floats({8}, {0.0f, -0.0f, 1.5f, -70000.0f, INFINITY, -INFINITY, NAN, 1e-42f})};
  llvm::SmallVector<HostTensor> expected, got;
  InterpError error;
  ASSERT_TRUE(mlir::succeeded(interpret(functionOf(*module), inputs, expected, error)));
  int64_t before = countOps(*module);
  mlir::PassManager passes(context.get());
  passes.addNestedPass<mlir::func::FuncOp>(createSimplifyPass());
  ASSERT_TRUE(mlir::succeeded(passes.run(*module)));
  EXPECT_LT(countOps(*module), before);
  ASSERT_TRUE(mlir::succeeded(interpret(functionOf(*module), inputs, got, error)));
  for (size_t i = 0; i < expected.size(); ++i)
    EXPECT_TRUE(sameBits(expected[i], got[i])) << "%r" << i;
}
