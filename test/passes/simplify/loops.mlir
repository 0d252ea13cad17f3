// RUN: dlc-opt %s --pass-pipeline='builtin.module(func.func(dlc-simplify))' --split-input-file | FileCheck %s

// What a loop does not change stands before it; folds and common subexpressions reach into regions.
// CHECK-LABEL: func.func @hoisted
// CHECK: dlc.reverse
// CHECK: %[[E:.*]] = dlc.exp
// CHECK: scf.for
// CHECK-NEXT: %[[D:.*]] = dlc.dot_general %{{.*}}, %[[E]]
// CHECK-NEXT: scf.yield %[[D]]
func.func @hoisted(%x: tensor<8x8xf32>, %w: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %nine = arith.constant 9 : index
  %r = scf.for %i = %zero to %nine step %one iter_args(%v = %x) -> (tensor<8x8xf32>) {
    %t = dlc.reverse %w {dims = array<i64: 0>} : (tensor<8x8xf32>) -> tensor<8x8xf32>
    %e = dlc.exp %t : (tensor<8x8xf32>) -> tensor<8x8xf32>
    %d = dlc.dot_general %v, %e {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>, order = #dlc.order<chain>} : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32>
    %one_ = dlc.constant dense<1.0> : tensor<8x8xf32>
    %m = dlc.mul %d, %one_ : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32>
    scf.yield %m : tensor<8x8xf32>
  }
  return %r : tensor<8x8xf32>
}

// -----

// A loop that runs no trip must not fail.
// CHECK-LABEL: func.func @can_fail
// CHECK: scf.for
// CHECK: dlc.gather
// CHECK: scf.yield
func.func @can_fail(%x: tensor<8xf32>, %i: tensor<4xi64>, %a: tensor<4xf32>, %n: tensor<i64>) -> tensor<4xf32> {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %0 = tensor.extract %n[] : tensor<i64>
  %end = arith.index_cast %0 : i64 to index
  %1 = scf.for %k = %zero to %end step %one iter_args(%v = %a) -> (tensor<4xf32>) {
    %g = dlc.gather %x, %i {axis = 0 : i64} : (tensor<8xf32>, tensor<4xi64>) -> tensor<4xf32>
    %s = dlc.add %g, %v : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    scf.yield %s : tensor<4xf32>
  }
  return %1 : tensor<4xf32>
}
