// Ways to run a program, side by side in one process: sessions, engines and thread pools are kept, so that kernels that
// programs share are compiled once.
#ifndef DLC_CHECK_WORKBENCH_H
#define DLC_CHECK_WORKBENCH_H

#include "jit/Engine.h"
#include "lib/Check/Outcome.h"
#include "lib/Runtime/ThreadPool.h"

namespace dlc::check {

/// One way to compile and run.
struct Way {
  std::string name;
  Options options;
  unsigned threads = 1;
  /// The extents of the inputs take the place of all symbols before anything else happens (numerics N3).
  bool knowsExtents = false;
};

/// Every way that promise 1 speaks of on this machine: fused for its best ISA with 1 and 2 threads, not fused, not
/// simplified, neither, for AVX2 alone with 2 threads, and as baseline code with 2.
std::vector<Way> allWays();
/// For programs with symbols: compiled as if they were static, of the extents that the inputs have.
Way knownExtentsWay();

/// Applied to every session that is made: tests put bugs into passes and targets here.
using SessionHook = std::function<void(Session &)>;

class Workbench {
public:
  explicit Workbench(SessionHook hook = nullptr);
  ~Workbench();
  Workbench(const Workbench &) = delete;
  Workbench &operator=(const Workbench &) = delete;

  /// The session with these options; it compiles on one thread. Value if an option is unknown.
  Status session(const Options &options, Session *&out);
  /// Reads a module in the session of a way and says what its entry is.
  Status parse(const Options &options, llvm::StringRef text, mlir::OwningOpRef<mlir::ModuleOp> &module,
               mlir::func::FuncOp &entry);

  /// Compiles a module that stands after phase `from` (at most schedule) in the session of these options. Every stage
  /// is marked as worth sharing out, so that small programs use all threads, too. `module` is left after bufferize.
  Status compile(const Options &options, mlir::ModuleOp module, Phase from, std::string &package);
  /// Compiles a program, for inputs of these extents if the way wants to know them.
  Status compile(const Way &way, llvm::StringRef text, llvm::ArrayRef<HostTensor> inputs, std::string &package,
                 mlir::OwningOpRef<mlir::ModuleOp> &module);
  /// Runs a package. `slack`: bytes that every input and output has beyond its end.
  Outcome runPackage(const std::string &package, llvm::ArrayRef<HostTensor> inputs, unsigned threads, size_t slack = 0);
  /// Compiles and runs a program.
  Outcome run(const Way &way, llvm::StringRef text, llvm::ArrayRef<HostTensor> inputs);

private:
  struct Bench {
    std::unique_ptr<Session> session;
    std::unique_ptr<jit::Engine> engine;
  };
  Status bench(const Options &options, Bench *&out);

  SessionHook hook;
  std::map<std::string, Bench> benches;
  std::map<unsigned, ThreadPool *> pools;
};

} // namespace dlc::check

#endif // DLC_CHECK_WORKBENCH_H
