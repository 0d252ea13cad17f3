//===- ElementTest.cpp - Single elements as text --------------------------===//
#include "lib/Runtime/Element.h"

#include "gtest/gtest.h"
#include <cmath>
#include <string>

using namespace dlc;

template <typename T> static std::string format(DType dtype, T value) {
  char text[64];
  formatElement(dtype, &value, text, sizeof(text));
  return text;
}

TEST(ElementTest, FormatsEveryType) {
  EXPECT_EQ(format<uint8_t>(DType::Bool, 1), "true");
  EXPECT_EQ(format<int8_t>(DType::I8, -128), "-128");
  EXPECT_EQ(format<int16_t>(DType::I16, -300), "-300");
  EXPECT_EQ(format<int32_t>(DType::I32, INT32_MIN), "-2147483648");
  EXPECT_EQ(format<int64_t>(DType::I64, INT64_MAX), "9223372036854775807");
  EXPECT_EQ(format<uint8_t>(DType::U8, 255), "255");
  EXPECT_EQ(format<uint16_t>(DType::U16, 65535), "65535");
  EXPECT_EQ(format<uint32_t>(DType::U32, UINT32_MAX), "4294967295");
  EXPECT_EQ(format<uint64_t>(DType::U64, UINT64_MAX), "18446744073709551615");
  EXPECT_EQ(format<uint16_t>(DType::F16, 0x3c01), "1.00097656");
  EXPECT_EQ(format<uint16_t>(DType::BF16, 0xc000), "-2");
  EXPECT_EQ(format<int8_t>(DType::I4, -8), "-8");
  EXPECT_EQ(format<uint8_t>(DType::U4, 15), "15");
  EXPECT_EQ(format(DType::F32, 0.1f), "0.100000001");
  EXPECT_EQ(format(DType::F64, 0.1), "0.10000000000000001");
  float c64[2] = {1, -2};
  char text[64];
  formatElement(DType::C64, c64, text, sizeof(text));
  EXPECT_STREQ(text, "1-2i");
  double c128[2] = {0.5, 2};
  formatElement(DType::C128, c128, text, sizeof(text));
  EXPECT_STREQ(text, "0.5+2i");
}

TEST(ElementTest, WidensF16Exactly) {
  for (uint32_t bits = 0; bits < 65536; ++bits) {
    uint16_t half = static_cast<uint16_t>(bits);
    float expected = static_cast<float>(*reinterpret_cast<_Float16 *>(&half)), got = widenToF32(DType::F16, &half);
    if (std::isnan(expected)) {
      ASSERT_TRUE(std::isnan(got));
      continue;
    }
    ASSERT_EQ(expected, got) << bits;
    ASSERT_EQ(std::signbit(expected), std::signbit(got)) << bits;
  }
}

TEST(ElementTest, WidensF8) {
  auto e4m3 = [](uint8_t bits) { return widenToF32(DType::F8E4M3, &bits); };
  auto e5m2 = [](uint8_t bits) { return widenToF32(DType::F8E5M2, &bits); };
  EXPECT_EQ(e4m3(0x7e), 448.0f);
  EXPECT_EQ(e4m3(0x01), std::ldexp(1.0f, -9));
  EXPECT_EQ(e4m3(0x08), std::ldexp(1.0f, -6));
  EXPECT_EQ(e4m3(0xb8), -1.0f);
  EXPECT_TRUE(std::isnan(e4m3(0x7f)) && std::isnan(e4m3(0xff)));
  EXPECT_EQ(e5m2(0x7b), 57344.0f);
  EXPECT_EQ(e5m2(0x01), std::ldexp(1.0f, -16));
  EXPECT_EQ(e5m2(0x3c), 1.0f);
  EXPECT_TRUE(std::isinf(e5m2(0x7c)) && std::isnan(e5m2(0x7d)));
}
