//===- Program.h - Loading and running host programs (contract C3) --------===//
//
// A Program is a checked command table with its kernels and constants resolved. run() may be called from any number of
// threads at once: each call has a frame of its own (arena, registers, error record), taken from a pool and reused, so
// a warm call allocates nothing but what the caller's allocator makes for outputs. Sizes are computed when the symbols'
// values change, not on every call.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_RUNTIME_PROGRAM_H
#define DLC_RUNTIME_PROGRAM_H

#include "lib/Runtime/Buffer.h"
#include "lib/Runtime/ProgramTable.h"
#include "lib/Runtime/Rt.h"
#include "lib/Runtime/Status.h"
#include "lib/Runtime/TensorRef.h"

namespace dlc {

class ThreadPool;
struct Frame;

/// Which stage function a program asks for.
struct StageRef {
  uint32_t kernel;       ///< Index of the kernel in this program.
  const uint8_t *key;    ///< Its 32-byte key.
  const char *name;      ///< Its symbol name.
  uint32_t stage;        ///< Index of the stage in the kernel.
  const char *stageName; ///< The stage's name.
};

/// Finds the machine code of kernels. Called at load only, once for each stage.
struct KernelResolver {
  void *context = nullptr;
  Status (*resolve)(void *context, const StageRef &ref, dlc_stage &out) = nullptr;
};

/// Finds constants that are not embedded, by their 32-byte content hash. `data` must hold `bytes` bytes and outlive the
/// program. Called at load only.
struct ConstantResolver {
  void *context = nullptr;
  Status (*resolve)(void *context, const uint8_t *hash, uint64_t bytes, const void *&data) = nullptr;
};

struct LoadOptions {
  KernelResolver kernels;
  ConstantResolver constants;
  ThreadPool *pool = nullptr; ///< Null: everything runs on the calling thread. Must outlive the program.
  unsigned workers = 0;       ///< W of the memory plan; 0: as many as the pool has.
};

/// One launch, as a profiler sees it. Times are CLOCK_MONOTONIC nanoseconds.
struct LaunchEvent {
  uint32_t command; ///< Index of the command, the same in every run.
  uint32_t kernel;  ///< Index of the kernel.
  const char *name; ///< Its symbol name.
  int64_t startTime;
  int64_t endTime;
};

struct RunOptions {
  /// Makes memory for an output whose TensorRef has null data; need not be aligned, but aligned memory saves a copy.
  Status (*allocate)(void *context, uint32_t output, size_t bytes, void *&data) = nullptr;
  void *allocateContext = nullptr;
  /// Called after every launch, on the calling thread.
  void (*onLaunch)(void *context, const LaunchEvent &event) = nullptr;
  void *onLaunchContext = nullptr;
  /// Jumps backwards after which the run gives up; for programs from untrusted sources.
  uint64_t maxIterations = UINT64_MAX;
};

/// Where the bytes of one call go, in bytes.
struct MemoryPlan {
  uint64_t arena;         ///< A: intermediate values.
  uint64_t sharedScratch; ///< Scratch of the launch that needs most.
  uint64_t ownScratch;    ///< S: per worker.
  uint64_t workers;       ///< W.
  uint64_t total;         ///< A + shared + W*S, rounded for alignment: what one concurrent call allocates.
  uint64_t resident;      ///< Once per program: results of @init.
};

class Program {
public:
  /// Checks and loads a program. The table is copied; embedded constants are used in place, so `bytes` must stay valid
  /// and unchanged while the program lives. End it with destroy(). Corrupt, Unsupported, or what a resolver returns.
  static Status load(const void *bytes, size_t size, const LoadOptions &options, Program *&out);
  /// Frees a program; no run() may be under way. Null is allowed.
  static void destroy(Program *program);

  /// Runs @init, which fills the resident region from constants. Needed once before run() if hasInit(); not
  /// thread-safe.
  Status init();
  bool hasInit() const;

  /// Runs the program. Checks number, dtype, rank and dims of `inputs` and of those outputs that have data; binds the
  /// symbols from them. Inputs and outputs that are not 64-byte aligned go through an aligned copy. An output whose
  /// data is null gets memory from RunOptions::allocate; its dtype, rank and dims are then results. An output may have
  /// the memory of an input only if the signature says so. On failure the outputs' contents are undefined.
  Status run(const TensorRef *inputs, size_t inputCount, TensorRef *outputs, size_t outputCount,
             const RunOptions &options = RunOptions());

