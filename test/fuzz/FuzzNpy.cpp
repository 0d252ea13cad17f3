//===- FuzzNpy.cpp - Untrusted .npy headers -------------------------------===//
#include "lib/Runtime/Npy.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  dlc::NpyHeader header;
  if (dlc::parseNpyHeader(data, size, header).isOk() && header.dataOffset + header.dataBytes != size)
    __builtin_trap();
  return 0;
}
