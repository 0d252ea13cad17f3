// Loading packages, and running them on tensors.
#include "lib/Capi/PackagedProgram.h"
#include "lib/Runtime/Package.h"

#include <vector>

namespace dlc {

namespace {

/// Images of the x86-64 levels above this one are not known; the loader picks the highest that is there.
constexpr uint32_t highestLevel = 4;

class PackagedProgram final : public dlc_program {
public:
  PackagedProgram(LoadedPackage *loaded, const Buffer &bytes) : loaded(loaded), bytes(bytes) {}
  ~PackagedProgram() override { LoadedPackage::destroy(loaded); }

  size_t inputCount() const override { return loaded->program().inputCount(); }
  size_t outputCount() const override { return loaded->program().outputCount(); }
  Status run(dlc_tensor *const *inputs, size_t inputCount, dlc_tensor **outputs, size_t outputCount) override;

  Status estimateTime(dlc_tensor *const *inputs, size_t inputCount, double &nanoseconds) override;
  void whenPackaged(std::function<void(const Buffer &)> keep) override { keep(bytes); }

private:
  LoadedPackage *loaded;
  Buffer bytes;
};

Status allocateOutput(void *context, uint32_t output, size_t bytes, void *&data) {
  Buffer &buffer = static_cast<Buffer *>(context)[output];
  DLC_RETURN_IF_FAILED(Buffer::allocate(bytes, buffer));
  data = buffer.data();
  return Status::ok();
}

Status PackagedProgram::estimateTime(dlc_tensor *const *inputs, size_t inputCount, double &nanoseconds) {
  std::vector<TensorRef> arguments(inputCount);
  for (size_t i = 0; i < inputCount; ++i)
    arguments[i] = refOf(inputs[i]->value);
  return loaded->program().estimateTime(arguments.data(), inputCount, nanoseconds);
}

Status PackagedProgram::run(dlc_tensor *const *inputs, size_t inputCount, dlc_tensor **outputs, size_t outputCount) {
  std::vector<TensorRef> arguments(inputCount), results(outputCount);
  std::vector<Buffer> buffers(outputCount);
  for (size_t i = 0; i < inputCount; ++i)
    arguments[i] = refOf(inputs[i]->value);
  RunOptions options;
  options.allocate = allocateOutput;
  options.allocateContext = buffers.data();
  DLC_RETURN_IF_FAILED(loaded->program().run(arguments.data(), inputCount, results.data(), outputCount, options));
  for (size_t i = 0; i < outputCount; ++i) {
    HostTensor value;
    value.type = results[i].dtype;
    value.shape.assign(results[i].dims, results[i].dims + results[i].rank);
    value.buffer = std::move(buffers[i]);
    outputs[i] = toHandle(std::move(value));
  }
  return Status::ok();
}

} // namespace

Status loadPackagedProgram(const Buffer &package, ThreadPool *pool, dlc_program *&out) {
  LoadOptions options;
  options.pool = pool;
  LoadedPackage *loaded = nullptr;
  DLC_RETURN_IF_FAILED(LoadedPackage::load(package, highestLevel, options, loaded));
  if (loaded->program().hasInit())
    if (Status status = loaded->program().init(); status.failed()) {
      LoadedPackage::destroy(loaded);
      return status;
    }
  out = new PackagedProgram(loaded, package);
  return Status::ok();
}

} // namespace dlc
