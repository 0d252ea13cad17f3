// Batches of random programs, gradients and tangents included: each example of a batch has the bits of a run of its
// own.
#include "lib/Check/Inputs.h"
#include "lib/Check/RandomGraph.h"
#include "lib/Check/RandomTransforms.h"
#include "test/unit/Passes/CaseProgram.h"

#include "passes/autodiff/Passes.h"

#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"

#include "gtest/gtest.h"

using namespace dlc;
using namespace dlc::check;

static constexpr int64_t examples = 3;

/// Example `n` along `axis`.
static HostTensor exampleOf(const HostTensor &all, int64_t axis, int64_t n) {
  if (axis < 0)
    return all;
  std::vector<int64_t> shape = all.shape;
  shape.erase(shape.begin() + axis);
  HostTensor one(all.type, shape);
  int64_t inner = byteWidth(all.type), outer = 1;
  for (int64_t i = 0; i < one.rank(); ++i)
    (i < axis ? outer : inner) *= shape[i];
  for (int64_t i = 0; i < outer && one.size() > 0; ++i)
    std::memcpy(one.data<char>() + i * inner, all.data<char>() + (i * examples + n) * inner, size_t(inner));
  return one;
}

/// Whether the bits are equal, all NaNs being one.
static bool haveSameBits(const HostTensor &x, const HostTensor &y) {
  scalar::HostScalarBuilder b;
  if (x.type != y.type || x.shape != y.shape)
    return false;
  for (int64_t i = 0, size = x.size(); i < size; ++i) {
    scalar::Scalar left = scalar::load(x.type, x.at(i)), right = scalar::load(y.type, y.at(i));
    bool isNaN = isFloat(x.type) && b.isNaN(left).asBool() && b.isNaN(right).asBool();
    if (!isNaN && left.bits() != right.bits())
      return false;
  }
  return true;
}

/// Runs the batch and each example; false if an index was out of range in a run.
static bool checkExamples(mlir::ModuleOp module, llvm::ArrayRef<int64_t> in, llvm::ArrayRef<int64_t> out,
                          const std::vector<HostTensor> &inputs) {
  llvm::SmallVector<HostTensor> all;
  InterpError error;
  bool isOk = mlir::succeeded(interpret(functionOf(module), inputs, all, error)), areOk = true;
  EXPECT_TRUE(isOk || error.status.kind() == ErrorKind::Index) << error.status.message();
  for (int64_t n = 0; n < examples; ++n) {
    std::vector<HostTensor> one;
    for (size_t i = 0; i < inputs.size(); ++i)
      one.push_back(exampleOf(inputs[i], in[i], n));
    llvm::SmallVector<HostTensor> expected;
    areOk &= mlir::succeeded(interpret(functionOf(module, "one"), one, expected, error));
    for (size_t i = 0; i < all.size() && areOk && isOk; ++i)
      EXPECT_TRUE(haveSameBits(exampleOf(all[i], out[i], n), expected[i])) << "example " << n << ", result " << i;
  }
  EXPECT_EQ(isOk, areOk);
  return isOk;
}

TEST(RandomBatch, examplesHaveTheBitsOfTheirOwnRun) {
  auto context = makeContext();
  int checked = 0, programs = 300;
  for (int seed = 0; seed < programs; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    auto module = buildRandomModule(*context, seed, optionsFor(seed));
    if (functionOf(*module).getNumArguments() == 0)
      continue;
    if (seed % 3 == 0)
      tangentMain(*module);
    VmapOp batch = batchMain(*module, seed, examples);
    std::vector<int64_t> in(batch.getInAxes()), out(batch.getOutAxes());
    std::string text;
    llvm::raw_string_ostream(text) << *module;
    ASSERT_TRUE(mlir::succeeded(mlir::verify(*module))) << text;
    auto inputs = randomInputs(functionOf(*module), seed, {{"B", 1 + seed % 4}});
    mlir::PassManager passes(context.get());
    passes.addPass(createAutodiffPass());
    ASSERT_TRUE(mlir::succeeded(passes.run(*module))) << text;
    checked += checkExamples(*module, in, out, inputs);
    ASSERT_FALSE(HasFailure()) << text;
  }
  EXPECT_GT(checked, programs * 3 / 4);
}
