//===- NpyTest.cpp - NumPy's .npy files -----------------------------------===//
#include "lib/Runtime/Npy.h"
#include "lib/Runtime/File.h"

#include "TemporaryFolder.h"
#include "gtest/gtest.h"
#include <cstring>

using namespace dlc;
using namespace dlc::test;

namespace {
std::string makeNpy(const std::string &dict, const std::string &data, int version = 1) {
  std::string header = dict + "\n";
  std::string file = "\x93NUMPY";
  file += static_cast<char>(version);
  file += '\0';
  file += static_cast<char>(header.size() & 0xff);
  file += static_cast<char>(header.size() >> 8);
  if (version > 1)
    file += std::string(2, '\0');
  return file + header + data;
}

std::string dictOf(const std::string &descr, const std::string &shape, const std::string &order = "False") {
  return "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }";
}

std::string errorOf(const std::string &file, ErrorKind kind) {
  NpyHeader header;
  Status status = parseNpyHeader(file.data(), file.size(), header);
  EXPECT_EQ(status.kind(), kind) << status.message();
  return status.message();
}
} // namespace

TEST(NpyTest, RoundTripsEveryType) {
  TemporaryFolder folder;
  for (unsigned i = 0; i < numDTypes; ++i) {
    DType dtype = static_cast<DType>(i);
    for (std::vector<int64_t> dims : {std::vector<int64_t>{}, {3}, {2, 0, 3}, {2, 3, 4}, std::vector<int64_t>(16, 1)}) {
      HostArray array, back;
      ASSERT_TRUE(allocateArray(dtype, dims.size(), dims.data(), array).isOk());
      for (size_t b = 0; b < array.buffer.size(); ++b)
        static_cast<char *>(array.ref.data)[b] = static_cast<char>(dtype == DType::Bool ? b % 2
                                                                   : dtype == DType::I4 ? int(b % 16) - 8
                                                                   : dtype == DType::U4 ? b % 16
                                                                                        : b * 7);
      std::string path = folder / "a.npy";
      Status status = writeNpy(path.c_str(), array.ref);
      ASSERT_TRUE(status.isOk()) << status.message();
      if (isStorage(dtype))
        EXPECT_EQ(readNpy(path.c_str(), back).message(), "cannot read '" + path +
                                                             "': expected a dtype that names a type, but got 'V1', "
                                                             "which f8, i4 and u4 share");
      status = readNpy(path.c_str(), back, dtype);
      ASSERT_TRUE(status.isOk()) << status.message();
      EXPECT_EQ(back.ref.dtype, dtype);
      EXPECT_EQ(std::vector<int64_t>(back.ref.dims, back.ref.dims + back.ref.rank), dims);
      EXPECT_TRUE(isBufferAligned(back.ref.data));
      EXPECT_EQ(std::memcmp(back.ref.data, array.ref.data, array.buffer.size()), 0);
    }
  }
}

TEST(NpyTest, ReadsWhatMlDtypesWrites) {
  TemporaryFolder folder;
  std::string nibbles = folder.write("n.npy", makeNpy(dictOf("<V1", "(3,)"), "\x0f\xf7\x08"));
  std::string floats = folder.write("f.npy", makeNpy(dictOf("<f1", "(1,)"), "\x3c"));
  HostArray array;
  ASSERT_TRUE(readNpy(nibbles.c_str(), array, DType::I4).isOk());
  EXPECT_EQ(std::memcmp(array.ref.data, "\xff\x07\xf8", 3), 0); // Only the low 4 bits count.
  ASSERT_TRUE(readNpy(nibbles.c_str(), array, DType::U4).isOk());
  EXPECT_EQ(std::memcmp(array.ref.data, "\x0f\x07\x08", 3), 0);
  ASSERT_TRUE(readNpy(floats.c_str(), array).isOk());
  EXPECT_EQ(array.ref.dtype, DType::F8E5M2);
}

