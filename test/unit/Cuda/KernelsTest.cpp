// Kernels of every kind for the GPU against the definition of their ops, bit for bit.
#include "KernelCheck.h"

#include <cstring>
#include <gtest/gtest.h>

using namespace dlc;

namespace {

class CudaKernels : public ::testing::Test {
protected:
  void SetUp() override {
    Options options;
    options.target = "cuda";
    Status status = Session::create(options, session);
    ASSERT_TRUE(status.isOk()) << status.message();
  }

  mlir::OwningOpRef<mlir::ModuleOp> schedule(const std::string &text) {
    mlir::OwningOpRef<mlir::ModuleOp> module;
    Status status = session->parseText(text, "test.mlir", module);
    if (status.isOk())
      status = session->run(*module, Phase::Trace, Phase::Schedule);
    EXPECT_TRUE(status.isOk()) << status.message();
    return status.isOk() ? std::move(module) : mlir::OwningOpRef<mlir::ModuleOp>();
  }

  /// Checks every kernel of a program, on random operands, for each binding of its symbols.
  void check(const std::string &text, std::vector<std::vector<int64_t>> bindings = {{}}) {
    auto module = schedule(text);
    ASSERT_TRUE(module);
    int64_t kernels = 0;
    for (auto kernel : module->getOps<rt::KernelOp>()) {
      EXPECT_EQ(test::checkKernel(*session, kernel, bindings).problems, std::vector<std::string>());
      ++kernels;
    }
    EXPECT_GT(kernels, 0);
  }

  std::unique_ptr<Session> session;
};

} // namespace

TEST_F(CudaKernels, PointwiseAligned) {
  check(R"(func.func @main(%x: tensor<8x64xf32>, %y: tensor<64xf32>) -> tensor<8x64xf32> {
    %0 = dlc.broadcast %y {shape = #dlc.dims<[8, 64]>, dims = array<i64: 1>} : (tensor<64xf32>) -> tensor<8x64xf32>
    %1 = dlc.add %x, %0 : (tensor<8x64xf32>, tensor<8x64xf32>) -> tensor<8x64xf32>
    %2 = dlc.exp %1 : (tensor<8x64xf32>) -> tensor<8x64xf32>
    return %2 : tensor<8x64xf32>
  })");
}

TEST_F(CudaKernels, PointwiseTailAndTypes) {
  check(R"(func.func @main(%x: tensor<7x13xf64>, %y: tensor<7x13xf64>) -> tensor<7x13xf64> {
    %0 = dlc.compare %x, %y {predicate = #dlc.predicate<lt>} : (tensor<7x13xf64>, tensor<7x13xf64>) -> tensor<7x13xi1>
    %1 = dlc.tanh %x : (tensor<7x13xf64>) -> tensor<7x13xf64>
    %2 = dlc.select %0, %1, %y : (tensor<7x13xi1>, tensor<7x13xf64>, tensor<7x13xf64>) -> tensor<7x13xf64>
    return %2 : tensor<7x13xf64>
  })");
}

TEST_F(CudaKernels, PointwiseSymbolic) {
  check(R"(func.func @main(%x: tensor<?x5xf32, #dlc.dims<[B, 5]>>) -> tensor<?x5xf32, #dlc.dims<[B, 5]>> {
    %0 = dlc.mul %x, %x : (tensor<?x5xf32, #dlc.dims<[B, 5]>>, tensor<?x5xf32, #dlc.dims<[B, 5]>>) -> tensor<?x5xf32, #dlc.dims<[B, 5]>>
    return %0 : tensor<?x5xf32, #dlc.dims<[B, 5]>>
  })",
        {{1}, {3}, {410}});
}

