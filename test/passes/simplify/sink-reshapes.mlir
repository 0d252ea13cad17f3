// RUN: dlc-opt %s --pass-pipeline='builtin.module(func.func(dlc-simplify))' --split-input-file | FileCheck %s

// What follows a reduction is computed in its shape, as an epilogue of its kernel, and repeated from there.
// CHECK-LABEL: func.func @kept_dims
// CHECK-SAME: (%[[X:.*]]: tensor<7x13xf32>)
func.func @kept_dims(%x: tensor<7x13xf32>) -> tensor<7x13xf32> {
  // CHECK: %[[MAX:.*]] = dlc.reduce %[[X]]
  // CHECK-NOT: dlc.reshape
  // CHECK: %[[LOG:.*]] = dlc.log %[[MAX]] : tensor<7xf32>
  // CHECK: %[[ALL:.*]] = dlc.broadcast %[[LOG]] {dims = array<i64: 0>, shape = #dlc.dims<[7, 13]>}
  // CHECK: dlc.sub %[[X]], %[[ALL]]
  %0 = dlc.reduce %x {kind = #dlc.reduce_kind<max>, dims = array<i64: 1>, order = #dlc.order<lanes>} : (tensor<7x13xf32>) -> tensor<7xf32>
  %1 = dlc.reshape %0 {shape = #dlc.dims<[7, 1]>} : (tensor<7xf32>) -> tensor<7x1xf32>
  %2 = dlc.log %1 : (tensor<7x1xf32>) -> tensor<7x1xf32>
  %3 = dlc.broadcast %2 {shape = #dlc.dims<[7, 13]>, dims = array<i64: 0, 1>} : (tensor<7x1xf32>) -> tensor<7x13xf32>
  %4 = dlc.sub %x, %3 : (tensor<7x13xf32>, tensor<7x13xf32>) -> tensor<7x13xf32>
  return %4 : tensor<7x13xf32>
}

// -----

// Operands that repeat along the dims that change, splats and arguments follow; so does the reduction of a dim that
// stays.
// CHECK-LABEL: func.func @operands_that_follow
// CHECK-SAME: (%[[X:.*]]: tensor<2x2x5x9xf32>, %[[MASK:.*]]: tensor<5x9xi1>, %[[Y:.*]]: tensor<4x5x9xf32>)
func.func @operands_that_follow(%x: tensor<2x2x5x9xf32>, %mask: tensor<5x9xi1>, %y: tensor<4x5x9xf32>) -> tensor<4x5xf32> {
  // CHECK-DAG: %[[ZERO:.*]] = dlc.broadcast %{{.*}} {dims = array<i64>, shape = #dlc.dims<[2, 2, 5, 9]>}
  // CHECK-DAG: %[[EXP:.*]] = dlc.exp %[[X]]
  // CHECK-DAG: %[[REPEATED:.*]] = dlc.broadcast %[[MASK]] {dims = array<i64: 2, 3>, shape = #dlc.dims<[2, 2, 5, 9]>}
  // CHECK-DAG: %[[VIEW:.*]] = dlc.reshape %[[Y]] {shape = #dlc.dims<[2, 2, 5, 9]>}
  // CHECK-DAG: %[[SELECTED:.*]] = dlc.select %[[REPEATED]], %[[EXP]], %[[ZERO]]
  // CHECK: %[[SUM:.*]] = dlc.add %[[SELECTED]], %[[VIEW]]
  // CHECK: %[[ROWS:.*]] = dlc.reduce %[[SUM]] {dims = array<i64: 3>
  // CHECK: %[[R:.*]] = dlc.reshape %[[ROWS]] {shape = #dlc.dims<[4, 5]>}
  // CHECK: return %[[R]]
  %zero = dlc.constant dense<0.0> : tensor<4x5x9xf32>
  %0 = dlc.exp %x : (tensor<2x2x5x9xf32>) -> tensor<2x2x5x9xf32>
  %1 = dlc.reshape %0 {shape = #dlc.dims<[4, 5, 9]>} : (tensor<2x2x5x9xf32>) -> tensor<4x5x9xf32>
  %2 = dlc.broadcast %mask {shape = #dlc.dims<[4, 5, 9]>, dims = array<i64: 1, 2>} : (tensor<5x9xi1>) -> tensor<4x5x9xi1>
  %3 = dlc.select %2, %1, %zero : (tensor<4x5x9xi1>, tensor<4x5x9xf32>, tensor<4x5x9xf32>) -> tensor<4x5x9xf32>
  %4 = dlc.add %3, %y : (tensor<4x5x9xf32>, tensor<4x5x9xf32>) -> tensor<4x5x9xf32>
  %5 = dlc.reduce %4 {kind = #dlc.reduce_kind<sum>, dims = array<i64: 2>, order = #dlc.order<lanes>} : (tensor<4x5x9xf32>) -> tensor<4x5xf32>
  return %5 : tensor<4x5xf32>
}

// -----

// The gates of a cell: whole parts of a dim that was split are slices of it.
// CHECK-LABEL: func.func @parts
// CHECK-SAME: (%[[X:.*]]: tensor<?x20xf32, #dlc.dims<[B, 20]>>)
!gates = tensor<?x4x5xf32, #dlc.dims<[B, 4, 5]>>
!gate = tensor<?x5xf32, #dlc.dims<[B, 5]>>
func.func @parts(%x: tensor<?x20xf32, #dlc.dims<[B, 20]>>) -> !gate {
  // CHECK: %[[GATE:.*]] = dlc.slice %[[X]] {limits = #dlc.dims<[B, 15]>, starts = array<i64: 0, 10>, strides = array<i64: 1, 1>}
  // CHECK-NOT: dlc.reshape
  // CHECK: dlc.tanh %[[GATE]]
  %0 = dlc.reshape %x {shape = #dlc.dims<[B, 4, 5]>} : (tensor<?x20xf32, #dlc.dims<[B, 20]>>) -> !gates
  %1 = dlc.slice %0 {starts = array<i64: 0, 2, 0>, limits = #dlc.dims<[B, 3, 5]>, strides = array<i64: 1, 1, 1>} : (!gates) -> tensor<?x1x5xf32, #dlc.dims<[B, 1, 5]>>
  %2 = dlc.reshape %1 {shape = #dlc.dims<[B, 5]>} : (tensor<?x1x5xf32, #dlc.dims<[B, 1, 5]>>) -> !gate
  %3 = dlc.tanh %2 : (!gate) -> !gate
  return %3 : !gate
}

// -----

// A view of an argument stays before the op, which is then free to be part of what reads it; and nothing moves where an
// operand that is computed in the other shape would need a view.
// CHECK-LABEL: func.func @stays
func.func @stays(%x: tensor<2x6xf32>, %y: tensor<12xf32>, %z: tensor<2x6xf32>) -> (tensor<12xf32>, tensor<12xf32>) {
  // CHECK-DAG: %[[VIEW:.*]] = dlc.reshape %{{.*}} {shape = #dlc.dims<[12]>} : (tensor<2x6xf32>)
  // CHECK-DAG: dlc.exp %[[VIEW]] : tensor<12xf32>
  // CHECK-DAG: %[[SUM:.*]] = dlc.add %{{.*}} : tensor<2x6xf32>
  // CHECK-DAG: %[[OTHER:.*]] = dlc.reshape %[[SUM]]
  // CHECK: dlc.add %[[OTHER]], %{{.*}} : tensor<12xf32>
  %0 = dlc.reshape %x {shape = #dlc.dims<[12]>} : (tensor<2x6xf32>) -> tensor<12xf32>
  %1 = dlc.exp %0 : (tensor<12xf32>) -> tensor<12xf32>
  %2 = dlc.add %x, %z : (tensor<2x6xf32>, tensor<2x6xf32>) -> tensor<2x6xf32>
  %3 = dlc.reshape %2 {shape = #dlc.dims<[12]>} : (tensor<2x6xf32>) -> tensor<12xf32>
  %4 = dlc.sin %y : (tensor<12xf32>) -> tensor<12xf32>
  %5 = dlc.add %3, %4 : (tensor<12xf32>, tensor<12xf32>) -> tensor<12xf32>
  return %1, %5 : tensor<12xf32>, tensor<12xf32>
}

// -----

// What one op makes of an argument is made in the shape that its reader wants.
// CHECK-LABEL: func.func @meets_reader
func.func @meets_reader(%x: tensor<4x5xf16>, %y: tensor<5x3xf32>) -> tensor<2x2x3xf32> {
  // CHECK: %[[VIEW:.*]] = dlc.reshape %{{.*}} {shape = #dlc.dims<[2, 2, 5]>} : (tensor<4x5xf16>)
  // CHECK: %[[WIDE:.*]] = dlc.cast %[[VIEW]]
  // CHECK: dlc.dot_general %[[WIDE]]
  %0 = dlc.cast %x {to = f32} : (tensor<4x5xf16>) -> tensor<4x5xf32>
  %1 = dlc.reshape %0 {shape = #dlc.dims<[2, 2, 5]>} : (tensor<4x5xf32>) -> tensor<2x2x5xf32>
  %2 = dlc.dot_general %1, %y {lhs_batch = array<i64>, lhs_contract = array<i64: 2>, order = #dlc.order<chain>, rhs_batch = array<i64>, rhs_contract = array<i64: 0>} : (tensor<2x2x5xf32>, tensor<5x3xf32>) -> tensor<2x2x3xf32>
  return %2 : tensor<2x2x3xf32>
}
