// What the opaque handles of the C ABI are. Both libraries include this, libdlc and libdlc-compiler, so objects made by
// one are used and ended by the other; everything is on malloc's heap and counted atomically.
#ifndef DLC_CAPI_HANDLES_H
#define DLC_CAPI_HANDLES_H

#include "dlc-c/dlc.h"
#include "lib/Runtime/Status.h"
#include "lib/Runtime/TensorRef.h"
#include "lib/Support/HostTensor.h"

#include <atomic>
#include <functional>
#include <string>

struct dlc_status {
  dlc::Status status;
};

struct dlc_tensor {
  dlc::HostTensor value;
  std::atomic<uint32_t> references{1};
};

/// Something that runs. Implemented by the interpreter's adapter and by loaded programs.
struct dlc_program {
  std::atomic<uint32_t> references{1};
  virtual ~dlc_program() = default;
  virtual size_t inputCount() const = 0;
  virtual size_t outputCount() const = 0;
  /// Sets every entry of `outputs` to a new tensor, or none on failure. Any number of threads may call at once.
  virtual dlc::Status run(dlc_tensor *const *inputs, size_t inputCount, dlc_tensor **outputs, size_t outputCount) = 0;
  /// What a call on these inputs takes on one thread, in nanoseconds; 0 if nothing is known.
  virtual dlc::Status estimateTime(dlc_tensor *const *, size_t, double &nanoseconds) {
    nanoseconds = 0;
    return dlc::Status::ok();
  }
  /// Gives `keep` the package that it runs from: at once, or when it has it. Never, if it runs from none.
  virtual void whenPackaged(std::function<void(const dlc::Buffer &)>) {}
};

namespace dlc {

/// Null for success.
inline dlc_status *toHandle(const Status &status) { return status.failed() ? new dlc_status{status} : nullptr; }

/// A handle to a tensor with one reference.
inline dlc_tensor *toHandle(HostTensor value) {
  auto *handle = new dlc_tensor;
  handle->value = std::move(value);
  return handle;
}

inline void retain(dlc_tensor *tensor) { tensor->references.fetch_add(1, std::memory_order_relaxed); }
inline void release(dlc_tensor *tensor) {
  if (tensor && tensor->references.fetch_sub(1, std::memory_order_acq_rel) == 1)
    delete tensor;
}

/// Whether a tensor may have these extents; `bytes`, if given, is its size.
inline Status checkShape(DType type, const int64_t *dims, size_t rank, uint64_t *bytes = nullptr) {
  if (rank > DLC_MAX_RANK)
    return Status::error(ErrorKind::Value, "expected a rank of at most %d, but got %zu", DLC_MAX_RANK, rank);
  uint64_t size = byteWidth(type);
  for (size_t i = 0; i < rank; ++i)
    if (dims[i] < 0 || __builtin_mul_overflow(size, uint64_t(dims[i]), &size) || size > uint64_t(INT64_MAX))
      return Status::error(ErrorKind::Value,
                           "expected extents of a tensor that fits memory, but got %lld in dimension "
                           "%zu",
                           static_cast<long long>(dims[i]), i);
  if (bytes)
    *bytes = size;
  return Status::ok();
}

/// A dense tensor with uninitialised elements.
inline Status makeTensor(DType type, const int64_t *dims, size_t rank, HostTensor &out) {
  uint64_t bytes;
  DLC_RETURN_IF_FAILED(checkShape(type, dims, rank, &bytes));
  out.type = type;
  out.shape.assign(dims, dims + rank);
  return Buffer::allocate(bytes, out.buffer);
}

/// A view of a tensor as the runtime takes it.
inline TensorRef refOf(const HostTensor &tensor) {
  TensorRef ref;
  ref.data = tensor.buffer.data();
  ref.dtype = tensor.type;
  ref.rank = uint32_t(tensor.rank());
  for (size_t i = 0; i < tensor.shape.size(); ++i)
    ref.dims[i] = tensor.shape[i];
  return ref;
}

} // namespace dlc

#endif // DLC_CAPI_HANDLES_H