TEST(NpyTest, ReadsFortranOrder) {
  TemporaryFolder folder;
  int16_t columns[] = {0, 3, 1, 4, 2, 5}; // [[0, 1, 2], [3, 4, 5]] by columns.
  std::string data(reinterpret_cast<char *>(columns), sizeof(columns));
  std::string path = folder.write("f.npy", makeNpy(dictOf("<i2", "(2, 3)", "True"), data));
  HostArray array;
  ASSERT_TRUE(readNpy(path.c_str(), array).isOk());
  for (int16_t i = 0; i < 6; ++i)
    EXPECT_EQ(static_cast<int16_t *>(array.ref.data)[i], i);
}

TEST(NpyTest, ReadsOtherVersionsAndSpellings) {
  NpyHeader header;
  for (const std::string &file :
       {makeNpy(dictOf("<f4", "(2,)"), "12345678", 2), makeNpy(dictOf("<f4", "(2,)"), "12345678", 3),
        makeNpy("{\"shape\":(2L,),\"descr\":\"f4\",\"fortran_order\":False}", "12345678"),
        makeNpy("{ 'fortran_order' : False , 'shape' : ( 2 , ) , 'descr' : '=f4' }   ", "12345678")}) {
    Status status = parseNpyHeader(file.data(), file.size(), header);
    ASSERT_TRUE(status.isOk()) << status.message();
    EXPECT_EQ(header.dtype, DType::F32);
    EXPECT_EQ(header.rank, 1u);
    EXPECT_EQ(header.dims[0], 2);
  }
}

TEST(NpyTest, NormalisesBools) {
  TemporaryFolder folder;
  std::string path = folder.write("b.npy", makeNpy(dictOf("|b1", "(3,)"), std::string("\x02\x00\xff", 3)));
  HostArray array;
  ASSERT_TRUE(readNpy(path.c_str(), array).isOk());
  EXPECT_EQ(std::memcmp(array.ref.data, "\x01\x00\x01", 3), 0);
}

TEST(NpyTest, SaysWhatIsWrong) {
  EXPECT_EQ(errorOf("PK\x03\x04 not an npy file", ErrorKind::Corrupt),
            "expected an .npy file, but it does not start as one");
  EXPECT_EQ(errorOf(makeNpy(dictOf("<f4", "(2,)"), "12345678", 4), ErrorKind::Unsupported),
            "expected .npy version 1, 2 or 3, but got 4");
  EXPECT_EQ(errorOf(makeNpy(dictOf(">f4", "(2,)"), "12345678"), ErrorKind::Unsupported),
            "expected little-endian elements, but got dtype '>f4'");
  EXPECT_EQ(errorOf(makeNpy(dictOf("|O", "(2,)"), "12345678"), ErrorKind::Unsupported),
            "expected a bool, integer, float or complex dtype, but got '|O'");
  EXPECT_EQ(errorOf(makeNpy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }", "12345678"),
                    ErrorKind::Unsupported),
            "expected a plain dtype, but got a structured one");
  EXPECT_EQ(errorOf(makeNpy(dictOf("<f4", "(2,)"), "1234567"), ErrorKind::Corrupt),
            "expected 8 bytes of elements, but got 7");
  EXPECT_EQ(errorOf(makeNpy(dictOf("<f4", "(2,)"), "123456789"), ErrorKind::Corrupt),
            "expected 8 bytes of elements, but got 9");
  EXPECT_EQ(errorOf(makeNpy(dictOf("<f4", "(9223372036854775808,)"), ""), ErrorKind::Corrupt),
            "expected dimensions below 2^63");
  EXPECT_EQ(errorOf(makeNpy(dictOf("<f4", "(4611686018427387904, 4)"), ""), ErrorKind::Corrupt),
            "expected a shape that fits 60 bits");
  EXPECT_EQ(errorOf(makeNpy(dictOf("<f4", "(1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1)"), "1234"), ErrorKind::Unsupported),
            "expected at most 16 dimensions, but got more");
  const char *malformed = "expected a header with 'descr', 'fortran_order' and 'shape'";
  for (const char *dict : {"", "{", "{}", "{'descr': '<f4'}", "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)",
                           "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }",
                           "{'descr': '<f4', 'fortran_order': 0, 'shape': (2,), }",
                           "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,), }",
                           "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), } import os",
                           "{'descr': '<f4', 'fortran_order': False, 'shape': __import__('os'), }", "{'descr: '<f4'}"})
    EXPECT_EQ(errorOf(makeNpy(dict, "12345678"), ErrorKind::Corrupt), malformed) << dict;
}

