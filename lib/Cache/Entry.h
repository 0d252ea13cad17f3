// The format of a cache entry: one self-contained file. A 192-byte header (little-endian) holds what it is an entry of
// and the digest of everything else; the payload follows, 64-byte aligned. A file that is not exactly what was written,
// for exactly the key that is asked for, is no entry.
#ifndef DLC_CACHE_ENTRY_H
#define DLC_CACHE_ENTRY_H

#include "lib/Cache/Sha256.h"
#include "lib/Runtime/Buffer.h"

namespace dlc::cache {

/// What a payload is. The numeric values are part of the format.
enum class Kind : uint32_t {
  Image = 1,   ///< lib/Runtime/Image.h; the key is that of a kernel
  Program = 2, ///< lib/Runtime/Package.h; the key is that of a program
  Schedule = 3 ///< a tuner's answer
};

/// "image", "program", "schedule".
const char *name(Kind kind);

struct EntryHeader {
  static constexpr char expectedMagic[8] = {'d', 'l', 'c', 'c', 'a', 'c', 'h', 'e'};
  static constexpr uint32_t currentVersion = 1;

  char magic[8];
  uint32_t version;
  uint32_t kind;
  uint8_t key[32];
  uint64_t payloadBytes;
  char label[104];    ///< what `dlc cache list` shows, padded with zeros
  uint8_t digest[32]; ///< SHA-256 of all bytes of the header before this and of the payload
};
static_assert(sizeof(EntryHeader) == 192, "the header is part of the format");

/// The header of an entry; `label` is cut to what fits.
EntryHeader makeHeader(Kind kind, const Key &key, const std::string &label, const void *payload, size_t bytes);

/// Checks a whole entry; "" or what is wrong with it.
std::string checkEntry(const void *file, size_t bytes);

} // namespace dlc::cache

#endif // DLC_CACHE_ENTRY_H
