//===- Image.cpp - Machine code of one kernel, mapped ---------------------===//
//
// Write, then protect: pages are filled while writable and become read-and-execute before anybody can call into them.
//
//===----------------------------------------------------------------------===//
#include "lib/Runtime/Image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

using namespace dlc;

#if defined(__x86_64__)
static constexpr uint32_t thisMachine = ImageHeader::machineX86;
#else
static constexpr uint32_t thisMachine = ImageHeader::machineAArch64;
#endif

void dlc::makeImageHeader(uint64_t codeBytes, const uint64_t *entries, uint32_t stageCount, ImageHeader &header) {
  header = {};
  memcpy(header.magic, ImageHeader::expectedMagic, sizeof(header.magic));
  header.version = ImageHeader::currentVersion;
  header.machine = thisMachine;
  header.codeBytes = codeBytes;
  header.stageCount = stageCount;
  for (uint32_t i = 0; i < stageCount; ++i)
    header.entries[i] = entries[i];
}

Status dlc::checkImage(const void *bytes, size_t size) {
  ImageHeader header;
  if (size < sizeof(header))
    return Status::error(ErrorKind::Corrupt, "expected an image of at least %zu bytes, but got %zu", sizeof(header),
                         size);
  memcpy(&header, bytes, sizeof(header));
  if (memcmp(header.magic, ImageHeader::expectedMagic, sizeof(header.magic)) != 0)
    return Status::error(ErrorKind::Corrupt, "expected a kernel image, but got other bytes");
  if (header.version != ImageHeader::currentVersion)
    return Status::error(ErrorKind::Unsupported, "expected an image of version %u, but got %u",
                         ImageHeader::currentVersion, header.version);
  if (header.machine != thisMachine)
    return Status::error(ErrorKind::Unsupported, "expected an image for machine %u, but got %u", thisMachine,
                         header.machine);
  if (header.codeBytes != size - sizeof(header) || header.codeBytes == 0)
    return Status::error(ErrorKind::Corrupt, "expected %llu bytes of code, but got %zu",
                         static_cast<unsigned long long>(header.codeBytes), size - sizeof(header));
  if (header.stageCount < 1 || header.stageCount > ImageHeader::maxStages)
    return Status::error(ErrorKind::Corrupt, "expected an image of 1..3 stages, but got %u", header.stageCount);
  for (uint32_t i = 0; i < ImageHeader::maxStages; ++i)
    if (i < header.stageCount ? header.entries[i] >= header.codeBytes : header.entries[i] != 0)
      return Status::error(ErrorKind::Corrupt, "expected the entry of stage %u inside the code, but got %llu", i,
                           static_cast<unsigned long long>(header.entries[i]));
  if (header.reserved != 0 || header.reserved2 != 0)
    return Status::error(ErrorKind::Corrupt, "expected zeros in the reserved fields of an image");
  return Status::ok();
}

Image::~Image() {
  if (base)
    munmap(base, header.codeBytes);
}

Status Image::map(const void *bytes, size_t size, Image &out) {
  DLC_RETURN_IF_FAILED(checkImage(bytes, size));
  Image made;
  memcpy(&made.header, bytes, sizeof(made.header));
  void *memory = mmap(nullptr, made.header.codeBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    return Status::error(ErrorKind::Io, "cannot map %llu bytes of code: %s",
                         static_cast<unsigned long long>(made.header.codeBytes), strerror(errno));
  made.base = memory;
  memcpy(memory, static_cast<const char *>(bytes) + sizeof(ImageHeader), made.header.codeBytes);
  if (mprotect(memory, made.header.codeBytes, PROT_READ | PROT_EXEC) != 0)
    return Status::error(ErrorKind::Io, "cannot make code executable: %s", strerror(errno));
  __builtin___clear_cache(static_cast<char *>(memory), static_cast<char *>(memory) + made.header.codeBytes);
  out = static_cast<Image &&>(made);
  return Status::ok();
}

dlc_stage Image::stage(uint32_t stage) const {
  return reinterpret_cast<dlc_stage>(reinterpret_cast<uintptr_t>(base) + header.entries[stage]);
}

Status Image::announceToPerf(const char *name) const {
  char path[64];
  snprintf(path, sizeof(path), "/tmp/perf-%d.map", static_cast<int>(getpid()));
  int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0)
    return Status::error(ErrorKind::Io, "cannot open '%s': %s", path, strerror(errno));
  int written = dprintf(file, "%llx %llx %s\n", static_cast<unsigned long long>(reinterpret_cast<uintptr_t>(base)),
                        static_cast<unsigned long long>(header.codeBytes), name);
  close(file);
  return written > 0 ? Status::ok() : Status::error(ErrorKind::Io, "cannot write '%s': %s", path, strerror(errno));
}
