//===- SafetensorsTypes.h - What safetensors calls the dtypes -------------===//
//
// One table for reader and writer.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_RUNTIME_SAFETENSORSTYPES_H
#define DLC_RUNTIME_SAFETENSORSTYPES_H

#include "lib/Runtime/DType.h"

namespace dlc {

/// The name of a dtype in a .safetensors header; null if the format has none (c128, i4, u4).
constexpr const char *safetensorsType(DType dtype) {
  constexpr const char *names[numDTypes] = {"BOOL", "I8",  "I16",     "I32",     "I64",  "U8",   "U16",
                                            "U32",  "U64", "F8_E4M3", "F8_E5M2", "F16",  "BF16", "F32",
                                            "F64",  "C64", nullptr,   nullptr,   nullptr};
  return names[static_cast<uint8_t>(dtype)];
}

/// Finds the dtype of that name; false if there is none.
inline bool findSafetensorsType(const char *text, size_t length, DType &out) {
  for (unsigned i = 0; i < numDTypes; ++i) {
    const char *candidate = safetensorsType(static_cast<DType>(i));
    if (candidate && strlen(candidate) == length && memcmp(candidate, text, length) == 0) {
      out = static_cast<DType>(i);
      return true;
    }
  }
  return false;
}

} // namespace dlc

#endif // DLC_RUNTIME_SAFETENSORSTYPES_H
