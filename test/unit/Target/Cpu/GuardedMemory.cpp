// Pages by mmap, their neighbours by mprotect.
#include "GuardedMemory.h"

#include <cassert>
#include <cstring>
#include <sys/mman.h>

namespace dlc::cpu {

static constexpr size_t page = 4096, alignment = 64;
static constexpr uint8_t filler = 0xa5;

GuardedMemory::GuardedMemory(size_t bytes) : bytes(bytes) {
  size_t aligned = (bytes + alignment - 1) / alignment * alignment;
  size_t pages = (aligned + page - 1) / page;
  mapped = (pages + 2) * page;
  base = static_cast<uint8_t *>(mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  assert(base != MAP_FAILED && "memory for a test");
  limit = base + (pages + 1) * page;
  start = limit - aligned;
  std::memset(base + page, filler, pages * page);
  mprotect(base, page, PROT_NONE);
  mprotect(limit, page, PROT_NONE);
}

GuardedMemory::GuardedMemory(GuardedMemory &&other)
    : bytes(other.bytes), mapped(other.mapped), base(other.base), start(other.start), limit(other.limit) {
  other.base = nullptr;
}

GuardedMemory::~GuardedMemory() {
  if (base)
    munmap(base, mapped);
}

bool GuardedMemory::isTailIntact() const {
  for (const uint8_t *at = start + bytes; at < limit; ++at)
    if (*at != filler)
      return false;
  return true;
}

} // namespace dlc::cpu
