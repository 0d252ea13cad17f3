// Allocation and strides of host tensors.
#include "lib/Support/HostTensor.h"

#include <cstring>

namespace dlc {

HostTensor::HostTensor(DType type, std::vector<int64_t> shape) : type(type), shape(std::move(shape)) {
  if (Buffer::allocate(size_t(bytes()), buffer).isOk() && bytes())
    std::memset(buffer.data(), 0, size_t(bytes()));
}

int64_t HostTensor::size() const {
  int64_t count = 1;
  for (int64_t extent : shape)
    count *= extent;
  return count;
}

std::vector<int64_t> HostTensor::strides() const {
  std::vector<int64_t> result(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;)
    result[i - 1] = result[i] * shape[i];
  return result;
}

} // namespace dlc