  /// Sets dtype, rank and dims of all outputs for `inputs`, whose data are not looked at.
  Status inferOutputs(const TensorRef *inputs, size_t inputCount, TensorRef *outputs, size_t outputCount);

  /// What the launches of a call on `inputs`, whose data are not looked at, take on one thread in nanoseconds, by the
  /// costs of their kernels. Loops count once.
  Status estimateTime(const TensorRef *inputs, size_t inputCount, double &nanoseconds);

  /// The memory that a call with these symbol values (one for each symbol, in order) takes.
  Status planMemory(const int64_t *symbols, MemoryPlan &out);

  const ProgramTable &table() const { return contents; }
  const char *name() const;
  size_t inputCount() const { return contents.inputs.size; }
  size_t outputCount() const { return contents.outputs.size; }
  const char *inputName(size_t i) const { return contents.text(contents.inputs[i].name); }
  const char *outputName(size_t i) const { return contents.text(contents.outputs[i].name); }
  /// Writes "x: f32[B, 64]" for a tensor of the signature, cut to `capacity`.
  void formatTensor(const program::Tensor &tensor, char *out, size_t capacity) const;
  /// Writes "B in 2..4096, a multiple of 8" for a symbol, cut to `capacity`.
  void formatSymbol(size_t symbol, char *out, size_t capacity) const;
  /// Writes "B - C is at least 0", or "... is not 0", for a condition.
  void formatCondition(size_t condition, char *out, size_t capacity) const;

  Program() = default;
  ~Program();
  Program(const Program &) = delete;
  Program &operator=(const Program &) = delete;

private:
  friend struct Frame;
  static constexpr unsigned pooledFrames = 16;

  // Program.cpp
  Status resolveKernels(const KernelResolver &resolver);
  Status resolveConstants(const void *bytes, const ConstantResolver &resolver);
  Status indexLaunches();
  void markDims(uint32_t first, uint32_t count);
  Status acquireFrame(Frame *&frame);
  void releaseFrame(Frame *frame);
  // Signature.cpp
  Status bindFrame(const TensorRef *inputs, size_t inputCount, size_t outputCount, Frame &frame) const;
  Status checkInputs(const TensorRef *inputs, size_t inputCount, size_t outputCount) const;
  Status checkData(const TensorRef *inputs, const Frame &frame) const;
  Status bindSymbols(const TensorRef *inputs, int64_t *values) const;
  Status checkConditions(const int64_t *values) const;
  Status checkDims(const program::Tensor &tensor, bool isOutput, const TensorRef &ref, const int64_t *exprs) const;
  Status placeOutputs(const TensorRef *inputs, TensorRef *outputs, const Frame &frame, const RunOptions &options) const;
  Status checkOverlap(const TensorRef *inputs, const TensorRef &output, uint32_t index, const Frame &frame) const;
  void setShape(const program::Tensor &tensor, const int64_t *exprs, TensorRef &ref) const;
  // Executor.cpp
  Status execute(Frame &frame, uint32_t firstCommand, const RunOptions &options) const;
  Status launch(Frame &frame, uint32_t command, const RunOptions &options) const;
  Status callCustom(Frame &frame, uint32_t index) const;
  Status errorOf(const Frame &frame) const;
  Status stepError(uint32_t position, int64_t step) const;

  ProgramTable contents;
  Buffer tableBytes;
  ThreadPool *pool = nullptr;
  unsigned workers = 1;
  PodArray<dlc_stage> stages;          ///< One for each record of the stage section.
  PodArray<const void *> constantData; ///< 64-byte aligned.
  PodArray<uint32_t> launchIndex;      ///< For each command that is a launch, its number among them.
  uint32_t launchCount = 0;
  uint32_t maxLaunchBuffers = 0;
  uint32_t maxLaunchScalars = 0;
  size_t maxCallTensors = 0;
  PodArray<bool> isProgramExpr; ///< Expressions over the program's symbols that something uses.
  Buffer constantCopies;        ///< Constants that were not aligned where they lay.
  Buffer resident;
  bool isInitialised = false;
  Frame *frames[pooledFrames] = {};
};

} // namespace dlc

#endif // DLC_RUNTIME_PROGRAM_H
