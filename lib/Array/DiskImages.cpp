// The adapter between the JIT's store of images and the disk cache.
#include "lib/Array/DiskImages.h"

namespace dlc {

static cache::StoreOptions optionsOf(const std::string &folder) {
  cache::StoreOptions options;
  options.folder = folder;
  return options;
}

DiskImages::DiskImages(const std::string &folder) : store(optionsOf(folder)) {}

bool DiskImages::find(const std::string &key, std::string &image) {
  cache::Key bytes;
  Buffer payload;
  if (!cache::parseHex(key, bytes) || !store.find(cache::Kind::Image, bytes, payload))
    return false;
  image.assign(static_cast<const char *>(payload.data()), payload.size());
  return true;
}

void DiskImages::add(const std::string &key, const std::string &image) {
  cache::Key bytes;
  if (cache::parseHex(key, bytes))
    store.add(cache::Kind::Image, bytes, "kernel", image.data(), image.size());
}

} // namespace dlc
