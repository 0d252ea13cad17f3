// Reduction: any test of the text holds on what is left, which stays a program with examples for all arguments.
#include "lib/Check/Reducer.h"
#include "lib/Check/Examiner.h"
#include "lib/Check/GraphCheck.h"
#include "lib/Check/Inputs.h"
#include "lib/Check/Surgery.h"

#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"

#include "gtest/gtest.h"

using namespace dlc;
using namespace dlc::check;

/// Reduces the graph of a seed to the smallest that mentions `word`; nothing if it does not itself.
static std::optional<Reduction> reduceTo(mlir::MLIRContext &context, uint64_t seed, const std::string &word) {
  auto module = buildGraph(context, seed);
  Anatomy::of(*module)->clean(); // what is dead goes with the first step
  auto test = [&](const std::string &text) { return text.find(word) != std::string::npos; };
  if (!test(programText(*module)))
    return std::nullopt;
  return reduce(*module, test);
}

TEST(Reducer, leavesOneOp) {
  auto context = makeQuietContext();
  unsigned reduced = 0;
  for (uint64_t seed = 0; seed < 40; ++seed) {
    auto reduction = reduceTo(*context, seed, "dlc.transpose");
    if (!reduction)
      continue;
    ++reduced;
    EXPECT_LE(reduction->lines, 12u) << "seed " << seed << "\n" << reduction->text;
    EXPECT_NE(reduction->text.find("dlc.transpose"), std::string::npos);
    auto again = mlir::parseSourceString<mlir::ModuleOp>(reduction->text, context.get());
    ASSERT_TRUE(again && mlir::succeeded(mlir::verify(*again)));
    EXPECT_TRUE(hasExamples(again->lookupSymbol<mlir::func::FuncOp>("main")));
  }
  EXPECT_GT(reduced, 10u);
}

TEST(Reducer, takesOpsOutOfRegions) {
  auto context = makeQuietContext();
  auto module = mlir::parseSourceString<mlir::ModuleOp>(R"(
    func.func @main(%n: tensor<i64>, %c: tensor<i1>, %x: tensor<4xf32>) -> tensor<4xf32> {
      %zero = arith.constant 0 : index
      %one = arith.constant 1 : index
      %trips = tensor.extract %n[] : tensor<i64>
      %end = arith.index_cast %trips : i64 to index
      %go = tensor.extract %c[] : tensor<i1>
      %r = scf.for %i = %zero to %end step %one iter_args(%y = %x) -> (tensor<4xf32>) {
        %s = scf.if %go -> (tensor<4xf32>) {
          scf.yield %y : tensor<4xf32>
        } else {
          %w = scf.while (%v = %y) : (tensor<4xf32>) -> tensor<4xf32> {
            %0 = dlc.tanh %v : tensor<4xf32>
            scf.condition(%go) %0 : tensor<4xf32>
          } do {
          ^bb0(%v: tensor<4xf32>):
            scf.yield %v : tensor<4xf32>
          }
          scf.yield %w : tensor<4xf32>
        }
        scf.yield %s : tensor<4xf32>
      }
      return %r : tensor<4xf32>
    })",
                                                        context.get());
  auto entry = module->lookupSymbol<mlir::func::FuncOp>("main");
  setExamples(entry, randomInputs(entry, 1, {}));
  Reduction reduction =
      reduce(*module, [](const std::string &text) { return text.find("dlc.tanh") != std::string::npos; });
  EXPECT_EQ(reduction.lines, 6u) << reduction.text;
  EXPECT_EQ(reduction.text.find("scf."), std::string::npos) << reduction.text;
}

TEST(Reducer, keepsWhatTheTestNeeds) {
  auto context = makeQuietContext();
  auto module = mlir::parseSourceString<mlir::ModuleOp>(R"(
    func.func @main(%x: tensor<8x9xf32>, %y: tensor<9xf32>) -> (tensor<8xf32>, tensor<9xf32>) {
      %0 = dlc.exp %x : (tensor<8x9xf32>) -> tensor<8x9xf32>
      %1 = dlc.tanh %0 : (tensor<8x9xf32>) -> tensor<8x9xf32>
      %2 = dlc.reduce %1 {kind = #dlc.reduce_kind<sum>, dims = array<i64: 1>, order = #dlc.order<lanes>}
        : (tensor<8x9xf32>) -> tensor<8xf32>
      %3 = dlc.neg %y : (tensor<9xf32>) -> tensor<9xf32>
      return %2, %3 : tensor<8xf32>, tensor<9xf32>
    })",
                                                        context.get());
  auto entry = module->lookupSymbol<mlir::func::FuncOp>("main");
  setExamples(entry, randomInputs(entry, 1, {}));
  Reduction reduction = reduce(*module, [](const std::string &text) {
    return text.find("dlc.tanh") != std::string::npos && text.find("x9xf32") != std::string::npos;
  });
  EXPECT_EQ(reduction.lines, 6u) << reduction.text;
  EXPECT_NE(reduction.text.find("tensor<1x9xf32>"), std::string::npos) << reduction.text;
  EXPECT_EQ(reduction.text.find("dlc.exp"), std::string::npos) << reduction.text;
}
