//===- Buffer.cpp - Shared, aligned memory --------------------------------===//
//
// An own block is one allocation: the record in the first 64 bytes, the data behind it, so that a small tensor costs
// one malloc.
//
//===----------------------------------------------------------------------===//
#include "lib/Runtime/Buffer.h"

#include "lib/Runtime/Create.h"

using namespace dlc;

Status Buffer::allocate(size_t bytes, Buffer &out) {
  static_assert(sizeof(Block) <= bufferAlignment, "the record must fit before the data");
  if (bytes > SIZE_MAX / 2)
    return Status::error(ErrorKind::Io, "cannot allocate %zu bytes", bytes);
  void *memory = aligned_alloc(bufferAlignment, bufferAlignment + alignToBuffer(bytes));
  if (!memory)
    return Status::error(ErrorKind::Io, "cannot allocate %zu bytes", bytes);
  auto *block = new (InPlace{memory}) Block{1, static_cast<char *>(memory) + bufferAlignment, bytes, nullptr, nullptr};
  Buffer made;
  made.block = block;
  out = static_cast<Buffer &&>(made);
  return Status::ok();
}

Status Buffer::wrap(void *data, size_t bytes, void (*release)(void *), void *context, Buffer &out) {
  auto *block = create<Block>(Block{1, data, bytes, release, context});
  if (!block)
    return Status::error(ErrorKind::Io, "cannot allocate the record of a buffer");
  Buffer made;
  made.block = block;
  out = static_cast<Buffer &&>(made);
  return Status::ok();
}

void Buffer::end(Block *block) {
  if (block->release)
    block->release(block->context);
  free(block);
}
