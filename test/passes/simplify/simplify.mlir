// RUN: dlc-opt %s --pass-pipeline='builtin.module(func.func(dlc-simplify))' --split-input-file | FileCheck %s

// x * 1, x + -0, x - 0 and -(-x) are x; x + 0 is not, for -0.
// CHECK-LABEL: func.func @neutral
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>)
func.func @neutral(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK: %[[SUM:.*]] = dlc.add %[[X]]
  // CHECK: return %[[X]], %[[SUM]]
  %one = dlc.constant dense<1.0> : tensor<4xf32>
  %zero = dlc.constant dense<0.0> : tensor<4xf32>
  %minus = dlc.neg %zero : (tensor<4xf32>) -> tensor<4xf32>
  %0 = dlc.mul %one, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %1 = dlc.add %0, %minus : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %2 = dlc.sub %1, %zero : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %3 = dlc.neg %2 : (tensor<4xf32>) -> tensor<4xf32>
  %4 = dlc.neg %3 : (tensor<4xf32>) -> tensor<4xf32>
  %5 = dlc.add %4, %zero : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %4, %5 : tensor<4xf32>, tensor<4xf32>
}

// -----

// CHECK-LABEL: func.func @bits
// CHECK-SAME: (%[[X:.*]]: tensor<4xi1>, %[[A:.*]]: tensor<4xf32>, %[[B:.*]]: tensor<4xf32>)
func.func @bits(%x: tensor<4xi1>, %a: tensor<4xf32>, %b: tensor<4xf32>) -> (tensor<4xi1>, tensor<4xf32>) {
  // CHECK: return %[[X]], %[[A]]
  %true = dlc.constant dense<true> : tensor<4xi1>
  %0 = dlc.and %x, %true : (tensor<4xi1>, tensor<4xi1>) -> tensor<4xi1>
  %1 = dlc.not %0 : (tensor<4xi1>) -> tensor<4xi1>
  %2 = dlc.not %1 : (tensor<4xi1>) -> tensor<4xi1>
  %3 = dlc.select %true, %a, %b : (tensor<4xi1>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %2, %3 : tensor<4xi1>, tensor<4xf32>
}

// -----

// A part of a complex number that was made of parts is that part.
// CHECK-LABEL: func.func @parts
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>, %[[Y:.*]]: tensor<4xf32>)
func.func @parts(%x: tensor<4xf32>, %y: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK-NEXT: return %[[X]], %[[Y]]
  %0 = dlc.complex %x, %y : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xcomplex<f32>>
  %1 = dlc.conj %0 : tensor<4xcomplex<f32>>
  %2 = dlc.conj %1 : tensor<4xcomplex<f32>>
  %3 = dlc.real %2 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
  %4 = dlc.imag %2 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
  return %3, %4 : tensor<4xf32>, tensor<4xf32>
}

// -----

