//===- Checksum.h - Detecting damage --------------------------------------===//
//
// A 64-bit checksum for files: finds accidents, not attackers (content keys are SHA-256, in lib/Cache). Its value is
// part of the package format.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_RUNTIME_CHECKSUM_H
#define DLC_RUNTIME_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

namespace dlc {

/// The checksum of `bytes[0, size)`; any change of up to 8 consecutive bytes changes it.
uint64_t checksum(const void *bytes, size_t size);

} // namespace dlc

#endif // DLC_RUNTIME_CHECKSUM_H
