// The generator of random programs: seeds fix programs, programs verify and run, and together they hold every op.
#include "lib/Check/RandomGraph.h"
#include "lib/Check/Inputs.h"
#include "test/unit/Interp/Modules.h"

#include "passes/autodiff/Passes.h"

#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"

#include "gtest/gtest.h"

using namespace dlc;
using namespace dlc::check;

static std::string textOf(mlir::ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream(text) << module;
  return text;
}

TEST(RandomGraph, seedsFixPrograms) {
  auto context = makeContext(), other = makeContext();
  for (uint64_t seed = 0; seed < 20; ++seed)
    EXPECT_EQ(textOf(*buildRandomModule(*context, seed, optionsFor(seed))),
              textOf(*buildRandomModule(*other, seed, optionsFor(seed))));
}

TEST(RandomGraph, programsVerifyAndRun) {
  auto context = makeContext();
  int errors = 0, programs = 600;
  for (int seed = 0; seed < programs; ++seed) {
    auto module = buildRandomModule(*context, seed, optionsFor(seed));
    std::string text = textOf(*module);
    ASSERT_TRUE(mlir::succeeded(mlir::verify(*module))) << text;
    mlir::PassManager passes(context.get());
    passes.addPass(createAutodiffPass());
    ASSERT_TRUE(mlir::succeeded(passes.run(*module))) << text;
    llvm::SmallVector<HostTensor> outputs;
    InterpError error;
    auto inputs = randomInputs(functionOf(*module), seed, {{"B", 1 + seed % 6}});
    if (mlir::succeeded(interpret(functionOf(*module), inputs, outputs, error)))
      continue;
    ++errors;
    EXPECT_EQ(error.status.kind(), ErrorKind::Index) << error.status.message() << "\n" << text;
  }
  EXPECT_LT(errors, programs / 5);
}

TEST(RandomGraph, everyOpOccurs) {
  auto context = makeContext();
  std::string all;
  for (uint64_t seed = 0; seed < 300; ++seed)
    all += textOf(*buildRandomModule(*context, seed, optionsFor(seed)));
  // Made by the autodiff pass alone, or put around graphs (RandomTransforms.h); graphs have no complex numbers and no
  // functions of a user.
  const char *without[] = {
      "call", "conv_input_grad", "conv_weight_grad", "custom_call", "jvp", "vmap", "complex", "conj", "imag", "real"};
  for (mlir::RegisteredOperationName name : context->getRegisteredOperations())
    if (name.getDialectNamespace() == "dlc" &&
        std::find(std::begin(without), std::end(without), name.stripDialect()) == std::end(without))
      EXPECT_NE(all.find(name.getStringRef().str() + " "), std::string::npos) << name.getStringRef().str();
}
