//===- AlignedBytes.h - Bytes at a chosen alignment -----------------------===//
#ifndef DLC_TEST_UNIT_RUNTIME_ALIGNEDBYTES_H
#define DLC_TEST_UNIT_RUNTIME_ALIGNEDBYTES_H

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace dlc::test {

/// Bytes that start at a multiple of 64 plus `shift`.
class AlignedBytes {
public:
  explicit AlignedBytes(const std::string &bytes, size_t shift = 0) : storage(bytes.size() + 128), size(bytes.size()) {
    auto address = reinterpret_cast<uintptr_t>(storage.data());
    start = storage.data() + (64 - address % 64) % 64 + shift;
    std::copy(bytes.begin(), bytes.end(), start);
  }
  std::vector<char> storage;
  char *start;
  size_t size;
};

} // namespace dlc::test

#endif // DLC_TEST_UNIT_RUNTIME_ALIGNEDBYTES_H
