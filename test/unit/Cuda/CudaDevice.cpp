// The driver's functions by dlopen, so that no toolkit is needed to build.
#include "CudaDevice.h"

#include <algorithm>
#include <dlfcn.h>

namespace dlc::test {

using Handle = void *;
using Address = unsigned long long;

/// What the tests call of the driver's API, as cuda.h declares it; a result of 0 is success.
class CudaDriver {
public:
  int (*init)(unsigned);
  int (*deviceGet)(int *, int);
  int (*deviceGetName)(char *, int, int);
  int (*primaryContextRetain)(Handle *, int);
  int (*contextSetCurrent)(Handle);
  int (*moduleLoadDataEx)(Handle *, const void *, unsigned, int *, void **);
  int (*moduleUnload)(Handle);
  int (*moduleGetFunction)(Handle *, Handle, const char *);
  int (*memAlloc)(Address *, size_t);
  int (*memFree)(Address);
  int (*toDevice)(Address, const void *, size_t);
  int (*toHost)(void *, Address, size_t);
  int (*launch)(Handle, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, Handle, void **, void **);
  int (*synchronize)();
  int (*eventCreate)(Handle *, unsigned);
  int (*eventDestroy)(Handle);
  int (*eventRecord)(Handle, Handle);
  int (*eventElapsed)(float *, Handle, Handle);
  int (*errorString)(int, const char **);

  /// Whether the library is there with all of it.
  bool load() {
    void *library = dlopen("libcuda.so.1", RTLD_NOW);
    auto find = [&](auto &function, const char *name) {
      function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(library, name));
      return function != nullptr;
    };
    return library && find(init, "cuInit") && find(deviceGet, "cuDeviceGet") &&
           find(deviceGetName, "cuDeviceGetName") && find(primaryContextRetain, "cuDevicePrimaryCtxRetain") &&
           find(contextSetCurrent, "cuCtxSetCurrent") && find(moduleLoadDataEx, "cuModuleLoadDataEx") &&
           find(moduleUnload, "cuModuleUnload") && find(moduleGetFunction, "cuModuleGetFunction") &&
           find(memAlloc, "cuMemAlloc_v2") && find(memFree, "cuMemFree_v2") && find(toDevice, "cuMemcpyHtoD_v2") &&
           find(toHost, "cuMemcpyDtoH_v2") && find(launch, "cuLaunchKernel") && find(synchronize, "cuCtxSynchronize") &&
           find(eventCreate, "cuEventCreate") && find(eventDestroy, "cuEventDestroy_v2") &&
           find(eventRecord, "cuEventRecord") && find(eventElapsed, "cuEventElapsedTime") &&
           find(errorString, "cuGetErrorString");
  }

  std::string text(const char *what, int code) const {
    const char *reason = nullptr;
    errorString(code, &reason);
    return std::string(what) + ": " + (reason ? reason : "error " + std::to_string(code));
  }
};

CudaDevice *CudaDevice::get() {
  static CudaDevice *found = []() -> CudaDevice * {
    auto driver = std::make_shared<CudaDriver>();
    int device = 0;
    char name[256] = "";
    Handle context = nullptr;
    if (!driver->load() || driver->init(0) || driver->deviceGet(&device, 0) ||
        driver->deviceGetName(name, sizeof name, device) || driver->primaryContextRetain(&context, device) ||
        driver->contextSetCurrent(context))
      return nullptr;
    auto result = new CudaDevice; // lives as long as the process, as the driver does
    result->driver = driver;
    result->deviceName = name;
    return result;
  }();
  return found;
}

namespace {

/// What a run holds on the device, freed with it.
struct Run {
  const CudaDriver &driver;
  Handle module = nullptr, events[2] = {};
  std::vector<Address> buffers = {};

  ~Run() {
    for (Address buffer : buffers)
      driver.memFree(buffer);
    for (Handle event : events)
      if (event)
        driver.eventDestroy(event);
    if (module)
      driver.moduleUnload(module);
  }
};

} // namespace

std::string CudaDevice::run(const std::string &ptx, const std::string &entry, int64_t blocks, int64_t threads,
                            const std::vector<KernelArgument> &arguments, int rounds, double &seconds) {
  const CudaDriver &cuda = *driver;
  Run run{cuda};
  constexpr int errorLog = 5, errorLogBytes = 6; // CU_JIT_ERROR_LOG_BUFFER and its size
  char log[4096] = "";
  int options[] = {errorLog, errorLogBytes};
  void *values[] = {log, reinterpret_cast<void *>(sizeof log)};
  if (int code = cuda.moduleLoadDataEx(&run.module, ptx.c_str(), 2, options, values))
    return cuda.text("loading PTX", code) + "\n" + log;
  Handle function = nullptr;
  if (int code = cuda.moduleGetFunction(&function, run.module, entry.c_str()))
    return cuda.text(entry.c_str(), code);

  run.buffers.reserve(arguments.size());
  std::vector<void *> parameters;
  for (const KernelArgument &argument : arguments) {
    parameters.push_back(const_cast<int64_t *>(&argument.number));
    if (!argument.data)
      continue;
    Address address = 0;
    if (int code = cuda.memAlloc(&address, std::max<size_t>(argument.bytes, 1)))
      return cuda.text("allocation", code);
    run.buffers.push_back(address);
    parameters.back() = &run.buffers.back();
    if (argument.bytes && cuda.toDevice(address, argument.data, argument.bytes))
      return "copy to the device failed";
  }
  auto launch = [&] {
    return blocks == 0 ? 0
                       : cuda.launch(function, unsigned(blocks), 1, 1, unsigned(threads), 1, 1, 0, nullptr,
                                     parameters.data(), nullptr);
  };
  if (int code = launch())
    return cuda.text("launch", code);
  if (int code = cuda.synchronize())
    return cuda.text("run", code);
  size_t next = 0;
  for (const KernelArgument &argument : arguments)
    if (argument.data && cuda.toHost(argument.data, run.buffers[next++], argument.bytes))
      return "copy from the device failed";

  if (cuda.eventCreate(&run.events[0], 0) || cuda.eventCreate(&run.events[1], 0))
    return "events failed";
  std::vector<double> times;
  for (int i = 0; i < rounds; ++i) {
    float milliseconds = 0;
    if (cuda.eventRecord(run.events[0], nullptr) || launch() || cuda.eventRecord(run.events[1], nullptr) ||
        cuda.synchronize() || cuda.eventElapsed(&milliseconds, run.events[0], run.events[1]))
      return "timing failed";
    times.push_back(milliseconds * 1e-3);
  }
  std::sort(times.begin(), times.end());
  seconds = times.empty() ? 0 : times[times.size() / 2];
  return "";
}

} // namespace dlc::test
