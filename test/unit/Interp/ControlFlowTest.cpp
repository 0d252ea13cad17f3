// Calls, branches and loops, and the scalars that steer them.
#include "Modules.h"

#include "gtest/gtest.h"

using namespace dlc;

namespace {
struct Outcome {
  bool isOk = false;
  std::string message;
  llvm::SmallVector<HostTensor> outputs;
  std::optional<ErrorReport> report;
};

Outcome run(llvm::StringRef text, llvm::ArrayRef<HostTensor> inputs) {
  auto context = makeContext();
  auto module = parse(*context, text);
  Outcome outcome;
  if (!module) {
    ADD_FAILURE() << "the text does not parse";
    return outcome;
  }
  InterpError error;
  outcome.isOk = mlir::succeeded(interpret(functionOf(*module), inputs, outcome.outputs, error));
  outcome.message = error.status.message();
  outcome.report = error.report;
  return outcome;
}

const char *doubling = R"(
  func.func @main(%x: tensor<f32>, %n: tensor<i64>) -> (tensor<f32>, tensor<i64>) {
    %limit = tensor.extract %n[] : tensor<i64>
    %end = arith.index_cast %limit : i64 to index
    %zero = arith.constant 0 : index
    %one = arith.constant 1 : index
    %sum:2 = scf.for %i = %zero to %end step %one iter_args(%y = %x, %last = %n) -> (tensor<f32>, tensor<i64>) {
      %0 = dlc.add %y, %y : (tensor<f32>, tensor<f32>) -> tensor<f32>
      %1 = arith.index_cast %i : index to i64
      %2 = tensor.from_elements %1 : tensor<i64>
      scf.yield %0, %2 : tensor<f32>, tensor<i64>
    }
    return %sum#0, %sum#1 : tensor<f32>, tensor<i64>
  })";
} // namespace

TEST(ControlFlow, forCarriesTensors) {
  Outcome outcome = run(doubling, {floats({}, {3}), longs({}, {4})});
  ASSERT_TRUE(outcome.isOk) << outcome.message;
  EXPECT_EQ(valuesOf<float>(outcome.outputs[0])[0], 48);
  EXPECT_EQ(valuesOf<int64_t>(outcome.outputs[1])[0], 3);
}

TEST(ControlFlow, forWithoutTrips) {
  Outcome outcome = run(doubling, {floats({}, {3}), longs({}, {-1})});
  ASSERT_TRUE(outcome.isOk) << outcome.message;
  EXPECT_EQ(valuesOf<float>(outcome.outputs[0])[0], 3);
}

TEST(ControlFlow, stepsArePositiveAndCountersDoNotWrap) {
  auto text = [](const char *unsignedOrNot) {
    return std::string(R"(func.func @main(%x: tensor<f32>, %n: tensor<i64>) -> tensor<f32> {
    %0 = tensor.extract %n[] : tensor<i64>
    %step = arith.index_cast %0 : i64 to index
    %end = arith.constant 9223372036854775807 : index
    %zero = arith.constant 3 : index
    %1 = scf.for )") +
           unsignedOrNot + R"( %i = %zero to %end step %step iter_args(%y = %x) -> (tensor<f32>) {
      %2 = dlc.add %y, %y : (tensor<f32>, tensor<f32>) -> tensor<f32>
      scf.yield %2 : tensor<f32>
    }
    return %1 : tensor<f32>
  })";
  };
  EXPECT_EQ(run(text(""), {floats({}, {1}), longs({}, {0})}).message, "expected a positive step, but got 0");
  Outcome outcome = run(text(""), {floats({}, {1}), longs({}, {INT64_MAX - 1})});
  ASSERT_TRUE(outcome.isOk) << outcome.message;
  EXPECT_EQ(valuesOf<float>(outcome.outputs[0])[0], 2);
  EXPECT_EQ(run(text("unsigned"), {floats({}, {1}), longs({}, {1})}).message,
            "expected a loop that compares signed, but got unsignedCmp");
}

TEST(ControlFlow, branches) {
  const char *text = R"(func.func @main(%x: tensor<f32>, %y: tensor<f32>) -> tensor<f32> {
    %0 = dlc.compare %x, %y {predicate = #dlc.predicate<gt>} : (tensor<f32>, tensor<f32>) -> tensor<i1>
    %1 = tensor.extract %0[] : tensor<i1>
    %true = arith.constant true
    %2 = arith.xori %1, %true : i1
    %3 = scf.if %2 -> tensor<f32> {
      scf.yield %y : tensor<f32>
    } else {
      %4 = dlc.neg %x : (tensor<f32>) -> tensor<f32>
      scf.yield %4 : tensor<f32>
    }
    return %3 : tensor<f32>
  })";
  EXPECT_EQ(valuesOf<float>(run(text, {floats({}, {2}), floats({}, {1})}).outputs[0])[0], -2);
  EXPECT_EQ(valuesOf<float>(run(text, {floats({}, {1}), floats({}, {5})}).outputs[0])[0], 5);
}