TEST_F(CudaKernels, ReduceLanes) {
  for (const char *extent : {"5", "32", "45", "1024", "1027", "7000"}) {
    std::string type = std::string("tensor<3x") + extent + "xf32>";
    check("func.func @main(%x: " + type +
          ") -> tensor<3xf32> { %0 = dlc.reduce %x {kind = #dlc.reduce_kind<sum>, "
          "dims = array<i64: 1>, order = #dlc.order<lanes>} : (" +
          type + ") -> tensor<3xf32> return %0 : tensor<3xf32> }");
  }
}

TEST_F(CudaKernels, ReduceChain) {
  for (const char *extent : {"5", "128", "129", "3100"}) {
    std::string type = std::string("tensor<") + extent + "x3xf64>";
    check("func.func @main(%x: " + type +
          ") -> tensor<3xf64> { %0 = dlc.reduce %x {kind = #dlc.reduce_kind<prod>, "
          "dims = array<i64: 0>, order = #dlc.order<chain>} : (" +
          type + ") -> tensor<3xf64> return %0 : tensor<3xf64> }");
  }
}

TEST_F(CudaKernels, ReduceSymbolicWithEpilogue) {
  check(
      R"(func.func @main(%x: tensor<?x?xf32, #dlc.dims<[B, C]>>, %y: tensor<?xf32, #dlc.dims<[B]>>) -> tensor<?xf32, #dlc.dims<[B]>> {
    %0 = dlc.mul %x, %x : (tensor<?x?xf32, #dlc.dims<[B, C]>>, tensor<?x?xf32, #dlc.dims<[B, C]>>) -> tensor<?x?xf32, #dlc.dims<[B, C]>>
    %1 = dlc.reduce %0 {kind = #dlc.reduce_kind<sum>, dims = array<i64: 1>, order = #dlc.order<lanes>} : (tensor<?x?xf32, #dlc.dims<[B, C]>>) -> tensor<?xf32, #dlc.dims<[B]>>
    %2 = dlc.div %y, %1 : (tensor<?xf32, #dlc.dims<[B]>>, tensor<?xf32, #dlc.dims<[B]>>) -> tensor<?xf32, #dlc.dims<[B]>>
    return %2 : tensor<?xf32, #dlc.dims<[B]>>
  })",
      {{1, 1}, {3, 31}, {2, 5000}, {2, 0}});
}

TEST_F(CudaKernels, ReduceOtherTypes) {
  for (const char *row : {"max f32", "min f64", "max i32", "sum i64", "sum f16", "max bf16", "all i1", "any i1"}) {
    std::string kind(row, strchr(row, ' ')), type = std::string("tensor<2x40x") + (strchr(row, ' ') + 1) + ">";
    std::string result = std::string("tensor<40x") + (strchr(row, ' ') + 1) + ">";
    std::string both = std::string("tensor<") + (strchr(row, ' ') + 1) + ">";
    check("func.func @main(%x: " + type + ") -> (" + result + ", " + both +
          ") { %0 = dlc.reduce %x {kind = #dlc.reduce_kind<" + kind +
          ">, dims = array<i64: 0>, order = #dlc.order<chain>} : (" + type + ") -> " + result +
          " %1 = dlc.reduce %x {kind = #dlc.reduce_kind<" + kind +
          ">, dims = array<i64: 0, 1>, order = #dlc.order<lanes>} : (" + type + ") -> " + both +
          " return %0, %1 : " + result + ", " + both + " }");
  }
}

/// A product of x [M, K] and y [K, N], as text.
static std::string product(const std::string &m, const std::string &k, const std::string &n, const std::string &type) {
  auto tensor = [&](const std::string &rows, const std::string &columns) {
    auto dim = [](const std::string &text) { return std::isdigit(text[0]) ? text : std::string("?"); };
    bool isStatic = std::isdigit(rows[0]) && std::isdigit(columns[0]);
    return "tensor<" + dim(rows) + "x" + dim(columns) + "x" + type +
           (isStatic ? "" : ", #dlc.dims<[" + rows + ", " + columns + "]>") + ">";
  };
  std::string x = tensor(m, k), y = tensor(k, n), r = tensor(m, n);
  return "func.func @main(%x: " + x + ", %y: " + y + ") -> " + r +
         " { %0 = dlc.dot_general %x, %y {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: "
         "1>, "
         "rhs_contract = array<i64: 0>, order = #dlc.order<chain>} : (" +
         x + ", " + y + ") -> " + r + " return %0 : " + r + " }";
}

TEST_F(CudaKernels, DotTiles) {
  for (auto [m, k, n] :
       {std::tuple("5", "7", "3"), {"64", "64", "64"}, {"130", "36", "260"}, {"20", "1100", "10"}, {"3", "2500", "64"}})
    check(product(m, k, n, "f32"));
  check(product("70", "40", "66", "f64"));
  check(product("12", "40", "20", "i32"));
  check(product("33", "24", "40", "bf16"));
  check(product("M", "K", "N", "f32"), {{1, 1, 1}, {130, 17, 129}, {3, 1030, 5}, {2, 0, 3}});
}

TEST_F(CudaKernels, DotTransposedAndBatched) {
  check(R"(func.func @main(%x: tensor<3x16x40xf32>, %y: tensor<3x24x16xf32>) -> tensor<3x40x24xf32> {
    %0 = dlc.dot_general %x, %y {lhs_batch = array<i64: 0>, rhs_batch = array<i64: 0>, lhs_contract = array<i64: 1>,
      rhs_contract = array<i64: 2>, order = #dlc.order<chain>} : (tensor<3x16x40xf32>, tensor<3x24x16xf32>) -> tensor<3x40x24xf32>
    return %0 : tensor<3x40x24xf32> })");
}

TEST_F(CudaKernels, DotOfLargeTiles) {
  check(product("M", "32", "N", "f32"), {{130, 129}, {128, 256}, {1, 300}}); // unknown extents count as large
}

TEST_F(CudaKernels, DotLanes) {
  for (std::string k : {"7", "45", "2100"})
    check("func.func @main(%x: tensor<5x" + k + "xf32>, %y: tensor<" + k +
          "xf32>) -> tensor<5xf32> { %0 = dlc.dot_general "
          "%x, %y {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = "
          "array<i64: "
          "0>, order = #dlc.order<lanes>} : (tensor<5x" +
          k + "xf32>, tensor<" + k +
          "xf32>) -> tensor<5xf32> return %0 : "
          "tensor<5xf32> }");
}

TEST_F(CudaKernels, ConvWithEpilogue) {
  check(
      R"(func.func @main(%x: tensor<2x8x8x4xf32>, %w: tensor<3x3x4x16xf32>, %b: tensor<16xf32>) -> tensor<2x8x8x16xf32> {
    %0 = dlc.conv %x, %w {strides = array<i64: 1, 1>, low = array<i64: 1, 1>, high = array<i64: 1, 1>, dilation = array<i64: 1, 1>}
      : (tensor<2x8x8x4xf32>, tensor<3x3x4x16xf32>) -> tensor<2x8x8x16xf32>
    %1 = dlc.broadcast %b {shape = #dlc.dims<[2, 8, 8, 16]>, dims = array<i64: 3>} : (tensor<16xf32>) -> tensor<2x8x8x16xf32>
    %2 = dlc.add %0, %1 : (tensor<2x8x8x16xf32>, tensor<2x8x8x16xf32>) -> tensor<2x8x8x16xf32>
    %3 = dlc.relu %2 : (tensor<2x8x8x16xf32>) -> tensor<2x8x8x16xf32>
    return %3 : tensor<2x8x8x16xf32> })");
}

TEST_F(CudaKernels, ConvStridedGroupedManyTerms) {
  check(R"(func.func @main(%x: tensor<2x9x7x24xf32>, %w: tensor<3x2x12x10xf32>) -> tensor<2x5x3x10xf32> {
    %0 = dlc.conv %x, %w {strides = array<i64: 2, 3>, low = array<i64: 1, 2>, high = array<i64: 2, 1>, dilation = array<i64: 1, 2>, groups = 2 : i64}
      : (tensor<2x9x7x24xf32>, tensor<3x2x12x10xf32>) -> tensor<2x5x3x10xf32>
    return %0 : tensor<2x5x3x10xf32> })");
  check(R"(func.func @main(%x: tensor<1x3x3x130xf64>, %w: tensor<3x3x130x5xf64>) -> tensor<1x1x1x5xf64> {
    %0 = dlc.conv %x, %w {strides = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>, dilation = array<i64: 1, 1>}
      : (tensor<1x3x3x130xf64>, tensor<3x3x130x5xf64>) -> tensor<1x1x1x5xf64>
    return %0 : tensor<1x1x1x5xf64> })");
}