TEST(NpyTest, EveryDamageEndsInAStatus) {
  std::string good = makeNpy(dictOf("<f4", "(2, 3)"), std::string(24, 'x'));
  NpyHeader header;
  for (size_t size = 0; size < good.size(); ++size) {
    std::string cut = good.substr(0, size);
    EXPECT_TRUE(parseNpyHeader(cut.data(), cut.size(), header).failed());
  }
  for (size_t i = 0; i < good.size(); ++i)
    for (int value = 0; value < 256; ++value) {
      std::string bytes = good;
      bytes[i] = static_cast<char>(value);
      std::vector<char> exact(bytes.begin(), bytes.end()); // So that a sanitizer sees reads behind the end.
      if (parseNpyHeader(exact.data(), exact.size(), header).isOk())
        EXPECT_EQ(header.dataOffset + header.dataBytes, good.size());
    }
}

TEST(NpyTest, NamesTheFile) {
  TemporaryFolder folder;
  HostArray array;
  std::string missing = folder / "missing.npy";
  EXPECT_EQ(readNpy(missing.c_str(), array).message(), "cannot open '" + missing + "': No such file or directory");
  EXPECT_EQ(readNpy(folder.path.c_str(), array).message(),
            "cannot read '" + folder.path + "': expected a regular file");
  std::string bad = folder.write("bad.npy", "nothing");
  Status status = readNpy(bad.c_str(), array);
  EXPECT_EQ(status.message(), "cannot read '" + bad + "': expected an .npy file, but it does not start as one");
  EXPECT_EQ(status.kind(), ErrorKind::Corrupt);
  int64_t dim = 1;
  ASSERT_TRUE(allocateArray(DType::F32, 1, &dim, array).isOk());
  std::string unwritable = folder / "no/such/folder.npy";
  EXPECT_EQ(writeNpy(unwritable.c_str(), array.ref).kind(), ErrorKind::Io);
}

TEST(FileTest, WritesAllOrNothing) {
  TemporaryFolder folder;
  std::string path = folder.write("f", "old");
  FilePiece pieces[] = {{"new ", 4}, {"bytes", 5}};
  ASSERT_TRUE(writeFile(path.c_str(), pieces, 2).isOk());
  EXPECT_EQ(folder.read("f"), "new bytes");
  int files = 0;
  for (const auto &entry : std::filesystem::directory_iterator(folder.path))
    files += entry.is_regular_file();
  EXPECT_EQ(files, 1); // No temporary file is left.
}

TEST(FileTest, ReadsAndMaps) {
  TemporaryFolder folder;
  std::string path = folder.write("f", "content"), empty = folder.write("empty", "");
  for (auto *read : {readFile, mapFile}) {
    Buffer buffer;
    ASSERT_TRUE(read(path.c_str(), buffer).isOk());
    EXPECT_EQ(std::string(static_cast<char *>(buffer.data()), buffer.size()), "content");
    ASSERT_TRUE(read(empty.c_str(), buffer).isOk());
    EXPECT_EQ(buffer.size(), 0u);
    EXPECT_EQ(read("/dev/null", buffer).kind(), ErrorKind::Io);
  }
}