TEST(ControlFlow, whileForwardsAndStops) {
  const char *text = R"(func.func @main(%x: tensor<i32>, %limit: tensor<i32>) -> tensor<i32> {
    %0 = scf.while (%y = %x) : (tensor<i32>) -> tensor<i32> {
      %1 = dlc.compare %y, %limit {predicate = #dlc.predicate<lt>} : (tensor<i32>, tensor<i32>) -> tensor<i1>
      %2 = tensor.extract %1[] : tensor<i1>
      scf.condition(%2) %y : tensor<i32>
    } do {
    ^bb0(%y: tensor<i32>):
      %1 = dlc.mul %y, %y : (tensor<i32>, tensor<i32>) -> tensor<i32>
      scf.yield %1 : tensor<i32>
    }
    return %0 : tensor<i32>
  })";
  auto outcome = run(text, {tensorOf<int32_t>(DType::I32, {}, {3}), tensorOf<int32_t>(DType::I32, {}, {100})});
  ASSERT_TRUE(outcome.isOk) << outcome.message;
  EXPECT_EQ(valuesOf<int32_t>(outcome.outputs[0])[0], 6561);
}

TEST(ControlFlow, loopLeavesAtItsBackEdgeAfterAReport) {
  const char *text = R"(func.func @main(%x: tensor<3xf32>, %i: tensor<1xi64>) -> tensor<1xi64> {
    %0 = scf.while (%y = %i) : (tensor<1xi64>) -> tensor<1xi64> {
      %true = arith.constant true
      scf.condition(%true) %y : tensor<1xi64>
    } do {
    ^bb0(%y: tensor<1xi64>):
      %1 = dlc.gather %x, %y {axis = 0 : i64} : (tensor<3xf32>, tensor<1xi64>) -> tensor<1xf32>
      %2 = dlc.add %y, %y : (tensor<1xi64>, tensor<1xi64>) -> tensor<1xi64>
      scf.yield %2 : tensor<1xi64>
    }
    return %0 : tensor<1xi64>
  })";
  auto outcome = run(text, {floats({3}, {0, 1, 2}), longs({1}, {1})});
  ASSERT_TRUE(outcome.report.has_value());
  EXPECT_EQ(outcome.report->index, 4);
}

TEST(ControlFlow, callsBindTheirOwnSymbols) {
  const char *text = R"(
    func.func private @double(%x: tensor<?xf32, #dlc.dims<[N]>>) -> tensor<?xf32, #dlc.dims<[N]>> {
      %0 = dlc.add %x, %x : (tensor<?xf32, #dlc.dims<[N]>>, tensor<?xf32, #dlc.dims<[N]>>) -> tensor<?xf32, #dlc.dims<[N]>>
      return %0 : tensor<?xf32, #dlc.dims<[N]>>
    }
    func.func @main(%x: tensor<?xf32, #dlc.dims<[N]>>) -> tensor<?xf32, #dlc.dims<[N]>> {
      %0 = dlc.call @double(%x) : (tensor<?xf32, #dlc.dims<[N]>>) -> tensor<?xf32, #dlc.dims<[N]>>
      %1 = dlc.call @double(%0) : (tensor<?xf32, #dlc.dims<[N]>>) -> tensor<?xf32, #dlc.dims<[N]>>
      return %1 : tensor<?xf32, #dlc.dims<[N]>>
    })";
  auto outcome = run(text, {floats({2}, {1, 2})});
  ASSERT_TRUE(outcome.isOk) << outcome.message;
  EXPECT_EQ(valuesOf<float>(outcome.outputs[0]), (std::vector<float>{4, 8}));
}

TEST(ControlFlow, endlessRecursionIsAnError) {
  const char *text = R"(func.func @main(%x: tensor<f32>) -> tensor<f32> {
    %0 = dlc.call @main(%x) : (tensor<f32>) -> tensor<f32>
    return %0 : tensor<f32>
  })";
  EXPECT_EQ(run(text, {floats({}, {1})}).message,
            "expected calls to nest at most 256 deep, but got a call of 'main' below that");
}

TEST(ControlFlow, unknownOpsAreNamed) {
  const char *text = R"(func.func @main(%x: tensor<f32>) -> tensor<f32> {
    %0 = dlc.vjp @main(%x) {wrt = array<i64>, of = array<i64>} : (tensor<f32>) -> tensor<f32>
    return %0 : tensor<f32>
  })";
  EXPECT_EQ(run(text, {floats({}, {1})}).message, "expected an op that the interpreter runs, but got 'dlc.vjp'");
}
