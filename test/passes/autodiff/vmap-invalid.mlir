// RUN: dlc-opt %s --dlc-autodiff --split-input-file --verify-diagnostics

func.func private @f(%x: tensor<f32>, %p: tensor<i1>) -> tensor<f32> {
  %0 = tensor.extract %p[] : tensor<i1>
  // expected-error @below {{'scf.if' op expected a batching rule, but got none: it has no rule}}
  %1 = scf.if %0 -> tensor<f32> {
    %2 = dlc.neg %x : (tensor<f32>) -> tensor<f32>
    scf.yield %2 : tensor<f32>
  } else {
    scf.yield %x : tensor<f32>
  }
  return %1 : tensor<f32>
}
func.func @captured(%x: tensor<4xf32>, %p: tensor<i1>) {
  // expected-note @below {{batched here, as a part of 'f'}}
  %0 = dlc.vmap @f(%x, %p) {in_axes = array<i64: 0, -1>, out_axes = array<i64: 0>} : (tensor<4xf32>, tensor<i1>) -> tensor<4xf32>
  return
}

// -----

func.func private @f(%x: tensor<2x5x4xf32>, %w: tensor<3x4x6xf32>) -> tensor<2x3x6xf32> {
  // expected-error @below {{'dlc.conv' op expected a batching rule, but got none: the number of groups, one for each example, depends on symbols}}
  %0 = dlc.conv %x, %w {strides = array<i64: 1>, low = array<i64: 0>, high = array<i64: 0>, dilation = array<i64: 1>} : (tensor<2x5x4xf32>, tensor<3x4x6xf32>) -> tensor<2x3x6xf32>
  return %0 : tensor<2x3x6xf32>
}
func.func @groups(%x: tensor<?x2x5x4xf32, #dlc.dims<[B, 2, 5, 4]>>, %w: tensor<?x3x4x6xf32, #dlc.dims<[B, 3, 4, 6]>>) {
  // expected-note @below {{batched here, as a part of 'f'}}
  %0 = dlc.vmap @f(%x, %w) {in_axes = array<i64: 0, 0>, out_axes = array<i64: 0>} : (tensor<?x2x5x4xf32, #dlc.dims<[B, 2, 5, 4]>>, tensor<?x3x4x6xf32, #dlc.dims<[B, 3, 4, 6]>>) -> tensor<?x2x3x6xf32, #dlc.dims<[B, 2, 3, 6]>>
  return
}

// -----

func.func private @f(%x: tensor<f32>) -> tensor<f32> {
  %0 = dlc.neg %x : (tensor<f32>) -> tensor<f32>
  return %0 : tensor<f32>
}
func.func @shared(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.vmap' op expected result 0 of 'f' to be shared by all examples, as -1 in 'out_axes' says, but got one that depends on the example}}
  %0 = dlc.vmap @f(%x) {in_axes = array<i64: 0>, out_axes = array<i64: -1>} : (tensor<4xf32>) -> tensor<f32>
  return
}

// -----

func.func @itself(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = dlc.broadcast %x {shape = #dlc.dims<[8, 4]>, dims = array<i64: 1>} : (tensor<4xf32>) -> tensor<8x4xf32>
  // expected-error @below {{'dlc.vmap' op expected a function that does not contain its own batch, but got 'itself'}}
  %0 = dlc.vmap @itself(%y) {in_axes = array<i64: 0>, out_axes = array<i64: -1>} : (tensor<8x4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

func.func private @f(tensor<f32>) -> tensor<f32>
func.func @declared(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.vmap' op expected 'f' to have a body, but got a declaration}}
  %0 = dlc.vmap @f(%x) {in_axes = array<i64: 0>, out_axes = array<i64: 0>} : (tensor<4xf32>) -> tensor<4xf32>
  return
}
