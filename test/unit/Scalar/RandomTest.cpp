//===- RandomTest.cpp - Random numbers by counter -------------------------===//
//
// Philox against the published test vectors, the maps at their ends, and the moments of the distributions.
//
//===----------------------------------------------------------------------===//
#include "dialects/dlc/Scalar/Random.h"
#include "dialects/dlc/Scalar/HostScalar.h"

#include "gtest/gtest.h"

using namespace dlc;
using namespace dlc::scalar;

namespace {

Scalar word64(uint64_t value) { return Scalar::ofInteger(DType::I64, value); }

void expectBlock(uint64_t key, uint64_t low, uint64_t high, const uint64_t (&expected)[4]) {
  HostScalarBuilder b;
  auto block = philox(b, word64(key), word64(low), word64(high));
  for (int k = 0; k < 4; ++k)
    EXPECT_EQ(block.word[k].v.u, expected[k]);
}

// The vectors that Random123 publishes for philox4x32-10.
TEST(Philox, publishedVectors) {
  expectBlock(0, 0, 0, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  expectBlock(~0ull, ~0ull, ~0ull, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  expectBlock(0x299f31d0a4093822, 0x85a308d3243f6a88, 0x0370734413198a2e,
              {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST(Uniform, isTheTopBitsOfTheBlock) {
  HostScalarBuilder b;
  for (uint64_t i = 0; i < 1000; ++i) {
    auto block = philox(b, word64(5), word64(i), word64(9));
    uint64_t w0 = block.word[0].v.u, w1 = block.word[1].v.u;
    auto at = [&](DType type) { return uniform(b, word64(5), word64(9), word64(i), type).toDouble(); };
    EXPECT_EQ(randomBits(b, word64(5), word64(9), word64(i)).u, w0);
    EXPECT_EQ(at(DType::F32), double(w0 >> 8) * 0x1p-24);
    EXPECT_EQ(at(DType::F16), double(w0 >> 21) * 0x1p-11);
    EXPECT_EQ(at(DType::BF16), double(w0 >> 24) * 0x1p-8);
    EXPECT_EQ(at(DType::F64), double((w1 << 32 | w0) >> 11) * 0x1p-53);
  }
}

// The standard error of each moment is below a quarter of its bound.
TEST(Normal, momentsAreThoseOfTheDistribution) {
  HostScalarBuilder b;
  for (DType type : {DType::F32, DType::F64}) {
    const int count = 100000;
    double sums[4] = {0, 0, 0, 0}, beyondTwo = 0;
    for (int i = 0; i < count; ++i) {
      double z = normal(b, word64(1), word64(2), word64(i), type).toDouble(), power = 1;
      for (double &sum : sums)
        sum += power *= z;
      beyondTwo += std::fabs(z) > 2;
    }
    EXPECT_NEAR(sums[0] / count, 0, 0.015);
    EXPECT_NEAR(sums[1] / count, 1, 0.02);
    EXPECT_NEAR(sums[2] / count, 0, 0.05);
    EXPECT_NEAR(sums[3] / count, 3, 0.13);
    EXPECT_NEAR(beyondTwo / count, 0.0455, 0.003);
  }
}

} // namespace
