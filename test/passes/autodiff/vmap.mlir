// RUN: dlc-opt %s --dlc-autodiff --split-input-file | FileCheck %s

// What is shared is computed once, and repeated only where it meets the batch.
func.func private @f(%x: tensor<2xf32>, %y: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %0 = dlc.exp %y : (tensor<2xf32>) -> tensor<2xf32>
  %1 = dlc.mul %x, %0 : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %1, %0 : tensor<2xf32>, tensor<2xf32>
}
// CHECK-NOT: @f
// CHECK-LABEL: func.func @shared
// CHECK-SAME: (%[[X:.*]]: tensor<2x8xf32>, %[[Y:.*]]: tensor<2xf32>)
func.func @shared(%x: tensor<2x8xf32>, %y: tensor<2xf32>) -> (tensor<2x8xf32>, tensor<2xf32>) {
  // CHECK-NEXT: %[[E:.*]] = dlc.exp %[[Y]] : (tensor<2xf32>)
  // CHECK-NEXT: %[[ALL:.*]] = dlc.broadcast %[[E]] {dims = array<i64: 0>, shape = #dlc.dims<[2, 8]>}
  // CHECK-NEXT: %[[R:.*]] = dlc.mul %[[X]], %[[ALL]]
  // CHECK-NEXT: return %[[R]], %[[E]]
  %0:2 = dlc.vmap @f(%x, %y) {in_axes = array<i64: 1, -1>, out_axes = array<i64: 1, -1>} : (tensor<2x8xf32>, tensor<2xf32>) -> (tensor<2x8xf32>, tensor<2xf32>)
  return %0#0, %0#1 : tensor<2x8xf32>, tensor<2xf32>
}

// -----

// A result gets its batch dim where it is asked for, repeated if all examples share it.
func.func private @f(%x: tensor<2xf32>, %y: tensor<3xf32>) -> (tensor<2xf32>, tensor<3xf32>) {
  return %x, %y : tensor<2xf32>, tensor<3xf32>
}
// CHECK-LABEL: func.func @results
// CHECK-SAME: (%[[X:.*]]: tensor<8x2xf32>, %[[Y:.*]]: tensor<3xf32>)
func.func @results(%x: tensor<8x2xf32>, %y: tensor<3xf32>) -> (tensor<2x8xf32>, tensor<8x3xf32>) {
  // CHECK-NEXT: %[[R:.*]] = dlc.transpose %[[X]] {perm = array<i64: 1, 0>}
  // CHECK-NEXT: %[[S:.*]] = dlc.broadcast %[[Y]] {dims = array<i64: 1>, shape = #dlc.dims<[8, 3]>}
  // CHECK-NEXT: return %[[R]], %[[S]]
  %0:2 = dlc.vmap @f(%x, %y) {in_axes = array<i64: 0, -1>, out_axes = array<i64: 1, 0>} : (tensor<8x2xf32>, tensor<3xf32>) -> (tensor<2x8xf32>, tensor<8x3xf32>)
  return %0#0, %0#1 : tensor<2x8xf32>, tensor<8x3xf32>
}

// -----

