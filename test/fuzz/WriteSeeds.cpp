//===- WriteSeeds.cpp - Good files for fuzzers to start from --------------===//
//
// write-fuzz-seeds FOLDER: makes FOLDER/<fuzzer>/seed for each fuzzer.
//
//===----------------------------------------------------------------------===//
#include "lib/Runtime/Npy.h"
#include "lib/Runtime/Package.h"
#include "lib/Runtime/Safetensors.h"
#include "test/unit/Runtime/ProgramTrial.h"

#include <cstdio>
#include <filesystem>
#include <fstream>

using namespace dlc;

static void writeBytes(const std::string &path, const void *data, size_t bytes) {
  std::ofstream(path, std::ios::binary).write(static_cast<const char *>(data), static_cast<std::streamsize>(bytes));
}

int main(int count, char **arguments) {
  if (count != 2) {
    std::fprintf(stderr, "error: expected one folder\n");
    return 2;
  }
  auto pathOf = [&](const char *fuzzer) {
    std::string folder = std::string(arguments[1]) + "/" + fuzzer;
    std::filesystem::create_directories(folder);
    return folder + "/seed";
  };
  float values[6] = {1, 2, 3, 4, 5, 6};
  TensorRef tensor;
  tensor.data = values;
  tensor.rank = 2;
  tensor.dims[0] = 2;
  tensor.dims[1] = 3;
  NamedTensor named = {"layer.\"0\"", tensor};
  MetadataEntry metadata = {"format", "pt"};
  std::string program = test::makeRichProgram();
  PackageEntry entries[2];
  entries[0].data = program.data();
  entries[0].bytes = program.size();
  char image[80] = {};
  uint64_t entry = 0;
  makeImageHeader(16, &entry, 1, *reinterpret_cast<ImageHeader *>(image));
  entries[1].kind = EntryKind::Image;
  entries[1].key[0] = 7;
  entries[1].data = image;
  entries[1].bytes = sizeof(image);
  Buffer package;
  if (writeNpy(pathOf("npy").c_str(), tensor).failed() ||
      writeSafetensors(pathOf("safetensors").c_str(), {&named, 1}, {&metadata, 1}).failed() ||
      encodePackage({entries, 2}, package).failed())
    return 1;
  writeBytes(pathOf("program"), program.data(), program.size());
  writeBytes(pathOf("package"), package.data(), package.size());
  std::string pieces = {1, static_cast<char>(program.size() & 0xff), static_cast<char>(program.size() >> 8)};
  pieces += program;
  pieces.append(image, sizeof(image));
  writeBytes(pathOf("package") + "-pieces", pieces.data(), pieces.size());
  return 0;
}
