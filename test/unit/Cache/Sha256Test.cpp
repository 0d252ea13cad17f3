// The examples of FIPS 180-4, and that pieces of any size give the digest of the whole.
#include "lib/Cache/Sha256.h"

#include <gtest/gtest.h>

using namespace dlc::cache;

static std::string digest(const std::string &text) { return toHex(Sha256::of(text.data(), text.size())); }

TEST(Sha256, PublishedExamples) {
  EXPECT_EQ(digest(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(digest(std::string(1000000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, PiecesGiveTheDigestOfTheWhole) {
  std::string text;
  for (int i = 0; i < 300; ++i)
    text += char(i * 7);
  for (size_t length = 0; length <= 200; ++length)
    for (size_t piece : {1, 3, 63, 64, 65}) {
      Sha256 hash;
      for (size_t at = 0; at < length; at += piece)
        hash.update(text.data() + at, std::min(piece, length - at));
      ASSERT_EQ(hash.final(), Sha256::of(text.data(), length)) << length << " in pieces of " << piece;
    }
}

TEST(Sha256, HexRoundTrips) {
  Key key = Sha256::of("x", 1), parsed = {};
  ASSERT_TRUE(parseHex(toHex(key), parsed));
  EXPECT_EQ(parsed, key);
  EXPECT_FALSE(parseHex(toHex(key).substr(1), parsed));
  EXPECT_FALSE(parseHex(std::string(64, 'G'), parsed));
}