TEST_F(CudaKernels, ConvInputGrad) {
  check(R"(func.func @main(%y: tensor<2x8x8x16xf32>, %w: tensor<3x3x4x16xf32>) -> tensor<2x8x8x4xf32> {
    %0 = dlc.conv_input_grad %y, %w {spatial = #dlc.dims<[8, 8]>, strides = array<i64: 1, 1>, low = array<i64: 1, 1>, high = array<i64: 1, 1>, dilation = array<i64: 1, 1>}
      : (tensor<2x8x8x16xf32>, tensor<3x3x4x16xf32>) -> tensor<2x8x8x4xf32>
    return %0 : tensor<2x8x8x4xf32> })");
  // Holes: the number of terms differs between residue classes, and with 450 channels a block ends inside of one.
  check(R"(func.func @main(%y: tensor<1x5x3x900xf32>, %w: tensor<3x2x3x900xf32>) -> tensor<1x9x7x6xf32> {
    %0 = dlc.conv_input_grad %y, %w {spatial = #dlc.dims<[9, 7]>, strides = array<i64: 2, 3>, low = array<i64: 1, 2>, high = array<i64: 2, 1>, dilation = array<i64: 1, 2>, groups = 2 : i64}
      : (tensor<1x5x3x900xf32>, tensor<3x2x3x900xf32>) -> tensor<1x9x7x6xf32>
    return %0 : tensor<1x9x7x6xf32> })");
  // Positions that no output reads: their residue class has no terms.
  check(R"(func.func @main(%y: tensor<2x2x2x3xf32>, %w: tensor<3x2x4x3xf32>) -> tensor<2x5x6x4xf32> {
    %0 = dlc.conv_input_grad %y, %w {spatial = #dlc.dims<[5, 6]>, strides = array<i64: 2, 2>, low = array<i64: 0, 0>, high = array<i64: 1, 0>, dilation = array<i64: 1, 2>}
      : (tensor<2x2x2x3xf32>, tensor<3x2x4x3xf32>) -> tensor<2x5x6x4xf32>
    return %0 : tensor<2x5x6x4xf32> })");
}

