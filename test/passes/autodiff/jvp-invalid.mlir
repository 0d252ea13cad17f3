// RUN: dlc-opt %s --dlc-autodiff --split-input-file --verify-diagnostics

func.func private @f(%x: tensor<f32>) -> tensor<f32> {
  // expected-error @below {{'dlc.trigamma' op expected a derivative, but got none: it needs tetragamma, which has no op}}
  %0 = dlc.trigamma %x : (tensor<f32>) -> tensor<f32>
  return %0 : tensor<f32>
}
func.func @trigamma(%x: tensor<f32>) {
  // expected-note @below {{differentiated here, on the path argument 0 -> dlc.trigamma -> result 0 of 'f'}}
  %0:2 = dlc.jvp @f(%x, %x) {wrt = array<i64: 0>, of = array<i64: 0>} : (tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return
}

// -----

func.func private @f(%x: tensor<f32>, %p: tensor<i1>) -> tensor<f32> {
  %0 = tensor.extract %p[] : tensor<i1>
  // expected-error @below {{'scf.if' op expected a derivative, but got none: it has no rule}}
  %1 = scf.if %0 -> tensor<f32> {
    %2 = dlc.neg %x : (tensor<f32>) -> tensor<f32>
    scf.yield %2 : tensor<f32>
  } else {
    scf.yield %x : tensor<f32>
  }
  return %1 : tensor<f32>
}
func.func @captured(%x: tensor<f32>, %p: tensor<i1>) {
  // expected-note @below {{differentiated here, on the path argument 0 -> scf.if -> result 0 of 'f'}}
  %0:2 = dlc.jvp @f(%x, %p, %x) {wrt = array<i64: 0>, of = array<i64: 0>} : (tensor<f32>, tensor<i1>, tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return
}

// -----

func.func @itself(%x: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
  // expected-error @below {{'dlc.jvp' op expected a function that does not contain its own derivative, but got 'itself'}}
  %0:2 = dlc.jvp @itself(%x) {wrt = array<i64>, of = array<i64>} : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %0#0, %0#1 : tensor<f32>, tensor<f32>
}

// -----

func.func private @f(tensor<f32>) -> tensor<f32>
func.func @declared(%x: tensor<f32>) {
  // expected-error @below {{'dlc.jvp' op expected 'f' to have a body, but got a declaration}}
  %0 = dlc.jvp @f(%x) {wrt = array<i64>, of = array<i64>} : (tensor<f32>) -> tensor<f32>
  return
}
