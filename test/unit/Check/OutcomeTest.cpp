// Comparison of outcomes, and examples that a program carries: bits count, NaNs are one.
#include "lib/Check/Outcome.h"
#include "lib/Check/Examiner.h"
#include "lib/Check/Inputs.h"

#include "mlir/Parser/Parser.h"

#include "gtest/gtest.h"

#include <cmath>
#include <cstring>

using namespace dlc;
using namespace dlc::check;

static HostTensor floats(std::vector<float> values) {
  HostTensor tensor(DType::F32, {int64_t(values.size())});
  std::memcpy(tensor.buffer.data(), values.data(), values.size() * sizeof(float));
  return tensor;
}

static Outcome outcomeOf(std::vector<float> values) {
  Outcome outcome;
  outcome.outputs = {floats(std::move(values))};
  return outcome;
}

TEST(Outcome, NaNsAreOneAndZerosAreTwo) {
  EXPECT_EQ(differenceOf(outcomeOf({NAN, 1}), outcomeOf({-NAN, 1})), "");
  EXPECT_EQ(differenceOf(outcomeOf({1, 0.0f}), outcomeOf({1, -0.0f})),
            "output 0, element 1 of f32[2]: expected 0 (0x0), but got -0 (0x80000000)");
  EXPECT_NE(differenceOf(outcomeOf({1}), outcomeOf({1, 1})), "");
}

TEST(Outcome, PartsOfComplexNumbersCountEach) {
  auto complex = [](double re, double im) {
    Outcome outcome;
    outcome.outputs = {HostTensor(DType::C128, {})};
    scalar::store(scalar::Scalar::ofParts(scalar::Scalar::ofDouble(re), scalar::Scalar::ofDouble(im)),
                  outcome.outputs[0].at(0));
    return outcome;
  };
  EXPECT_EQ(differenceOf(complex(NAN, 1), complex(-NAN, 1)), "");
  EXPECT_NE(differenceOf(complex(NAN, 1), complex(NAN, 2)), "");
  EXPECT_EQ(differenceOf(complex(1, 0.0), complex(1, -0.0)),
            "output 0, element 0 of c128[]: expected (1 (0x3ff0000000000000), 0 (0x0)), but got "
            "(1 (0x3ff0000000000000), -0 (0x8000000000000000))");
}

TEST(Outcome, ErrorsMustTellTheSame) {
  Outcome expected, got;
  expected.status = Status::error(ErrorKind::Index, "an index");
  expected.report = ErrorReport{3, 7, -9, 5};
  auto message = [&](int element) {
    got.status =
        Status::error(ErrorKind::Index,
                      "index -9 is out of range for dimension of extent 5 in 'dlc.gather' at x (element %d)", element);
    return differenceOf(expected, got);
  };
  EXPECT_EQ(message(7), "");
  EXPECT_NE(message(8), "");
  EXPECT_NE(differenceOf(expected, Outcome()), "");
}

TEST(Inputs, ExamplesKeepEveryBit) {
  auto context = makeQuietContext();
  auto module = mlir::parseSourceString<mlir::ModuleOp>(R"(
    func.func @main(%x: tensor<?xf32, #dlc.dims<[B]>>, %i: tensor<2xi8>, %c: tensor<3xi1>, %h: tensor<bf16>,
                    %z: tensor<3xcomplex<f64>>, %w: tensor<5xcomplex<f32>>, %f: tensor<4xf8E4M3FN>, %u: tensor<4xui4>,
                    %s: tensor<4xi4>) {
      return
    })",
                                                        context.get());
  auto entry = module->lookupSymbol<mlir::func::FuncOp>("main");
  for (uint64_t seed = 0; seed < 20; ++seed) {
    std::vector<HostTensor> inputs = randomInputs(entry, seed, drawSymbols(entry, seed)), read;
    inputs[0] = floats({NAN, -0.0f, INFINITY, 1e-40f, 1});
    setExamples(entry, inputs);
    std::string text = programText(*module);
    auto again = mlir::parseSourceString<mlir::ModuleOp>(text, context.get());
    ASSERT_TRUE(again) << text;
    ASSERT_TRUE(examplesOf(again->lookupSymbol<mlir::func::FuncOp>("main"), read).isOk());
    EXPECT_EQ(differenceOf("input", inputs, read), "");
    EXPECT_EQ(std::memcmp(inputs[0].buffer.data(), read[0].buffer.data(), 20), 0) << "NaN keeps its bits, too";
  }
}

TEST(Inputs, SymbolsStayInTheirRange) {
  auto context = makeQuietContext();
  auto module = mlir::parseSourceString<mlir::ModuleOp>(R"(
    func.func @main(%x: tensor<?x?xf32, #dlc.dims<[B, N]>>) attributes {dlc.symbols = {B = array<i64: 10, 30, 8>}} {
      return
    })",
                                                        context.get());
  auto entry = module->lookupSymbol<mlir::func::FuncOp>("main");
  for (uint64_t seed = 0; seed < 50; ++seed) {
    Symbols symbols = drawSymbols(entry, seed, {{"N", 77}});
    EXPECT_EQ(symbols["N"], 77);
    EXPECT_TRUE(symbols["B"] == 16 || symbols["B"] == 24) << symbols["B"];
  }
}
