// Indices of short vectors may come down to 16 bits; no two of them are added by one instruction (CudaTarget::create).
// RUN: dlc compile %s --emit=ptx --mcpu=sm_90 | FileCheck %s
// CHECK: .target sm_90
// CHECK-NOT: 16x2
// CHECK: .entry k_add
// CHECK-NOT: 16x2
func.func @main(%x: tensor<17x2xf64>, %y: tensor<17x4xf64>) -> tensor<17x4xf64> {
  %zero = dlc.constant dense<0.0> : tensor<f64>
  %0 = dlc.pad %x, %zero {low = array<i64: 0, -1>, high = array<i64: 0, 2>, interior = array<i64: 0, 1>} : (tensor<17x2xf64>, tensor<f64>) -> tensor<17x4xf64>
  %1 = dlc.add %y, %0 : (tensor<17x4xf64>, tensor<17x4xf64>) -> tensor<17x4xf64>
  return %1 : tensor<17x4xf64>
}
