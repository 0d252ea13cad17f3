//===- SafetensorsTest.cpp - Files of named tensors -----------------------===//
#include "lib/Runtime/Safetensors.h"

#include "TemporaryFolder.h"
#include "gtest/gtest.h"
#include <cstring>
#include <memory>

using namespace dlc;
using namespace dlc::test;

namespace {
std::string makeFile(const std::string &header, const std::string &data) {
  uint64_t length = header.size();
  return std::string(reinterpret_cast<char *>(&length), 8) + header + data;
}

struct Parsed {
  explicit Parsed(const std::string &bytes) {
    Buffer buffer;
    EXPECT_TRUE(Buffer::allocate(bytes.size(), buffer).isOk());
    std::memcpy(buffer.data(), bytes.data(), bytes.size());
    status = Safetensors::parse(buffer, file);
  }
  ~Parsed() { Safetensors::destroy(file); }
  Safetensors *file = nullptr;
  Status status;
};

std::string errorOf(const std::string &header, const std::string &data, ErrorKind kind = ErrorKind::Corrupt) {
  Parsed parsed(makeFile(header, data));
  EXPECT_EQ(parsed.status.kind(), kind) << parsed.status.message();
  return parsed.status.message();
}

NamedTensor tensorOf(const char *name, DType dtype, const void *data, std::vector<int64_t> dims) {
  NamedTensor tensor = {name, {}};
  tensor.ref.data = const_cast<void *>(data);
  tensor.ref.dtype = dtype;
  tensor.ref.rank = static_cast<uint32_t>(dims.size());
  std::copy(dims.begin(), dims.end(), tensor.ref.dims);
  return tensor;
}

const std::string good = R"({"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
                         R"("__metadata__":{"format":"pt"},)"
                         R"("a":{"dtype":"U8","shape":[1,3],"data_offsets":[8,11]}})";
const std::string goodData = "12345678abc";
} // namespace

TEST(SafetensorsTest, Parses) {
  Parsed parsed(makeFile(good + "   ", goodData));
  ASSERT_TRUE(parsed.status.isOk()) << parsed.status.message();
  ASSERT_EQ(parsed.file->tensors().size, 2u);
  EXPECT_STREQ(parsed.file->tensors()[0].name, "a"); // Sorted.
  const NamedTensor *b = parsed.file->find("b");
  ASSERT_NE(b, nullptr);
  EXPECT_EQ(b->ref.dtype, DType::F32);
  EXPECT_EQ(b->ref.rank, 1u);
  EXPECT_EQ(std::memcmp(b->ref.data, "12345678", 8), 0);
  EXPECT_EQ(parsed.file->find("c"), nullptr);
  ASSERT_EQ(parsed.file->metadata().size, 1u);
  EXPECT_STREQ(parsed.file->metadata()[0].key, "format");
  EXPECT_STREQ(parsed.file->metadata()[0].value, "pt");
  Parsed empty(makeFile("{}", ""));
  ASSERT_TRUE(empty.status.isOk());
  EXPECT_EQ(empty.file->tensors().size, 0u);
}

TEST(SafetensorsTest, RoundTripsAndIsDeterministic) {
  TemporaryFolder folder;
  alignas(64) float weights[6] = {1, 2, 3, 4, 5, 6};
  double scale = 0.5;
  uint8_t flags[3] = {1, 0, 1};
  std::vector<NamedTensor> tensors = {tensorOf("z.weight", DType::F32, weights, {2, 3}),
                                      tensorOf("flags", DType::Bool, flags, {3}),
                                      tensorOf("a \"quoted\" \xc3\xa9", DType::F32, weights, {6}),
                                      tensorOf("scale", DType::F64, &scale, {}),
                                      tensorOf("empty", DType::I64, nullptr, {0, 4}),
                                      tensorOf("e4m3", DType::F8E4M3, weights, {2, 2}),
                                      tensorOf("e5m2", DType::F8E5M2, weights, {5})};
  MetadataEntry metadata[] = {{"epoch", "3"}};
  std::string path = folder / "m.safetensors";
  ASSERT_TRUE(writeSafetensors(path.c_str(), {tensors.data(), tensors.size()}, {metadata, 1}).isOk());
  std::string first = folder.read("m.safetensors");
  std::swap(tensors[0], tensors[3]);
  ASSERT_TRUE(writeSafetensors(path.c_str(), {tensors.data(), tensors.size()}, {metadata, 1}).isOk());
  EXPECT_EQ(folder.read("m.safetensors"), first);

  Safetensors *file = nullptr;
  Status status = Safetensors::open(path.c_str(), file);
  ASSERT_TRUE(status.isOk()) << status.message();
  EXPECT_EQ(file->tensors().size, 7u);
  EXPECT_STREQ(file->metadata()[0].value, "3");
  for (const NamedTensor &tensor : tensors) {
    const NamedTensor *back = file->find(tensor.name);
    ASSERT_NE(back, nullptr) << tensor.name;
    EXPECT_EQ(back->ref.dtype, tensor.ref.dtype);
    ASSERT_EQ(back->ref.rank, tensor.ref.rank);
    EXPECT_EQ(std::memcmp(back->ref.dims, tensor.ref.dims, sizeof(tensor.ref.dims)), 0);
    uint64_t bytes = 0;
    ASSERT_TRUE(byteSize(back->ref, bytes));
    if (bytes > 0)
      EXPECT_EQ(std::memcmp(back->ref.data, tensor.ref.data, bytes), 0);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(back->ref.data) % byteWidth(back->ref.dtype), 0u);
  }
  Safetensors::destroy(file);
}