TEST_F(CudaKernels, ConvWeightGrad) {
  check(R"(func.func @main(%x: tensor<20x9x7x8xf32>, %y: tensor<20x5x3x12xf32>) -> tensor<3x2x4x12xf32> {
    %0 = dlc.conv_weight_grad %x, %y {window_shape = array<i64: 3, 2>, strides = array<i64: 2, 3>, low = array<i64: 1, 2>, high = array<i64: 2, 1>, dilation = array<i64: 1, 2>, groups = 2 : i64}
      : (tensor<20x9x7x8xf32>, tensor<20x5x3x12xf32>) -> tensor<3x2x4x12xf32>
    return %0 : tensor<3x2x4x12xf32> })");
}

TEST_F(CudaKernels, Windows) {
  for (const char *kind : {"max", "sum"})
    check(std::string(R"(func.func @main(%x: tensor<2x8x8x12xf32>) -> tensor<2x4x4x12xf32> {
      %0 = dlc.reduce_window %x {kind = #dlc.reduce_kind<)") +
          kind + R"(>, window = array<i64: 1, 3, 2, 1>, strides = array<i64: 1, 2, 2, 1>,
        low = array<i64: 0, 1, 0, 0>, high = array<i64: 0, 0, 0, 0>} : (tensor<2x8x8x12xf32>) -> tensor<2x4x4x12xf32>
      %1 = dlc.neg %0 : (tensor<2x4x4x12xf32>) -> tensor<2x4x4x12xf32>
      return %1 : tensor<2x4x4x12xf32> })");
  check(R"(func.func @main(%x: tensor<9x9xf64>) -> (tensor<9x9xi32>, tensor<9x9xf64>) {
    %0 = dlc.window_argmax %x {window = array<i64: 5, 5>, strides = array<i64: 1, 1>, low = array<i64: 2, 2>, high = array<i64: 2, 2>} : (tensor<9x9xf64>) -> tensor<9x9xi32>
    %1 = dlc.reduce_window %x {kind = #dlc.reduce_kind<min>, window = array<i64: 5, 5>, strides = array<i64: 1, 1>, low = array<i64: 2, 2>, high = array<i64: 2, 2>} : (tensor<9x9xf64>) -> tensor<9x9xf64>
    return %0, %1 : tensor<9x9xi32>, tensor<9x9xf64> })");
}

