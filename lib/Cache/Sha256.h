// SHA-256 (FIPS 180-4), for keys and digests: this layer and the runtime's users link neither LLVM nor a crypto
// library.
#ifndef DLC_CACHE_SHA256_H
#define DLC_CACHE_SHA256_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace dlc::cache {

/// 32 bytes: a SHA-256 digest, or a key made by one.
using Key = std::array<uint8_t, 32>;

class Sha256 {
public:
  void update(const void *data, size_t bytes);
  /// The digest of everything so far; ends the computation.
  Key final();

  static Key of(const void *data, size_t bytes);

private:
  void block(const uint8_t *data);
  std::array<uint32_t, 8> state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                   0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<uint8_t, 64> pending;
  uint64_t total = 0;
};

/// 64 hexadecimal digits, lower case.
std::string toHex(const Key &key);
/// Reads what toHex prints; false if `text` is anything else.
bool parseHex(const std::string &text, Key &key);

} // namespace dlc::cache

#endif // DLC_CACHE_SHA256_H
