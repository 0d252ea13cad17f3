// Memory that ends at a page nobody may touch, so that a kernel which reads or writes beyond a buffer faults, and whose
// last bytes before that page are known, so that a write into them is found.
#ifndef DLC_TEST_UNIT_TARGET_CPU_GUARDEDMEMORY_H
#define DLC_TEST_UNIT_TARGET_CPU_GUARDEDMEMORY_H

#include <cstddef>
#include <cstdint>

namespace dlc::cpu {

/// `bytes` bytes, 64-byte aligned, filled with 0xa5; a page without access follows within 64 bytes, another precedes.
class GuardedMemory {
public:
  explicit GuardedMemory(size_t bytes);
  ~GuardedMemory();
  GuardedMemory(GuardedMemory &&other);
  GuardedMemory(const GuardedMemory &) = delete;
  GuardedMemory &operator=(const GuardedMemory &) = delete;

  void *data() const { return start; }
  size_t size() const { return bytes; }
  /// Whether the bytes between the end and the page without access are as they were.
  bool isTailIntact() const;

private:
  size_t bytes, mapped;
  uint8_t *base, *start, *limit;
};

} // namespace dlc::cpu

#endif // DLC_TEST_UNIT_TARGET_CPU_GUARDEDMEMORY_H
