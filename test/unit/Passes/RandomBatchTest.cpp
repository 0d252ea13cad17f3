// Batches of random programs, gradients and tangents included: each example of a batch has the bits of a run of its
// own.
#include "lib/Check/Inputs.h"
#include "lib/Check/Outcome.h"
#include "lib/Check/RandomGraph.h"
#include "lib/Check/RandomTransforms.h"
#include "test/unit/Passes/CaseProgram.h"

#include "passes/autodiff/Passes.h"

#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"

#include "gtest/gtest.h"

using namespace dlc;
using namespace dlc::check;

/// Example `n` along `axis`.
static HostTensor exampleOf(const HostTensor &all, int64_t axis, int64_t n) {
  if (axis < 0)
    return all;
  std::vector<int64_t> shape = all.shape;
  shape.erase(shape.begin() + axis);
  HostTensor one(all.type, shape);
  int64_t inner = byteWidth(all.type), outer = 1, examples = all.shape[axis];
  for (int64_t i = 0; i < one.rank(); ++i)
    (i < axis ? outer : inner) *= shape[i];
  for (int64_t i = 0; i < outer && one.size() > 0; ++i)
    std::memcpy(one.data<char>() + i * inner, all.data<char>() + (i * examples + n) * inner, size_t(inner));
  return one;
}

/// Runs the batch and each example; false if an index was out of range in a run.
static bool checkExamples(mlir::ModuleOp module, llvm::StringRef name, llvm::ArrayRef<int64_t> in,
                          llvm::ArrayRef<int64_t> out, int64_t examples, const std::vector<HostTensor> &inputs) {
  llvm::SmallVector<HostTensor> all;
  InterpError error;
  bool isOk = mlir::succeeded(interpret(functionOf(module), inputs, all, error)), areOk = true;
  EXPECT_TRUE(isOk || error.status.kind() == ErrorKind::Index) << error.status.message();
  for (int64_t n = 0; n < examples; ++n) {
    std::vector<HostTensor> one;
    for (size_t i = 0; i < inputs.size(); ++i)
      one.push_back(exampleOf(inputs[i], in[i], n));
    llvm::SmallVector<HostTensor> expected;
    areOk &= mlir::succeeded(interpret(functionOf(module, name), one, expected, error));
    for (size_t i = 0; i < all.size() && areOk && isOk; ++i)
      EXPECT_TRUE(sameBits(exampleOf(all[i], out[i], n), expected[i])) << "example " << n << ", result " << i;
  }
  EXPECT_EQ(isOk, areOk);
  return isOk;
}

TEST(RandomBatch, examplesHaveTheBitsOfTheirOwnRun) {
  auto context = makeContext();
  int checked = 0, programs = 300;
  for (int seed = 0; seed < programs; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    GraphOptions options = optionsFor(seed);
    if (seed % 3 == 0)
      options.transforms.push_back(Transform::Jvp);
    options.transforms.push_back(Transform::Vmap);
    auto module = buildRandomModule(*context, seed, options);
    auto batch = mlir::dyn_cast<VmapOp>(functionOf(*module).getBody().front().front());
    if (!batch) // a program without arguments
      continue;
    std::string callee = batch.getCallee().str();
    functionOf(*module, callee.c_str()).setPublic(); // stays for examples of their own
    int64_t examples = batch.extent()->constant().value_or(3);
    std::vector<int64_t> in(batch.getInAxes()), out(batch.getOutAxes());
    std::string text;
    llvm::raw_string_ostream(text) << *module;
    ASSERT_TRUE(mlir::succeeded(mlir::verify(*module))) << text;
    auto inputs = randomInputs(functionOf(*module), seed, {{"B", 1 + seed % 4}, {"N", 3}});
    mlir::PassManager passes(context.get());
    passes.addPass(createAutodiffPass());
    ASSERT_TRUE(mlir::succeeded(passes.run(*module))) << text;
    checked += checkExamples(*module, callee, in, out, examples, inputs);
    ASSERT_FALSE(HasFailure()) << text;
  }
  EXPECT_GT(checked, programs * 3 / 4);
}
