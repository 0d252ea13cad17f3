// Tensors, element types and extents of the C ABI.
#include "lib/Capi/Handles.h"
#include "lib/Support/DimExpr.h"

#include <cstring>

using namespace dlc;

const char *dlc_dtype_name(dlc_dtype dtype) { return isValidDType(dtype) ? name(DType(dtype)) : nullptr; }
size_t dlc_dtype_size(dlc_dtype dtype) { return isValidDType(dtype) ? byteWidth(DType(dtype)) : 0; }

static Status checkDType(dlc_dtype dtype) {
  if (isValidDType(dtype))
    return Status::ok();
  return Status::error(ErrorKind::Type, "expected an element type below %u, but got %u", numDTypes, dtype);
}

dlc_status *dlc_tensor_create(dlc_dtype dtype, uint32_t rank, const int64_t *dims, dlc_tensor **out) {
  HostTensor value;
  Status status = checkDType(dtype);
  if (!status.failed())
    status = makeTensor(DType(dtype), dims, rank, value);
  if (status.failed())
    return toHandle(status);
  *out = toHandle(std::move(value));
  return nullptr;
}

dlc_status *dlc_tensor_wrap(void *data, dlc_dtype dtype, uint32_t rank, const int64_t *dims,
                            void (*release)(void *context), void *context, dlc_tensor **out) {
  if (Status status = checkDType(dtype); status.failed())
    return toHandle(status);
  if (Status status = checkShape(DType(dtype), dims, rank); status.failed())
    return toHandle(status);
  HostTensor value;
  value.type = DType(dtype);
  value.shape.assign(dims, dims + rank);
  if (Status status = Buffer::wrap(data, value.bytes(), release, context, value.buffer); status.failed())
    return toHandle(status);
  *out = toHandle(std::move(value));
  return nullptr;
}

void dlc_tensor_retain(dlc_tensor *tensor) { retain(tensor); }
void dlc_tensor_release(dlc_tensor *tensor) { release(tensor); }
void *dlc_tensor_data(const dlc_tensor *tensor) { return tensor->value.buffer.data(); }
dlc_dtype dlc_tensor_dtype(const dlc_tensor *tensor) { return static_cast<dlc_dtype>(tensor->value.type); }
uint32_t dlc_tensor_rank(const dlc_tensor *tensor) { return uint32_t(tensor->value.rank()); }
const int64_t *dlc_tensor_dims(const dlc_tensor *tensor) { return tensor->value.shape.data(); }
size_t dlc_tensor_bytes(const dlc_tensor *tensor) { return size_t(tensor->value.bytes()); }

/// The polynomial that `lhs operation rhs` is.
static Status combine(char operation, const char *lhs, const char *rhs, DimExpr &out) {
  auto left = DimExpr::parse(lhs), right = DimExpr::parse(rhs);
  if (!left || !right)
    return Status::error(ErrorKind::Value, "expected an extent such as 2*B + 1, but got '%s'", left ? rhs : lhs);
  switch (operation) {
  case '+':
    out = *left + *right;
    return Status::ok();
  case '-':
    out = *left - *right;
    return Status::ok();
  case '*':
    out = *left * *right;
    return Status::ok();
  case '/':
    if (auto exact = left->exactDiv(*right)) {
      out = *exact;
      return Status::ok();
    }
    if (auto divisor = right->constant(); divisor && *divisor > 0) {
      out = DimExpr::floorDiv(*left, *divisor);
      return Status::ok();
    }
    return Status::error(ErrorKind::Value, "expected division of an extent by a positive constant, but got %s / %s",
                         lhs, rhs);
  default:
    return Status::error(ErrorKind::Value, "expected one of + - * /, but got '%c'", operation);
  }
}

dlc_status *dlc_dim_combine(char operation, const char *lhs, const char *rhs, char *out, size_t capacity) {
  DimExpr result;
  if (Status status = combine(operation, lhs, rhs, result); status.failed())
    return toHandle(status);
  std::string text = result.str();
  if (text.size() >= capacity)
    return toHandle(Status::error(ErrorKind::Value, "expected an extent of fewer than %zu characters, but got %zu",
                                  capacity, text.size()));
  memcpy(out, text.c_str(), text.size() + 1);
  return nullptr;
}
