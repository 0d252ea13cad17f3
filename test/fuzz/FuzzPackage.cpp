//===- FuzzPackage.cpp - Untrusted packages -------------------------------===//
//
// Packages are loaded and their images mapped, never run: what code does is trusted. An odd first byte makes the rest
// the entries of a well-formed package, since damage elsewhere rarely gets past the checksums.
//
//===----------------------------------------------------------------------===//
#include "lib/Runtime/Package.h"

#include <string.h>

using namespace dlc;

static void load(const Buffer &bytes) {
  LoadedPackage *package = nullptr;
  if (LoadedPackage::load(bytes, 3, LoadOptions(), package).isOk())
    LoadedPackage::destroy(package);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Buffer buffer;
  if (size > 3 && data[0] % 2 == 1) {
    size_t split = 3 + (data[1] | size_t(data[2]) << 8) % (size - 2);
    PackageEntry entries[2];
    entries[0].data = data + 3;
    entries[0].bytes = split - 3;
    entries[1].kind = EntryKind::Image;
    entries[1].key[0] = 7;
    entries[1].data = data + split;
    entries[1].bytes = size - split;
    if (encodePackage({entries, 2}, buffer).isOk())
      load(buffer);
    return 0;
  }
  if (Buffer::allocate(size, buffer).isOk()) {
    memcpy(buffer.data(), data, size);
    load(buffer);
  }
  return 0;
}
