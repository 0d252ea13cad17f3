// One module, many ways to run it: the interpreter is the definition, and every compiled form must equal it with `==`.
#ifndef DLC_TEST_JIT_COMPARISON_H
#define DLC_TEST_JIT_COMPARISON_H

#include "jit/Engine.h"
#include "lib/Interp/Interpreter.h"

#include "gtest/gtest.h"

namespace dlc {

/// One way to compile.
struct Variant {
  std::string name;
  Options options;
};

/// Fused on the host's best ISA, unfused, unsimplified, and on x86-64-v3 alone.
std::vector<Variant> allVariants();

/// What a run gave: outputs, or an error that depends on data.
struct Outcome {
  Status status;
  std::vector<HostTensor> outputs;
};

/// Runs `text`'s entry function by the interpreter.
Outcome interpretText(const std::string &text, const std::vector<HostTensor> &inputs);
/// Compiles it once, and runs it on each list of inputs, with 1 and with 2 threads that share even the shortest work:
/// two outcomes for each list.
std::vector<Outcome> compileAndRun(const std::string &text, const std::vector<std::vector<HostTensor>> &inputs,
                                   const Variant &variant);

/// True if shapes, dtypes and bits are equal, all NaNs being one.
::testing::AssertionResult sameBits(const HostTensor &x, const HostTensor &y);

/// Expects every variant to give what the interpreter gives, for each list of inputs.
void expectOneAnswer(const std::string &text, const std::vector<std::vector<HostTensor>> &inputs,
                     const std::vector<Variant> &variants = allVariants());

/// A tensor of pseudo-random values that suit its type: floats in [-2, 2) with a few special ones, small integers.
HostTensor randomTensor(DType type, std::vector<int64_t> shape, uint64_t seed, bool isTame = false);
/// Random inputs for the entry function of `text`; symbolic extents take the values of `symbols` in order.
std::vector<HostTensor> randomInputs(const std::string &text, uint64_t seed,
                                     const std::map<std::string, int64_t> &symbols = {});

} // namespace dlc

#endif // DLC_TEST_JIT_COMPARISON_H
