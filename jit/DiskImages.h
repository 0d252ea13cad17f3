// The images of kernels in the cache on disk.
#ifndef DLC_JIT_DISKIMAGES_H
#define DLC_JIT_DISKIMAGES_H

#include "jit/Engine.h"
#include "lib/Cache/DiskStore.h"

namespace dlc::jit {

/// Keeps images in a store, which must outlive this. Any thread.
class DiskImages final : public ImageStore {
public:
  explicit DiskImages(cache::DiskStore &store) : store(store) {}
  bool find(const std::string &key, std::string &image) override;
  void add(const std::string &key, const std::string &label, const std::string &image) override;

private:
  cache::DiskStore &store;
};

/// The key of the program that these parts make: a hash of all of them with the options that change code, the target's
/// features and the compiler's id. What it names is a package of jit::Engine.
cache::Key programKey(const Options &options, const Target &target, const std::vector<std::string> &parts);

} // namespace dlc::jit

#endif // DLC_JIT_DISKIMAGES_H
