// RUN: dlc-opt %s --dlc-autodiff --split-input-file | FileCheck %s

// Tangents stand right behind their op, one term an operand, first to last.
func.func private @f(%x: tensor<f32>, %y: tensor<f32>) -> tensor<f32> {
  %0 = dlc.mul %x, %y : (tensor<f32>, tensor<f32>) -> tensor<f32>
  %1 = dlc.exp %0 : (tensor<f32>) -> tensor<f32>
  return %1 : tensor<f32>
}
// CHECK-NOT: @f
// CHECK-LABEL: func.func @order_of_terms
// CHECK-SAME: (%[[X:.*]]: tensor<f32>, %[[Y:.*]]: tensor<f32>, %[[TX:.*]]: tensor<f32>, %[[TY:.*]]: tensor<f32>)
func.func @order_of_terms(%x: tensor<f32>, %y: tensor<f32>, %tx: tensor<f32>, %ty: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
  // CHECK-NEXT: %[[PRODUCT:.*]] = dlc.mul %[[X]], %[[Y]]
  // CHECK-NEXT: %[[FIRST:.*]] = dlc.mul %[[TX]], %[[Y]]
  // CHECK-NEXT: %[[SECOND:.*]] = dlc.mul %[[TY]], %[[X]]
  // CHECK-NEXT: %[[SUM:.*]] = dlc.add %[[FIRST]], %[[SECOND]]
  // CHECK-NEXT: %[[R:.*]] = dlc.exp %[[PRODUCT]]
  // CHECK-NEXT: %[[T:.*]] = dlc.mul %[[SUM]], %[[R]]
  // CHECK-NEXT: return %[[R]], %[[T]]
  %0:2 = dlc.jvp @f(%x, %y, %tx, %ty) {wrt = array<i64: 0, 1>, of = array<i64: 0>} : (tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %0#0, %0#1 : tensor<f32>, tensor<f32>
}

// -----

// Only what is asked for is built; what no tangent reaches, or reaches through integers alone, has zeros.
func.func private @f(%x: tensor<2xf32>, %y: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) {
  %0 = dlc.mul %x, %y : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %1 = dlc.cast %x {to = i32} : (tensor<2xf32>) -> tensor<2xi32>
  %2 = dlc.cast %1 {to = f32} : (tensor<2xi32>) -> tensor<2xf32>
  %3 = dlc.tanh %x : (tensor<2xf32>) -> tensor<2xf32>
  return %0, %2, %3 : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
}
// CHECK-LABEL: func.func @activity
// CHECK-SAME: (%[[X:.*]]: tensor<2xf32>, %[[Y:.*]]: tensor<2xf32>, %[[T:.*]]: tensor<2xf32>)
func.func @activity(%x: tensor<2xf32>, %y: tensor<2xf32>, %t: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  // CHECK-NEXT: dlc.mul %[[X]], %[[Y]]
  // CHECK-NEXT: %[[TR:.*]] = dlc.mul %[[T]], %[[Y]]
  // CHECK-NEXT: dlc.cast
  // CHECK-NEXT: dlc.cast
  // CHECK-NEXT: dlc.tanh
  // CHECK-NEXT: dlc.constant dense<0.000000e+00>
  // CHECK-NEXT: %[[ZERO:.*]] = dlc.broadcast
  // CHECK-NEXT: return %[[TR]], %[[ZERO]]
  %0:5 = dlc.jvp @f(%x, %y, %t) {wrt = array<i64: 0>, of = array<i64: 0, 1>} : (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>)
  return %0#3, %0#4 : tensor<2xf32>, tensor<2xf32>
}

// -----

// Linear ops are their own derivatives, order of additions and symbols included; products are linear in each operand.
func.func private @f(%x: tensor<?x3xf32, #dlc.dims<[B, 3]>>, %w: tensor<3xf32>) -> (tensor<?xf32, #dlc.dims<[B]>>, tensor<3xf32>) {
  %0 = dlc.dot_general %x, %w {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>, order = #dlc.order<lanes>} : (tensor<?x3xf32, #dlc.dims<[B, 3]>>, tensor<3xf32>) -> tensor<?xf32, #dlc.dims<[B]>>
  %1 = dlc.reduce %x {kind = #dlc.reduce_kind<sum>, dims = array<i64: 0>, order = #dlc.order<lanes>} : (tensor<?x3xf32, #dlc.dims<[B, 3]>>) -> tensor<3xf32>
  return %0, %1 : tensor<?xf32, #dlc.dims<[B]>>, tensor<3xf32>
}
// CHECK-LABEL: func.func @linear
// CHECK-SAME: (%[[X:.*]]: tensor<?x3xf32, {{.*}}>, %[[W:.*]]: tensor<3xf32>, %[[TX:.*]]: tensor<?x3xf32, {{.*}}>, %[[TW:.*]]: tensor<3xf32>)
func.func @linear(%x: tensor<?x3xf32, #dlc.dims<[B, 3]>>, %w: tensor<3xf32>, %tx: tensor<?x3xf32, #dlc.dims<[B, 3]>>, %tw: tensor<3xf32>) -> (tensor<?xf32, #dlc.dims<[B]>>, tensor<3xf32>) {
  // CHECK: %[[LEFT:.*]] = dlc.dot_general %[[TX]], %[[W]] {{.*}} order = #dlc.order<lanes>
  // CHECK: %[[RIGHT:.*]] = dlc.dot_general %[[X]], %[[TW]]
  // CHECK: %[[DOT:.*]] = dlc.add %[[LEFT]], %[[RIGHT]]
  // CHECK: %[[SUM:.*]] = dlc.reduce %[[TX]] {dims = array<i64: 0>, kind = #dlc.reduce_kind<sum>, order = #dlc.order<lanes>}
  // CHECK: return %[[DOT]], %[[SUM]]
  %0:4 = dlc.jvp @f(%x, %w, %tx, %tw) {wrt = array<i64: 0, 1>, of = array<i64: 0, 1>} : (tensor<?x3xf32, #dlc.dims<[B, 3]>>, tensor<3xf32>, tensor<?x3xf32, #dlc.dims<[B, 3]>>, tensor<3xf32>) -> (tensor<?xf32, #dlc.dims<[B]>>, tensor<3xf32>, tensor<?xf32, #dlc.dims<[B]>>, tensor<3xf32>)
  return %0#2, %0#3 : tensor<?xf32, #dlc.dims<[B]>>, tensor<3xf32>
}

// -----

// A slice with a symbolic limit has a tangent, though no gradient.
func.func private @f(%x: tensor<?xf32, #dlc.dims<[B]>>) -> tensor<3xf32> {
  %0 = dlc.slice %x {starts = array<i64: 0>, limits = #dlc.dims<[3]>, strides = array<i64: 1>} : (tensor<?xf32, #dlc.dims<[B]>>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}
// CHECK-LABEL: func.func @symbolic_slice
// CHECK-SAME: (%{{.*}}, %[[T:.*]]: tensor<?xf32, {{.*}}>)
func.func @symbolic_slice(%x: tensor<?xf32, #dlc.dims<[B]>>, %t: tensor<?xf32, #dlc.dims<[B]>>) -> tensor<3xf32> {
  // CHECK: %[[TR:.*]] = dlc.slice %[[T]]
  // CHECK: return %[[TR]]
  %0:2 = dlc.jvp @f(%x, %t) {wrt = array<i64: 0>, of = array<i64: 0>} : (tensor<?xf32, #dlc.dims<[B]>>, tensor<?xf32, #dlc.dims<[B]>>) -> (tensor<3xf32>, tensor<3xf32>)
  return %0#1 : tensor<3xf32>
}

// -----

// Forward over reverse: the gradient is resolved first.
func.func private @f(%x: tensor<f64>) -> tensor<f64> {
  %0 = dlc.exp %x : (tensor<f64>) -> tensor<f64>
  return %0 : tensor<f64>
}
func.func private @gradient(%x: tensor<f64>, %ct: tensor<f64>) -> tensor<f64> {
  %0:2 = dlc.vjp @f(%x, %ct) {wrt = array<i64: 0>, of = array<i64: 0>} : (tensor<f64>, tensor<f64>) -> (tensor<f64>, tensor<f64>)
  return %0#1 : tensor<f64>
}
// CHECK-LABEL: func.func @second_order
// CHECK-SAME: (%[[X:.*]]: tensor<f64>, %[[CT:.*]]: tensor<f64>, %[[T:.*]]: tensor<f64>)
func.func @second_order(%x: tensor<f64>, %ct: tensor<f64>, %t: tensor<f64>) -> tensor<f64> {
  // CHECK-NEXT: %[[E:.*]] = dlc.exp %[[X]]
  // CHECK-NEXT: %[[TE:.*]] = dlc.mul %[[T]], %[[E]]
  // CHECK-NEXT: dlc.mul %[[CT]], %[[E]]
  // CHECK-NEXT: %[[TG:.*]] = dlc.mul %[[TE]], %[[CT]]
  // CHECK-NEXT: return %[[TG]]
  %0:2 = dlc.jvp @gradient(%x, %ct, %t) {wrt = array<i64: 0>, of = array<i64: 0>} : (tensor<f64>, tensor<f64>, tensor<f64>) -> (tensor<f64>, tensor<f64>)
  return %0#1 : tensor<f64>
}
