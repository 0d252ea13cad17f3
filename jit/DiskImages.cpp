// Keys as bytes, images as payloads.
#include "jit/DiskImages.h"

#include "lib/Compiler/CompilerId.h"

namespace dlc::jit {

bool DiskImages::find(const std::string &key, std::string &image) {
  cache::Key bytes;
  Buffer payload;
  if (!cache::parseHex(key, bytes) || !store.find(cache::Kind::Image, bytes, payload))
    return false;
  image.assign(static_cast<const char *>(payload.data()), payload.size());
  return true;
}

void DiskImages::add(const std::string &key, const std::string &label, const std::string &image) {
  cache::Key bytes;
  if (cache::parseHex(key, bytes))
    store.add(cache::Kind::Image, bytes, label, image.data(), image.size());
}

cache::Key programKey(const Options &options, const Target &target, const std::vector<std::string> &parts) {
  cache::Sha256 hash;
  auto add = [&](const std::string &text) { // with its length, so that parts cannot run into each other
    uint64_t bytes = text.size();
    hash.update(&bytes, sizeof bytes);
    hash.update(text.data(), text.size());
  };
  add(compilerId);
  add(target.name().str());
  add(target.features());
  add(options.fuse ? "fuse" : "");
  add(options.simplify ? "simplify" : "");
  add(options.tier == Tier::Baseline ? "baseline" : "");
  for (const std::string &part : parts)
    add(part);
  return hash.final();
}

} // namespace dlc::jit