TEST_F(CudaKernels, Args) {
  for (const char *type : {"f32", "f64", "i32", "ui64", "bf16"})
    for (const char *op : {"argmax", "argmin"}) {
      std::string x = std::string("tensor<6x40x") + type + ">";
      check("func.func @main(%x: " + x + ") -> (tensor<6xi64>, tensor<40xi64>) { %0 = dlc." + op +
            " %x {dim = 1 : i64} : (" + x + ") -> tensor<6xi64> %1 = dlc." + op + " %x {dim = 0 : i64} : (" + x +
            ") -> tensor<40xi64> return %0, %1 : "
            "tensor<6xi64>, tensor<40xi64> }");
    }
}

TEST_F(CudaKernels, GatherAndScatter) {
  // Indices lie in [-3, 3]: in range of 7, out of range of 2.
  for (const char *extent : {"7", "2"}) {
    std::string x = std::string("tensor<") + extent + "x6xf32>";
    check("func.func @main(%x: " + x +
          ", %i: tensor<11xi64>) -> tensor<11x6xf32> { %0 = dlc.gather %x, %i {axis = 0 : i64} : (" + x +
          ", tensor<11xi64>) -> tensor<11x6xf32> return %0 : tensor<11x6xf32> }");
    check("func.func @main(%x: " + x + ", %i: tensor<11xi32>, %u: tensor<11x6xf32>) -> " + x +
          " { %0 = dlc.scatter %x, %i, %u "
          "{axis = 0 : i64} : (" +
          x + ", tensor<11xi32>, tensor<11x6xf32>) -> " + x + " return %0 : " + x + " }");
  }
}

TEST_F(CudaKernels, PadsSlicesAndTransposes) {
  check(R"(func.func @main(%x: tensor<8x16xf32>, %z: tensor<f32>) -> (tensor<10x36xf32>, tensor<16x8xf32>) {
    %0 = dlc.pad %x, %z {low = array<i64: 1, 3>, high = array<i64: 1, 2>, interior = array<i64: 0, 1>} : (tensor<8x16xf32>, tensor<f32>) -> tensor<10x36xf32>
    %1 = dlc.transpose %x {perm = array<i64: 1, 0>} : (tensor<8x16xf32>) -> tensor<16x8xf32>
    return %0, %1 : tensor<10x36xf32>, tensor<16x8xf32> })");
  check(R"(func.func @main(%x: tensor<8x16xf32>, %y: tensor<8x20xf32>) -> tensor<8x24xf32> {
    %0 = dlc.concat %x, %y {dim = 1 : i64} : (tensor<8x16xf32>, tensor<8x20xf32>) -> tensor<8x36xf32>
    %1 = dlc.slice %0 {starts = array<i64: 0, 10>, limits = #dlc.dims<[8, 34]>, strides = array<i64: 1, 1>} : (tensor<8x36xf32>) -> tensor<8x24xf32>
    return %1 : tensor<8x24xf32> })");
}

