//===- SmallFloatAccuracyTest.cpp - Functions on all f16 and all bf16 -----===//
//
// Every function of one operand on each of the 65,536 numbers of f16 and of bf16, over host scalars against MPFR. The
// result is computed in f32 and rounded once more, so it may be the other neighbour where the value is nearly half way
// between two numbers. Of bf16 that happens nowhere: all results are correctly rounded. Of f16 it is counted, and no
// error passes 0.501 ulp.
//
//===----------------------------------------------------------------------===//
#include "FunctionOracle.h"

#include "gtest/gtest.h"

#include <cstdio>

using namespace dlc;
using namespace dlc::scalar;

namespace {

/// How many results of one function may be the other neighbour.
struct Kind {
  DType type;
  unsigned mayMisround;
};

class SmallFloatAccuracy : public testing::TestWithParam<Function> {};
std::vector<Function> functionsOfOne() {
  std::vector<Function> functions;
  for (const Function &function : allFunctions())
    if (function.operands == 1)
      functions.push_back(function);
  return functions;
}
INSTANTIATE_TEST_SUITE_P(All, SmallFloatAccuracy, testing::ValuesIn(functionsOfOne()),
                         [](const auto &info) { return info.param.name; });

TEST_P(SmallFloatAccuracy, onEveryNumber) {
  const Function &function = GetParam();
  Real want(80); // 16-bit arguments do not come near enough to a tie to need more
  for (auto [type, mayMisround] : {Kind{DType::F16, 16}, Kind{DType::BF16, 0}}) {
    double worst = 0;
    unsigned misrounded = 0;
    uint64_t at = 0;
    for (uint64_t bits = 0; bits < 65536; ++bits) {
      Scalar x = Scalar::ofBits(type, bits);
      function.oracle(want.value, &x);
      double error = errorInUlp(function.host(&x), want.value);
      misrounded += error > 0.5;
      if (error > worst) {
        worst = error;
        at = bits;
      }
    }
    std::printf("%s of %s: %u of 65536 results are not the nearest; %.4f ulp at 0x%llx\n", function.name.c_str(),
                name(type), misrounded, worst, static_cast<unsigned long long>(at));
    EXPECT_LE(worst, 0.501) << function.name << " of " << name(type) << " at 0x" << std::hex << at;
    EXPECT_LE(misrounded, mayMisround) << function.name << " of " << name(type);
  }
}

} // namespace
