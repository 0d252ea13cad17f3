// RUN: dlc-opt %s | FileCheck %s

// Every result type is written as inference gives it: an op whose inferred type differs does not verify.

!row = tensor<?xf32, #dlc.dims<[N]>>
!batch = tensor<?x?xf32, #dlc.dims<[B, N]>>

// CHECK-LABEL: func.func @polynomials
func.func @polynomials(%x: !batch, %y: tensor<?x?xf32, #dlc.dims<[2*B + 1, N]>>, %v: tensor<f32>) {
  // CHECK: dims<[3*B + 1, N]>>
  %0 = dlc.concat %x, %y {dim = 0 : i64} : (!batch, tensor<?x?xf32, #dlc.dims<[2*B + 1, N]>>) -> tensor<?x?xf32, #dlc.dims<[3*B + 1, N]>>
  // CHECK: dims<[3*B*N + N]>>
  %1 = dlc.reshape %0 {shape = #dlc.dims<[3*B*N + N]>} : (tensor<?x?xf32, #dlc.dims<[3*B + 1, N]>>) -> tensor<?xf32, #dlc.dims<[3*B*N + N]>>
  // CHECK: dims<[2*B + 1, N + 3]>>
  %2 = dlc.pad %x, %v {low = array<i64: 1, 4>, high = array<i64: 1, -1>, interior = array<i64: 1, 0>} : (!batch, tensor<f32>) -> tensor<?x?xf32, #dlc.dims<[2*B + 1, N + 3]>>
  // CHECK: dims<[B, ceildiv(N, 2)]>>
  %3 = dlc.slice %x {starts = array<i64: 0, 0>, limits = #dlc.dims<[B, N]>, strides = array<i64: 1, 2>} : (!batch) -> tensor<?x?xf32, #dlc.dims<[B, ceildiv(N, 2)]>>
  return
}

// CHECK-LABEL: func.func @windows
func.func @windows(%x: tensor<?x?x8xf32, #dlc.dims<[B, N, 8]>>) {
  // CHECK: dims<[B, floordiv(N, 2), 8]>>
  %0 = dlc.reduce_window %x {kind = #dlc.reduce_kind<max>, window = array<i64: 1, 2, 1>, strides = array<i64: 1, 2, 1>, low = array<i64: 0, 0, 0>, high = array<i64: 0, 0, 0>} : (tensor<?x?x8xf32, #dlc.dims<[B, N, 8]>>) -> tensor<?x?x8xf32, #dlc.dims<[B, floordiv(N, 2), 8]>>
  return
}

// CHECK-LABEL: func.func @reductions
func.func @reductions(%x: !batch) {
  // CHECK: -> tensor<?xf32, #dlc.dims<[N]>>
  %0 = dlc.reduce %x {kind = #dlc.reduce_kind<sum>, dims = array<i64: 0>, order = #dlc.order<chain>} : (!batch) -> !row
  // CHECK: -> tensor<f32>
  %1 = dlc.reduce %x {kind = #dlc.reduce_kind<sum>, dims = array<i64: 0, 1>, order = #dlc.order<lanes>} : (!batch) -> tensor<f32>
  // CHECK: -> tensor<?xi64, #dlc.dims<[B]>>
  %2 = dlc.argmax %x {dim = 1 : i64} : (!batch) -> tensor<?xi64, #dlc.dims<[B]>>
  return
}

// CHECK-LABEL: func.func @contractions
func.func @contractions(%x: tensor<?x?x8xf32, #dlc.dims<[B, N, 8]>>, %y: tensor<8x5x?xf32, #dlc.dims<[8, 5, B]>>) {
  // CHECK: -> tensor<?x?x5xf32, #dlc.dims<[B, N, 5]>>
  %0 = dlc.dot_general %x, %y {lhs_batch = array<i64: 0>, rhs_batch = array<i64: 2>, lhs_contract = array<i64: 2>, rhs_contract = array<i64: 0>, order = #dlc.order<chain>} : (tensor<?x?x8xf32, #dlc.dims<[B, N, 8]>>, tensor<8x5x?xf32, #dlc.dims<[8, 5, B]>>) -> tensor<?x?x5xf32, #dlc.dims<[B, N, 5]>>
  return
}

// CHECK-LABEL: func.func @convolutions
func.func @convolutions(%x: tensor<?x28x28x3xf32, #dlc.dims<[B, 28, 28, 3]>>, %w: tensor<5x3x3x16xf32>) {
  // CHECK: -> tensor<?x13x26x16xf32, #dlc.dims<[B, 13, 26, 16]>>
  %0 = dlc.conv %x, %w {strides = array<i64: 2, 1>, low = array<i64: 1, 1>, high = array<i64: 1, 1>, dilation = array<i64: 1, 2>} : (tensor<?x28x28x3xf32, #dlc.dims<[B, 28, 28, 3]>>, tensor<5x3x3x16xf32>) -> tensor<?x13x26x16xf32, #dlc.dims<[B, 13, 26, 16]>>
  // CHECK: -> tensor<?x28x28x3xf32, #dlc.dims<[B, 28, 28, 3]>>
  %1 = dlc.conv_input_grad %0, %w {spatial = #dlc.dims<[28, 28]>, strides = array<i64: 2, 1>, low = array<i64: 1, 1>, high = array<i64: 1, 1>, dilation = array<i64: 1, 2>} : (tensor<?x13x26x16xf32, #dlc.dims<[B, 13, 26, 16]>>, tensor<5x3x3x16xf32>) -> tensor<?x28x28x3xf32, #dlc.dims<[B, 28, 28, 3]>>
  // CHECK: -> tensor<5x3x3x16xf32>
  %2 = dlc.conv_weight_grad %x, %0 {window_shape = array<i64: 5, 3>, strides = array<i64: 2, 1>, low = array<i64: 1, 1>, high = array<i64: 1, 1>, dilation = array<i64: 1, 2>} : (tensor<?x28x28x3xf32, #dlc.dims<[B, 28, 28, 3]>>, tensor<?x13x26x16xf32, #dlc.dims<[B, 13, 26, 16]>>) -> tensor<5x3x3x16xf32>
  return
}

// CHECK-LABEL: func.func @gathers
func.func @gathers(%x: tensor<?x7x?xf32, #dlc.dims<[B, 7, N]>>, %i: tensor<?x3x2xi64, #dlc.dims<[B, 3, 2]>>) {
  // CHECK: -> tensor<?x3x2x?xf32, #dlc.dims<[B, 3, 2, N]>>
  %0 = dlc.gather %x, %i {axis = 1 : i64, batch_dims = 1 : i64} : (tensor<?x7x?xf32, #dlc.dims<[B, 7, N]>>, tensor<?x3x2xi64, #dlc.dims<[B, 3, 2]>>) -> tensor<?x3x2x?xf32, #dlc.dims<[B, 3, 2, N]>>
  return
}
