// The store in one process: what it keeps, what it refuses, what it removes, and what it survives.
#include "test/unit/Cache/CacheFixture.h"

#include <chrono>
#include <sys/mount.h>
#include <sys/wait.h>

namespace fs = std::filesystem;
using namespace dlc;
using namespace dlc::cache;

using DiskStoreTest = CacheTest;

TEST_F(DiskStoreTest, KeepsWhatWasAdded) {
  DiskStore store(options());
  EXPECT_FALSE(has(store, 1));
  put(store, 1);
  put(store, 2, 0);
  EXPECT_TRUE(has(store, 1));
  EXPECT_TRUE(has(store, 2, 0));
  EXPECT_FALSE(has(store, 3));
  Buffer payload;
  EXPECT_FALSE(store.find(Kind::Program, keyOf(1), payload)) << "kinds do not mix";
  DiskStore other(options());
  EXPECT_TRUE(has(other, 1));
  EXPECT_TRUE(warnings.empty());
}

TEST_F(DiskStoreTest, ListsItsEntries) {
  DiskStore store(options());
  put(store, 1);
  std::vector<EntryInfo> list = store.list();
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0].kind, "image");
  EXPECT_EQ(list[0].key, toHex(keyOf(1)));
  EXPECT_EQ(list[0].label, "entry 1");
  EXPECT_EQ(list[0].bytes, 1192u);
}

TEST_F(DiskStoreTest, FindsEveryFlippedByte) {
  DiskStore store(options());
  put(store, 1, 100);
  std::string path = store.list()[0].path;
  std::string whole;
  {
    std::ifstream in(path, std::ios::binary);
    whole.assign(std::istreambuf_iterator<char>(in), {});
  }
  for (size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] ^= 0x10;
    std::ofstream(path, std::ios::binary) << damaged;
    ASSERT_FALSE(has(store, 1, 100)) << "byte " << at;
    ASSERT_FALSE(fs::exists(path)) << "a damaged entry goes";
  }
  put(store, 1, 100);
  EXPECT_TRUE(has(store, 1, 100)) << "and is rebuilt";
  EXPECT_EQ(warnings.size(), 1u) << "one warning, not one a byte";
}

TEST_F(DiskStoreTest, FindsEveryTruncation) {
  DiskStore store(options());
  put(store, 1, 100);
  std::string path = store.list()[0].path;
  for (uintmax_t size = fs::file_size(path); size-- > 0;) {
    put(store, 1, 100);
    fs::resize_file(path, size);
    ASSERT_FALSE(has(store, 1, 100)) << size << " bytes";
  }
}

TEST_F(DiskStoreTest, RefusesAnEntryUnderAnotherName) {
  DiskStore store(options());
  put(store, 1);
  put(store, 2);
  std::vector<EntryInfo> list = store.list();
  fs::copy_file(list[0].path, list[1].path, fs::copy_options::overwrite_existing);
  EXPECT_NE(has(store, 1), has(store, 2));
}

TEST_F(DiskStoreTest, VerifyRemovesWhatIsDamaged) {
  DiskStore store(options());
  for (int i = 0; i < 5; ++i)
    put(store, i);
  fs::resize_file(store.list()[2].path, 500);
  VerifyReport report = store.verify();
  EXPECT_EQ(report.whole, 4u);
  EXPECT_EQ(report.removed, 1u);
  ASSERT_EQ(report.problems.size(), 1u);
  EXPECT_NE(report.problems[0].find("expected a payload of 1000 bytes, but got 308"), std::string::npos);
  EXPECT_EQ(store.list().size(), 4u);
}

TEST_F(DiskStoreTest, TheLongestUnusedGoFirst) {
  DiskStore store(options());
  for (int i = 0; i < 10; ++i)
    put(store, i, 808); // 1,000 bytes a file
  auto now = fs::file_time_type::clock::now();
  for (const EntryInfo &entry : store.list()) {
    int number = entry.label.back() - '0';
    fs::last_write_time(entry.path, now - std::chrono::hours(100 - number));
  }
  EXPECT_TRUE(has(store, 0, 808)); // a hit makes it the youngest
  EXPECT_EQ(store.collect(4000), 6000u);
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(has(store, i, 808), i == 0 || i >= 7) << i;
}

TEST_F(DiskStoreTest, StaysBelowItsCapacity) {
  DiskStore store(options(50000));
  for (int i = 0; i < 200; ++i) {
    put(store, i, 808);
    ASSERT_LE(bytesOnDisk(store), 50000u) << i;
  }
  EXPECT_GE(bytesOnDisk(store), 40000u);
  put(store, 1000, 60000);
  EXPECT_FALSE(has(store, 1000, 60000)) << "what cannot fit is not kept";
  EXPECT_GE(bytesOnDisk(store), 40000u) << "and drives nothing out";
}

