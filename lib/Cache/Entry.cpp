// Making and checking the header of an entry.
#include "lib/Cache/Entry.h"

#include <algorithm>
#include <cstring>

namespace dlc::cache {

const char *name(Kind kind) {
  switch (kind) {
  case Kind::Image:
    return "image";
  case Kind::Program:
    return "program";
  case Kind::Schedule:
    return "schedule";
  }
  return "unknown";
}

static Key digestOf(const EntryHeader &header, const void *payload, size_t bytes) {
  Sha256 hash;
  hash.update(&header, offsetof(EntryHeader, digest));
  hash.update(payload, bytes);
  return hash.final();
}

EntryHeader makeHeader(Kind kind, const Key &key, const std::string &label, const void *payload, size_t bytes) {
  EntryHeader header = {};
  std::memcpy(header.magic, EntryHeader::expectedMagic, sizeof header.magic);
  header.version = EntryHeader::currentVersion;
  header.kind = uint32_t(kind);
  std::copy(key.begin(), key.end(), header.key);
  header.payloadBytes = bytes;
  label.copy(header.label, sizeof header.label - 1);
  Key digest = digestOf(header, payload, bytes);
  std::copy(digest.begin(), digest.end(), header.digest);
  return header;
}

std::string checkEntry(const void *file, size_t bytes) {
  EntryHeader header;
  if (bytes < sizeof header)
    return "expected at least 192 bytes, but got " + std::to_string(bytes);
  std::memcpy(&header, file, sizeof header);
  if (std::memcmp(header.magic, EntryHeader::expectedMagic, sizeof header.magic) != 0)
    return "expected a cache entry, but got another file";
  if (header.version != EntryHeader::currentVersion)
    return "expected version 1, but got " + std::to_string(header.version);
  if (header.payloadBytes != bytes - sizeof header)
    return "expected a payload of " + std::to_string(header.payloadBytes) + " bytes, but got " +
           std::to_string(bytes - sizeof header);
  Key digest = digestOf(header, static_cast<const char *>(file) + sizeof header, bytes - sizeof header);
  if (std::memcmp(digest.data(), header.digest, digest.size()) != 0)
    return "expected the digest in its header, but the contents have another";
  return "";
}

} // namespace dlc::cache
