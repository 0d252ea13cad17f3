// Images of kernels in the disk cache, by kernel key (contract C6).
#ifndef DLC_ARRAY_DISKIMAGES_H
#define DLC_ARRAY_DISKIMAGES_H

#include "jit/Engine.h"
#include "lib/Cache/DiskStore.h"

namespace dlc {

class DiskImages final : public jit::ImageStore {
public:
  /// A store in `folder`; empty: nothing is kept.
  explicit DiskImages(const std::string &folder);

  bool find(const std::string &key, std::string &image) override;
  void add(const std::string &key, const std::string &image) override;

private:
  cache::DiskStore store;
};

} // namespace dlc

#endif // DLC_ARRAY_DISKIMAGES_H
