//===- ImageTest.cpp - Machine code of one kernel, mapped -----------------===//
#include "lib/Runtime/Image.h"

#include "gtest/gtest.h"
#include <cstring>
#include <fstream>
#include <string>
#include <unistd.h>

using namespace dlc;

namespace {
#if defined(__x86_64__)
// mov rax, [rdi] ; mov dword ptr [rax], 42 ; ret        (buffers[0][0] = 42)
const unsigned char code[] = {0x48, 0x8b, 0x07, 0xc7, 0x00, 42, 0, 0, 0, 0xc3};
#else
// ldr x0, [x0] ; mov w1, #42 ; str w1, [x0] ; ret
const unsigned char code[] = {0x00, 0x00, 0x40, 0xf9, 0x41, 0x05, 0x80, 0x52,
                              0x01, 0x00, 0x00, 0xb9, 0xc0, 0x03, 0x5f, 0xd6};
#endif

std::string makeImage(uint64_t padding) {
  uint64_t entries[2] = {padding, padding};
  ImageHeader header;
  makeImageHeader(padding + sizeof(code), entries, 2, header);
  std::string image(reinterpret_cast<char *>(&header), sizeof(header));
  image.append(padding, '\0');
  image.append(reinterpret_cast<const char *>(code), sizeof(code));
  return image;
}
} // namespace

TEST(ImageTest, MapsAndRuns) {
  for (uint64_t padding : {0, 64, 8192}) {
    std::string bytes = makeImage(padding);
    Image image;
    Status status = Image::map(bytes.data(), bytes.size(), image);
    ASSERT_TRUE(status.isOk()) << status.message();
    bytes.assign(bytes.size(), '\0'); // The image owns its code.
    ASSERT_EQ(image.stageCount(), 2u);
    EXPECT_EQ(image.codeBytes(), padding + sizeof(code));
    Image moved = std::move(image);
    EXPECT_FALSE(image);
    int value = 0;
    void *buffers[] = {&value};
    moved.stage(1)(buffers, nullptr, nullptr, nullptr, nullptr, 0, 1);
    EXPECT_EQ(value, 42);
  }
}

TEST(ImageTest, RefusesEveryTruncation) {
  std::string bytes = makeImage(64);
  for (size_t size = 0; size < bytes.size(); ++size) {
    Image image;
    EXPECT_EQ(Image::map(bytes.data(), size, image).kind(), ErrorKind::Corrupt);
    EXPECT_FALSE(image);
  }
}

TEST(ImageTest, RefusesDamagedHeaders) {
  const std::string good = makeImage(64);
  auto kindAfter = [&](size_t offset, auto value) {
    std::string bytes = good;
    std::memcpy(&bytes[offset], &value, sizeof(value));
    return checkImage(bytes.data(), bytes.size()).kind();
  };
  EXPECT_EQ(kindAfter(0, 'x'), ErrorKind::Corrupt);
  EXPECT_EQ(kindAfter(offsetof(ImageHeader, version), uint32_t(2)), ErrorKind::Unsupported);
  EXPECT_EQ(kindAfter(offsetof(ImageHeader, machine), uint32_t(3)), ErrorKind::Unsupported);
  EXPECT_EQ(kindAfter(offsetof(ImageHeader, codeBytes), UINT64_MAX), ErrorKind::Corrupt);
  EXPECT_EQ(kindAfter(offsetof(ImageHeader, stageCount), uint32_t(0)), ErrorKind::Corrupt);
  EXPECT_EQ(kindAfter(offsetof(ImageHeader, stageCount), uint32_t(4)), ErrorKind::Corrupt);
  EXPECT_EQ(kindAfter(offsetof(ImageHeader, stageCount), uint32_t(1)), ErrorKind::Corrupt); // Leaves a stray entry.
  EXPECT_EQ(kindAfter(offsetof(ImageHeader, entries), uint64_t(good.size())), ErrorKind::Corrupt);
  EXPECT_EQ(kindAfter(offsetof(ImageHeader, reserved2), uint64_t(1)), ErrorKind::Corrupt);
}

TEST(ImageTest, AnnouncesToPerf) {
  std::string bytes = makeImage(0);
  Image image;
  ASSERT_TRUE(Image::map(bytes.data(), bytes.size(), image).isOk());
  ASSERT_TRUE(image.announceToPerf("softmax_f32").isOk());
  std::string path = "/tmp/perf-" + std::to_string(getpid()) + ".map", line;
  std::ifstream file(path);
  std::getline(file, line);
  EXPECT_NE(line.find(" softmax_f32"), std::string::npos) << line;
  unlink(path.c_str());
}