// Constants are folded, but not an op that fails, and not to large results.
// CHECK-LABEL: func.func @constants
func.func @constants() -> (tensor<2xf32>, tensor<1xf32>, tensor<5000xf32>) {
  // CHECK-DAG: dlc.constant dense<[2.000000e+00, 1.000000e+00]>
  // CHECK-DAG: dlc.gather
  // CHECK-DAG: dlc.broadcast %{{.*}} {dims = array<i64>, shape = #dlc.dims<[5000]>}
  %x = dlc.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %0 = dlc.reverse %x {dims = array<i64: 0>} : (tensor<2xf32>) -> tensor<2xf32>
  %i = dlc.constant dense<7> : tensor<1xi64>
  %1 = dlc.gather %x, %i {axis = 0 : i64} : (tensor<2xf32>, tensor<1xi64>) -> tensor<1xf32>
  %c = dlc.constant dense<1.0> : tensor<f32>
  %2 = dlc.broadcast %c {shape = #dlc.dims<[5000]>, dims = array<i64>} : (tensor<f32>) -> tensor<5000xf32>
  %3 = dlc.exp %2 : (tensor<5000xf32>) -> tensor<5000xf32>
  return %0, %1, %3 : tensor<2xf32>, tensor<1xf32>, tensor<5000xf32>
}

// -----

// CHECK-LABEL: func.func @moves
// CHECK-SAME: (%[[X:.*]]: tensor<?x4xf32, #dlc.dims<[B, 4]>>)
func.func @moves(%x: tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<?x3x4xf32, #dlc.dims<[B, 3, 4]>>) {
  // CHECK-NEXT: %[[R:.*]] = dlc.broadcast %[[X]] {dims = array<i64: 0, 2>, shape = #dlc.dims<[B, 3, 4]>}
  // CHECK-NEXT: return %[[X]], %[[R]]
  %v = dlc.constant dense<0.0> : tensor<f32>
  %0 = dlc.transpose %x {perm = array<i64: 1, 0>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<4x?xf32, #dlc.dims<[4, B]>>
  %1 = dlc.transpose %0 {perm = array<i64: 1, 0>} : (tensor<4x?xf32, #dlc.dims<[4, B]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  %2 = dlc.reshape %1 {shape = #dlc.dims<[4*B]>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?xf32, #dlc.dims<[4*B]>>
  %3 = dlc.reshape %2 {shape = #dlc.dims<[B, 4]>} : (tensor<?xf32, #dlc.dims<[4*B]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  %4 = dlc.pad %3, %v {low = array<i64: 0, 0>, high = array<i64: 0, 0>, interior = array<i64: 0, 0>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<f32>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  %5 = dlc.slice %4 {starts = array<i64: 0, 0>, limits = #dlc.dims<[B, 4]>, strides = array<i64: 1, 1>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  %6 = dlc.reverse %5 {dims = array<i64: 1>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  %7 = dlc.reverse %6 {dims = array<i64: 1>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  %8 = dlc.reshape %7 {shape = #dlc.dims<[B, 1, 4]>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x1x4xf32, #dlc.dims<[B, 1, 4]>>
  %9 = dlc.broadcast %8 {shape = #dlc.dims<[B, 3, 4]>, dims = array<i64: 0, 1, 2>} : (tensor<?x1x4xf32, #dlc.dims<[B, 1, 4]>>) -> tensor<?x3x4xf32, #dlc.dims<[B, 3, 4]>>
  return %7, %9 : tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<?x3x4xf32, #dlc.dims<[B, 3, 4]>>
}

// -----

// What is computed twice is computed once; what nobody uses goes, even if it could fail.
// CHECK-LABEL: func.func @common
func.func @common(%x: tensor<4xf32>, %i: tensor<2xi64>) -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK-NEXT: %[[E:.*]] = dlc.exp
  // CHECK-NEXT: return %[[E]], %[[E]]
  %0 = dlc.exp %x : (tensor<4xf32>) -> tensor<4xf32>
  %1 = dlc.exp %x : (tensor<4xf32>) -> tensor<4xf32>
  %2 = dlc.gather %x, %i {axis = 0 : i64} : (tensor<4xf32>, tensor<2xi64>) -> tensor<2xf32>
  return %0, %1 : tensor<4xf32>, tensor<4xf32>
}

// -----

// A start that is known becomes that of a slice, clamped if the op says so; one that is an error stays.
// CHECK-LABEL: func.func @static_parts
// CHECK-SAME: (%[[X:.*]]: tensor<4x?xf32, #dlc.dims<[4, B]>>, %[[U:.*]]: tensor<4x?xf32, #dlc.dims<[4, B]>>, %[[I:.*]]: tensor<i64>)
func.func @static_parts(%x: tensor<4x?xf32, #dlc.dims<[4, B]>>, %u: tensor<4x?xf32, #dlc.dims<[4, B]>>, %i: tensor<i64>) -> (tensor<2x?xf32, #dlc.dims<[2, B]>>, tensor<2x?xf32, #dlc.dims<[2, B]>>, tensor<4x?xf32, #dlc.dims<[4, B]>>) {
  // CHECK-DAG: %[[SLICE:.*]] = dlc.slice %[[X]] {limits = #dlc.dims<[4, B]>, starts = array<i64: 2, 0>, strides = array<i64: 1, 1>}
  // CHECK-DAG: %[[ERROR:.*]] = dlc.dynamic_slice
  // CHECK: return %[[SLICE]], %[[ERROR]], %[[U]]
  %far = dlc.constant dense<9> : tensor<i64>
  %0 = dlc.dynamic_slice %x, %far, %i {sizes = #dlc.dims<[2, B]>, mode = #dlc.index_mode<clamp>} : (tensor<4x?xf32, #dlc.dims<[4, B]>>, tensor<i64>, tensor<i64>) -> tensor<2x?xf32, #dlc.dims<[2, B]>>
  %zero = dlc.constant dense<0> : tensor<i64>
  %1 = dlc.dynamic_slice %x, %far, %zero {sizes = #dlc.dims<[2, B]>} : (tensor<4x?xf32, #dlc.dims<[4, B]>>, tensor<i64>, tensor<i64>) -> tensor<2x?xf32, #dlc.dims<[2, B]>>
  %2 = dlc.dynamic_update_slice %x, %u, %zero, %zero : (tensor<4x?xf32, #dlc.dims<[4, B]>>, tensor<4x?xf32, #dlc.dims<[4, B]>>, tensor<i64>, tensor<i64>) -> tensor<4x?xf32, #dlc.dims<[4, B]>>
  return %0, %1, %2 : tensor<2x?xf32, #dlc.dims<[2, B]>>, tensor<2x?xf32, #dlc.dims<[2, B]>>, tensor<4x?xf32, #dlc.dims<[4, B]>>
}

// -----

// CHECK-LABEL: func.func @short_scan
// CHECK-SAME: (%[[X:.*]]: tensor<1x4xf32>)
func.func @short_scan(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  // CHECK-NEXT: return %[[X]]
  %0 = dlc.cumulative %x {kind = #dlc.reduce_kind<sum>, dim = 0 : i64} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// -----

// A condition that can fail is not dropped, nor is what a constant condition leaves, nor the part of a complex number
// that nobody reads: their errors are the program's (numerics N9).
// CHECK-LABEL: func.func @errors_stay
// CHECK: %[[C:.*]] = dlc.dynamic_slice
// CHECK: %[[R0:.*]] = dlc.select %[[C]]
// CHECK: %[[Y:.*]] = dlc.dynamic_slice
// CHECK: %[[R1:.*]] = dlc.select {{.*}}, %[[Y]]
// CHECK: %[[Z:.*]] = dlc.complex {{.*}}, %[[Y]]
// CHECK: %[[R2:.*]] = dlc.real %[[Z]]
// CHECK: return %[[R0]], %[[R1]], %[[R2]]
func.func @errors_stay(%x: tensor<8xf32>, %c: tensor<9xi1>, %i: tensor<i32>) -> (tensor<8xf32>, tensor<8xf32>, tensor<8xf32>) {
  %0 = dlc.dynamic_slice %c, %i {sizes = #dlc.dims<[8]>} : (tensor<9xi1>, tensor<i32>) -> tensor<8xi1>
  %1 = dlc.select %0, %x, %x : (tensor<8xi1>, tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %y = dlc.concat %x, %x {dim = 0 : i64} : (tensor<8xf32>, tensor<8xf32>) -> tensor<16xf32>
  %2 = dlc.dynamic_slice %y, %i {sizes = #dlc.dims<[8]>} : (tensor<16xf32>, tensor<i32>) -> tensor<8xf32>
  %t = dlc.constant dense<true> : tensor<8xi1>
  %3 = dlc.select %t, %x, %2 : (tensor<8xi1>, tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %4 = dlc.complex %x, %2 : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xcomplex<f32>>
  %5 = dlc.real %4 : (tensor<8xcomplex<f32>>) -> tensor<8xf32>
  return %1, %3, %5 : tensor<8xf32>, tensor<8xf32>, tensor<8xf32>
}