TEST(SafetensorsTest, HasNoIntegersOf4Bits) {
  TemporaryFolder folder;
  int8_t elements[2] = {-1, 7};
  std::string path = folder / "m.safetensors";
  for (DType dtype : {DType::I4, DType::U4}) {
    NamedTensor tensor = tensorOf("x", dtype, elements, {2});
    EXPECT_EQ(writeSafetensors(path.c_str(), {&tensor, 1}, {}).message(),
              "cannot write '" + path + "': expected a dtype that safetensors has, but got " + name(dtype) +
                  " for 'x'");
  }
  EXPECT_EQ(errorOf(R"({"a":{"dtype":"I4","shape":[2],"data_offsets":[0,1]}})", "x", ErrorKind::Unsupported),
            "tensor 'a': expected a dtype such as F32, but got another one");
}

TEST(SafetensorsTest, SaysWhatIsWrong) {
  EXPECT_EQ(errorOf("", ""), "expected a header in JSON");
  EXPECT_EQ(errorOf("[]", ""), "expected a header that is a JSON object");
  EXPECT_EQ(errorOf(" {}", ""), "expected a header that is a JSON object");
  EXPECT_EQ(errorOf("{", ""), "expected a header in JSON");
  EXPECT_EQ(errorOf("{} {}", ""), "expected only spaces behind the JSON header");
  EXPECT_EQ(errorOf("{}", "x"), "expected 0 bytes of data, but got 1");
  auto tensor = [](const std::string &fields) { return "{\"w\":{" + fields + "}}"; };
  EXPECT_EQ(errorOf(tensor(R"("dtype":"F99","shape":[1],"data_offsets":[0,4])"), "1234", ErrorKind::Unsupported),
            "tensor 'w': expected a dtype such as F32, but got another one");
  EXPECT_EQ(errorOf(tensor(R"("dtype":"F32","shape":[2],"data_offsets":[0,4])"), "1234"),
            "tensor 'w': expected data_offsets to span the bytes of the shape, but got 4");
  EXPECT_EQ(errorOf(tensor(R"("dtype":"F32","shape":[1],"data_offsets":[0,8])"), "1234"),
            "tensor 'w': expected data_offsets inside of 4 bytes of data, but got [0, 8]");
  EXPECT_EQ(errorOf(tensor(R"("dtype":"F32","shape":[1],"data_offsets":[4,0])"), "1234"),
            "tensor 'w': expected data_offsets inside of 4 bytes of data, but got [4, 0]");
  EXPECT_EQ(errorOf(tensor(R"("dtype":"F32","shape":[-1],"data_offsets":[0,4])"), "1234"),
            "tensor 'w': expected the shape to hold integers in 0..2^63-1");
  EXPECT_EQ(errorOf(tensor(R"("dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4])"), "1234"),
            "tensor 'w': expected the shape to hold integers in 0..2^63-1");
  EXPECT_EQ(errorOf(tensor(R"("dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0])"), ""),
            "tensor 'w': expected data_offsets to span the bytes of the shape, but got 0");
  EXPECT_EQ(errorOf(tensor(R"("dtype":"F32","shape":[1])"), "1234"),
            "tensor 'w': expected an object with dtype, shape and data_offsets");
  EXPECT_EQ(errorOf(tensor(R"("dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4])"), "1234"),
            "tensor 'w': expected each of dtype, shape and data_offsets once, and nothing else");
  EXPECT_EQ(errorOf(tensor(R"("dtype":"F32","shape":[1],"data_offsets":[0,4,8])"), "1234"),
            "tensor 'w': expected data_offsets to be two integers");
  EXPECT_EQ(errorOf(tensor(R"("dtype":"BOOL","shape":[1],"data_offsets":[0,1])"), "\x02"),
            "tensor 'w': expected bools to be 0 or 1");
  EXPECT_EQ(errorOf(R"({"w":3})", ""), "tensor 'w': expected an object with dtype, shape and data_offsets");
  EXPECT_EQ(errorOf(R"({"__metadata__":{"a":1}})", ""), "expected __metadata__ to be one object of strings");
  EXPECT_EQ(errorOf("{\"\xff\":3}", ""), "expected a name in UTF-8 before each tensor");
  std::string w = R"("w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]})",
              v = R"("v":{"dtype":"U8","shape":[1],"data_offsets":[0,1]})";
  EXPECT_EQ(errorOf("{" + w + "," + v + "}", "x").find("expected tensor '"), 0u); // They overlap.
  EXPECT_EQ(errorOf(R"({"w":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})", "xy"),
            "expected tensor 'w' to start at byte 0, where the one before it ends, but got 1");
  std::string again = R"("\u0077":{"dtype":"U8","shape":[1],"data_offsets":[1,2]})";
  EXPECT_EQ(errorOf("{" + w + "," + again + "}", "xy"), "expected unique names, but got 'w' twice");
  std::string deep(100000, '[');
  EXPECT_EQ(errorOf("{\"a\":" + deep + "}", ""), "expected a header in JSON");
}

