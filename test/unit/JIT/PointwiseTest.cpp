// Kernels of pointwise ops: every mapping of indices, fused and not, on shapes that leave tails.
#include "test/unit/JIT/Comparison.h"

namespace dlc {
namespace {

void check(const std::string &text, const std::map<std::string, int64_t> &symbols = {}) {
  expectOneAnswer(text, {randomInputs(text, 7, symbols)});
}

TEST(Pointwise, ChainsAndBroadcasts) {
  check(R"(func.func @main(%x: tensor<5x37xf32>, %y: tensor<37xf32>, %z: tensor<5xf32>) -> tensor<5x37xf32> {
    %0 = dlc.broadcast %y {shape = #dlc.dims<[5, 37]>, dims = array<i64: 1>} : (tensor<37xf32>) -> tensor<5x37xf32>
    %1 = dlc.broadcast %z {shape = #dlc.dims<[5, 37]>, dims = array<i64: 0>} : (tensor<5xf32>) -> tensor<5x37xf32>
    %2 = dlc.mul %x, %0 : (tensor<5x37xf32>, tensor<5x37xf32>) -> tensor<5x37xf32>
    %3 = dlc.add %2, %1 : (tensor<5x37xf32>, tensor<5x37xf32>) -> tensor<5x37xf32>
    %4 = dlc.exp %3 : (tensor<5x37xf32>) -> tensor<5x37xf32>
    %5 = dlc.relu %4 : (tensor<5x37xf32>) -> tensor<5x37xf32>
    return %5 : tensor<5x37xf32>
  })");
}

TEST(Pointwise, SymbolicExtents) {
  std::string text = R"(func.func @main(%x: tensor<?x?xf64, #dlc.dims<[B, N]>>, %y: tensor<?xf64, #dlc.dims<[N]>>)
      -> tensor<?x?xf64, #dlc.dims<[B, N]>> {
    %0 = dlc.broadcast %y {shape = #dlc.dims<[B, N]>, dims = array<i64: 1>}
      : (tensor<?xf64, #dlc.dims<[N]>>) -> tensor<?x?xf64, #dlc.dims<[B, N]>>
    %1 = dlc.sub %x, %0 : (tensor<?x?xf64, #dlc.dims<[B, N]>>, tensor<?x?xf64, #dlc.dims<[B, N]>>)
      -> tensor<?x?xf64, #dlc.dims<[B, N]>>
    %2 = dlc.tanh %1 : (tensor<?x?xf64, #dlc.dims<[B, N]>>) -> tensor<?x?xf64, #dlc.dims<[B, N]>>
    return %2 : tensor<?x?xf64, #dlc.dims<[B, N]>>
  })";
  for (int64_t n : {0, 1, 7, 64, 4099})
    check(text, {{"B", 3}, {"N", n}});
}

TEST(Pointwise, MovesOfElements) {
  check(R"(func.func @main(%x: tensor<3x8x5xf32>, %v: tensor<f32>) -> (tensor<5x9x4xf32>, tensor<3x16x5xf32>) {
    %0 = dlc.pad %x, %v {low = array<i64: 0, 1, 2>, high = array<i64: 1, 0, -2>, interior = array<i64: 0, 0, 0>}
      : (tensor<3x8x5xf32>, tensor<f32>) -> tensor<4x9x5xf32>
    %1 = dlc.transpose %0 {perm = array<i64: 2, 1, 0>} : (tensor<4x9x5xf32>) -> tensor<5x9x4xf32>
    %2 = dlc.reverse %1 {dims = array<i64: 1, 2>} : (tensor<5x9x4xf32>) -> tensor<5x9x4xf32>
    %3 = dlc.concat %x, %x {dim = 1 : i64} : (tensor<3x8x5xf32>, tensor<3x8x5xf32>) -> tensor<3x16x5xf32>
    %4 = dlc.neg %3 : (tensor<3x16x5xf32>) -> tensor<3x16x5xf32>
    return %2, %4 : tensor<5x9x4xf32>, tensor<3x16x5xf32>
  })");
  check(R"(func.func @main(%x: tensor<7x33xf32>) -> (tensor<13x33xf32>, tensor<3x9xf32>, tensor<33x7xf32>) {
    %c = dlc.constant dense<0.5> : tensor<f32>
    %0 = dlc.pad %x, %c {low = array<i64: 0, 0>, high = array<i64: 0, 0>, interior = array<i64: 1, 0>}
      : (tensor<7x33xf32>, tensor<f32>) -> tensor<13x33xf32>
    %1 = dlc.slice %x {starts = array<i64: 1, 2>, limits = #dlc.dims<[6, 29]>, strides = array<i64: 2, 3>}
      : (tensor<7x33xf32>) -> tensor<3x9xf32>
    %2 = dlc.reshape %x {shape = #dlc.dims<[33, 7]>} : (tensor<7x33xf32>) -> tensor<33x7xf32>
    %3 = dlc.abs %2 : (tensor<33x7xf32>) -> tensor<33x7xf32>
    return %0, %1, %3 : tensor<13x33xf32>, tensor<3x9xf32>, tensor<33x7xf32>
  })");
}

TEST(Pointwise, BoolsIntegersAndCasts) {
  check(R"(func.func @main(%x: tensor<41xf32>, %y: tensor<41xi32>, %b: tensor<41xi1>)
      -> (tensor<41xi32>, tensor<41xi1>, tensor<41xf64>, tensor<41xi64>) {
    %0 = dlc.cast %x {to = i32} : (tensor<41xf32>) -> tensor<41xi32>
    %1 = dlc.div %0, %y : (tensor<41xi32>, tensor<41xi32>) -> tensor<41xi32>
    %2 = dlc.compare %0, %y {predicate = #dlc.predicate<lt>} : (tensor<41xi32>, tensor<41xi32>) -> tensor<41xi1>
    %3 = dlc.and %2, %b : (tensor<41xi1>, tensor<41xi1>) -> tensor<41xi1>
    %4 = dlc.cast %b {to = f64} : (tensor<41xi1>) -> tensor<41xf64>
    %5 = dlc.iota {shape = #dlc.dims<[41]>, dim = 0 : i64, element = i64} : () -> tensor<41xi64>
    %6 = dlc.select %3, %5, %5 : (tensor<41xi1>, tensor<41xi64>, tensor<41xi64>) -> tensor<41xi64>
    return %1, %3, %4, %6 : tensor<41xi32>, tensor<41xi1>, tensor<41xf64>, tensor<41xi64>
  })");
}

TEST(Pointwise, NotANumberStaysOutOfPadding) {
  // 0 / 0 in the lanes of the padding, at all vector widths and in tails.
  for (const char *type : {"f32", "f64"})
    for (int64_t n : {2, 3, 4, 6, 9, 40}) {
      std::string x = "tensor<" + std::to_string(n) + "x" + type + ">",
                  r = "tensor<" + std::to_string(2 * n - 1) + "x" + type + ">";
      std::string text = "func.func @main(%x: " + x + ", %y: " + x + ") -> " + r +
                         " {\n%v = dlc.constant dense<0.0> : tensor<" + type + ">\n%0 = dlc.div %x, %y : (" + x + ", " +
                         x + ") -> " + x +
                         "\n%1 = dlc.pad %0, %v {low = array<i64: 0>, high = array<i64: 0>, "
                         "interior = array<i64: 1>} : (" +
                         x + ", tensor<" + type + ">) -> " + r + "\nreturn %1 : " + r + "\n}";
      DType dtype = type == std::string("f32") ? DType::F32 : DType::F64;
      expectOneAnswer(text, {{randomTensor(dtype, {n}, 1, /*isTame=*/true), randomTensor(dtype, {n}, 2, true)}});
    }
}

TEST(Pointwise, GatherReportsTheLowestBadIndex) {
  std::string text = R"(func.func @main(%x: tensor<6x19xf32>, %i: tensor<4xi64>) -> tensor<4x19xf32> {
    %0 = dlc.gather %x, %i {axis = 0 : i64} : (tensor<6x19xf32>, tensor<4xi64>) -> tensor<4x19xf32>
    return %0 : tensor<4x19xf32>
  })";
  HostTensor x = randomTensor(DType::F32, {6, 19}, 1), i(DType::I64, {4});
  int64_t good[] = {5, -1, 0, 3}, bad[] = {5, 6, -7, 3};
  std::memcpy(i.buffer.data(), good, sizeof good);
  expectOneAnswer(text, {{x, i}});
  std::memcpy(i.buffer.data(), bad, sizeof bad);
  expectOneAnswer(text, {{x, i}});
  Outcome outcome = compileAndRun(text, {{x, i}}, allVariants()[0])[1];
  EXPECT_EQ(outcome.status.kind(), ErrorKind::Index);
  EXPECT_NE(std::string(outcome.status.message()).find("index 6"), std::string::npos) << outcome.status.message();
}

TEST(Pointwise, ReturnsOfArgumentsAndConstants) {
  check(
      R"(func.func @main(%x: tensor<3xf32>) -> (tensor<3xf32>, tensor<2xi32>, tensor<f32>, tensor<3xf32>, tensor<3xf32>) {
    %0 = dlc.constant dense<[4, 5]> : tensor<2xi32>
    %1 = dlc.constant dense<2.5> : tensor<f32>
    %2 = dlc.neg %x : (tensor<3xf32>) -> tensor<3xf32>
    return %x, %0, %1, %2, %2 : tensor<3xf32>, tensor<2xi32>, tensor<f32>, tensor<3xf32>, tensor<3xf32>
  })");
}

} // namespace
} // namespace dlc
