// The GPU of this machine by its driver, loaded at run time: kernels run there as they do on the emulator.
#ifndef DLC_TEST_UNIT_CUDA_CUDADEVICE_H
#define DLC_TEST_UNIT_CUDA_CUDADEVICE_H

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace dlc::test {

class CudaDriver;

/// One argument of a kernel: a buffer, which travels to the device and back, or 8 bytes of a number.
struct KernelArgument {
  void *data = nullptr;
  size_t bytes = 0; ///< 0 for a number
  int64_t number = 0;
};

class CudaDevice {
public:
  /// The first GPU. Null where there is no driver or no GPU.
  static CudaDevice *get();

  const std::string &name() const { return deviceName; }

  /// Runs `blocks` blocks of `threads` threads of the entry of a PTX text, then `rounds` more times, whose median time
  /// is `seconds`. Empty, or what the driver says.
  std::string run(const std::string &ptx, const std::string &entry, int64_t blocks, int64_t threads,
                  const std::vector<KernelArgument> &arguments, int rounds, double &seconds);

private:
  std::shared_ptr<CudaDriver> driver;
  std::string deviceName;
};

} // namespace dlc::test

#endif // DLC_TEST_UNIT_CUDA_CUDADEVICE_H
