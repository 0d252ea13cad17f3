// Batches of random graphs, gradients and tangents included: compiled code equals the interpreter.
#include "lib/Check/Inputs.h"
#include "lib/Check/RandomGraph.h"
#include "test/unit/JIT/Comparison.h"

namespace dlc {
namespace {

using mlir::func::FuncOp;

class RandomBatches : public ::testing::TestWithParam<uint64_t> {};

TEST_P(RandomBatches, HaveOneAnswer) {
  std::unique_ptr<Session> session;
  ASSERT_TRUE(Session::create(Options(), session).isOk());
  std::vector<Variant> variants = allVariants();
  for (uint64_t seed = GetParam() * 10; seed < GetParam() * 10 + 10; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    check::GraphOptions options = check::optionsFor(seed);
    if (seed % 3 == 0)
      options.transforms.push_back(check::Transform::Jvp);
    options.transforms.push_back(check::Transform::Vmap);
    auto module = check::buildRandomModule(session->context(), seed, options);
    std::string text;
    llvm::raw_string_ostream stream(text);
    module->print(stream);
    auto inputs = check::randomInputs(module->lookupSymbol<FuncOp>("main"), seed, {{"B", 1 + int64_t(seed % 4)}});
    expectOneAnswer(text, {inputs}, {variants[seed % variants.size()]});
    if (HasFatalFailure())
      return;
  }
}

INSTANTIATE_TEST_SUITE_P(Shares, RandomBatches, ::testing::Range<uint64_t>(0, 10));

} // namespace
} // namespace dlc
