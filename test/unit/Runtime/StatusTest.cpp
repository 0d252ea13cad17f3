//===- StatusTest.cpp - Element types and failures ------------------------===//
#include "lib/Runtime/Status.h"
#include "lib/Runtime/DType.h"

#include "gtest/gtest.h"
#include <string>

using namespace dlc;

TEST(DTypeTest, NamesParseBack) {
  for (unsigned i = 0; i < numDTypes; ++i) {
    DType type = static_cast<DType>(i), parsed = DType::C128;
    ASSERT_TRUE(parseDType(name(type), strlen(name(type)), parsed));
    EXPECT_EQ(type, parsed);
  }
  DType untouched = DType::F32;
  EXPECT_FALSE(parseDType("f3", 2, untouched));
  EXPECT_FALSE(parseDType("f32x", 4, untouched));
  EXPECT_EQ(untouched, DType::F32);
}

TEST(DTypeTest, WidthsAndClasses) {
  EXPECT_EQ(byteWidth(DType::Bool), 1u);
  EXPECT_EQ(byteWidth(DType::BF16), 2u);
  EXPECT_EQ(byteWidth(DType::C128), 16u);
  EXPECT_TRUE(isFloat(DType::F8E4M3) && isFloat(DType::F64) && !isFloat(DType::C64) && !isFloat(DType::U64));
  EXPECT_TRUE(isInteger(DType::I8) && isInteger(DType::U64) && !isInteger(DType::Bool));
  EXPECT_TRUE(isSignedInt(DType::I4) && isUnsignedInt(DType::U4) && !isComplex(DType::I4) && isComplex(DType::C128));
  EXPECT_TRUE(isStorage(DType::F8E5M2) && isStorage(DType::U4) && !isStorage(DType::I8) && !isStorage(DType::F16));
  EXPECT_EQ(bitWidth(DType::I4), 4u);
  EXPECT_EQ(bitWidth(DType::C64), 64u);
}

TEST(StatusTest, OkHasNoMessage) {
  Status status = Status::ok();
  EXPECT_TRUE(status.isOk());
  EXPECT_EQ(status.kind(), ErrorKind::Ok);
  EXPECT_STREQ(status.message(), "");
  EXPECT_TRUE(status.withContext("unused").isOk());
}

TEST(StatusTest, FormatsCopiesAndAddsContext) {
  Status status = Status::error(ErrorKind::Value, "expected %d, but got %s", 3, "four");
  Status copy = status;
  status = Status::ok();
  EXPECT_STREQ(copy.message(), "expected 3, but got four");
  Status outer = copy.withContext("file '%s'", "a.npy");
  EXPECT_STREQ(outer.message(), "file 'a.npy': expected 3, but got four");
  EXPECT_EQ(outer.kind(), ErrorKind::Value);
}

TEST(StatusTest, CutsLongMessages) {
  std::string text(10000, 'x');
  Status status = Status::error(ErrorKind::Io, "%s", text.c_str());
  EXPECT_EQ(strlen(status.message()), 4095u);
  EXPECT_EQ(strlen(status.withContext("%s", text.c_str()).message()), 4095u);
}
