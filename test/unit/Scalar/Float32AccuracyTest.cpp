//===- Float32AccuracyTest.cpp - Functions on many f32, or on all ---------===//
//
// The largest error of each f32 function is bounded: on ten million numbers, spread evenly over all bit patterns
// (`Float32Samples`), and for functions of one operand on all 2^32 (`Float32Exhaustive`, part of `./dev test --full`;
// `./dev test --full all_exp_inputs` for one function).
//
//===----------------------------------------------------------------------===//
#include "Float32Errors.h"

#include "gtest/gtest.h"

#include <cstdio>
#include <ctime>

using namespace dlc;
using namespace dlc::scalar;

namespace {

std::string describe(float x) {
  char text[32];
  std::snprintf(text, sizeof text, "%a", x);
  return text;
}

/// Tries ten million samples, and then all numbers if `all`.
void expectAccurate(const Function &function, bool all) {
  std::clock_t start = std::clock();
  Float32Errors errors(function);
  ASSERT_EQ(errors.failure, "");
  errors.checkReference(!all || function.isGamma() ? 1 << 12 : 1 << 17);
  errors.trySamples(2442 * 4096);
  if (all)
    errors.tryAll();
  double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  std::string at = describe(errors.worstAt[0]);
  if (function.operands == 2)
    at += ", " + describe(errors.worstAt[1]);
  std::printf("%s of f32: %.4f ulp at %s, %s; MPFR decided %llu, f64 form %.3f ulp, %.1f s of CPU\n",
              function.name.c_str(), errors.worst, at.c_str(), all ? "all numbers" : "ten million samples",
              static_cast<unsigned long long>(errors.asked), errors.worstOfReference, seconds);
  EXPECT_LE(errors.worst, function.f32) << "at " << at;
  EXPECT_LE(errors.worstOfReference, function.f64) << "at " << errors.referenceAt[0] << ", " << errors.referenceAt[1];
  EXPECT_EQ(errors.unlikeInterpreter, 0u);
}

class Float32Samples : public testing::TestWithParam<Function> {};
INSTANTIATE_TEST_SUITE_P(All, Float32Samples, testing::ValuesIn(allFunctions()),
                         [](const auto &info) { return info.param.name; });

TEST_P(Float32Samples, tenMillion) { expectAccurate(GetParam(), false); }

class Float32Exhaustive : public testing::TestWithParam<Function> {};
std::vector<Function> functionsOfOne() {
  std::vector<Function> functions;
  for (const Function &function : allFunctions())
    if (function.operands == 1)
      functions.push_back(function);
  return functions;
}
INSTANTIATE_TEST_SUITE_P(All, Float32Exhaustive, testing::ValuesIn(functionsOfOne()),
                         [](const auto &info) { return "all_" + info.param.name + "_inputs"; });

TEST_P(Float32Exhaustive, isWithinItsBound) { expectAccurate(GetParam(), true); }

// The check itself: a result that is off by more than the bound is seen, special values included.
TEST(UlpErrors, seeWhatIsWrong) {
  auto error = [](float got, double want) {
    double result;
    errorsInUlp(&got, &want, &result, 1);
    return result;
  };
  EXPECT_EQ(error(1, 1), 0);
  EXPECT_EQ(error(1 + 0x1p-23f, 1), 1);
  EXPECT_EQ(error(-2 - 0x1p-22f, -2), 1);
  EXPECT_EQ(error(1, 1 + 0x1p-24), 0.5);
  EXPECT_EQ(error(0x1p-149f, 0x1p-148), 1);
  EXPECT_EQ(error(0, 0x1p-151), 0.25);
  EXPECT_EQ(error(-0.0f, 0x1p-151), HUGE_VAL);
  EXPECT_EQ(error(-0.0f, 0.0), HUGE_VAL);
  EXPECT_EQ(error(-0.0f, -0.0), 0);
  EXPECT_EQ(error(0x1p-149f, 0), HUGE_VAL);
  EXPECT_EQ(error(HUGE_VALF, 0x1.fffffep127), 1);
  EXPECT_EQ(error(HUGE_VALF, 0x1p200), 0);
  EXPECT_EQ(error(HUGE_VALF, HUGE_VAL), 0);
  EXPECT_GT(error(-HUGE_VALF, HUGE_VAL), 0x1p23);
  EXPECT_EQ(error(0x1.fffffep127f, HUGE_VAL), HUGE_VAL);
  EXPECT_EQ(error(NAN, NAN), 0);
  EXPECT_EQ(error(NAN, 1), HUGE_VAL);
  EXPECT_EQ(error(1, NAN), HUGE_VAL);
}

} // namespace
