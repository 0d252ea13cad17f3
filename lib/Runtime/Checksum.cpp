//===- Checksum.cpp - Detecting damage ------------------------------------===//
//
// Each 8-byte word goes through a bijection of the state (xor, odd multiply, xor of the high half), so two inputs that
// differ in one word always end in different states.
//
//===----------------------------------------------------------------------===//
#include "lib/Runtime/Checksum.h"

#include <string.h>

static uint64_t absorb(uint64_t state, uint64_t word) {
  state = (state ^ word) * UINT64_C(0x9e3779b97f4a7c15);
  return state ^ state >> 32;
}

uint64_t dlc::checksum(const void *bytes, size_t size) {
  const auto *at = static_cast<const unsigned char *>(bytes);
  uint64_t state = absorb(UINT64_C(0x646c63), size);
  for (; size >= 8; size -= 8, at += 8) {
    uint64_t word;
    memcpy(&word, at, 8);
    state = absorb(state, word);
  }
  uint64_t last = 0;
  if (size > 0) // The size was absorbed, so zero padding is unambiguous.
    memcpy(&last, at, size);
  return absorb(absorb(state, last), 0);
}
