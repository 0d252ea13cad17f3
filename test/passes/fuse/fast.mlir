// RUN: dlc-opt %s --dlc-fuse-kernels | FileCheck %s

// Kernels of a fast function are fast, and never those of an exact one with the same body; of one mode they are shared.
// CHECK-LABEL: func.func @exact
// CHECK: rt.launch @k_div(
func.func @exact(%x: tensor<8xf32>, %y: tensor<8xf32>) -> tensor<8xf32> {
  %0 = dlc.div %x, %y : tensor<8xf32>
  return %0 : tensor<8xf32>
}
// CHECK-LABEL: func.func @fast
// CHECK-SAME: attributes {dlc.fast}
// CHECK: rt.launch @k_div_2(
func.func @fast(%x: tensor<8xf32>, %y: tensor<8xf32>) -> tensor<8xf32> attributes {dlc.fast} {
  %0 = dlc.div %x, %y : tensor<8xf32>
  return %0 : tensor<8xf32>
}
// CHECK-LABEL: func.func @exact_again
// CHECK: rt.launch @k_div(
func.func @exact_again(%x: tensor<8xf32>, %y: tensor<8xf32>) -> tensor<8xf32> {
  %0 = dlc.div %x, %y : tensor<8xf32>
  return %0 : tensor<8xf32>
}
// CHECK-LABEL: func.func @fast_again
// CHECK: rt.launch @k_div_2(
func.func @fast_again(%x: tensor<8xf32>, %y: tensor<8xf32>) -> tensor<8xf32> attributes {dlc.fast} {
  %0 = dlc.div %x, %y : tensor<8xf32>
  return %0 : tensor<8xf32>
}
// CHECK: rt.kernel @k_div {
// CHECK: rt.kernel @k_div_2 attributes {fast} {
// CHECK-NOT: rt.kernel
