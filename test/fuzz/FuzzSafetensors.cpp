//===- FuzzSafetensors.cpp - Untrusted .safetensors files -----------------===//
#include "lib/Runtime/Safetensors.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  dlc::Buffer buffer;
  dlc::Safetensors *file = nullptr;
  if (dlc::Buffer::allocate(size, buffer).failed())
    return 0;
  memcpy(buffer.data(), data, size);
  if (dlc::Safetensors::parse(buffer, file).failed())
    return 0;
  uint64_t total = 0, bytes = 0;
  for (const dlc::NamedTensor &tensor : file->tensors()) {
    if (!dlc::byteSize(tensor.ref, bytes) || file->find(tensor.name) != &tensor)
      __builtin_trap();
    total += bytes;
  }
  if (total > size)
    __builtin_trap();
  dlc::Safetensors::destroy(file);
  return 0;
}
