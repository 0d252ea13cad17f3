// Gradients by tape, batches by example and what the autodiff pass makes of them are the same, bit for bit, though they
// share the rules of ops alone.
#include "lib/Check/Reference.h"
#include "dialects/dlc/DeadOps.h"
#include "lib/Check/GraphCheck.h"
#include "lib/Check/Inputs.h"
#include "lib/Check/KnownExtents.h"
#include "lib/Check/Workbench.h"

#include "gtest/gtest.h"

#include <set>

using namespace dlc;
using namespace dlc::check;

TEST(Reference, tapeEqualsAutodiff) {
  Workbench workbench;
  Session *session;
  ASSERT_TRUE(workbench.session(Options(), session).isOk());
  unsigned compared = 0;
  std::set<std::vector<Transform>> kinds;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    if (planFor(seed).options.transforms.empty())
      continue;
    auto module = buildGraph(session->context(), seed);
    auto entry = module->lookupSymbol<mlir::func::FuncOp>("main");
    auto inputs = randomInputs(entry, seed, drawSymbols(entry, seed));
    bool isIndependent = false;
    Outcome byTape = referenceOf(*session, *module, inputs, &isIndependent);
    if (!isIndependent) // what the tape cannot follow, or an index out of range
      continue;
    ASSERT_TRUE(session->run(*module, Phase::Trace, Phase::Autodiff).isOk());
    ASSERT_TRUE(Session::entryOf(*module, entry).isOk());
    eraseDeadOps(entry);
    EXPECT_EQ(differenceOf(byTape, interpretFunction(entry, inputs)), "") << "seed " << seed;
    ++compared;
    kinds.insert(planFor(seed).options.transforms);
  }
  EXPECT_GT(compared, 80u);
  using T = Transform;
  for (const std::vector<T> &kind :
       {std::vector<T>{T::Vjp}, {T::Jvp}, {T::Vmap}, {T::Call}, {T::Vjp, T::Vmap}, {T::Jvp, T::Vmap}})
    EXPECT_EQ(kinds.count(kind), 1u) << int(kind.back()) << " around " << kind.size() - 1 << " others";
}

TEST(Reference, wrongExtentsAreAnError) {
  Workbench workbench;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  mlir::func::FuncOp entry;
  ASSERT_TRUE(
      workbench.parse(Options(), R"(func.func @main(%x: tensor<?x?xf32, #dlc.dims<[B, B]>>) { return })", module, entry)
          .isOk());
  HostTensor x(DType::F32, {2, 3});
  Status status = specialise(entry, x);
  EXPECT_EQ(status.kind(), ErrorKind::Value) << status.message();
}
