//===- Package.cpp - Programs and code in one container -------------------===//
//
// Layout: header, table of entries, then each entry's bytes at a multiple of 64.
//
//===----------------------------------------------------------------------===//
#include "lib/Runtime/Package.h"

#include "lib/Runtime/Checksum.h"

#include <string.h>

using namespace dlc;

namespace {
struct Header {
  char magic[8];
  uint32_t version;
  uint32_t entryCount;
  uint64_t totalBytes;
  uint64_t tableChecksum; ///< Of the header with this field zero, and the table.
};
struct Record {
  uint32_t kind;
  uint32_t level;
  uint8_t key[entryKeyBytes];
  uint64_t offset;
  uint64_t bytes;
  uint64_t checksum;
};
} // namespace

static constexpr char magic[8] = {'d', 'l', 'c', 'p', 'a', 'c', 'k', '\0'};
static constexpr uint32_t version = 1;

/// The checksum that belongs into the header at the start of a package.
static uint64_t checksumOfTable(const void *package, uint64_t entryCount) {
  Header header;
  memcpy(&header, package, sizeof(header));
  header.tableChecksum = 0;
  uint64_t parts[2] = {checksum(&header, sizeof(header)),
                       checksum(static_cast<const char *>(package) + sizeof(header), entryCount * sizeof(Record))};
  return checksum(parts, sizeof(parts));
}

uint32_t dlc::hostIsaLevel() {
#ifdef __x86_64__
  return __builtin_cpu_supports("x86-64-v4") ? 4 : __builtin_cpu_supports("x86-64-v3") ? 3 : 1;
#else
  return 1;
#endif
}

Status dlc::encodePackage(Span<PackageEntry> entries, Buffer &out) {
  uint64_t total = alignToBuffer(sizeof(Header) + entries.size * sizeof(Record));
  for (const PackageEntry &entry : entries)
    if (entry.bytes > (UINT64_C(1) << 60) || __builtin_add_overflow(total, alignToBuffer(entry.bytes), &total))
      return Status::error(ErrorKind::Value, "expected the entries of a package to fit 60 bits");
  Buffer made;
  DLC_RETURN_IF_FAILED(Buffer::allocate(total, made));
  char *bytes = static_cast<char *>(made.data());
  memset(bytes, 0, total);
  uint64_t at = alignToBuffer(sizeof(Header) + entries.size * sizeof(Record));
  for (size_t i = 0; i < entries.size; ++i) {
    const PackageEntry &entry = entries[i];
    Record record = {static_cast<uint32_t>(entry.kind), entry.level, {}, at, entry.bytes,
                     checksum(entry.data, entry.bytes)};
    memcpy(record.key, entry.key, sizeof(record.key));
    memcpy(bytes + sizeof(Header) + i * sizeof(Record), &record, sizeof(record));
    if (entry.bytes > 0)
      memcpy(bytes + at, entry.data, entry.bytes);
    at += alignToBuffer(entry.bytes);
  }
  Header header = {{}, version, static_cast<uint32_t>(entries.size), total, 0};
  memcpy(header.magic, magic, sizeof(magic));
  memcpy(bytes, &header, sizeof(header));
  header.tableChecksum = checksumOfTable(bytes, entries.size);
  memcpy(bytes, &header, sizeof(header));
  out = static_cast<Buffer &&>(made);
  return Status::ok();
}

Status Package::parse(const Buffer &bytes, Package &out) {
  Header header;
  if (bytes.size() < sizeof(header))
    return Status::error(ErrorKind::Corrupt, "expected a package of at least %zu bytes, but got %zu", sizeof(header),
                         bytes.size());
  memcpy(&header, bytes.data(), sizeof(header));
  if (memcmp(header.magic, magic, sizeof(magic)) != 0)
    return Status::error(ErrorKind::Corrupt, "expected a dlc package, but got other bytes");
  if (header.version != version)
    return Status::error(ErrorKind::Unsupported, "expected a package of version %u, but got %u", version,
                         header.version);
  uint64_t tableEnd = sizeof(Header) + uint64_t(header.entryCount) * sizeof(Record);
  if (header.totalBytes != bytes.size() || tableEnd > bytes.size())
    return Status::error(ErrorKind::Corrupt, "expected a package of %llu bytes, but got %zu",
                         static_cast<unsigned long long>(header.totalBytes), bytes.size());
  if (checksumOfTable(bytes.data(), header.entryCount) != header.tableChecksum)
    return Status::error(ErrorKind::Corrupt, "expected the table of a package to match its checksum");
  Package made;
  made.bytes = bytes;
  made.table = static_cast<const char *>(bytes.data()) + sizeof(Header);
  made.count = header.entryCount;
  for (size_t i = 0; i < made.count; ++i) {
    Record record;
    memcpy(&record, made.table + i * sizeof(Record), sizeof(record));
    if (record.offset < tableEnd || record.offset % bufferAlignment != 0 || record.offset > bytes.size() ||
        record.bytes > bytes.size() - record.offset)
      return Status::error(ErrorKind::Corrupt, "expected entry %zu to lie inside of the package", i);
  }
  out = static_cast<Package &&>(made);
  return Status::ok();
}

