// Files of named tensors, of the C ABI.
#include "lib/Capi/Handles.h"
#include "lib/Runtime/Safetensors.h"

#include <cstring>
#include <vector>

using namespace dlc;

struct dlc_tensor_file {
  Safetensors *file;
};

dlc_status *dlc_tensor_file_open(const char *path, dlc_tensor_file **out) {
  Safetensors *file = nullptr;
  if (Status status = Safetensors::open(path, file); status.failed())
    return toHandle(status);
  *out = new dlc_tensor_file{file};
  return nullptr;
}

void dlc_tensor_file_release(dlc_tensor_file *file) {
  if (!file)
    return;
  Safetensors::destroy(file->file);
  delete file;
}

size_t dlc_tensor_file_count(const dlc_tensor_file *file) { return file->file->tensors().size; }
const char *dlc_tensor_file_name(const dlc_tensor_file *file, size_t i) {
  return i < dlc_tensor_file_count(file) ? file->file->tensors()[i].name : nullptr;
}

dlc_status *dlc_tensor_file_read(const dlc_tensor_file *file, size_t i, dlc_tensor **out) {
  if (i >= dlc_tensor_file_count(file))
    return toHandle(Status::error(ErrorKind::Value, "expected the number of a tensor below %zu, but got %zu",
                                  dlc_tensor_file_count(file), i));
  const TensorRef &ref = file->file->tensors()[i].ref;
  HostTensor value;
  if (Status status = makeTensor(ref.dtype, ref.dims, ref.rank, value); status.failed())
    return toHandle(status);
  if (value.bytes())
    memcpy(value.buffer.data(), ref.data, size_t(value.bytes()));
  *out = toHandle(std::move(value));
  return nullptr;
}

dlc_status *dlc_tensor_file_write(const char *path, const char *const *names, dlc_tensor *const *tensors,
                                  size_t count) {
  std::vector<NamedTensor> entries(count);
  for (size_t i = 0; i < count; ++i)
    entries[i] = {names[i], refOf(tensors[i]->value)};
  return toHandle(writeSafetensors(path, {entries.data(), count}));
}
