// RUN: dlc-opt %s --dlc-autodiff --split-input-file --verify-diagnostics

func.func private @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @below {{'dlc.custom_call' op expected a derivative, but got none: it calls a function of the user's own, whose derivative is not known: wrap its operands in stop_gradient}}
  %0 = dlc.custom_call "g"(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func @vjp(%x: tensor<4xf32>) {
  // expected-note @below {{differentiated here, on the path argument 0 -> dlc.custom_call -> result 0 of 'f'}}
  %0:2 = dlc.vjp @f(%x, %x) {wrt = array<i64: 0>, of = array<i64: 0>} : (tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

func.func private @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @below {{'dlc.custom_call' op expected a derivative, but got none: it calls a function of the user's own, whose derivative is not known: wrap its operands in stop_gradient}}
  %0 = dlc.custom_call "g"(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func @jvp(%x: tensor<4xf32>) {
  // expected-note @below {{differentiated here, on the path argument 0 -> dlc.custom_call -> result 0 of 'f'}}
  %0:2 = dlc.jvp @f(%x, %x) {wrt = array<i64: 0>, of = array<i64: 0>} : (tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

func.func private @f(%x: tensor<4xf32>) -> tensor<4x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1xf32> {
  // expected-error @below {{'dlc.custom_call' op expected a batching rule, but got none: a tensor of the call has the highest rank already, 16}}
  %0 = dlc.custom_call "g"(%x) : (tensor<4xf32>) -> tensor<4x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1xf32>
  return %0 : tensor<4x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1xf32>
}
func.func @vmap(%x: tensor<3x4xf32>) {
  // expected-note @below {{batched here, as a part of 'f'}}
  %0 = dlc.vmap @f(%x) {in_axes = array<i64: 0>, out_axes = array<i64: 0>} : (tensor<3x4xf32>) -> tensor<3x4x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1xf32>
  return
}

// -----

func.func private @f(%x: tensor<4xf32>, %p: tensor<i1>) -> tensor<4xf32> {
  %0 = tensor.extract %p[] : tensor<i1>
  // expected-error @below {{'scf.if' op expected a derivative, but got none: it makes a custom call with a side effect, which the derivative would make again}}
  %1 = scf.if %0 -> tensor<4xf32> {
    dlc.custom_call "g"(%x) {has_side_effect} : (tensor<4xf32>) -> ()
    %2 = dlc.neg %x : (tensor<4xf32>) -> tensor<4xf32>
    scf.yield %2 : tensor<4xf32>
  } else {
    scf.yield %x : tensor<4xf32>
  }
  return %1 : tensor<4xf32>
}
func.func @branch(%x: tensor<4xf32>, %p: tensor<i1>) {
  // expected-note @below {{differentiated here, on the path argument 0 -> scf.if -> result 0 of 'f'}}
  %0:2 = dlc.vjp @f(%x, %p, %x) {wrt = array<i64: 0>, of = array<i64: 0>} : (tensor<4xf32>, tensor<i1>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return
}