TEST_F(DiskStoreTest, CollectsWhatDeadWritersLeft) {
  DiskStore store(options());
  put(store, 1);
  std::string path = store.list()[0].path;
  std::string old = path + ".12.0.tmp", fresh = path + ".13.0.tmp";
  std::ofstream(old) << "half";
  std::ofstream(fresh) << "half";
  fs::last_write_time(old, fs::file_time_type::clock::now() - std::chrono::hours(2));
  EXPECT_EQ(store.list().size(), 1u);
  store.collect(1000000);
  EXPECT_FALSE(fs::exists(old));
  EXPECT_TRUE(fs::exists(fresh)) << "its writer may live";
  EXPECT_TRUE(has(store, 1));
}

TEST_F(DiskStoreTest, ClearLeavesForeignFiles) {
  DiskStore store(options());
  for (int i = 0; i < 5; ++i)
    put(store, i);
  fs::path foreign = fs::path(store.options().folder) / "notes.txt";
  fs::path inShard = fs::path(store.list()[0].path).parent_path() / "notes.txt";
  std::ofstream(foreign) << "mine";
  std::ofstream(inShard) << "mine";
  EXPECT_EQ(store.clear(), 5u);
  EXPECT_TRUE(store.list().empty());
  EXPECT_TRUE(fs::exists(foreign));
  EXPECT_TRUE(fs::exists(inShard));
}

TEST_F(DiskStoreTest, AnUnusableFolderIsReportedOnce) {
  std::ofstream(root / "file") << "not a folder";
  StoreOptions bad = options();
  bad.folder = (root / "file" / "cache").string();
  DiskStore store(bad);
  put(store, 1);
  put(store, 2);
  EXPECT_FALSE(has(store, 1));
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_NE(warnings[0].find("cannot write to the cache"), std::string::npos);
}

TEST_F(DiskStoreTest, WithoutAFolderNothingIsKept) {
  StoreOptions none = options();
  none.folder = "";
  DiskStore store(none);
  put(store, 1);
  EXPECT_FALSE(has(store, 1));
  EXPECT_TRUE(warnings.empty());
}

TEST_F(DiskStoreTest, AFolderThatAnybodyMayWriteToIsRefused) {
  DiskStore first(options());
  put(first, 1);
  fs::permissions(first.options().folder, fs::perms::all);
  DiskStore store(options());
  EXPECT_FALSE(has(store, 1));
  put(store, 2);
  EXPECT_FALSE(has(store, 2));
  ASSERT_EQ(warnings.size(), 1u);
}

TEST_F(DiskStoreTest, AReadOnlyFolderServesHits) {
  DiskStore store(options());
  put(store, 1);
  auto readable = fs::perms(0555);
  fs::permissions(root, readable);
  for (const auto &entry : fs::recursive_directory_iterator(root))
    fs::permissions(entry.path(), readable);
  pid_t child = fork();
  if (child == 0) { // root may write anywhere, so the child becomes somebody else
    if (geteuid() == 0 && setuid(65534) != 0)
      _exit(2);
    DiskStore mine(options());
    bool isHit = has(mine, 1);
    put(mine, 2); // in a folder that cannot be made
    Key sameFolder = keyOf(1);
    sameFolder[31] ^= 1;
    mine.add(Kind::Image, sameFolder, "", "x", 1);
    _exit(isHit && !has(mine, 2) && warnings.size() == 1 ? 0 : 1);
  }
  int status;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  fs::permissions(root, fs::perms::owner_all);
  for (const auto &entry : fs::recursive_directory_iterator(root))
    fs::permissions(entry.path(), fs::perms::owner_all);
}

TEST_F(DiskStoreTest, AFullDiskLosesNothing) {
  fs::path disk = root / "disk";
  fs::create_directory(disk);
  if (mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=65536,mode=755") != 0)
    GTEST_SKIP() << "mounting a small tmpfs needs root";
  {
    StoreOptions small = options();
    small.folder = (disk / "cache").string();
    DiskStore store(small);
    for (int i = 0; i < 20; ++i)
      put(store, i, 8000);
    EXPECT_TRUE(has(store, 0, 8000));
    EXPECT_FALSE(has(store, 19, 8000));
    EXPECT_EQ(warnings.size(), 1u);
    EXPECT_NE(warnings[0].find("No space left on device"), std::string::npos) << warnings[0];
    EXPECT_TRUE(store.verify().problems.empty());
  }
  umount(disk.c_str());
}
