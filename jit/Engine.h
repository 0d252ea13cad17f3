// Turns modules into packages that run: phases, then one image a kernel, compiled in parallel and kept by key. Two
// programs that share a kernel share its image; nothing is compiled twice in a process, or, with a store, on a machine.
#ifndef DLC_JIT_ENGINE_H
#define DLC_JIT_ENGINE_H

#include "lib/Compiler/Session.h"

#include <atomic>
#include <map>
#include <mutex>
#include <string>

namespace dlc::jit {

/// Where images outlive the process. Implemented over lib/Cache; any thread may call.
class ImageStore {
public:
  virtual ~ImageStore() = default;
  /// The image of a key, if it is there and whole.
  virtual bool find(const std::string &key, std::string &image) = 0;
  /// Keeps an image; `label` says what it is to whoever lists the store.
  virtual void add(const std::string &key, const std::string &label, const std::string &image) = 0;
};

/// Where the code of a kernel came from.
enum class KernelSource { Compiled, Memory, Disk };

/// What calls of a program may take together as baseline code, in nanoseconds that optimized code would take. Baseline
/// code takes up to 25 times as long, and optimized code some 10 to 50 ms to compile (docs/tiers.md).
constexpr double mostBaselineTime = 500e3;

/// What one compilation did, for `explain` and tests.
struct CompileReport {
  struct Kernel {
    std::string name, key;
    KernelSource source = KernelSource::Compiled;
    double milliseconds = 0;
    size_t codeBytes = 0;
  };
  std::vector<Kernel> list; ///< in the order of the program's kernel table
  unsigned kernels = 0;     ///< distinct kernels of the program
  unsigned compiled = 0;    ///< compiled now
  unsigned inMemory = 0;    ///< found in this process
  unsigned onDisk = 0;      ///< found in the store
  double milliseconds = 0;
};

/// What goes into a package beside the program and its images.
struct PackageOptions {
  uint32_t level = 0;   ///< the ISA level that the session's CPU stands for; 0: this machine's, whatever it is
  std::string bytecode; ///< the module as written, for other targets
};

class Engine {
public:
  explicit Engine(Session &session, ImageStore *store = nullptr) : session(session), store(store) {}

  /// Compiles a module that stands after phase `from` to a package. `module` is left after bufferize. When `stop` is
  /// set it fails soon; kernels that it has compiled by then need not be compiled again.
  Status compile(mlir::ModuleOp module, Phase from, std::string &package, CompileReport *report = nullptr,
                 const PackageOptions &options = {}, const std::atomic<bool> *stop = nullptr);

  /// Whether `module`, which stands after fuse, is worth being compiled as baseline code first: it has kernels whose
  /// optimized code takes long and is neither here nor in the store, and calls are not known to be too long for
  /// baseline code. Then `baseline` is the module with baseline code for these kernels, and both stand after schedule;
  /// else `module` stands where `at` says.
  Status splitTiers(mlir::ModuleOp module, Phase &at, mlir::OwningOpRef<mlir::ModuleOp> &baseline);

private:
  bool isKnown(llvm::StringRef key);
  Status imageOf(rt::KernelOp kernel, std::string &image, CompileReport::Kernel &report);

  Session &session;
  ImageStore *store;
  std::mutex mutex;
  std::map<std::string, std::string> images;
};

} // namespace dlc::jit

#endif // DLC_JIT_ENGINE_H
