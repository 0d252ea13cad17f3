// Batches of random graphs, gradients and tangents included: compiled code equals the interpreter.
#include "test/fuzz/RandomGraph.h"
#include "test/fuzz/RandomTransforms.h"
#include "test/unit/JIT/Comparison.h"

namespace dlc {
namespace {

class RandomBatches : public ::testing::TestWithParam<uint64_t> {};

TEST_P(RandomBatches, HaveOneAnswer) {
  std::unique_ptr<Session> session;
  ASSERT_TRUE(Session::create(Options(), session).isOk());
  std::vector<Variant> variants = allVariants();
  for (uint64_t seed = GetParam() * 10; seed < GetParam() * 10 + 10; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    auto module = buildRandomModule(session->context(), seed, optionsFor(seed));
    if (module->lookupSymbol<mlir::func::FuncOp>("main").getNumArguments() == 0)
      continue;
    if (seed % 3 == 0)
      tangentMain(*module);
    batchMain(*module, seed, 3);
    module->lookupSymbol<mlir::func::FuncOp>("one").setPrivate();
    std::string text;
    llvm::raw_string_ostream stream(text);
    module->print(stream);
    expectOneAnswer(text, randomInputs(*module, seed, 1 + int64_t(seed % 4)), {variants[seed % variants.size()]});
    if (HasFatalFailure())
      return;
  }
}

INSTANTIATE_TEST_SUITE_P(Shares, RandomBatches, ::testing::Range<uint64_t>(0, 10));

} // namespace
} // namespace dlc