// A batch is one more dim: free for one operand, a batch dim for both; orders stay, symbols are extents like any other.
func.func private @f(%x: tensor<4xf32>, %w: tensor<4xf32>) -> tensor<f32> {
  %0 = dlc.dot_general %x, %w {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 0>, rhs_contract = array<i64: 0>, order = #dlc.order<lanes>} : (tensor<4xf32>, tensor<4xf32>) -> tensor<f32>
  return %0 : tensor<f32>
}
// CHECK-LABEL: func.func @contractions
// CHECK-SAME: (%[[X:.*]]: tensor<?x4xf32, {{.*}}>, %[[W:.*]]: tensor<4xf32>)
func.func @contractions(%x: tensor<?x4xf32, #dlc.dims<[B, 4]>>, %w: tensor<4xf32>) -> (tensor<?xf32, #dlc.dims<[B]>>, tensor<?xf32, #dlc.dims<[B]>>) {
  // CHECK-NEXT: %[[ONE:.*]] = dlc.dot_general %[[X]], %[[W]] {lhs_batch = array<i64>, lhs_contract = array<i64: 1>, order = #dlc.order<lanes>, rhs_batch = array<i64>, rhs_contract = array<i64: 0>}
  // CHECK-NEXT: %[[BOTH:.*]] = dlc.dot_general %[[X]], %[[X]] {lhs_batch = array<i64: 0>, lhs_contract = array<i64: 1>, order = #dlc.order<lanes>, rhs_batch = array<i64: 0>, rhs_contract = array<i64: 1>}
  // CHECK-NEXT: return %[[ONE]], %[[BOTH]]
  %0 = dlc.vmap @f(%x, %w) {in_axes = array<i64: 0, -1>, out_axes = array<i64: 0>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<4xf32>) -> tensor<?xf32, #dlc.dims<[B]>>
  %1 = dlc.vmap @f(%x, %x) {in_axes = array<i64: 0, 0>, out_axes = array<i64: 0>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?xf32, #dlc.dims<[B]>>
  return %0, %1 : tensor<?xf32, #dlc.dims<[B]>>, tensor<?xf32, #dlc.dims<[B]>>
}

// -----

// Convolutions fold a batch of images into their batch, and make groups of a batch of images and weights.
func.func private @f(%x: tensor<2x5x4xf32>, %w: tensor<3x4x6xf32>) -> tensor<2x3x6xf32> {
  %0 = dlc.conv %x, %w {strides = array<i64: 1>, low = array<i64: 0>, high = array<i64: 0>, dilation = array<i64: 1>} : (tensor<2x5x4xf32>, tensor<3x4x6xf32>) -> tensor<2x3x6xf32>
  return %0 : tensor<2x3x6xf32>
}
// CHECK-LABEL: func.func @convolutions
// CHECK-SAME: (%[[X:.*]]: tensor<8x2x5x4xf32>, %[[W:.*]]: tensor<8x3x4x6xf32>, %[[V:.*]]: tensor<3x4x6xf32>)
func.func @convolutions(%x: tensor<8x2x5x4xf32>, %w: tensor<8x3x4x6xf32>, %v: tensor<3x4x6xf32>) -> (tensor<8x2x3x6xf32>, tensor<8x2x3x6xf32>) {
  // CHECK-NEXT: %[[IMAGES:.*]] = dlc.reshape %[[X]] {shape = #dlc.dims<[16, 5, 4]>}
  // CHECK-NEXT: dlc.conv %[[IMAGES]], %[[V]]
  // CHECK: dlc.conv %{{.*}}, %{{.*}} {{.*}}groups = 8 : i64{{.*}} : (tensor<2x5x32xf32>, tensor<3x4x48xf32>) -> tensor<2x3x48xf32>
  %0 = dlc.vmap @f(%x, %v) {in_axes = array<i64: 0, -1>, out_axes = array<i64: 0>} : (tensor<8x2x5x4xf32>, tensor<3x4x6xf32>) -> tensor<8x2x3x6xf32>
  %1 = dlc.vmap @f(%x, %w) {in_axes = array<i64: 0, 0>, out_axes = array<i64: 0>} : (tensor<8x2x5x4xf32>, tensor<8x3x4x6xf32>) -> tensor<8x2x3x6xf32>
  return %0, %1 : tensor<8x2x3x6xf32>, tensor<8x2x3x6xf32>
}

// -----

// Indices of each example's own are picked with one more shared dim.
func.func private @f(%x: tensor<5x2xf32>, %i: tensor<3xi64>) -> tensor<3x2xf32> {
  %0 = dlc.gather %x, %i {axis = 0 : i64} : (tensor<5x2xf32>, tensor<3xi64>) -> tensor<3x2xf32>
  return %0 : tensor<3x2xf32>
}
// CHECK-LABEL: func.func @gather
func.func @gather(%x: tensor<8x5x2xf32>, %i: tensor<8x3xi64>) -> tensor<8x3x2xf32> {
  // CHECK-NEXT: dlc.gather %{{.*}}, %{{.*}} {axis = 1 : i64, batch_dims = 1 : i64}
  %0 = dlc.vmap @f(%x, %i) {in_axes = array<i64: 0, 0>, out_axes = array<i64: 0>} : (tensor<8x5x2xf32>, tensor<8x3xi64>) -> tensor<8x3x2xf32>
  return %0 : tensor<8x3x2xf32>
}

// -----

// Random numbers of a state for each example; each counts its own elements.
func.func private @f(%s: tensor<2xi64>) -> tensor<5xf32> {
  %0 = dlc.uniform %s {shape = #dlc.dims<[5]>, element = f32} : (tensor<2xi64>) -> tensor<5xf32>
  return %0 : tensor<5xf32>
}
// CHECK-LABEL: func.func @random
func.func @random(%s: tensor<8x2xi64>) -> tensor<8x5xf32> {
  // CHECK-NEXT: dlc.uniform %{{.*}} {element = f32, shape = #dlc.dims<[5]>} : (tensor<8x2xi64>) -> tensor<8x5xf32>
  %0 = dlc.vmap @f(%s) {in_axes = array<i64: 0>, out_axes = array<i64: 0>} : (tensor<8x2xi64>) -> tensor<8x5xf32>
  return %0 : tensor<8x5xf32>
}

// -----

// Batches of batches, and gradients for each example: the inner one is resolved first.
func.func private @loss(%x: tensor<f32>) -> tensor<f32> {
  %0 = dlc.exp %x : (tensor<f32>) -> tensor<f32>
  return %0 : tensor<f32>
}
func.func private @gradient(%x: tensor<f32>) -> tensor<f32> {
  %one = dlc.constant dense<1.0> : tensor<f32>
  %0:2 = dlc.vjp @loss(%x, %one) {wrt = array<i64: 0>, of = array<i64: 0>} : (tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %0#1 : tensor<f32>
}
func.func private @row(%x: tensor<3xf32>) -> tensor<3xf32> {
  %0 = dlc.vmap @gradient(%x) {in_axes = array<i64: 0>, out_axes = array<i64: 0>} : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}
// CHECK-LABEL: func.func @nested
// CHECK-SAME: (%[[X:.*]]: tensor<8x3xf32>)
func.func @nested(%x: tensor<8x3xf32>) -> tensor<8x3xf32> {
  // CHECK: %[[E:.*]] = dlc.exp %[[X]] : (tensor<8x3xf32>)
  // CHECK: %[[G:.*]] = dlc.mul %{{.*}}, %[[E]]
  // CHECK: return %[[G]]
  %0 = dlc.vmap @row(%x) {in_axes = array<i64: 0>, out_axes = array<i64: 0>} : (tensor<8x3xf32>) -> tensor<8x3xf32>
  return %0 : tensor<8x3xf32>
}

// -----

// No examples: empty results, and no rule is asked.
func.func private @f(%x: tensor<1x5x4xf32>, %w: tensor<3x4x6xf32>) -> tensor<1x3x6xf32> {
  %0 = dlc.conv %x, %w {strides = array<i64: 1>, low = array<i64: 0>, high = array<i64: 0>, dilation = array<i64: 1>} : (tensor<1x5x4xf32>, tensor<3x4x6xf32>) -> tensor<1x3x6xf32>
  return %0 : tensor<1x3x6xf32>
}
// CHECK-LABEL: func.func @none
func.func @none(%x: tensor<0x1x5x4xf32>, %w: tensor<0x3x4x6xf32>) -> tensor<0x1x3x6xf32> {
  // CHECK-NOT: dlc.conv
  // CHECK: dlc.broadcast %{{.*}} {dims = array<i64>, shape = #dlc.dims<[0, 1, 3, 6]>}
  %0 = dlc.vmap @f(%x, %w) {in_axes = array<i64: 0, 0>, out_axes = array<i64: 0>} : (tensor<0x1x5x4xf32>, tensor<0x3x4x6xf32>) -> tensor<0x1x3x6xf32>
  return %0 : tensor<0x1x3x6xf32>
}
