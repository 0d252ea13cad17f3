//===- Buffer.h - Shared, aligned memory ----------------------------------===//
//
// A Buffer is a handle to a block of memory that lives until its last handle goes. Blocks made here start at a multiple
// of 64 bytes and are uninitialised; foreign blocks are wrapped with a callback that ends them and keep their
// alignment. Handles may be copied and dropped on any thread; the bytes themselves are not synchronised.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_RUNTIME_BUFFER_H
#define DLC_RUNTIME_BUFFER_H

#include "lib/Runtime/Status.h"

#include <stddef.h>
#include <stdint.h>

namespace dlc {

/// Alignment of every buffer that compiled code sees, in bytes (contract C4).
inline constexpr size_t bufferAlignment = 64;

/// Rounds up to the next multiple of bufferAlignment; `bytes` must be at most 2^63.
constexpr uint64_t alignToBuffer(uint64_t bytes) {
  return (bytes + (bufferAlignment - 1)) & ~uint64_t(bufferAlignment - 1);
}

/// True if `data` starts at a multiple of bufferAlignment.
inline bool isBufferAligned(const void *data) { return reinterpret_cast<uintptr_t>(data) % bufferAlignment == 0; }

class Buffer {
public:
  /// The null handle.
  Buffer() = default;
  Buffer(const Buffer &other) : block(other.block) { retain(); }
  Buffer(Buffer &&other) noexcept : block(other.block) { other.block = nullptr; }
  Buffer &operator=(Buffer other) noexcept {
    Block *mine = block;
    block = other.block;
    other.block = mine;
    return *this;
  }
  ~Buffer() { release(); }

  /// Makes `out` a new uninitialised block of `bytes` (0 is allowed and has a non-null address). Io if memory is out.
  static Status allocate(size_t bytes, Buffer &out);

  /// Makes `out` a handle to foreign memory; `release(context)`, if given, runs once when the last handle goes, on
  /// whichever thread drops it. If this fails, `release` is not called.
  static Status wrap(void *data, size_t bytes, void (*release)(void *context), void *context, Buffer &out);

  explicit operator bool() const { return block != nullptr; }
  /// The first byte; null only for the null handle (or if null was wrapped).
  void *data() const { return block ? block->data : nullptr; }
  size_t size() const { return block ? block->bytes : 0; }
  /// True if this is the only handle, so that its owner may write in place.
  bool isUnique() const { return block && __atomic_load_n(&block->references, __ATOMIC_ACQUIRE) == 1; }

private:
  struct Block {
    uint64_t references;
    void *data;
    size_t bytes;
    void (*release)(void *);
    void *context;
  };
  void retain() const {
    if (block)
      __atomic_fetch_add(&block->references, 1, __ATOMIC_RELAXED);
  }
  void release() {
    if (block && __atomic_fetch_sub(&block->references, 1, __ATOMIC_ACQ_REL) == 1)
      end(block);
    block = nullptr;
  }
  static void end(Block *block);
  Block *block = nullptr;
};

} // namespace dlc

#endif // DLC_RUNTIME_BUFFER_H
