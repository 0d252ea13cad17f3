//===- ChecksumTest.cpp - Detecting damage --------------------------------===//
#include "lib/Runtime/Checksum.h"

#include "gtest/gtest.h"
#include <string>

using namespace dlc;

TEST(ChecksumTest, IsPartOfTheFormat) {
  EXPECT_EQ(checksum("", 0), UINT64_C(2506989084903032003));
  EXPECT_EQ(checksum("dlc package", 11), UINT64_C(17807147004437721069));
}

TEST(ChecksumTest, SeesEveryBitAndLength) {
  std::string text(37, 'x');
  uint64_t good = checksum(text.data(), text.size());
  for (size_t i = 0; i < text.size() * 8; ++i) {
    std::string damaged = text;
    damaged[i / 8] = static_cast<char>(damaged[i / 8] ^ 1 << i % 8);
    EXPECT_NE(checksum(damaged.data(), damaged.size()), good);
  }
  for (size_t size = 0; size < text.size(); ++size)
    EXPECT_NE(checksum(text.data(), size), good);
  std::string zeros(16, '\0');
  EXPECT_NE(checksum(zeros.data(), 15), checksum(zeros.data(), 16));
}
