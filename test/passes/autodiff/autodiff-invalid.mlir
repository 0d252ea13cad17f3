// RUN: dlc-opt %s --dlc-autodiff --split-input-file --verify-diagnostics

func.func private @f(%x: tensor<?xf32, #dlc.dims<[B]>>, %y: tensor<?xf32, #dlc.dims<[B]>>) -> tensor<f32> {
  %0 = dlc.mul %x, %y : (tensor<?xf32, #dlc.dims<[B]>>, tensor<?xf32, #dlc.dims<[B]>>) -> tensor<?xf32, #dlc.dims<[B]>>
  // expected-error @below {{'dlc.slice' op expected a derivative, but got none: the number of elements behind the slice depends on symbols}}
  %1 = dlc.slice %0 {starts = array<i64: 0>, limits = #dlc.dims<[3]>, strides = array<i64: 1>} : (tensor<?xf32, #dlc.dims<[B]>>) -> tensor<3xf32>
  %2 = dlc.reduce %1 {kind = #dlc.reduce_kind<sum>, dims = array<i64: 0>, order = #dlc.order<lanes>} : (tensor<3xf32>) -> tensor<f32>
  return %2 : tensor<f32>
}
func.func @path(%x: tensor<?xf32, #dlc.dims<[B]>>, %ct: tensor<f32>) -> tensor<?xf32, #dlc.dims<[B]>> {
  // expected-note @below {{differentiated here, on the path argument 1 -> dlc.mul -> dlc.slice -> dlc.reduce -> result 0 of 'f'}}
  %0:2 = dlc.vjp @f(%x, %x, %ct) {wrt = array<i64: 1>, of = array<i64: 0>} : (tensor<?xf32, #dlc.dims<[B]>>, tensor<?xf32, #dlc.dims<[B]>>, tensor<f32>) -> (tensor<f32>, tensor<?xf32, #dlc.dims<[B]>>)
  return %0#1 : tensor<?xf32, #dlc.dims<[B]>>
}

// -----

func.func private @f(%x: tensor<?xf32, #dlc.dims<[B]>>, %y: tensor<2xf32>) -> tensor<?xf32, #dlc.dims<[B + 2]>> {
  // expected-error @below {{'dlc.concat' op expected a derivative, but got none: the place of an operand in the result depends on symbols}}
  %0 = dlc.concat %x, %y {dim = 0 : i64} : (tensor<?xf32, #dlc.dims<[B]>>, tensor<2xf32>) -> tensor<?xf32, #dlc.dims<[B + 2]>>
  return %0 : tensor<?xf32, #dlc.dims<[B + 2]>>
}
func.func @concat(%x: tensor<?xf32, #dlc.dims<[B]>>, %y: tensor<2xf32>, %ct: tensor<?xf32, #dlc.dims<[B + 2]>>) {
  // expected-note @below {{differentiated here}}
  %0:2 = dlc.vjp @f(%x, %y, %ct) {wrt = array<i64: 1>, of = array<i64: 0>} : (tensor<?xf32, #dlc.dims<[B]>>, tensor<2xf32>, tensor<?xf32, #dlc.dims<[B + 2]>>) -> (tensor<?xf32, #dlc.dims<[B + 2]>>, tensor<2xf32>)
  return
}

// -----

func.func private @f(%x: tensor<?xf32, #dlc.dims<[B]>>) -> tensor<?xf32, #dlc.dims<[floordiv(B, 2)]>> {
  // expected-error @below {{'dlc.reduce_window' op expected a derivative, but got none: the number of elements behind the last window depends on symbols}}
  %0 = dlc.reduce_window %x {kind = #dlc.reduce_kind<sum>, window = array<i64: 2>, strides = array<i64: 2>, low = array<i64: 0>, high = array<i64: 0>} : (tensor<?xf32, #dlc.dims<[B]>>) -> tensor<?xf32, #dlc.dims<[floordiv(B, 2)]>>
  return %0 : tensor<?xf32, #dlc.dims<[floordiv(B, 2)]>>
}
func.func @reduce_window(%x: tensor<?xf32, #dlc.dims<[B]>>, %ct: tensor<?xf32, #dlc.dims<[floordiv(B, 2)]>>) {
  // expected-note @below {{differentiated here}}
  %0:2 = dlc.vjp @f(%x, %ct) {wrt = array<i64: 0>, of = array<i64: 0>} : (tensor<?xf32, #dlc.dims<[B]>>, tensor<?xf32, #dlc.dims<[floordiv(B, 2)]>>) -> (tensor<?xf32, #dlc.dims<[floordiv(B, 2)]>>, tensor<?xf32, #dlc.dims<[B]>>)
  return
}

// -----

func.func private @f(%x: tensor<f32>, %p: tensor<i1>) -> tensor<f32> {
  %0 = tensor.extract %p[] : tensor<i1>
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %1 = scf.if %0 -> tensor<f32> {
    // expected-error @below {{'scf.for' op expected a derivative, but got none: loops have none yet}}
    %2 = scf.for %i = %zero to %one step %one iter_args(%v = %x) -> (tensor<f32>) {
      %3 = dlc.neg %v : (tensor<f32>) -> tensor<f32>
      scf.yield %3 : tensor<f32>
    }
    scf.yield %2 : tensor<f32>
  } else {
    scf.yield %x : tensor<f32>
  }
  return %1 : tensor<f32>
}
func.func @captured(%x: tensor<f32>, %p: tensor<i1>) {
  // expected-note @below {{differentiated here, on the path argument 0 -> scf.if -> result 0 of 'f'}}
  %0:2 = dlc.vjp @f(%x, %p, %x) {wrt = array<i64: 0>, of = array<i64: 0>} : (tensor<f32>, tensor<i1>, tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return
}

// -----

func.func @itself(%x: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
  // expected-error @below {{'dlc.vjp' op expected a function that does not contain its own derivative, but got 'itself'}}
  %0:2 = dlc.vjp @itself(%x) {wrt = array<i64>, of = array<i64>} : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %0#0, %0#1 : tensor<f32>, tensor<f32>
}

// -----

func.func private @f(tensor<f32>) -> tensor<f32>
func.func @declared(%x: tensor<f32>) {
  // expected-error @below {{'dlc.call' op expected 'f' to have a body, but got a declaration}}
  %0 = dlc.call @f(%x) : (tensor<f32>) -> tensor<f32>
  return
}

// -----

func.func private @f(tensor<f32>) -> tensor<f32>
func.func @declared(%x: tensor<f32>) {
  // expected-error @below {{'dlc.vjp' op expected 'f' to have a body, but got a declaration}}
  %0 = dlc.vjp @f(%x) {wrt = array<i64>, of = array<i64>} : (tensor<f32>) -> tensor<f32>
  return
}

// -----

func.func private @f(%x: tensor<f32>) -> tensor<f32> {
  // expected-error @below {{'dlc.trigamma' op expected a derivative, but got none: it needs tetragamma, which has no op}}
  %0 = dlc.trigamma %x : (tensor<f32>) -> tensor<f32>
  return %0 : tensor<f32>
}
func.func @trigamma(%x: tensor<f32>) {
  // expected-note @below {{differentiated here}}
  %0:2 = dlc.vjp @f(%x, %x) {wrt = array<i64: 0>, of = array<i64: 0>} : (tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return
}
