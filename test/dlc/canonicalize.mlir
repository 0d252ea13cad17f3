// RUN: dlc-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: func.func @reshape_to_itself
// CHECK-SAME: (%[[X:.*]]: tensor<?x4xf32, #dlc.dims<[B, 4]>>)
func.func @reshape_to_itself(%x: tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>> {
  // CHECK-NEXT: return %[[X]]
  %0 = dlc.reshape %x {shape = #dlc.dims<[B, 4]>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  return %0 : tensor<?x4xf32, #dlc.dims<[B, 4]>>
}

// CHECK-LABEL: func.func @transpose_in_order
// CHECK-SAME: (%[[X:.*]]: tensor<2x2xf32>)
func.func @transpose_in_order(%x: tensor<2x2xf32>) -> (tensor<2x2xf32>, tensor<2x2xf32>) {
  // CHECK-NEXT: %[[T:.*]] = dlc.transpose %[[X]] {perm = array<i64: 1, 0>}
  // CHECK-NEXT: return %[[X]], %[[T]]
  %0 = dlc.transpose %x {perm = array<i64: 0, 1>} : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %1 = dlc.transpose %x {perm = array<i64: 1, 0>} : (tensor<2x2xf32>) -> tensor<2x2xf32>
  return %0, %1 : tensor<2x2xf32>, tensor<2x2xf32>
}

// Equal constants are one; an op that could fail goes when nothing uses it.
// CHECK-LABEL: func.func @unused
func.func @unused(%x: tensor<3xf32>, %i: tensor<1xi64>) -> (tensor<f32>, tensor<f32>) {
  // CHECK-NEXT: %[[C:.*]] = dlc.constant dense<1.000000e+00>
  // CHECK-NEXT: return %[[C]], %[[C]]
  %0 = dlc.gather %x, %i {axis = 0 : i64} : (tensor<3xf32>, tensor<1xi64>) -> tensor<1xf32>
  %1 = dlc.constant dense<1.0> : tensor<f32>
  %2 = dlc.constant dense<1.0> : tensor<f32>
  return %1, %2 : tensor<f32>, tensor<f32>
}
