// Programs with symbols become static ones: every function that a program uses gets the extents of its own call.
#include "lib/Check/KnownExtents.h"
#include "lib/Check/Examiner.h"
#include "lib/Check/Reducer.h"

#include "mlir/Parser/Parser.h"

#include "gtest/gtest.h"

using namespace dlc;
using namespace dlc::check;

static constexpr char twoCalls[] = R"(
func.func private @f(%x: tensor<?xf32, #dlc.dims<[B]>>) -> tensor<?xf32, #dlc.dims<[B]>> {
  %0 = dlc.tanh %x : tensor<?xf32, #dlc.dims<[B]>>
  return %0 : tensor<?xf32, #dlc.dims<[B]>>
}
func.func private @g(%x: tensor<?xf32, #dlc.dims<[B]>>) -> tensor<?xf32, #dlc.dims<[B]>> {
  %0 = dlc.call @f(%x) : (tensor<?xf32, #dlc.dims<[B]>>) -> tensor<?xf32, #dlc.dims<[B]>>
  return %0 : tensor<?xf32, #dlc.dims<[B]>>
}
func.func @main(%x: tensor<?x?xf32, #dlc.dims<[B, C]>>, %y: tensor<?xf32, #dlc.dims<[B]>>)
    -> (tensor<?x?xf32, #dlc.dims<[B, C]>>, tensor<?xf32, #dlc.dims<[B]>>)
    attributes {dlc.symbols = {B = array<i64: 1, 9, 1>}} {
  %0 = dlc.vmap @g(%x) {in_axes = array<i64: 1>, out_axes = array<i64: 1>}
      : (tensor<?x?xf32, #dlc.dims<[B, C]>>) -> tensor<?x?xf32, #dlc.dims<[B, C]>>
  %1 = dlc.call @g(%y) : (tensor<?xf32, #dlc.dims<[B]>>) -> tensor<?xf32, #dlc.dims<[B]>>
  return %0, %1 : tensor<?x?xf32, #dlc.dims<[B, C]>>, tensor<?xf32, #dlc.dims<[B]>>
})";

static Status makeKnown(mlir::ModuleOp module, std::vector<int64_t> x, std::vector<int64_t> y) {
  return makeExtentsKnown(module, module.lookupSymbol<mlir::func::FuncOp>("main"),
                          {HostTensor(DType::F32, x), HostTensor(DType::F32, y)});
}

TEST(KnownExtents, CalleesGetTheExtentsOfTheirCalls) {
  auto context = makeQuietContext();
  auto module = mlir::parseSourceString<mlir::ModuleOp>(twoCalls, context.get());
  ASSERT_TRUE(makeKnown(*module, {5, 3}, {5}).isOk());
  unsigned copies = 0;
  for (auto function : module->getOps<mlir::func::FuncOp>())
    if (function.getName() != "f" && function.getName() != "g") { // those that nothing uses any more
      EXPECT_EQ(programText(*module).find(function.getName().str() + "(%arg0: tensor<?"), std::string::npos);
      ++copies;
    }
  EXPECT_EQ(copies, 3u) << programText(*module); // @main, and one copy of @g and @f, since both calls have extent 5
  auto main = module->lookupSymbol<mlir::func::FuncOp>("main");
  EXPECT_TRUE(mlir::cast<mlir::RankedTensorType>(main.getResultTypes()[0]).hasStaticShape());
  EXPECT_FALSE(main->hasAttr("dlc.symbols"));
}

TEST(KnownExtents, ExtentsThatContradictAreAnError) {
  auto context = makeQuietContext();
  auto module = mlir::parseSourceString<mlir::ModuleOp>(twoCalls, context.get());
  EXPECT_EQ(makeKnown(*module, {5, 3}, {4}).kind(), ErrorKind::Value);
}
