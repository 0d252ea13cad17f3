// A store in a temporary folder, and payloads to put into it.
#ifndef DLC_TEST_UNIT_CACHE_CACHEFIXTURE_H
#define DLC_TEST_UNIT_CACHE_CACHEFIXTURE_H

#include "lib/Cache/DiskStore.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

namespace dlc::cache {

inline Key keyOf(int number) { return Sha256::of(&number, sizeof number); }

/// What every process stores under keyOf(number).
inline std::string payloadOf(int number, size_t bytes) {
  std::string payload;
  while (payload.size() < bytes)
    payload += toHex(keyOf(number * 1000 + int(payload.size())));
  payload.resize(bytes);
  return payload;
}

class CacheTest : public testing::Test {
protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "dlc-cache-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    root = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(root); }

  StoreOptions options(uint64_t capacity = uint64_t(1) << 30) {
    StoreOptions result;
    result.folder = (root / "nested" / "cache").string();
    result.capacity = capacity;
    result.warn = [this](const std::string &message) { warnings.push_back(message); };
    return result;
  }
  static void put(DiskStore &store, int number, size_t bytes = 1000) {
    std::string payload = payloadOf(number, bytes);
    store.add(Kind::Image, keyOf(number), "entry " + std::to_string(number), payload.data(), payload.size());
  }
  /// Whether the store has the entry; if it does, its payload must be the right one.
  static bool has(DiskStore &store, int number, size_t bytes = 1000) {
    Buffer payload;
    if (!store.find(Kind::Image, keyOf(number), payload))
      return false;
    std::string text(static_cast<const char *>(payload.data()), payload.size());
    EXPECT_EQ(text, payloadOf(number, bytes));
    EXPECT_TRUE(isBufferAligned(payload.data()));
    return true;
  }
  static uint64_t bytesOnDisk(const DiskStore &store) {
    uint64_t total = 0;
    for (const EntryInfo &entry : store.list())
      total += entry.bytes;
    return total;
  }

  std::filesystem::path root;
  std::vector<std::string> warnings;
};

} // namespace dlc::cache

#endif // DLC_TEST_UNIT_CACHE_CACHEFIXTURE_H
