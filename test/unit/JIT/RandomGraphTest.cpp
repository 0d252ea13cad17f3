// 500 random graphs, static and symbolic, with gradients of first and second order: every compiled form equals the
// interpreter.
#include "test/fuzz/RandomGraph.h"
#include "test/unit/JIT/Comparison.h"

namespace dlc {
namespace {

std::unique_ptr<Session> makeSession() {
  std::unique_ptr<Session> session;
  EXPECT_TRUE(Session::create(Options(), session).isOk());
  return session;
}

/// The ways of a graph: fused for this machine and unfused always, and by turns for x86-64-v3 or unsimplified. The turn
/// changes every 12 seeds, so that it meets all that optionsFor decides by the seed modulo 3 and 4.
std::vector<Variant> waysFor(uint64_t seed) {
  std::vector<Variant> ways, all = allVariants();
  for (const Variant &variant : all)
    if (variant.options.fuse && variant.options.simplify && variant.options.cpu.empty())
      ways.push_back(variant);
    else if (!variant.options.fuse || seed / 12 % 2 == (variant.options.cpu.empty() ? 1 : 0))
      ways.push_back(variant);
  return ways;
}

/// Graphs are run in shares, so that a failure names few seeds and shares can run side by side.
class RandomGraphs : public ::testing::TestWithParam<uint64_t> {};

TEST_P(RandomGraphs, HaveOneAnswer) {
  auto session = makeSession();
  for (uint64_t seed = GetParam() * 25; seed < GetParam() * 25 + 25; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    GraphOptions options = optionsFor(seed);
    auto module = buildRandomModule(session->context(), seed, options);
    ASSERT_TRUE(module);
    std::string text;
    llvm::raw_string_ostream stream(text);
    module->print(stream);
    std::vector<std::vector<HostTensor>> inputs = {randomInputs(*module, seed)};
    if (options.symbolic)
      for (int64_t symbol : {1, 19})
        inputs.push_back(randomInputs(*module, seed, symbol));
    expectOneAnswer(text, inputs, waysFor(seed));
    if (HasFatalFailure())
      return;
  }
}

/// The same with branches and loops.
class RandomControlFlow : public ::testing::TestWithParam<uint64_t> {};

TEST_P(RandomControlFlow, HasOneAnswer) {
  auto session = makeSession();
  std::vector<Variant> variants = allVariants();
  for (uint64_t seed = GetParam() * 20; seed < GetParam() * 20 + 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    GraphOptions options;
    options.controlFlow = true;
    options.symbolic = seed % 3 == 1;
    options.gradients = seed % 4 == 3;
    auto module = buildRandomModule(session->context(), seed, options);
    ASSERT_TRUE(module);
    std::string text;
    llvm::raw_string_ostream stream(text);
    module->print(stream);
    std::vector<Variant> ways = {variants[0], variants[seed % 2 ? 2 : seed % 4 ? 3 : 1]};
    expectOneAnswer(text, {randomInputs(*module, seed)}, ways);
    if (HasFatalFailure())
      return;
  }
}

INSTANTIATE_TEST_SUITE_P(Shares, RandomControlFlow, ::testing::Range<uint64_t>(0, 5));

INSTANTIATE_TEST_SUITE_P(Shares, RandomGraphs, ::testing::Range<uint64_t>(0, 20));

} // namespace
} // namespace dlc
