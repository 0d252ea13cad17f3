// Arguments against signatures, symbols, errors that depend on data, kernels.
#include "Modules.h"

#include "gtest/gtest.h"

using namespace dlc;

namespace {
/// Interprets @main of a text and keeps what came out.
struct MainRun {
  MainRun(llvm::StringRef text, llvm::ArrayRef<HostTensor> inputs)
      : context(makeContext()), module(parse(*context, text)) {
    if (module)
      isOk = mlir::succeeded(interpret(functionOf(*module), inputs, outputs, error));
    else
      ADD_FAILURE() << "the text does not parse";
  }
  std::string message() const { return error.status.message(); }

  std::unique_ptr<mlir::MLIRContext> context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  llvm::SmallVector<HostTensor> outputs;
  InterpError error;
  bool isOk = false;
};

const char *addRow = R"(
  func.func @main(%x: tensor<?x3xf32, #dlc.dims<[B, 3]>>, %y: tensor<3xf32>) -> tensor<?x3xf32, #dlc.dims<[B, 3]>> {
    %0 = dlc.broadcast %y {shape = #dlc.dims<[B, 3]>, dims = array<i64: 1>}
      : (tensor<3xf32>) -> tensor<?x3xf32, #dlc.dims<[B, 3]>>
    %1 = dlc.add %x, %0 : (tensor<?x3xf32, #dlc.dims<[B, 3]>>, tensor<?x3xf32, #dlc.dims<[B, 3]>>)
      -> tensor<?x3xf32, #dlc.dims<[B, 3]>>
    return %1 : tensor<?x3xf32, #dlc.dims<[B, 3]>>
  })";
} // namespace

TEST(Interpreter, symbolsComeFromExtents) {
  MainRun run(addRow, {floats({2, 3}, {0, 1, 2, 3, 4, 5}), floats({3}, {10, 20, 30})});
  ASSERT_TRUE(run.isOk) << run.message();
  EXPECT_EQ(run.outputs[0].shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(valuesOf<float>(run.outputs[0]), (std::vector<float>{10, 21, 32, 13, 24, 35}));
}

TEST(Interpreter, emptyExtents) {
  MainRun run(addRow, {floats({0, 3}, {}), floats({3}, {10, 20, 30})});
  ASSERT_TRUE(run.isOk) << run.message();
  EXPECT_EQ(run.outputs[0].size(), 0);
}

TEST(Interpreter, wrongArguments) {
  HostTensor x = floats({2, 3}, {0, 1, 2, 3, 4, 5}), y = floats({3}, {0, 0, 0});
  EXPECT_EQ(MainRun(addRow, {x}).message(), "expected 2 arguments, but got 1");
  EXPECT_EQ(MainRun(addRow, {x, floats({4}, {0, 0, 0, 0})}).message(),
            "expected dimension 0 of argument 1 to be 3, but got 4");
  EXPECT_EQ(MainRun(addRow, {y, y}).message(), "expected argument 0 of rank 2, but got rank 1");
  EXPECT_EQ(MainRun(addRow, {x, longs({3}, {0, 0, 0})}).message(), "expected argument 1 of type f32, but got i64");
}

TEST(Interpreter, symbolsMustAgree) {
  MainRun run("func.func @main(%x: tensor<?xf32, #dlc.dims<[B]>>, %y: tensor<?xf32, #dlc.dims<[2*B]>>) { return }",
              {floats({2}, {0, 0}), floats({3}, {0, 0, 0})});
  EXPECT_EQ(run.message(), "expected dimension 0 of argument 1 to be 2*B = 4, but got 3");
}

TEST(Interpreter, linearExtentsAreSolved) {
  MainRun run(R"(func.func @main(%x: tensor<?xf32, #dlc.dims<[2*B + 1]>>) -> tensor<?xi32, #dlc.dims<[B]>> {
    %0 = dlc.iota {shape = #dlc.dims<[B]>, dim = 0 : i64, element = i32} : () -> tensor<?xi32, #dlc.dims<[B]>>
    return %0 : tensor<?xi32, #dlc.dims<[B]>>
  })",
              {floats({5}, {0, 0, 0, 0, 0})});
  ASSERT_TRUE(run.isOk) << run.message();
  EXPECT_EQ(valuesOf<int32_t>(run.outputs[0]), (std::vector<int32_t>{0, 1}));
}

TEST(Interpreter, openSymbol) {
  MainRun run("func.func @main(%x: tensor<?xf32, #dlc.dims<[A*B]>>) { return }", {floats({4}, {0, 0, 0, 0})});
  EXPECT_EQ(run.message(),
            "expected extents that determine the symbols of A*B in dimension 0 of argument 0, but got 4");
}

TEST(Interpreter, relationsLeftOpenBySymbolsAreChecked) {
  const char *text = R"(func.func @main(%x: tensor<?xf32, #dlc.dims<[B]>>) -> tensor<4xf32> {
    %0 = dlc.slice %x {starts = array<i64: 0>, limits = #dlc.dims<[4]>, strides = array<i64: 1>}
      : (tensor<?xf32, #dlc.dims<[B]>>) -> tensor<4xf32>
    return %0 : tensor<4xf32>
  })";
  EXPECT_TRUE(MainRun(text, {floats({5}, {0, 1, 2, 3, 4})}).isOk);
  MainRun run(text, {floats({3}, {0, 1, 2})});
  EXPECT_EQ(run.message(), "'dlc.slice' op expected 0 <= start <= limit <= 3 in dimension 0 of 'x', but got 0 and 4");
  EXPECT_TRUE(run.error.location.has_value());
}

TEST(Interpreter, lowestReportWins) {
  MainRun run(R"(func.func @main(%x: tensor<3xf32>, %i: tensor<4xi64>) -> tensor<4xf32> {
    %0 = dlc.gather %x, %i {axis = 0 : i64, mode = #dlc.index_mode<clamp>} : (tensor<3xf32>, tensor<4xi64>) -> tensor<4xf32>
    %1 = dlc.gather %x, %i {axis = 0 : i64} : (tensor<3xf32>, tensor<4xi64>) -> tensor<4xf32>
    %2 = dlc.scatter %x, %i, %1 {axis = 0 : i64} : (tensor<3xf32>, tensor<4xi64>, tensor<4xf32>) -> tensor<3xf32>
    return %1 : tensor<4xf32>
  })",
              {floats({3}, {0, 1, 2}), longs({4}, {-1, 0, 7, -9})});
  EXPECT_EQ(run.message(), "expected an index in [-3, 3), but got 7 at element 2 of 'dlc.gather'");
  EXPECT_EQ(run.error.status.kind(), ErrorKind::Index);
  ASSERT_TRUE(run.error.report.has_value());
  EXPECT_EQ(run.error.report->position, 1);
}

