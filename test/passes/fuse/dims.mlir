// RUN: dlc-opt %s --dlc-fuse-kernels --split-input-file | FileCheck %s

// Dims that are always walked together are one in the kernel, whose operands and results are views.
// CHECK-LABEL: func.func @bias
// CHECK: %[[Y:.*]] = dlc.reshape %arg1 {{.*}} -> tensor<20xf32>
// CHECK: %[[X:.*]] = dlc.reshape %arg0 {{.*}} -> tensor<6x20xf32>
// CHECK: %[[R:.*]] = rt.launch @k_add(%[[Y]], %[[X]]) : {{.*}} -> tensor<6x20xf32>
// CHECK: dlc.reshape %[[R]] {{.*}} -> tensor<2x3x4x5xf32>
// CHECK: dlc.broadcast %arg0 {dims = array<i64: 1>, shape = #dlc.dims<[6, 20]>}
func.func @bias(%x: tensor<2x3x4x5xf32>, %y: tensor<4x5xf32>) -> tensor<2x3x4x5xf32> {
  %0 = dlc.broadcast %y {shape = #dlc.dims<[2, 3, 4, 5]>, dims = array<i64: 2, 3>} : (tensor<4x5xf32>) -> tensor<2x3x4x5xf32>
  %1 = dlc.add %x, %0 : (tensor<2x3x4x5xf32>, tensor<2x3x4x5xf32>) -> tensor<2x3x4x5xf32>
  return %1 : tensor<2x3x4x5xf32>
}

// -----

// A dim that stretches is no part of those beside it.
// CHECK-LABEL: func.func @stretched
// CHECK: rt.launch @k_add(%arg1, %arg0) : (tensor<2x1x4xf32>, tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
func.func @stretched(%x: tensor<2x3x4xf32>, %y: tensor<2x1x4xf32>) -> tensor<2x3x4xf32> {
  %0 = dlc.broadcast %y {shape = #dlc.dims<[2, 3, 4]>, dims = array<i64: 0, 1, 2>} : (tensor<2x1x4xf32>) -> tensor<2x3x4xf32>
  %1 = dlc.add %x, %0 : (tensor<2x3x4xf32>, tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  return %1 : tensor<2x3x4xf32>
}

// -----

// CHECK-LABEL: func.func @symbols
// CHECK: rt.launch @k_add over <[B, S]>{{.*}} -> tensor<?x6xf32, #dlc.dims<[B*S, 6]>>
// CHECK: rt.body (%arg0: tensor<6xf32>, %arg1: tensor<?x6xf32, #dlc.dims<[s0*s1, 6]>>)
func.func @symbols(%x: tensor<?x?x6xf32, #dlc.dims<[B, S, 6]>>, %y: tensor<6xf32>) -> tensor<?x?x6xf32, #dlc.dims<[B, S, 6]>> {
  %0 = dlc.broadcast %y {shape = #dlc.dims<[B, S, 6]>, dims = array<i64: 2>} : (tensor<6xf32>) -> tensor<?x?x6xf32, #dlc.dims<[B, S, 6]>>
  %1 = dlc.add %x, %0 : (tensor<?x?x6xf32, #dlc.dims<[B, S, 6]>>, tensor<?x?x6xf32, #dlc.dims<[B, S, 6]>>) -> tensor<?x?x6xf32, #dlc.dims<[B, S, 6]>>
  return %1 : tensor<?x?x6xf32, #dlc.dims<[B, S, 6]>>
}

// -----

// An index along one dim needs that dim.
// CHECK-LABEL: func.func @counted
// CHECK: rt.launch @k_add({{.*}}) : (tensor<6x4x30xf32>) -> tensor<6x4x30xf32>
// CHECK: dlc.iota {dim = 1 : i64, element = f32, shape = #dlc.dims<[6, 4, 30]>}
func.func @counted(%x: tensor<2x3x4x5x6xf32>) -> tensor<2x3x4x5x6xf32> {
  %0 = dlc.iota {shape = #dlc.dims<[2, 3, 4, 5, 6]>, dim = 2 : i64, element = f32} : () -> tensor<2x3x4x5x6xf32>
  %1 = dlc.add %x, %0 : (tensor<2x3x4x5x6xf32>, tensor<2x3x4x5x6xf32>) -> tensor<2x3x4x5x6xf32>
  return %1 : tensor<2x3x4x5x6xf32>
}

// -----

// CHECK-LABEL: func.func @transposed
// CHECK: rt.launch @k_exp({{.*}}) : (tensor<6x20xf32>) -> tensor<20x6xf32>
// CHECK: dlc.transpose %arg0 {perm = array<i64: 1, 0>}
func.func @transposed(%x: tensor<2x3x4x5xf32>) -> tensor<4x5x2x3xf32> {
  %0 = dlc.transpose %x {perm = array<i64: 2, 3, 0, 1>} : (tensor<2x3x4x5xf32>) -> tensor<4x5x2x3xf32>
  %1 = dlc.exp %0 : (tensor<4x5x2x3xf32>) -> tensor<4x5x2x3xf32>
  return %1 : tensor<4x5x2x3xf32>
}

// -----

// Between kept dims there were others: the result's dims stay apart too.
// CHECK-LABEL: func.func @reduced
// CHECK: rt.launch @k_reduce({{.*}}) : (tensor<6x20x6xf32>) -> tensor<6x6xf32>
// CHECK: dlc.reduce %arg0 {dims = array<i64: 1>
func.func @reduced(%x: tensor<2x3x4x5x6xf32>) -> tensor<2x3x6xf32> {
  %0 = dlc.reduce %x {dims = array<i64: 2, 3>, kind = #dlc.reduce_kind<sum>, order = #dlc.order<chain>} : (tensor<2x3x4x5x6xf32>) -> tensor<2x3x6xf32>
  return %0 : tensor<2x3x6xf32>
}

// -----

// CHECK-LABEL: func.func @dot
// CHECK: rt.launch @k_dot_general({{.*}}) : (tensor<6x20x42xf32>, tensor<6x42x72xf32>) -> tensor<6x20x72xf32>
// CHECK: dlc.dot_general {{.*}} {lhs_batch = array<i64: 0>, lhs_contract = array<i64: 2>, {{.*}}rhs_batch = array<i64: 0>, rhs_contract = array<i64: 1>}
func.func @dot(%x: tensor<2x3x4x5x6x7xf32>, %y: tensor<2x3x6x7x8x9xf32>) -> tensor<2x3x4x5x8x9xf32> {
  %0 = dlc.dot_general %x, %y {lhs_batch = array<i64: 0, 1>, rhs_batch = array<i64: 0, 1>, lhs_contract = array<i64: 4, 5>, rhs_contract = array<i64: 2, 3>, order = #dlc.order<chain>} : (tensor<2x3x4x5x6x7xf32>, tensor<2x3x6x7x8x9xf32>) -> tensor<2x3x4x5x8x9xf32>
  return %0 : tensor<2x3x4x5x8x9xf32>
}

// -----

// The terms lie in another order in the two operands.
// CHECK-LABEL: func.func @turned
// CHECK: rt.launch @k_dot_general({{.*}}) : (tensor<6x4x5xf32>, tensor<5x4x6xf32>) -> tensor<6x6xf32>
func.func @turned(%x: tensor<2x3x4x5xf32>, %y: tensor<5x4x6xf32>) -> tensor<2x3x6xf32> {
  %0 = dlc.dot_general %x, %y {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 2, 3>, rhs_contract = array<i64: 1, 0>, order = #dlc.order<chain>} : (tensor<2x3x4x5xf32>, tensor<5x4x6xf32>) -> tensor<2x3x6xf32>
  return %0 : tensor<2x3x6xf32>
}

// -----

// Merged dims may name no symbol any more: kernels of one text that their launches give other extents are two.
// CHECK-LABEL: func.func @nothing
// CHECK: rt.launch @k_exp over <[S]>
// CHECK: rt.launch @k_exp_2(
func.func @nothing(%x: tensor<?x0xf32, #dlc.dims<[S, 0]>>, %y: tensor<0xf32>) -> (tensor<?x0xf32, #dlc.dims<[S, 0]>>, tensor<0xf32>) {
  %0 = dlc.exp %x : (tensor<?x0xf32, #dlc.dims<[S, 0]>>) -> tensor<?x0xf32, #dlc.dims<[S, 0]>>
  %1 = dlc.exp %y : (tensor<0xf32>) -> tensor<0xf32>
  return %0, %1 : tensor<?x0xf32, #dlc.dims<[S, 0]>>, tensor<0xf32>
}
