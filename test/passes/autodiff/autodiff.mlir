// RUN: dlc-opt %s --dlc-autodiff --split-input-file | FileCheck %s

// Cotangents are added last use first, within an op operands first to last.
func.func private @f(%x: tensor<f32>) -> tensor<f32> {
  %0 = dlc.mul %x, %x : (tensor<f32>, tensor<f32>) -> tensor<f32>
  %1 = dlc.sub %x, %0 : (tensor<f32>, tensor<f32>) -> tensor<f32>
  return %1 : tensor<f32>
}
// CHECK-NOT: @f
// CHECK-LABEL: func.func @order_of_accumulation
// CHECK-SAME: (%[[X:.*]]: tensor<f32>, %[[CT:.*]]: tensor<f32>)
func.func @order_of_accumulation(%x: tensor<f32>, %ct: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
  // CHECK: %[[SQUARE:.*]] = dlc.mul %[[X]], %[[X]]
  // CHECK: %[[R:.*]] = dlc.sub %[[X]], %[[SQUARE]]
  // CHECK: %[[MINUS:.*]] = dlc.neg %[[CT]]
  // CHECK: %[[FIRST:.*]] = dlc.mul %[[MINUS]], %[[X]]
  // CHECK: %[[SECOND:.*]] = dlc.mul %[[MINUS]], %[[X]]
  // CHECK: %[[SUM:.*]] = dlc.add %[[CT]], %[[FIRST]]
  // CHECK: %[[ALL:.*]] = dlc.add %[[SUM]], %[[SECOND]]
  // CHECK: return %[[R]], %[[ALL]]
  %0:2 = dlc.vjp @f(%x, %ct) {wrt = array<i64: 0>, of = array<i64: 0>} : (tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %0#0, %0#1 : tensor<f32>, tensor<f32>
}

// -----

// Only what is asked for is built; a path that is cut, or that leads through integers, gives zeros.
func.func private @f(%x: tensor<2xf32>, %y: tensor<2xf32>, %z: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %0 = dlc.stop_gradient %y : (tensor<2xf32>) -> tensor<2xf32>
  %1 = dlc.mul %x, %0 : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %2 = dlc.cast %z {to = i32} : (tensor<2xf32>) -> tensor<2xi32>
  %3 = dlc.cast %2 {to = f32} : (tensor<2xi32>) -> tensor<2xf32>
  %4 = dlc.mul %1, %3 : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %5 = dlc.exp %x : (tensor<2xf32>) -> tensor<2xf32>
  return %4, %5 : tensor<2xf32>, tensor<2xf32>
}
// CHECK-LABEL: func.func @activity
// CHECK-SAME: (%[[X:.*]]: tensor<2xf32>, %[[Y:.*]]: tensor<2xf32>, %[[Z:.*]]: tensor<2xf32>, %[[CT:.*]]: tensor<2xf32>)
func.func @activity(%x: tensor<2xf32>, %y: tensor<2xf32>, %z: tensor<2xf32>, %ct: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) {
  // CHECK: %[[CUT:.*]] = dlc.stop_gradient %[[Y]]
  // CHECK: %[[ROUNDED:.*]] = dlc.cast %{{.*}} {to = f32}
  // CHECK: dlc.exp
  // CHECK-NEXT: %[[CT1:.*]] = dlc.mul %[[CT]], %[[ROUNDED]]
  // CHECK-NEXT: %[[DX:.*]] = dlc.mul %[[CT1]], %[[CUT]]
  // CHECK-NEXT: %[[ZERO:.*]] = dlc.constant dense<0.000000e+00> : tensor<f32>
  // CHECK-NEXT: %[[DY:.*]] = dlc.broadcast %[[ZERO]]
  // CHECK-NEXT: %[[ZERO2:.*]] = dlc.constant dense<0.000000e+00> : tensor<f32>
  // CHECK-NEXT: %[[DZ:.*]] = dlc.broadcast %[[ZERO2]]
  // CHECK-NEXT: return %[[DX]], %[[DY]], %[[DZ]]
  %0:5 = dlc.vjp @f(%x, %y, %z, %ct) {wrt = array<i64: 0, 1, 2>, of = array<i64: 0>} : (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>)
  return %0#2, %0#3, %0#4 : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
}

// -----

// A derivative of a derivative: the inner one is resolved first.
func.func private @f(%x: tensor<f64>) -> tensor<f64> {
  %0 = dlc.exp %x : (tensor<f64>) -> tensor<f64>
  return %0 : tensor<f64>
}
func.func private @df(%x: tensor<f64>) -> tensor<f64> {
  %one = dlc.constant dense<1.0> : tensor<f64>
  %0:2 = dlc.vjp @f(%x, %one) {wrt = array<i64: 0>, of = array<i64: 0>} : (tensor<f64>, tensor<f64>) -> (tensor<f64>, tensor<f64>)
  return %0#1 : tensor<f64>
}
// CHECK-LABEL: func.func @second_order
// CHECK-SAME: (%[[X:.*]]: tensor<f64>, %[[CT:.*]]: tensor<f64>)
func.func @second_order(%x: tensor<f64>, %ct: tensor<f64>) -> tensor<f64> {
  // CHECK: %[[ONE:.*]] = dlc.constant dense<1.0
  // CHECK: %[[E:.*]] = dlc.exp %[[X]]
  // CHECK: dlc.mul %[[ONE]], %[[E]]
  // CHECK: %[[CTE:.*]] = dlc.mul %[[CT]], %[[ONE]]
  // CHECK: %[[DX:.*]] = dlc.mul %[[CTE]], %[[E]]
  // CHECK: return %[[DX]]
  %0:2 = dlc.vjp @df(%x, %ct) {wrt = array<i64: 0>, of = array<i64: 0>} : (tensor<f64>, tensor<f64>) -> (tensor<f64>, tensor<f64>)
  return %0#1 : tensor<f64>
}

// -----

// Calls are inlined, arguments that are one value stay apart, and results may be arguments.
func.func private @g(%x: tensor<f32>, %y: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
  %0 = dlc.mul %x, %y : (tensor<f32>, tensor<f32>) -> tensor<f32>
  return %0, %x : tensor<f32>, tensor<f32>
}
func.func private @f(%x: tensor<f32>, %y: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
  %0:2 = dlc.call @g(%x, %y) : (tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %0#0, %0#1 : tensor<f32>, tensor<f32>
}
// CHECK-LABEL: func.func @calls
// CHECK-SAME: (%[[X:.*]]: tensor<f32>, %[[A:.*]]: tensor<f32>, %[[B:.*]]: tensor<f32>)
func.func @calls(%x: tensor<f32>, %a: tensor<f32>, %b: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
  // CHECK: dlc.mul %[[X]], %[[X]]
  // CHECK: %[[DX:.*]] = dlc.mul %[[A]], %[[X]]
  // CHECK: %[[DY:.*]] = dlc.mul %[[A]], %[[X]]
  // CHECK: %[[SUM:.*]] = dlc.add %[[B]], %[[DX]]
  // CHECK: return %[[SUM]], %[[DY]]
  %0:4 = dlc.vjp @f(%x, %x, %b, %a) {wrt = array<i64: 0, 1>, of = array<i64: 1, 0>} : (tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>)
  return %0#2, %0#3 : tensor<f32>, tensor<f32>
}

// -----

// A recursive function keeps its calls; a public function that nothing calls stays.
// CHECK-LABEL: func.func @recursive
func.func @recursive(%x: tensor<f32>) -> tensor<f32> {
  // CHECK: dlc.call @recursive
  %0 = dlc.call @recursive(%x) : (tensor<f32>) -> tensor<f32>
  return %0 : tensor<f32>
}

// -----

// Symbolic extents pass through.
func.func private @f(%x: tensor<?x3xf32, #dlc.dims<[B, 3]>>) -> tensor<3xf32> {
  %0 = dlc.reduce %x {kind = #dlc.reduce_kind<sum>, dims = array<i64: 0>, order = #dlc.order<chain>} : (tensor<?x3xf32, #dlc.dims<[B, 3]>>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}
// CHECK-LABEL: func.func @symbols
func.func @symbols(%x: tensor<?x3xf32, #dlc.dims<[B, 3]>>, %ct: tensor<3xf32>) -> tensor<?x3xf32, #dlc.dims<[B, 3]>> {
  // CHECK: %[[DX:.*]] = dlc.broadcast %{{.*}} {dims = array<i64: 1>, shape = #dlc.dims<[B, 3]>}
  // CHECK: return %[[DX]]
  %0:2 = dlc.vjp @f(%x, %ct) {wrt = array<i64: 0>, of = array<i64: 0>} : (tensor<?x3xf32, #dlc.dims<[B, 3]>>, tensor<3xf32>) -> (tensor<3xf32>, tensor<?x3xf32, #dlc.dims<[B, 3]>>)
  return %0#1 : tensor<?x3xf32, #dlc.dims<[B, 3]>>
}

// -----

// A branch by the same predicate runs each side again and sweeps it; where a side does not use a value, it gives -0.
func.func private @f(%x: tensor<f32>, %y: tensor<f32>, %p: tensor<i1>) -> tensor<f32> {
  %0 = tensor.extract %p[] : tensor<i1>
  %1 = scf.if %0 -> tensor<f32> {
    %2 = dlc.exp %x : (tensor<f32>) -> tensor<f32>
    scf.yield %2 : tensor<f32>
  } else {
    %2 = dlc.mul %x, %y : (tensor<f32>, tensor<f32>) -> tensor<f32>
    scf.yield %2 : tensor<f32>
  }
  return %1 : tensor<f32>
}
// CHECK-LABEL: func.func @branch
// CHECK-SAME: (%[[X:.*]]: tensor<f32>, %[[Y:.*]]: tensor<f32>, %{{.*}}: tensor<i1>, %[[CT:.*]]: tensor<f32>)
func.func @branch(%x: tensor<f32>, %y: tensor<f32>, %p: tensor<i1>, %ct: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
  // CHECK: %[[P:.*]] = tensor.extract
  // CHECK: scf.if %[[P]]
  // CHECK: %[[G:.*]]:2 = scf.if %[[P]] -> (tensor<f32>, tensor<f32>) {
  // CHECK-NEXT: %[[E:.*]] = dlc.exp %[[X]]
  // CHECK-NEXT: %[[GX:.*]] = dlc.mul %[[CT]], %[[E]]
  // CHECK-NEXT: %[[ZERO:.*]] = dlc.constant dense<-0.0{{.*}}>
  // CHECK-NEXT: scf.yield %[[GX]], %[[ZERO]]
  // CHECK: } else {
  // CHECK-NEXT: %[[GX:.*]] = dlc.mul %[[CT]], %[[Y]]
  // CHECK-NEXT: %[[GY:.*]] = dlc.mul %[[CT]], %[[X]]
  // CHECK-NEXT: scf.yield %[[GX]], %[[GY]]
  // CHECK: return %[[G]]#0, %[[G]]#1
  %0:3 = dlc.vjp @f(%x, %y, %p, %ct) {wrt = array<i64: 0, 1>, of = array<i64: 0>} : (tensor<f32>, tensor<f32>, tensor<i1>, tensor<f32>) -> (tensor<f32>, tensor<f32>, tensor<f32>)
  return %0#1, %0#2 : tensor<f32>, tensor<f32>
}