TEST(Interpreter, kernelsRunOnTensors) {
  MainRun run(R"(
    rt.kernel @k attributes {symbols = ["s0"]} {
      rt.body (%x: tensor<?xf32, #dlc.dims<[s0]>>) {
        %0 = dlc.mul %x, %x : (tensor<?xf32, #dlc.dims<[s0]>>, tensor<?xf32, #dlc.dims<[s0]>>)
          -> tensor<?xf32, #dlc.dims<[s0]>>
        rt.yield %0 : tensor<?xf32, #dlc.dims<[s0]>>
      }
    }
    func.func @main(%x: tensor<?xf32, #dlc.dims<[B]>>) -> tensor<?xf32, #dlc.dims<[B]>> {
      %0 = rt.launch @k(%x) {dims = #dlc.dims<[B]>} : (tensor<?xf32, #dlc.dims<[B]>>) -> tensor<?xf32, #dlc.dims<[B]>>
      return %0 : tensor<?xf32, #dlc.dims<[B]>>
    })",
              {floats({3}, {1, 2, 3})});
  ASSERT_TRUE(run.isOk) << run.message();
  EXPECT_EQ(valuesOf<float>(run.outputs[0]), (std::vector<float>{1, 4, 9}));
}

TEST(Interpreter, slotsOfLaunchesOrderReports) {
  MainRun run(R"(
    rt.kernel @k attributes {symbols = []} {
      rt.body (%x: tensor<3xf32>, %i: tensor<1xi64>) {
        %0 = dlc.gather %x, %i {axis = 0 : i64} : (tensor<3xf32>, tensor<1xi64>) -> tensor<1xf32>
        rt.yield %0 : tensor<1xf32>
      }
    }
    func.func @main(%x: tensor<3xf32>, %i: tensor<1xi64>, %j: tensor<1xi64>) -> (tensor<1xf32>, tensor<1xf32>) {
      %0 = rt.launch @k(%x, %i) {dims = #dlc.dims<[]>, slots = array<i64: 7>} : (tensor<3xf32>, tensor<1xi64>) -> tensor<1xf32>
      %1 = rt.launch @k(%x, %j) {dims = #dlc.dims<[]>, slots = array<i64: 2>} : (tensor<3xf32>, tensor<1xi64>) -> tensor<1xf32>
      return %0, %1 : tensor<1xf32>, tensor<1xf32>
    })",
              {floats({3}, {1, 2, 3}), longs({1}, {4}), longs({1}, {5})});
  ASSERT_TRUE(run.error.report.has_value()) << run.message();
  EXPECT_EQ(run.error.report->position, 2);
  EXPECT_EQ(run.error.report->index, 5);
}
