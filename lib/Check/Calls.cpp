// Both functions see elements as bytes or through scalars, so they need no case for an element type.
#include "lib/Check/Calls.h"

#include "dialects/dlc/Scalar/HostScalar.h"
#include "lib/Runtime/CustomCall.h"

#include <cstdlib>
#include <cstring>

namespace dlc::check {

static int64_t sizeOf(const dlc_call_tensor &tensor) {
  int64_t size = 1;
  for (uint32_t i = 0; i < tensor.rank; ++i)
    size *= tensor.dims[i];
  return size;
}

static int rotate(const dlc_custom_call *call, void *) {
  const dlc_call_tensor &from = call->inputs[0], &to = call->outputs[0];
  int64_t size = sizeOf(from), width = byteWidth(DType(from.dtype)), by = std::atoi(call->attributes);
  if (call->input_count != 1 || call->output_count != 1 || sizeOf(to) != size || to.dtype != from.dtype)
    return call->fail(call, 1, "expected one operand and one result of one type");
  for (int64_t i = 0; i < size; ++i)
    std::memcpy(static_cast<char *>(to.data) + i * width,
                static_cast<const char *>(from.data) + (i + by) % size * width, size_t(width));
  return 0;
}

static uint64_t bitsOf(scalar::Scalar value) {
  if (isComplex(value.type))
    return bitsOf(value.real()) * 31 + bitsOf(value.imag());
  bool isNaN = isFloat(value.type) && scalar::HostScalarBuilder().isNaN(value).asBool();
  return isNaN ? 0x7fc0 : value.bits();
}

static int digest(const dlc_custom_call *call, void *) {
  uint64_t state = 14695981039346656037u; // FNV-1a, a word at a time
  for (size_t n = 0; n < call->input_count; ++n) {
    const dlc_call_tensor &tensor = call->inputs[n];
    DType type = DType(tensor.dtype);
    for (int64_t i = 0, size = sizeOf(tensor); i < size; ++i) {
      scalar::Scalar value = scalar::load(type, static_cast<const char *>(tensor.data) + i * byteWidth(type));
      state = (state ^ bitsOf(value)) * 1099511628211u;
      state ^= state >> 29;
    }
  }
  if (call->output_count != 2 || call->outputs[0].dtype != uint8_t(DType::I64) ||
      call->outputs[1].dtype != uint8_t(DType::F32) || call->outputs[0].rank + call->outputs[1].rank > 0)
    return call->fail(call, 2, "expected results i64 and f32 of rank 0");
  int64_t number = int64_t(state % 1000);
  float fraction = float(number) / 1000;
  std::memcpy(call->outputs[0].data, &number, sizeof number);
  std::memcpy(call->outputs[1].data, &fraction, sizeof fraction);
  return 0;
}

void registerCheckCalls() {
  for (auto [name, function] : {std::pair<const char *, dlc_custom_function>{rotateCall, rotate}, {digestCall, digest}})
    if (registerCustomCall(name, {function, nullptr}).failed()) // out of memory: calls fail and say so
      return;
}

} // namespace dlc::check
