// The generator of random programs: seeds fix programs, programs verify and run, and together they hold every op.
#include "lib/Check/RandomGraph.h"
#include "lib/Check/Calls.h"
#include "lib/Check/Inputs.h"
#include "test/unit/Interp/Modules.h"

#include "passes/autodiff/Passes.h"

#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"

#include "gtest/gtest.h"

#include <set>

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
  registerCheckCalls();
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
  for (uint64_t seed = 0; seed < 2000; ++seed)
    all += textOf(*buildRandomModule(*context, seed, optionsFor(seed)));
  for (mlir::RegisteredOperationName name : context->getRegisteredOperations())
    if (name.getDialectNamespace() == "dlc")
      EXPECT_NE(all.find(name.getStringRef().str() + " "), std::string::npos) << name.getStringRef().str();
}

/// Ops with the element types of their operands and results: "dlc.cast i4", ...
static std::set<std::string> pairsOf(int seeds) {
  auto context = makeContext();
  std::set<std::string> pairs;
  for (int seed = 0; seed < seeds; ++seed)
    buildRandomModule(*context, seed, optionsFor(seed))->walk([&](mlir::Operation *op) {
      for (mlir::TypeRange types : {mlir::TypeRange(op->getOperandTypes()), mlir::TypeRange(op->getResultTypes())})
        for (mlir::Type type : types)
          if (mlir::isa<mlir::RankedTensorType>(type))
            pairs.insert(op->getName().getStringRef().str() + " " + name(dtypeOf(type)));
    });
  return pairs;
}

TEST(RandomGraph, everyOpMeetsTheTypesThatItAdmits) {
  std::set<std::string> pairs = pairsOf(10000);
  auto expect = [&](std::initializer_list<const char *> ops, std::initializer_list<DType> types) {
    for (const char *op : ops)
      for (DType type : types) {
        std::string pair = std::string("dlc.") + op + " " + name(type);
        EXPECT_EQ(pairs.count(pair), 1u) << pair;
      }
  };
  auto f8s = {DType::F8E4M3, DType::F8E5M2}, fourBits = {DType::I4, DType::U4}, complex = {DType::C64, DType::C128};
  auto moves = {
      "broadcast", "reshape", "transpose",     "slice",  "pad",        "concat",        "reverse",
      "gather",    "scatter", "dynamic_slice", "select", "cast",       "stop_gradient", "dynamic_update_slice",
      "vjp",       "jvp",     "vmap",          "call",   "custom_call"};
  for (auto types : {f8s, fourBits, complex})
    expect(moves, types);
  for (auto types : {f8s, fourBits})
    expect({"bitcast"}, types);
  expect({"add", "sub", "mul", "div", "neg", "abs", "exp", "log", "sqrt", "sin", "cos", "tanh", "compare", "real",
          "imag", "conj", "complex", "reduce", "dot_general"},
         complex);
}

/// "vjp of vmap", ... of all programs.
static std::set<std::string> compositionsOf(int seeds) {
  auto context = makeContext();
  std::set<std::string> compositions;
  for (int seed = 0; seed < seeds; ++seed) {
    auto module = buildRandomModule(*context, seed, optionsFor(seed));
    auto requestIn = [&](llvm::StringRef function) {
      mlir::Operation *first = &functionOf(*module, function).getBody().front().front();
      return mlir::isa<VjpOp, JvpOp, VmapOp>(first) ? first : nullptr;
    };
    if (mlir::Operation *outer = requestIn("main")) {
      auto callee = outer->getAttrOfType<mlir::FlatSymbolRefAttr>("callee").getValue();
      if (mlir::Operation *inner = requestIn(callee))
        compositions.insert((outer->getName().stripDialect() + " of " + inner->getName().stripDialect()).str());
    }
  }
  return compositions;
}

TEST(RandomGraph, transformsCompose) {
  std::set<std::string> compositions = compositionsOf(1000);
  for (std::string outer : {"vjp", "jvp", "vmap"})
    for (std::string inner : {"vjp", "jvp", "vmap"})
      EXPECT_EQ(compositions.count(outer + " of " + inner), 1u) << outer << " of " << inner;
}
