//===- Frame.h - The state of one call of a program -----------------------===//
//
// A frame holds everything that a call writes: symbol values, sizes, addresses, registers, the arena, the error record.
// It stays prepared for the symbol values it had last, so a call with the same dims computes no sizes and allocates no
// memory. One call at a time uses a frame.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_RUNTIME_FRAME_H
#define DLC_RUNTIME_FRAME_H

#include "lib/Runtime/ErrorRecord.h"
#include "lib/Runtime/Program.h"

namespace dlc {

/// The formulas of one stage of one launch, evaluated.
struct StageSizes {
  int64_t tasks;
  int64_t cost;
};

struct Frame {
  /// Makes the arrays; every later step of a call writes into them.
  Status allocate(const Program &program);

  /// Evaluates every expression and size for `symbols`, unless they are those of the last successful call. `forInit`
  /// evaluates only what needs no symbols.
  Status prepare(const Program &program, bool forInit);
  /// Makes the arena at least as large as the plan says.
  Status reserve();
  /// Sets the aligned address of every input and output; those that are not aligned get staging memory, inputs copied
  /// in.
  Status stageTensors(const TensorRef *inputs, const TensorRef *outputs);
  /// Sets the address of every buffer.
  void bindBuffers(const Program &program);
  /// Copies staged outputs to where the caller wants them.
  void unstageOutputs(TensorRef *outputs);

  PodArray<int64_t> symbols;
  PodArray<int64_t> candidates; ///< Symbol values of the call that is being bound.
  PodArray<int64_t> exprs;      ///< By expression index; only isProgramExpr ones are set.
  PodArray<uint64_t> bytes;     ///< By buffer.
  PodArray<uint64_t> inputBytes;
  PodArray<uint64_t> outputBytes;
  PodArray<void *> addresses;  ///< By buffer; SwapBuffers exchanges entries.
  PodArray<StageSizes> stages; ///< By launch * maxStages + stage.
  PodArray<int64_t> registers;
  PodArray<void *> pointers;       ///< The buffers of the launch at hand.
  PodArray<int64_t> scalars;       ///< The scalars of the launch at hand.
  PodArray<TensorRef> callTensors; ///< Those of the custom call at hand.
  PodArray<void *> inputData;      ///< By input: aligned memory.
  PodArray<void *> outputData;     ///< By output: aligned memory.
  Buffer arena;
  Buffer staging;
  MemoryPlan plan = {};
  uint64_t sharedOffset = 0;
  uint64_t ownOffset = 0;
  uint64_t ownStride = 0;
  ErrorRecord errors;
  bool isPrepared = false;

private:
  Status evaluateExprs(const Program &program, bool forInit);
  Status sizeRegions(const Program &program, bool forInit);
  Status sizeTensors(const Program &program);
  Status sizeBuffer(const Program &program, uint32_t index);
  Status sizeLaunch(const Program &program, const program::Command &command, uint32_t launch);
  Status placeScratch(const Program &program);
};

} // namespace dlc

#endif // DLC_RUNTIME_FRAME_H
