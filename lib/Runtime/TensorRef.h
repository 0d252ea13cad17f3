//===- TensorRef.h - A tensor in somebody's memory ------------------------===//
//
// Address, element type and shape of a dense, row-major tensor; owns nothing.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_RUNTIME_TENSORREF_H
#define DLC_RUNTIME_TENSORREF_H

#include "lib/Runtime/DType.h"

namespace dlc {

/// The highest rank of a tensor that crosses a boundary of the runtime.
inline constexpr uint32_t maxRank = 16;

/// A dense, row-major tensor in somebody's memory.
struct TensorRef {
  void *data = nullptr;
  DType dtype = DType::F32;
  uint32_t rank = 0;
  int64_t dims[maxRank] = {};
};

/// The number of elements; false if a dim is negative or the bytes would exceed 2^60.
inline bool elementCount(DType dtype, uint32_t rank, const int64_t *dims, uint64_t &count) {
  constexpr int64_t maxBytes = INT64_C(1) << 60;
  int64_t bytes = byteWidth(dtype);
  bool isEmpty = false;
  for (uint32_t i = 0; i < rank; ++i) {
    if (dims[i] < 0 || (dims[i] > 0 && __builtin_mul_overflow(bytes, dims[i], &bytes)))
      return false;
    isEmpty |= dims[i] == 0;
  }
  count = isEmpty ? 0 : static_cast<uint64_t>(bytes) / byteWidth(dtype);
  return bytes <= maxBytes;
}

/// The bytes of a tensor; false as elementCount.
inline bool byteSize(const TensorRef &tensor, uint64_t &bytes) {
  uint64_t count;
  if (tensor.rank > maxRank || !elementCount(tensor.dtype, tensor.rank, tensor.dims, count))
    return false;
  bytes = count * byteWidth(tensor.dtype);
  return true;
}

} // namespace dlc

#endif // DLC_RUNTIME_TENSORREF_H
