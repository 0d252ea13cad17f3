// Files of the store: <folder>/<2 hex digits>/<62 hex digits>.<kind>.
#include "lib/Cache/DiskStore.h"

#include "lib/Runtime/File.h"

#include <algorithm>
#include <cstring>
#include <ctime>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dlc::cache {

static constexpr int64_t useResolution = 3600; // seconds between renewals of an entry's time
static constexpr int64_t leftoverAge = 3600;   // seconds after which a temporary file has no writer any more
static constexpr Kind kinds[] = {Kind::Image, Kind::Program, Kind::Schedule};

namespace {

struct File {
  std::string path;
  uint64_t bytes;
  int64_t time;
  bool isTemporary;
};

/// The names in a folder, without dot files; none if it cannot be read.
std::vector<std::string> namesIn(const std::string &folder) {
  std::vector<std::string> names;
  DIR *directory = opendir(folder.c_str());
  if (!directory)
    return names;
  while (dirent *entry = readdir(directory))
    if (entry->d_name[0] != '.')
      names.push_back(entry->d_name);
  closedir(directory);
  return names;
}

bool isHex(const std::string &text, size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// Whether a file name is one that a store gives: of an entry, or of one being written.
bool isOurs(const std::string &fileName, bool &isTemporary) {
  size_t dot = fileName.find('.');
  if (dot == std::string::npos || !isHex(fileName.substr(0, dot), 62))
    return false;
  std::string rest = fileName.substr(dot + 1);
  isTemporary = rest.size() > 4 && rest.compare(rest.size() - 4, 4, ".tmp") == 0;
  std::string kind = rest.substr(0, rest.find('.'));
  bool isKind = std::any_of(std::begin(kinds), std::end(kinds), [&](Kind k) { return kind == name(k); });
  return isKind && (isTemporary || rest == kind);
}

/// Everything in the folder that a store wrote.
std::vector<File> scan(const std::string &folder) {
  std::vector<File> files;
  for (const std::string &shard : namesIn(folder)) {
    if (!isHex(shard, 2))
      continue;
    for (const std::string &fileName : namesIn(folder + "/" + shard)) {
      File file;
      file.path = folder + "/" + shard + "/" + fileName;
      struct stat status;
      if (!isOurs(fileName, file.isTemporary) || lstat(file.path.c_str(), &status) != 0 || !S_ISREG(status.st_mode))
        continue;
      file.bytes = uint64_t(status.st_size);
      file.time = status.st_mtim.tv_sec;
      files.push_back(std::move(file));
    }
  }
  return files;
}

/// Reads the header of a file, unchecked but for its magic number.
bool readHeader(const std::string &path, EntryHeader &header) {
  int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return false;
  ssize_t count = read(file, &header, sizeof header);
  close(file);
  return count == ssize_t(sizeof header) &&
         std::memcmp(header.magic, EntryHeader::expectedMagic, sizeof header.magic) == 0;
}

} // namespace

DiskStore::DiskStore(StoreOptions options) : opts(std::move(options)), isDisabled(opts.folder.empty()) {
  struct stat status;
  if (isDisabled || stat(opts.folder.c_str(), &status) != 0 || !(status.st_mode & S_IWOTH))
    return;
  isDisabled = true; // what lies in a cache is run
  warnOnce("expected a cache that nobody else can write to, but got '" + opts.folder + "'; going on without");
}

std::string DiskStore::pathOf(Kind kind, const Key &key) const {
  std::string hex = toHex(key);
  return opts.folder + "/" + hex.substr(0, 2) + "/" + hex.substr(2) + "." + name(kind);
}

void DiskStore::warnOnce(const std::string &message) {
  {
    std::lock_guard<std::mutex> lock(mutex);
    if (hasWarned)
      return;
    hasWarned = true;
  }
  if (opts.warn)
    opts.warn(message);
}

bool DiskStore::find(Kind kind, const Key &key, Buffer &payload) {
  if (isDisabled)
    return false;
  std::string path = pathOf(kind, key);
  struct stat status;
  if (stat(path.c_str(), &status) != 0)
    return false;
  Buffer file;
  if (Status read = readFile(path.c_str(), file); read.failed())
    return false;
  auto *bytes = static_cast<char *>(file.data());
  EntryHeader header;
  std::string problem = checkEntry(bytes, file.size());
  if (problem.empty()) {
    std::memcpy(&header, bytes, sizeof header);
    if (header.kind != uint32_t(kind) || std::memcmp(header.key, key.data(), key.size()) != 0)
      problem = "expected the entry that its name says, but got another";
  }
  if (!problem.empty()) {
    warnOnce("cache entry '" + path + "' is damaged and will be rebuilt: " + problem);
    unlink(path.c_str());
    return false;
  }
  if (std::time(nullptr) - status.st_mtim.tv_sec > useResolution)
    utimensat(AT_FDCWD, path.c_str(), nullptr, 0);
  auto *owner = new Buffer(file);
  auto release = [](void *context) { delete static_cast<Buffer *>(context); };
  Status wrapped = Buffer::wrap(bytes + sizeof header, file.size() - sizeof header, release, owner, payload);
  if (wrapped.failed())
    delete owner;
  return wrapped.isOk();
}

void DiskStore::add(Kind kind, const Key &key, const std::string &label, const void *payload, size_t bytes) {
  if (isDisabled || bytes + sizeof(EntryHeader) > opts.capacity)
    return;
  std::string path = pathOf(kind, key);
  if (Status status = makeFolders(path.substr(0, path.rfind('/')).c_str()); status.failed()) {
    warnOnce("cannot write to the cache '" + opts.folder + "': " + status.message());
    return;
  }
  EntryHeader header = makeHeader(kind, key, label, payload, bytes);
  FilePiece pieces[] = {{&header, sizeof header}, {payload, bytes}};
  if (Status status = writeFile(path.c_str(), pieces, 2); status.failed()) {
    warnOnce(std::string("the cache keeps nothing: ") + status.message());
    return;
  }
  account(bytes + sizeof header);
}

/// Looks at the whole folder when this process first adds, and after each sixteenth of the capacity that it added.
void DiskStore::account(uint64_t bytes) {
  {
    std::lock_guard<std::mutex> lock(mutex);
    if (bytes <= untilScan) {
      untilScan -= bytes;
      return;
    }
    untilScan = opts.capacity / 16;
  }
  uint64_t total = 0;
  for (const File &file : scan(opts.folder))
    total += file.bytes;
  if (total > opts.capacity)
    collect(opts.capacity / 10 * 9);
  std::lock_guard<std::mutex> lock(mutex);
  untilScan = std::min(untilScan, opts.capacity - std::min(total, opts.capacity));
}

std::vector<EntryInfo> DiskStore::list() const {
  std::vector<EntryInfo> entries;
  for (const File &file : scan(opts.folder)) {
    if (file.isTemporary)
      continue;
    EntryInfo info;
    info.path = file.path;
    info.bytes = file.bytes;
    info.lastUse = file.time;
    EntryHeader header;
    if (readHeader(file.path, header)) {
      Key key;
      std::copy(std::begin(header.key), std::end(header.key), key.begin());
      info.kind = name(Kind(header.kind));
      info.key = toHex(key);
      info.label.assign(header.label, strnlen(header.label, sizeof header.label));
    }
    entries.push_back(std::move(info));
  }
  std::sort(entries.begin(), entries.end(), [](const EntryInfo &a, const EntryInfo &b) {
    return a.lastUse != b.lastUse ? a.lastUse > b.lastUse : a.path < b.path;
  });
  return entries;
}

VerifyReport DiskStore::verify() {
  VerifyReport report;
  for (const File &file : scan(opts.folder)) {
    if (file.isTemporary)
      continue;
    Buffer bytes;
    Status read = readFile(file.path.c_str(), bytes);
    std::string problem = read.isOk() ? checkEntry(bytes.data(), bytes.size()) : read.message();
    if (problem.empty()) {
      ++report.whole;
      continue;
    }
    report.problems.push_back(file.path + ": " + problem);
    if (unlink(file.path.c_str()) == 0)
      ++report.removed;
  }
  return report;
}

uint64_t DiskStore::collect(uint64_t limit) {
  std::vector<File> files = scan(opts.folder);
  uint64_t total = 0, removed = 0;
  for (const File &file : files)
    total += file.bytes;
  std::sort(files.begin(), files.end(), [](const File &a, const File &b) { return a.time < b.time; });
  int64_t now = std::time(nullptr);
  for (const File &file : files) {
    bool isLeftover = file.isTemporary && now - file.time > leftoverAge;
    if (!isLeftover && (file.isTemporary || total <= limit))
      continue;
    if (unlink(file.path.c_str()) != 0)
      continue;
    total -= file.bytes;
    removed += file.bytes;
  }
  return removed;
}

uint64_t DiskStore::clear() {
  uint64_t removed = 0;
  for (const File &file : scan(opts.folder))
    if (unlink(file.path.c_str()) == 0 && !file.isTemporary)
      ++removed;
  for (const std::string &shard : namesIn(opts.folder))
    if (isHex(shard, 2))
      rmdir((opts.folder + "/" + shard).c_str()); // those that others still use stay
  return removed;
}

} // namespace dlc::cache