PackageEntry Package::operator[](size_t i) const {
  Record record;
  memcpy(&record, table + i * sizeof(Record), sizeof(record));
  PackageEntry entry;
  entry.kind = static_cast<EntryKind>(record.kind);
  entry.level = record.level;
  memcpy(entry.key, record.key, sizeof(entry.key));
  entry.data = static_cast<const char *>(bytes.data()) + record.offset;
  entry.bytes = record.bytes;
  return entry;
}

size_t Package::find(EntryKind kind, const uint8_t *key, uint32_t level) const {
  size_t best = count;
  uint32_t bestLevel = 0;
  for (size_t i = 0; i < count; ++i) {
    PackageEntry entry = (*this)[i];
    if (entry.kind != kind || entry.level > level || (key && memcmp(entry.key, key, sizeof(entry.key)) != 0))
      continue;
    if (best == count || entry.level > bestLevel) {
      best = i;
      bestLevel = entry.level;
    }
  }
  return best;
}

size_t Package::first(EntryKind kind) const {
  size_t i = 0;
  while (i < count && (*this)[i].kind != kind)
    ++i;
  return i;
}

Status Package::read(size_t i, PackageEntry &out) const {
  Record record;
  memcpy(&record, table + i * sizeof(Record), sizeof(record));
  PackageEntry entry = (*this)[i];
  if (checksum(entry.data, entry.bytes) != record.checksum)
    return Status::error(ErrorKind::Corrupt, "expected entry %zu of a package to match its checksum", i);
  out = entry;
  return Status::ok();
}

//===----------------------------------------------------------------------===//
// Loading
//===----------------------------------------------------------------------===//

Status LoadedPackage::resolve(void *context, const StageRef &ref, dlc_stage &out) {
  auto &self = *static_cast<LoadedPackage *>(context);
  size_t index = self.contents.find(EntryKind::Image, ref.key, self.level);
  if (index == self.contents.size()) {
    if (self.fallback.resolve)
      return self.fallback.resolve(self.fallback.context, ref, out);
    return Status::error(ErrorKind::Value, "expected the package to hold code of kernel '%s' for this machine",
                         ref.name);
  }
  Image &image = self.images[index];
  if (!image) {
    PackageEntry entry;
    DLC_RETURN_IF_FAILED(self.contents.read(index, entry));
    DLC_RETURN_IF_FAILED(Image::map(entry.data, entry.bytes, image));
  }
  if (ref.stage >= image.stageCount())
    return Status::error(ErrorKind::Corrupt, "expected the image of kernel '%s' to have stage %u, but it has %u stages",
                         ref.name, ref.stage, image.stageCount());
  out = image.stage(ref.stage);
  return Status::ok();
}

Status LoadedPackage::load(const Buffer &bytes, uint32_t level, const LoadOptions &options, LoadedPackage *&out) {
  auto *made = create<LoadedPackage>();
  if (!made)
    return Status::error(ErrorKind::Io, "cannot allocate the record of a package");
  auto fill = [&]() -> Status {
    DLC_RETURN_IF_FAILED(Package::parse(bytes, made->contents));
    made->level = level;
    made->fallback = options.kernels;
    made->images = static_cast<Image *>(malloc((made->contents.size() + 1) * sizeof(Image)));
    if (!made->images)
      return Status::error(ErrorKind::Io, "cannot allocate the images of a package");
    for (size_t i = 0; i < made->contents.size(); ++i)
      new (InPlace{&made->images[i]}) Image();
    size_t index = made->contents.find(EntryKind::Program, nullptr, level);
    if (index == made->contents.size()) {
      size_t other = made->contents.first(EntryKind::Program);
      if (other == index)
        return Status::error(ErrorKind::Corrupt, "expected a package to hold a program");
      return Status::error(ErrorKind::Unsupported, "expected a machine of x86-64-v%u for this package, but got v%u",
                           made->contents[other].level, level);
    }
    PackageEntry program;
    DLC_RETURN_IF_FAILED(made->contents.read(index, program));
    LoadOptions own = options;
    own.kernels = {made, resolve};
    return Program::load(program.data, program.bytes, own, made->loaded);
  };
  Status status = fill();
  if (status.failed())
    destroy(made);
  else
    out = made;
  return status;
}

LoadedPackage::~LoadedPackage() {
  Program::destroy(loaded);
  for (size_t i = 0; images && i < contents.size(); ++i)
    images[i].~Image();
  free(images);
}

void LoadedPackage::destroy(LoadedPackage *package) { dlc::destroy(package); }
