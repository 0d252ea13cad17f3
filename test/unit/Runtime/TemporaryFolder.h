//===- TemporaryFolder.h - A folder for one test --------------------------===//
#ifndef DLC_TEST_UNIT_RUNTIME_TEMPORARYFOLDER_H
#define DLC_TEST_UNIT_RUNTIME_TEMPORARYFOLDER_H

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdlib.h>
#include <string>

namespace dlc::test {

/// A new empty folder that goes with the object.
class TemporaryFolder {
public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "dlc-test-XXXXXX").string();
    path = mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path); }
  /// The path of `name` in the folder.
  std::string operator/(const std::string &name) const { return path + "/" + name; }
  /// Makes the file `name` of `bytes`; returns its path.
  std::string write(const std::string &name, const std::string &bytes) const {
    std::ofstream(*this / name, std::ios::binary) << bytes;
    return *this / name;
  }
  std::string read(const std::string &name) const {
    std::ifstream file(*this / name, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }
  std::string path;
};

} // namespace dlc::test

#endif // DLC_TEST_UNIT_RUNTIME_TEMPORARYFOLDER_H
