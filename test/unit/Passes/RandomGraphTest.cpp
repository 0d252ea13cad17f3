// The generator of random programs: seeds fix programs, programs verify and run, and together they hold every op.
#include "test/fuzz/RandomGraph.h"
#include "test/unit/Interp/Modules.h"

#include "passes/autodiff/Passes.h"

#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"

#include "gtest/gtest.h"

using namespace dlc;

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
    if (mlir::succeeded(interpret(functionOf(*module), randomInputs(*module, seed, 1 + seed % 6), outputs, error)))
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
  // Made by the autodiff pass alone, put around graphs (RandomTransforms.h), or without bits of its own.
  const char *without[] = {"call", "conv_input_grad", "conv_weight_grad", "custom_call", "jvp", "vmap"};
  for (mlir::RegisteredOperationName name : context->getRegisteredOperations())
    if (name.getDialectNamespace() == "dlc" &&
        std::find(std::begin(without), std::end(without), name.stripDialect()) == std::end(without))
      EXPECT_NE(all.find(name.getStringRef().str() + " "), std::string::npos) << name.getStringRef().str();
}
