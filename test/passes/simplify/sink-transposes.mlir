// RUN: dlc-opt %s --pass-pipeline='builtin.module(func.func(dlc-simplify))' --split-input-file | FileCheck %s

// A frontend of NCHW tensors: between two convolutions its transposes cancel across bias, batch norm and relu.
// CHECK-LABEL: func.func @between_convolutions
// CHECK-NOT: dlc.transpose
// CHECK: dlc.broadcast %{{.*}} {dims = array<i64: 3>, shape = #dlc.dims<[B, 6, 6, 4]>}
// CHECK-NOT: dlc.transpose
// CHECK: return
!hwc = tensor<?x6x6x4xf32, #dlc.dims<[B, 6, 6, 4]>>
!chw = tensor<?x4x6x6xf32, #dlc.dims<[B, 4, 6, 6]>>
func.func @between_convolutions(%x: !hwc, %w: tensor<3x3x4x4xf32>, %bias: tensor<4xf32>, %scale: tensor<4xf32>) -> !hwc {
  %0 = dlc.conv %x, %w {strides = array<i64: 1, 1>, low = array<i64: 1, 1>, high = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (!hwc, tensor<3x3x4x4xf32>) -> !hwc
  %1 = dlc.transpose %0 {perm = array<i64: 0, 3, 1, 2>} : (!hwc) -> !chw
  %2 = dlc.broadcast %bias {shape = #dlc.dims<[B, 4, 6, 6]>, dims = array<i64: 1>} : (tensor<4xf32>) -> !chw
  %3 = dlc.add %1, %2 : (!chw, !chw) -> !chw
  %4 = dlc.broadcast %scale {shape = #dlc.dims<[B, 4, 6, 6]>, dims = array<i64: 1>} : (tensor<4xf32>) -> !chw
  %5 = dlc.mul %3, %4 : (!chw, !chw) -> !chw
  %6 = dlc.relu %5 : (!chw) -> !chw
  %7 = dlc.transpose %6 {perm = array<i64: 0, 2, 3, 1>} : (!chw) -> !hwc
  %8 = dlc.conv %7, %w {strides = array<i64: 1, 1>, low = array<i64: 1, 1>, high = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (!hwc, tensor<3x3x4x4xf32>) -> !hwc
  return %8 : !hwc
}

// -----

// Pooling and batch statistics: windows keep the order of their dims, reductions their listed order and `order`.
// CHECK-LABEL: func.func @pooling_and_statistics
// CHECK-SAME: (%[[X:.*]]: tensor<2x4x4x3xf32>)
func.func @pooling_and_statistics(%x: tensor<2x4x4x3xf32>) -> (tensor<3xf32>, tensor<2x2x2x3xf32>) {
  // CHECK: dlc.reduce %[[X]] {dims = array<i64: 0, 2, 1>, kind = #dlc.reduce_kind<sum>, order = #dlc.order<lanes>}
  // CHECK: dlc.reduce_window %[[X]] {{.*}} window = array<i64: 1, 2, 2, 1>
  // CHECK-NOT: dlc.transpose
  %0 = dlc.transpose %x {perm = array<i64: 0, 3, 1, 2>} : (tensor<2x4x4x3xf32>) -> tensor<2x3x4x4xf32>
  %1 = dlc.reduce %0 {kind = #dlc.reduce_kind<sum>, dims = array<i64: 0, 3, 2>, order = #dlc.order<lanes>} : (tensor<2x3x4x4xf32>) -> tensor<3xf32>
  %2 = dlc.reduce_window %0 {kind = #dlc.reduce_kind<sum>, window = array<i64: 1, 1, 2, 2>, strides = array<i64: 1, 1, 2, 2>, low = array<i64: 0, 0, 0, 0>, high = array<i64: 0, 0, 0, 0>} : (tensor<2x3x4x4xf32>) -> tensor<2x3x2x2xf32>
  %3 = dlc.transpose %2 {perm = array<i64: 0, 2, 3, 1>} : (tensor<2x3x2x2xf32>) -> tensor<2x2x2x3xf32>
  return %1, %3 : tensor<3xf32>, tensor<2x2x2x3xf32>
}

// -----

// The sum over a window with its dims exchanged adds in another order: the transposes stay.
// CHECK-LABEL: func.func @exchanged_windows
func.func @exchanged_windows(%x: tensor<4x4xf32>) -> tensor<3x3xf32> {
  // CHECK: dlc.transpose
  // CHECK: dlc.reduce_window
  // CHECK: dlc.transpose
  %0 = dlc.transpose %x {perm = array<i64: 1, 0>} : (tensor<4x4xf32>) -> tensor<4x4xf32>
  %1 = dlc.reduce_window %0 {kind = #dlc.reduce_kind<sum>, window = array<i64: 2, 2>, strides = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>} : (tensor<4x4xf32>) -> tensor<3x3xf32>
  %2 = dlc.transpose %1 {perm = array<i64: 1, 0>} : (tensor<3x3xf32>) -> tensor<3x3xf32>
  return %2 : tensor<3x3xf32>
}

// -----

// Contractions take transposes of operands, and of their result, as other dims; `order` stays.
// CHECK-LABEL: func.func @contractions
// CHECK-SAME: (%[[X:.*]]: tensor<8x3xf32>, %[[Y:.*]]: tensor<5x8xf32>)
func.func @contractions(%x: tensor<8x3xf32>, %y: tensor<5x8xf32>) -> tensor<5x3xf32> {
  // CHECK-NEXT: %[[R:.*]] = dlc.dot_general %[[Y]], %[[X]] {lhs_batch = array<i64>, lhs_contract = array<i64: 1>, order = #dlc.order<lanes>, rhs_batch = array<i64>, rhs_contract = array<i64: 0>}
  // CHECK-NEXT: return %[[R]]
  %0 = dlc.transpose %x {perm = array<i64: 1, 0>} : (tensor<8x3xf32>) -> tensor<3x8xf32>
  %1 = dlc.dot_general %0, %y {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 1>, order = #dlc.order<lanes>} : (tensor<3x8xf32>, tensor<5x8xf32>) -> tensor<3x5xf32>
  %2 = dlc.transpose %1 {perm = array<i64: 1, 0>} : (tensor<3x5xf32>) -> tensor<5x3xf32>
  return %2 : tensor<5x3xf32>
}

// -----

// Sinking that leaves more transposes than before is dropped.
// CHECK-LABEL: func.func @not_worth_it
func.func @not_worth_it(%x: tensor<2x3xf32>) -> (tensor<3x2xf32>, tensor<3x2xf32>) {
  // CHECK-COUNT-1: dlc.transpose
  // CHECK-NOT: dlc.transpose
  %0 = dlc.transpose %x {perm = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %1 = dlc.exp %0 : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %2 = dlc.neg %0 : (tensor<3x2xf32>) -> tensor<3x2xf32>
  return %1, %2 : tensor<3x2xf32>, tensor<3x2xf32>
}

// -----

// An operand is transposed for the others when that leaves fewer.
// CHECK-LABEL: func.func @one_for_two
// CHECK-SAME: (%[[X:.*]]: tensor<2x4x4x3xf32>, %[[Y:.*]]: tensor<2x3x4x4xf32>)
func.func @one_for_two(%x: tensor<2x4x4x3xf32>, %y: tensor<2x3x4x4xf32>) -> tensor<2x4x4x3xf32> {
  // CHECK-NEXT: %[[T:.*]] = dlc.transpose %[[Y]] {perm = array<i64: 0, 2, 3, 1>}
  // CHECK-NEXT: %[[R:.*]] = dlc.mul %[[X]], %[[T]]
  // CHECK-NEXT: return %[[R]]
  %0 = dlc.transpose %x {perm = array<i64: 0, 3, 1, 2>} : (tensor<2x4x4x3xf32>) -> tensor<2x3x4x4xf32>
  %1 = dlc.mul %0, %y : (tensor<2x3x4x4xf32>, tensor<2x3x4x4xf32>) -> tensor<2x3x4x4xf32>
  %2 = dlc.transpose %1 {perm = array<i64: 0, 2, 3, 1>} : (tensor<2x3x4x4xf32>) -> tensor<2x4x4x3xf32>
  return %2 : tensor<2x4x4x3xf32>
}

// -----

// A transpose that moves dims of extent 1 only is a reshape.
// CHECK-LABEL: func.func @unit_dims
func.func @unit_dims(%x: tensor<?x1x8x8xf32, #dlc.dims<[B, 1, 8, 8]>>) -> tensor<?x8x8x1xf32, #dlc.dims<[B, 8, 8, 1]>> {
  // CHECK-NEXT: dlc.reshape %{{.*}} {shape = #dlc.dims<[B, 8, 8, 1]>}
  // CHECK-NEXT: return
  %0 = dlc.transpose %x {perm = array<i64: 0, 2, 3, 1>} : (tensor<?x1x8x8xf32, #dlc.dims<[B, 1, 8, 8]>>) -> tensor<?x8x8x1xf32, #dlc.dims<[B, 8, 8, 1]>>
  return %0 : tensor<?x8x8x1xf32, #dlc.dims<[B, 8, 8, 1]>>
}