TEST(SafetensorsTest, RefusesLyingHeaderLengths) {
  std::string bytes = makeFile("{}", "");
  for (uint64_t length : {uint64_t(3), uint64_t(100000001), UINT64_MAX, uint64_t(1) << 63}) {
    std::memcpy(bytes.data(), &length, 8);
    EXPECT_EQ(Parsed(bytes).status.kind(), ErrorKind::Corrupt);
  }
}

TEST(SafetensorsTest, EveryDamageEndsInAStatus) {
  std::string bytes = makeFile(good, goodData);
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_TRUE(Parsed(bytes.substr(0, size)).status.failed());
  int refused = 0;
  for (size_t i = 0; i < bytes.size(); ++i)
    for (int value : {0, 1, 9, 34, 92, 123, 125, 91, 93, 44, 58, 48, 57, 97, 128, 255}) {
      std::string damaged = bytes;
      damaged[i] = static_cast<char>(value);
      refused += Parsed(damaged).status.failed();
    }
  EXPECT_GT(refused, 1000);
}

TEST(SafetensorsTest, ParsesManyTensorsInLinearTime) {
  std::string header = "{";
  for (int i = 0; i < 50000; ++i)
    header += (i ? ",\"t" : "\"t") + std::to_string(i) + R"(":{"dtype":"U8","shape":[0],"data_offsets":[0,0]})";
  Parsed parsed(makeFile(header + "}", "")); // Minutes if anything were quadratic.
  ASSERT_TRUE(parsed.status.isOk()) << parsed.status.message();
  EXPECT_EQ(parsed.file->tensors().size, 50000u);
}

TEST(SafetensorsTest, RefusesToWriteWhatCannotBeRead) {
  TemporaryFolder folder;
  std::string path = folder / "m.safetensors";
  float x = 1;
  auto write = [&](std::vector<NamedTensor> tensors) {
    return writeSafetensors(path.c_str(), {tensors.data(), tensors.size()}).kind();
  };
  EXPECT_EQ(write({tensorOf("", DType::F32, &x, {})}), ErrorKind::Value);
  EXPECT_EQ(write({tensorOf("\xff", DType::F32, &x, {})}), ErrorKind::Value);
  EXPECT_EQ(write({tensorOf("w", DType::F32, &x, {}), tensorOf("w", DType::F32, &x, {})}), ErrorKind::Value);
  EXPECT_EQ(write({tensorOf("w", DType::C128, &x, {})}), ErrorKind::Unsupported);
  EXPECT_EQ(write({tensorOf("w", DType::F32, &x, {-1})}), ErrorKind::Value);
  Safetensors *file = nullptr;
  std::string missing = folder / "none";
  EXPECT_EQ(Safetensors::open(missing.c_str(), file).message(),
            "cannot open '" + missing + "': No such file or directory");
  std::string bad = folder.write("bad", "x");
  EXPECT_EQ(Safetensors::open(bad.c_str(), file).message(),
            "cannot read '" + bad + "': expected a .safetensors file, but it is too short");
}
