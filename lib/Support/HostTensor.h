// A dense row-major tensor in host memory: element type and extents over a Runtime buffer; there is no second storage.
// Copies share the buffer. Unsigned, bool and float types are told apart by the element type alone.
#ifndef DLC_SUPPORT_HOSTTENSOR_H
#define DLC_SUPPORT_HOSTTENSOR_H

#include "lib/Runtime/Buffer.h"
#include "lib/Runtime/DType.h"

#include <cstdint>
#include <vector>

namespace dlc {

struct HostTensor {
  DType type = DType::F32;
  std::vector<int64_t> shape;
  Buffer buffer;

  HostTensor() = default;
  /// Allocates zeroed memory; `buffer` is null when memory is out.
  HostTensor(DType type, std::vector<int64_t> shape);

  int64_t size() const;
  int64_t bytes() const { return size() * byteWidth(type); }
  int64_t rank() const { return int64_t(shape.size()); }
  template <class T> T *data() const { return static_cast<T *>(buffer.data()); }
  char *at(int64_t linear) const { return data<char>() + linear * byteWidth(type); }
  /// Elements to step over for one step along each dim.
  std::vector<int64_t> strides() const;
};

/// Calls `visit(index)` for every index of `shape` in row-major order; never for an empty tensor, once for rank 0.
template <class Visit> void forEachIndex(const std::vector<int64_t> &shape, Visit visit) {
  for (int64_t extent : shape)
    if (extent == 0)
      return;
  std::vector<int64_t> index(shape.size(), 0);
  while (true) {
    visit(static_cast<const std::vector<int64_t> &>(index));
    size_t dim = shape.size();
    while (dim > 0 && ++index[dim - 1] == shape[dim - 1])
      index[--dim] = 0;
    if (dim == 0)
      return;
  }
}

/// Row-major position of `index` under `strides`.
inline int64_t linearIndex(const std::vector<int64_t> &index, const std::vector<int64_t> &strides) {
  int64_t linear = 0;
  for (size_t i = 0; i < index.size(); ++i)
    linear += index[i] * strides[i];
  return linear;
}

} // namespace dlc

#endif // DLC_SUPPORT_HOSTTENSOR_H
