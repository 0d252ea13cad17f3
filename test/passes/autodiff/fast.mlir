// RUN: dlc-opt %s --dlc-autodiff | FileCheck %s

// What is inlined goes by the function that it is inlined into, whatever it said itself; so does a derivative.
func.func private @fast_callee(%x: tensor<f32>) -> tensor<f32> attributes {dlc.fast} {
  %0 = dlc.mul %x, %x : tensor<f32>
  return %0 : tensor<f32>
}
func.func private @exact_callee(%x: tensor<f32>) -> tensor<f32> {
  %0 = dlc.mul %x, %x : tensor<f32>
  return %0 : tensor<f32>
}

// CHECK: func.func @exact_caller(%{{.*}}: tensor<f32>) -> tensor<f32> {
// CHECK-NEXT: dlc.mul
func.func @exact_caller(%x: tensor<f32>) -> tensor<f32> {
  %0 = dlc.call @fast_callee(%x) : (tensor<f32>) -> tensor<f32>
  return %0 : tensor<f32>
}

// CHECK: func.func @fast_derivative({{.*}}) -> (tensor<f32>, tensor<f32>) attributes {dlc.fast} {
// CHECK: dlc.add
func.func @fast_derivative(%x: tensor<f32>, %ct: tensor<f32>) -> (tensor<f32>, tensor<f32>) attributes {dlc.fast} {
  %r:2 = dlc.vjp @exact_callee(%x, %ct) {wrt = array<i64: 0>, of = array<i64: 0>} : (tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %r#0, %r#1 : tensor<f32>, tensor<f32>
}
