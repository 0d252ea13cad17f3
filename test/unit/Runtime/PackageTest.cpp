//===- PackageTest.cpp - Programs and code in one container ---------------===//
#include "lib/Runtime/Package.h"

#include "ProgramFixture.h"
#include <cstring>

using namespace dlc;
using namespace dlc::test;
using program::BufferKind;

namespace {
#if defined(__x86_64__)
// mov rax, [rdi] ; mov dword ptr [rax], VALUE ; ret
std::string codeStoring(char value) {
  return std::string("\x48\x8b\x07\xc7\x00", 5) + value + std::string("\0\0\0\xc3", 4);
}
#else
// ldr x0, [x0] ; mov w1, #VALUE ; str w1, [x0] ; ret
std::string codeStoring(char value) {
  uint32_t words[] = {0xf9400000, 0x52800001u | uint32_t(value) << 5, 0xb9000001, 0xd65f03c0};
  return std::string(reinterpret_cast<char *>(words), sizeof(words));
}
#endif

std::string imageStoring(char value) {
  std::string code = codeStoring(value);
  uint64_t entry = 0;
  ImageHeader header;
  makeImageHeader(code.size(), &entry, 1, header);
  return std::string(reinterpret_cast<char *>(&header), sizeof(header)) + code;
}

/// A program whose kernel, key 7, stores one i32.
std::string makeProgram() {
  ProgramDesc desc;
  desc.name = "store";
  desc.outputs = {{"y", DType::I32, {}, {}}};
  desc.buffers = {{BufferKind::Output, 0, 0, 4}};
  KernelDesc kernel;
  kernel.key[0] = 7;
  kernel.name = "store";
  kernel.bufferCount = 1;
  kernel.stages = {{"compute", 1, 1, 0, 0}};
  desc.kernels = {kernel};
  desc.commands = {CommandDesc::launch(0, {0}), CommandDesc::end()};
  std::string bytes;
  EXPECT_EQ(writeProgram(desc, bytes), "");
  return bytes;
}

PackageEntry entryOf(EntryKind kind, uint32_t level, uint8_t key, const std::string &bytes) {
  PackageEntry entry;
  entry.kind = kind;
  entry.level = level;
  entry.key[0] = key;
  entry.data = bytes.data();
  entry.bytes = bytes.size();
  return entry;
}

std::string encode(const std::vector<PackageEntry> &entries) {
  Buffer buffer;
  EXPECT_TRUE(encodePackage({entries.data(), entries.size()}, buffer).isOk());
  return std::string(static_cast<char *>(buffer.data()), buffer.size());
}

Buffer bufferOf(const std::string &bytes) {
  Buffer buffer;
  EXPECT_TRUE(Buffer::allocate(bytes.size(), buffer).isOk());
  std::memcpy(buffer.data(), bytes.data(), bytes.size());
  return buffer;
}

/// Loads and runs a package: what it stored, or the message.
std::string runPackage(const std::string &bytes, uint32_t level, KernelResolver fallback = {}) {
  LoadedPackage *package = nullptr;
  LoadOptions options;
  options.kernels = fallback;
  if (Status status = LoadedPackage::load(bufferOf(bytes), level, options, package); status.failed())
    return status.message();
  int32_t y = 0;
  TensorRef output = refTo(DType::I32, &y, {});
  Status status = package->program().run(nullptr, 0, &output, 1);
  LoadedPackage::destroy(package);
  return status.isOk() ? std::to_string(y) : status.message();
}

const std::string programBytes = makeProgram(), v3 = imageStoring(3), v4 = imageStoring(4), unknown = "future";

std::string makePackage() {
  return encode({entryOf(EntryKind(99), 0, 0, unknown), entryOf(EntryKind::Program, 0, 1, programBytes),
                 entryOf(EntryKind::Image, 3, 7, v3), entryOf(EntryKind::Image, 4, 7, v4),
                 entryOf(EntryKind::Image, 3, 8, v4)});
}
} // namespace

TEST(PackageTest, RunsTheBestImageForTheMachine) {
  std::string package = makePackage();
  EXPECT_EQ(runPackage(package, 3), "3");
  EXPECT_EQ(runPackage(package, 4), "4");
  EXPECT_EQ(runPackage(package, 9), "4");
  EXPECT_EQ(runPackage(package, 2), "expected the package to hold code of kernel 'store' for this machine");
}

TEST(PackageTest, AsksTheFallbackForMissingCode) {
  KernelResolver fallback;
  fallback.resolve = [](void *, const StageRef &, dlc_stage &out) {
    out = [](void *const *buffers, const int64_t *, void *, void *, const dlc_rt *, int64_t, int64_t) {
      *static_cast<int32_t *>(buffers[0]) = 55;
    };
    return Status::ok();
  };
  EXPECT_EQ(runPackage(makePackage(), 2, fallback), "55");
}

TEST(PackageTest, ReadsBackItsEntries) {
  Package package;
  ASSERT_TRUE(Package::parse(bufferOf(makePackage()), package).isOk());
  ASSERT_EQ(package.size(), 5u);
  PackageEntry entry;
  ASSERT_TRUE(package.read(0, entry).isOk());
  EXPECT_EQ(std::string(static_cast<const char *>(entry.data), entry.bytes), "future");
  EXPECT_EQ(package.first(EntryKind::Program), 1u);
  EXPECT_EQ(package.first(EntryKind::Ptx), package.size());
  ASSERT_TRUE(package.read(1, entry).isOk());
  EXPECT_TRUE(isBufferAligned(entry.data));
  ASSERT_TRUE(Package::parse(bufferOf(encode({})), package).isOk());
  EXPECT_EQ(package.size(), 0u);
  EXPECT_EQ(runPackage(encode({}), 3), "expected a package to hold a program");
}

TEST(PackageTest, EveryDamageIsFound) {
  std::string good = makePackage();
  for (size_t size = 0; size < good.size(); ++size) {
    Package package;
    EXPECT_TRUE(Package::parse(bufferOf(good.substr(0, size)), package).failed());
  }
  for (size_t i = 0; i < good.size(); ++i)
    for (unsigned char flip : {0x01, 0x80, 0xff}) {
      std::string damaged = good;
      damaged[i] = static_cast<char>(damaged[i] ^ flip);
      std::string result = runPackage(damaged, 3);
      // What was not damaged runs, what was is found: padding and images that are not in use do no harm.
      EXPECT_TRUE(result == "3" || result.find("expected ") == 0) << result;
    }
}

TEST(PackageTest, SaysWhatIsWrong) {
  std::string good = makePackage(), other = good, newer = good;
  other[0] = 'x';
  newer[8] = 2;
  EXPECT_EQ(runPackage(other, 3), "expected a dlc package, but got other bytes");
  EXPECT_EQ(runPackage(newer, 3), "expected a package of version 1, but got 2");
  EXPECT_EQ(runPackage(good + "x", 3).find("expected a package of "), 0u);
  std::string empty = imageStoring(1);
  reinterpret_cast<ImageHeader *>(empty.data())->stageCount = 9;
  EXPECT_EQ(
      runPackage(encode({entryOf(EntryKind::Program, 0, 0, programBytes), entryOf(EntryKind::Image, 0, 7, empty)}), 3),
      "expected an image of 1..3 stages, but got 9");
}
