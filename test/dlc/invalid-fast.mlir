// RUN: dlc-opt %s --split-input-file --verify-diagnostics

// expected-error @below {{'func.func' op expected 'dlc.fast' to be a unit attribute, but got true}}
func.func @value(%x: tensor<4xf32>) attributes {dlc.fast = true} {
  return
}

// -----

func.func @on_an_op(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.neg' op expected 'dlc.fast' on a function, but got it on 'dlc.neg'}}
  %0 = dlc.neg %x {dlc.fast} : tensor<4xf32>
  return
}

// -----

// expected-error @below {{'builtin.module' op expected 'dlc.fast' on a function, but got it on 'builtin.module'}}
module attributes {dlc.fast} {
}

// -----

// expected-error @below {{'func.func' op expected 'dlc.fast' on a function, but got it on argument 1}}
func.func @on_an_argument(%x: tensor<4xf32>, %y: tensor<4xf32> {dlc.fast}) {
  return
}

// -----

// expected-error @below {{'func.func' op expected 'dlc.fast' on a function, but got it on result 0}}
func.func @on_a_result(%x: tensor<4xf32>) -> (tensor<4xf32> {dlc.fast}) {
  return %x : tensor<4xf32>
}