TEST_F(CudaKernels, Scans) {
  for (std::string row : {"sum f32", "prod f64", "max f16", "min i8", "sum bf16", "max ui32"}) {
    std::string kind = row.substr(0, row.find(' ')), element = row.substr(row.find(' ') + 1);
    for (auto [shape, dim] : {std::pair("3x40", 1), {"1030x3", 0}, {"2x2100", 1}}) {
      std::string type = std::string("tensor<") + shape + "x" + element + ">";
      check("func.func @main(%x: " + type + ") -> " + type + " { %0 = dlc.cumulative %x {kind = #dlc.reduce_kind<" +
            kind + ">, dim = " + std::to_string(dim) + " : i64} : (" + type + ") -> " + type + " %1 = dlc.neg %0 : (" +
            type + ") -> " + type + " return %1 : " + type + " }");
    }
  }
}

TEST_F(CudaKernels, Sorts) {
  for (std::string element : {"f32", "f64", "bf16", "i8", "ui32"}) {
    std::string x = "tensor<3x37x2x" + element + ">", i = "tensor<3x37x2xi64>", k = "tensor<3x5x2x" + element + ">";
    check("func.func @main(%x: " + x + ") -> (" + x + ", " + i + ", " + k +
          ") { %v, %i = dlc.sort %x {dim = 1 : i64} : (" + x + ") -> (" + x + ", " + i +
          ") %t, %j = dlc.top_k %x {k = 5 : i64, dim = 1 : i64} : (" + x + ") -> (" + k +
          ", tensor<3x5x2xi64>) return %v, %i, %t : " + x + ", " + i + ", " + k + " }");
  }
}

TEST_F(CudaKernels, ScatterKinds) {
  for (std::string kind : {"set", "max", "min"})
    check(R"(func.func @main(%x: tensor<6x5xf32>, %i: tensor<7xi32>, %u: tensor<7x5xf32>) -> tensor<6x5xf32> {
      %0 = dlc.scatter %x, %i, %u {axis = 0 : i64, mode = #dlc.index_mode<clamp>, kind = #dlc.scatter_kind<)" +
          kind +
          R"(>} : (tensor<6x5xf32>, tensor<7xi32>, tensor<7x5xf32>) -> tensor<6x5xf32>
      return %0 : tensor<6x5xf32> })");
}

TEST_F(CudaKernels, PartsAtPlacesThatAreData) {
  check(
      R"(func.func @main(%x: tensor<6x37xf32>, %u: tensor<4x35xf32>, %r: tensor<i32>, %c: tensor<i64>) -> tensor<6x37xf32> {
    %0 = dlc.dynamic_slice %x, %r, %c {sizes = #dlc.dims<[4, 35]>, mode = #dlc.index_mode<clamp>}
      : (tensor<6x37xf32>, tensor<i32>, tensor<i64>) -> tensor<4x35xf32>
    %1 = dlc.add %0, %u : (tensor<4x35xf32>, tensor<4x35xf32>) -> tensor<4x35xf32>
    %2 = dlc.dynamic_update_slice %x, %1, %r, %c {mode = #dlc.index_mode<clamp>}
      : (tensor<6x37xf32>, tensor<4x35xf32>, tensor<i32>, tensor<i64>) -> tensor<6x37xf32>
    return %2 : tensor<6x37xf32> })");
}
