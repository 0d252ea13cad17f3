// Kernels around an ordered op, end to end: windows and scatters, with what is fused around them.
#include "test/unit/JIT/Comparison.h"

namespace dlc {
namespace {

void check(const std::string &text) { expectOneAnswer(text, {randomInputs(text, 11)}); }

TEST(Ordered, Windows) {
  for (const char *kind : {"sum", "max", "min"})
    check(std::string(R"(func.func @main(%x: tensor<2x7x9x5xf32>) -> tensor<2x4x4x5xf32> {
      %0 = dlc.relu %x : (tensor<2x7x9x5xf32>) -> tensor<2x7x9x5xf32>
      %1 = dlc.reduce_window %0 {kind = #dlc.reduce_kind<)") +
          kind + R"(>, window = array<i64: 1, 3, 3, 1>, strides = array<i64: 1, 2, 2, 1>,
          low = array<i64: 0, 1, 0, 0>, high = array<i64: 0, 1, 0, 0>}
        : (tensor<2x7x9x5xf32>) -> tensor<2x4x4x5xf32>
      %2 = dlc.neg %1 : (tensor<2x4x4x5xf32>) -> tensor<2x4x4x5xf32>
      return %2 : tensor<2x4x4x5xf32>
    })");
  check(
      R"(func.func @main(%x: tensor<40x3xf64>, %i: tensor<40x3xi32>) -> (tensor<5x3xf64>, tensor<5x3xi32>, tensor<5x1xi32>) {
    %0 = dlc.reduce_window %x {kind = #dlc.reduce_kind<sum>, window = array<i64: 36, 1>, strides = array<i64: 1, 1>,
        low = array<i64: 0, 0>, high = array<i64: 0, 0>} : (tensor<40x3xf64>) -> tensor<5x3xf64>
    %1 = dlc.window_argmax %x {window = array<i64: 36, 1>, strides = array<i64: 1, 1>,
        low = array<i64: 0, 0>, high = array<i64: 0, 0>} : (tensor<40x3xf64>) -> tensor<5x3xi32>
    %2 = dlc.window_argmax %i {window = array<i64: 36, 3>, strides = array<i64: 1, 1>,
        low = array<i64: 0, 0>, high = array<i64: 0, 0>} : (tensor<40x3xi32>) -> tensor<5x1xi32>
    return %0, %1, %2 : tensor<5x3xf64>, tensor<5x3xi32>, tensor<5x1xi32>
  })");
}

TEST(Ordered, Scatters) {
  check(R"(func.func @main(%x: tensor<6x19xf32>, %u: tensor<2x4x19xf32>) -> tensor<6x19xf32> {
    %i = dlc.constant dense<[[0, 5, -1, 0], [3, 3, 3, -6]]> : tensor<2x4xi64>
    %0 = dlc.scatter %x, %i, %u {axis = 0 : i64}
      : (tensor<6x19xf32>, tensor<2x4xi64>, tensor<2x4x19xf32>) -> tensor<6x19xf32>
    return %0 : tensor<6x19xf32>
  })");
  check(R"(func.func @main(%x: tensor<3x7xf64>, %u: tensor<3xf64>) -> tensor<3x7xf64> {
    %i = dlc.constant dense<[6, 0, 9]> : tensor<3xi32>
    %0 = dlc.scatter %x, %i, %u {axis = 1 : i64, batch_dims = 1 : i64}
      : (tensor<3x7xf64>, tensor<3xi32>, tensor<3xf64>) -> tensor<3x7xf64>
    return %0 : tensor<3x7xf64>
  })");
}

TEST(Ordered, SumsOfNothing) {
  std::string text =
      R"(func.func @main(%x: tensor<?x?xf32, #dlc.dims<[B, N]>>, %y: tensor<?xf32, #dlc.dims<[N]>>, %m: tensor<?x3xf32, #dlc.dims<[N, 3]>>)
      -> (tensor<?xf32, #dlc.dims<[B]>>, tensor<?x3xf32, #dlc.dims<[B, 3]>>, tensor<?xf32, #dlc.dims<[B]>>, tensor<3xf32>) {
    %0 = dlc.dot_general %x, %y {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>,
        rhs_contract = array<i64: 0>, order = #dlc.order<lanes>}
      : (tensor<?x?xf32, #dlc.dims<[B, N]>>, tensor<?xf32, #dlc.dims<[N]>>) -> tensor<?xf32, #dlc.dims<[B]>>
    %1 = dlc.dot_general %x, %m {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>,
        rhs_contract = array<i64: 0>, order = #dlc.order<chain>}
      : (tensor<?x?xf32, #dlc.dims<[B, N]>>, tensor<?x3xf32, #dlc.dims<[N, 3]>>) -> tensor<?x3xf32, #dlc.dims<[B, 3]>>
    %2 = dlc.reduce %x {kind = #dlc.reduce_kind<sum>, dims = array<i64: 1>, order = #dlc.order<lanes>}
      : (tensor<?x?xf32, #dlc.dims<[B, N]>>) -> tensor<?xf32, #dlc.dims<[B]>>
    %3 = dlc.reduce %m {kind = #dlc.reduce_kind<sum>, dims = array<i64: 0>, order = #dlc.order<chain>}
      : (tensor<?x3xf32, #dlc.dims<[N, 3]>>) -> tensor<3xf32>
    return %0, %1, %2, %3
      : tensor<?xf32, #dlc.dims<[B]>>, tensor<?x3xf32, #dlc.dims<[B, 3]>>, tensor<?xf32, #dlc.dims<[B]>>, tensor<3xf32>
  })";
  std::vector<std::vector<HostTensor>> inputs;
  for (int64_t n : {0, 1, 5})
    inputs.push_back(randomInputs(text, 11, {{"B", 4}, {"N", n}}));
  expectOneAnswer(text, inputs);
}

} // namespace
} // namespace dlc
