// The cache on disk: a folder of entries (Entry.h) that any number of processes use at once.
//
// An entry is written under a name of its own and renamed, so that readers see none or all of it, and verified whenever
// it is read: what is damaged or foreign is removed and counts as absent. Hence nothing is synced to the disk
// (measured: 1 to 18 ms a file): what a power cut tears is rebuilt. A cache can always be lost, so a folder that is
// read-only, full or in another's hands is reported once and compiles go on without it.
//
// Size: when the files exceed the capacity, those longest unused go until nine tenths are left. Use is the time of
// modification, renewed by a hit once an hour.
#ifndef DLC_CACHE_DISKSTORE_H
#define DLC_CACHE_DISKSTORE_H

#include "lib/Cache/Entry.h"

#include <functional>
#include <mutex>
#include <vector>

namespace dlc::cache {

struct StoreOptions {
  std::string folder; ///< made when first written to; empty: nothing is kept
  uint64_t capacity = uint64_t(1) << 30;
  /// Gets at most one message in the store's life.
  std::function<void(const std::string &)> warn;
};

/// An entry as `dlc cache list` shows it.
struct EntryInfo {
  std::string path;
  std::string kind, key, label; ///< empty if the file has no valid header
  uint64_t bytes = 0;
  int64_t lastUse = 0; ///< seconds since 1970
};

struct VerifyReport {
  uint64_t whole = 0, removed = 0;
  std::vector<std::string> problems; ///< "PATH: what is wrong", one for each removed file
};

/// All members may be called on any thread.
class DiskStore {
public:
  explicit DiskStore(StoreOptions options);

  /// The payload of an entry (64-byte aligned), if it is there and whole.
  bool find(Kind kind, const Key &key, Buffer &payload);
  /// Keeps a payload. Failing to is no failure of the caller.
  void add(Kind kind, const Key &key, const std::string &label, const void *payload, size_t bytes);

  /// All entries, the one used last first.
  std::vector<EntryInfo> list() const;
  /// Checks every entry and removes what is damaged.
  VerifyReport verify();
  /// Removes the longest unused entries until at most `limit` bytes are left, and what dead processes left behind.
  /// Returns the bytes removed.
  uint64_t collect(uint64_t limit);
  /// Removes all entries; returns how many. Files that are not the cache's stay.
  uint64_t clear();

  const StoreOptions &options() const { return opts; }

private:
  std::string pathOf(Kind kind, const Key &key) const;
  void warnOnce(const std::string &message);
  void account(uint64_t bytes);

  StoreOptions opts;
  std::mutex mutex;
  bool hasWarned = false;
  bool isDisabled;
  uint64_t untilScan = 0; ///< bytes this process may add before it looks at the whole folder again
};

} // namespace dlc::cache

#endif // DLC_CACHE_DISKSTORE_H
