//===- HostArray.h - A tensor that owns its memory ------------------------===//
//
// What the readers of files return: a TensorRef and the buffer that keeps its data alive.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_RUNTIME_HOSTARRAY_H
#define DLC_RUNTIME_HOSTARRAY_H

#include "lib/Runtime/Buffer.h"
#include "lib/Runtime/TensorRef.h"

namespace dlc {

/// A dense, row-major tensor: `ref.data` points into `buffer`, not necessarily to its start.
struct HostArray {
  Buffer buffer;
  TensorRef ref;
};

/// Makes `out` an uninitialised array. Value if the size overflows, Io if memory is out.
inline Status allocateArray(DType dtype, uint32_t rank, const int64_t *dims, HostArray &out) {
  HostArray made;
  made.ref.dtype = dtype;
  made.ref.rank = rank;
  for (uint32_t i = 0; i < rank; ++i)
    made.ref.dims[i] = dims[i];
  uint64_t bytes;
  if (!byteSize(made.ref, bytes))
    return Status::error(ErrorKind::Value, "expected the size of an array to fit 60 bits, but its shape does not");
  DLC_RETURN_IF_FAILED(Buffer::allocate(bytes, made.buffer));
  made.ref.data = made.buffer.data();
  out = static_cast<HostArray &&>(made);
  return Status::ok();
}

} // namespace dlc

#endif // DLC_RUNTIME_HOSTARRAY_H
