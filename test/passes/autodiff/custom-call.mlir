// RUN: dlc-opt %s --dlc-autodiff | FileCheck %s

// One call an example: the batch is one more dim in front, of extent 1 where all examples share the operand.
func.func private @each(%x: tensor<4xf32>, %w: tensor<2xf32>) -> (tensor<4xf32>, tensor<i1>) {
  %0:2 = dlc.custom_call "f"(%x, %w) attributes "k" {has_side_effect} : (tensor<4xf32>, tensor<2xf32>) -> (tensor<4xf32>, tensor<i1>)
  return %0#0, %0#1 : tensor<4xf32>, tensor<i1>
}
// CHECK-LABEL: func.func @sequential
// CHECK: %[[X:.*]] = dlc.transpose %arg0
// CHECK: %[[W:.*]] = dlc.reshape %arg1 {{.*}} -> tensor<1x2xf32>
// CHECK: dlc.custom_call "f"(%[[X]], %[[W]]) attributes "k" {batch_dims = 1 : i64, has_side_effect} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<1x2xf32>) -> (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<?xi1, #dlc.dims<[B]>>)
func.func @sequential(%x: tensor<4x?xf32, #dlc.dims<[4, B]>>, %w: tensor<2xf32>) -> (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<?xi1, #dlc.dims<[B]>>) {
  %0:2 = dlc.vmap @each(%x, %w) {in_axes = array<i64: 1, -1>, out_axes = array<i64: 0, 0>} : (tensor<4x?xf32, #dlc.dims<[4, B]>>, tensor<2xf32>) -> (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<?xi1, #dlc.dims<[B]>>)
  return %0#0, %0#1 : tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<?xi1, #dlc.dims<[B]>>
}

// A further batch is walked around the first.
func.func private @row(%x: tensor<3x4xf32>, %w: tensor<2xf32>) -> (tensor<3x4xf32>, tensor<3xi1>) {
  %0:2 = dlc.vmap @each(%x, %w) {in_axes = array<i64: 0, -1>, out_axes = array<i64: 0, 0>} : (tensor<3x4xf32>, tensor<2xf32>) -> (tensor<3x4xf32>, tensor<3xi1>)
  return %0#0, %0#1 : tensor<3x4xf32>, tensor<3xi1>
}
// CHECK-LABEL: func.func @nested
// CHECK: dlc.reshape %arg1 {{.*}} -> tensor<5x1x2xf32>
// CHECK: dlc.custom_call "f"({{.*}}) attributes "k" {batch_dims = 2 : i64, has_side_effect} : (tensor<5x3x4xf32>, tensor<5x1x2xf32>) -> (tensor<5x3x4xf32>, tensor<5x3xi1>)
func.func @nested(%x: tensor<5x3x4xf32>, %w: tensor<5x2xf32>) -> (tensor<5x3x4xf32>, tensor<5x3xi1>) {
  %0:2 = dlc.vmap @row(%x, %w) {in_axes = array<i64: 0, 0>, out_axes = array<i64: 0, 0>} : (tensor<5x3x4xf32>, tensor<5x2xf32>) -> (tensor<5x3x4xf32>, tensor<5x3xi1>)
  return %0#0, %0#1 : tensor<5x3x4xf32>, tensor<5x3xi1>
}

// One call for all examples.
func.func private @expanded(%x: tensor<4xf32>, %w: tensor<2xf32>) -> tensor<4xf32> {
  %0 = dlc.custom_call "f"(%x, %w) {batching = #dlc.call_batching<expand>} : (tensor<4xf32>, tensor<2xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
// CHECK-LABEL: func.func @expand
// CHECK: dlc.custom_call "f"(%{{.*}}, %{{.*}}) {batching = #dlc.call_batching<expand>} : (tensor<3x4xf32>, tensor<1x2xf32>) -> tensor<3x4xf32>
func.func @expand(%x: tensor<3x4xf32>, %w: tensor<2xf32>) -> tensor<3x4xf32> {
  %0 = dlc.vmap @expanded(%x, %w) {in_axes = array<i64: 0, -1>, out_axes = array<i64: 0>} : (tensor<3x4xf32>, tensor<2xf32>) -> tensor<3x4xf32>
  return %0 : tensor<3x4xf32>
}
func.func private @repeated(%x: tensor<4xf32>, %w: tensor<2xf32>) -> tensor<4xf32> {
  %0 = dlc.custom_call "f"(%x, %w) {batching = #dlc.call_batching<broadcast>} : (tensor<4xf32>, tensor<2xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
// CHECK-LABEL: func.func @broadcast
// CHECK: dlc.custom_call "f"(%{{.*}}, %{{.*}}) {batching = #dlc.call_batching<broadcast>} : (tensor<3x4xf32>, tensor<3x2xf32>) -> tensor<3x4xf32>
func.func @broadcast(%x: tensor<3x4xf32>, %w: tensor<2xf32>) -> tensor<3x4xf32> {
  %0 = dlc.vmap @repeated(%x, %w) {in_axes = array<i64: 0, -1>, out_axes = array<i64: 0>} : (tensor<3x4xf32>, tensor<2xf32>) -> tensor<3x4xf32>
  return %0 : tensor<3x4xf32>
}

// A call that only has an effect stays one for no example too.
func.func private @effect(%x: tensor<4xf32>) {
  dlc.custom_call "f"(%x) {batching = #dlc.call_batching<expand>, has_side_effect} : (tensor<4xf32>) -> ()
  return
}
// CHECK-LABEL: func.func @no_example
// CHECK: dlc.custom_call "f"(%arg0) {{{.*}}has_side_effect} : (tensor<0x4xf32>) -> ()
func.func @no_example(%x: tensor<0x4xf32>) {
  dlc.vmap @effect(%x) {in_axes = array<i64: 0>, out_axes = array<i64>} : (tensor<0x4xf32>) -> ()
  return
}
