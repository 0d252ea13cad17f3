// RUN: dlc-opt %s --pass-pipeline='builtin.module(func.func(dlc-simplify))' | FileCheck %s

// A call counts as pure: two of the same are one, and one that nothing needs is none.
// CHECK-LABEL: func.func @pure
// CHECK: %[[R:.*]] = dlc.custom_call "f"(%{{.*}}) attributes "a"
// CHECK-NEXT: dlc.custom_call "f"(%{{.*}}) attributes "b"
// CHECK-NOT: dlc.custom_call
// CHECK: return %[[R]], %[[R]]
func.func @pure(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %0 = dlc.custom_call "f"(%x) attributes "a" : (tensor<4xf32>) -> tensor<4xf32>
  %1 = dlc.custom_call "f"(%x) attributes "a" : (tensor<4xf32>) -> tensor<4xf32>
  %2 = dlc.custom_call "f"(%x) attributes "b" : (tensor<4xf32>) -> tensor<4xf32>
  %3 = dlc.custom_call "g"(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0, %1, %2 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// One that says so happens as often as it is written.
// CHECK-LABEL: func.func @effect
// CHECK-COUNT-2: dlc.custom_call "f"({{.*}}) {has_side_effect}
func.func @effect(%x: tensor<4xf32>) {
  %0 = dlc.custom_call "f"(%x) {has_side_effect} : (tensor<4xf32>) -> tensor<4xf32>
  %1 = dlc.custom_call "f"(%x) {has_side_effect} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// It can fail, so it stays in a loop that may run no trip; nor is it called for constants.
// CHECK-LABEL: func.func @in_loop
// CHECK: scf.for
// CHECK: dlc.custom_call "f"
func.func @in_loop(%n: index) -> tensor<f32> {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %x = dlc.constant dense<1.0> : tensor<f32>
  %r = scf.for %i = %zero to %n step %one iter_args(%v = %x) -> (tensor<f32>) {
    %0 = dlc.custom_call "f"(%x) : (tensor<f32>) -> tensor<f32>
    %1 = dlc.add %0, %v : (tensor<f32>, tensor<f32>) -> tensor<f32>
    scf.yield %1 : tensor<f32>
  }
  return %r : tensor<f32>
}
