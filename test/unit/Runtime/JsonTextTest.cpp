//===- JsonTextTest.cpp - Strings of JSON ---------------------------------===//
#include "lib/Runtime/JsonText.h"

#include "gtest/gtest.h"
#include <string>

using namespace dlc;

static std::string decode(const std::string &text) {
  std::string out(text.size() + 1, '?');
  long length = decodeJsonString(text.data(), text.size(), out.data());
  return length < 0 ? "refused" : out.substr(0, static_cast<size_t>(length));
}

TEST(JsonTextTest, Utf8) {
  EXPECT_TRUE(isUtf8("plain", 5));
  EXPECT_TRUE(isUtf8("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 9));
  for (const char *bad : {"\x80", "\xc3", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                          "\xf8\x88\x80\x80\x80", "\xe2\x82", "\xc3\x28", "\xff"})
    EXPECT_FALSE(isUtf8(bad, std::string(bad).size())) << bad;
}

TEST(JsonTextTest, Decodes) {
  EXPECT_EQ(decode("layer.0"), "layer.0");
  EXPECT_EQ(decode(R"(\"\\\/\b\f\n\r\t)"), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(decode(R"(\u0041\u00e9\u20AC)"), "A\xc3\xa9\xe2\x82\xac");
  EXPECT_EQ(decode(R"(\ud83d\ude00)"), "\xf0\x9f\x98\x80");
  for (const char *bad : {R"(\)", R"(\x)", R"(\u12)", R"(\u12g4)", R"(\ud83d)", R"(\ud83dx)", R"(\ud83d\u0041)",
                          R"(\ude00)", R"(\u0000)", "\x01", "\xff"})
    EXPECT_EQ(decode(bad), "refused") << bad;
}

TEST(JsonTextTest, EncodesWhatDecodesBack) {
  std::string text = "a\"b\\c\x01\n\xc3\xa9";
  std::string encoded(6 * text.size(), '?');
  encoded.resize(encodeJsonString(text.data(), text.size(), encoded.data()));
  EXPECT_EQ(encoded, "a\\\"b\\\\c\\u0001\\u000a\xc3\xa9");
  EXPECT_EQ(decode(encoded), text);
}
