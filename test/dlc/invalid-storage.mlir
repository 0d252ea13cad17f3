// RUN: dlc-opt %s --split-input-file --verify-diagnostics

// f8 and integers of 4 bits are moved and cast; ops that compute refuse them.

func.func @add_f8(%x: tensor<4xf8E4M3FN>) {
  // expected-error @below {{'dlc.add' op operand #0 must be ranked tensor of f64, f32, f16, bf16, complex or integer of 8 to 64 bits (cast f8, i4 and ui4 first) values, but got 'tensor<4xf8E4M3FN>'}}
  %0 = dlc.add %x, %x : tensor<4xf8E4M3FN>
  return
}

// -----

func.func @exp_f8(%x: tensor<4xf8E5M2>) {
  // expected-error @below {{'dlc.exp' op operand #0 must be ranked tensor of f64, f32, f16, bf16 or complex (cast f8 first) values, but got 'tensor<4xf8E5M2>'}}
  %0 = dlc.exp %x : tensor<4xf8E5M2>
  return
}

// -----

func.func @and_i4(%x: tensor<4xi4>) {
  // expected-error @below {{'dlc.and' op operand #0 must be ranked tensor of i1 or integer of 8 to 64 bits (cast i4 and ui4 first) values, but got 'tensor<4xi4>'}}
  %0 = dlc.and %x, %x : tensor<4xi4>
  return
}

// -----

func.func @compare_ui4(%x: tensor<4xui4>) {
  // expected-error @below {{'dlc.compare' op operand #0 must be ranked tensor of f64, f32, f16, bf16, complex, i1 or integer of 8 to 64 bits (cast f8, i4 and ui4 first) values, but got 'tensor<4xui4>'}}
  %0 = dlc.compare %x, %x {predicate = #dlc.predicate<lt>} : (tensor<4xui4>, tensor<4xui4>) -> tensor<4xi1>
  return
}

// -----

func.func @reduce_f8(%x: tensor<4xf8E4M3FN>) {
  // expected-error @below {{'dlc.reduce' op operand #0 must be ranked tensor of f64, f32, f16, bf16, complex, i1 or integer of 8 to 64 bits (cast f8, i4 and ui4 first) values, but got 'tensor<4xf8E4M3FN>'}}
  %0 = dlc.reduce %x {kind = #dlc.reduce_kind<sum>, dims = array<i64: 0>, order = #dlc.order<lanes>} : (tensor<4xf8E4M3FN>) -> tensor<f8E4M3FN>
  return
}

// -----

func.func @gather_by_i4(%x: tensor<4xf32>, %i: tensor<2xi4>) {
  // expected-error @below {{'dlc.gather' op operand #1 must be ranked tensor of integer of 8 to 64 bits (cast i4 and ui4 first) values, but got 'tensor<2xi4>'}}
  %0 = dlc.gather %x, %i {axis = 0 : i64} : (tensor<4xf32>, tensor<2xi4>) -> tensor<2xf32>
  return
}

// -----

func.func @scatter_add_f8(%x: tensor<4xf8E5M2>, %i: tensor<2xi32>, %u: tensor<2xf8E5M2>) {
  // expected-error @below {{'dlc.scatter' op expected 'x' to have elements that 'add' combines, but got 'f8E5M2'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.scatter %x, %i, %u {axis = 0 : i64} : (tensor<4xf8E5M2>, tensor<2xi32>, tensor<2xf8E5M2>) -> tensor<4xf8E5M2>
  return
}

// -----

func.func @bitcast_widths(%x: tensor<4xi4>) {
  // expected-error @below {{'dlc.bitcast' op expected 'to' to have the width of 'i4', but got 'i8'}}
  %0 = dlc.bitcast %x {to = i8} : (tensor<4xi4>) -> tensor<4xi8>
  return
}

// -----

func.func private @f(tensor<4xf8E4M3FN>) -> tensor<f32>
func.func @vjp_f8(%x: tensor<4xf8E4M3FN>, %ct: tensor<f32>) {
  // expected-error @below {{'dlc.vjp' op expected argument 0 of 'f' to have float elements, but got 'tensor<4xf8E4M3FN>'}}
  %0:2 = dlc.vjp @f(%x, %ct) {wrt = array<i64: 0>, of = array<i64: 0>} : (tensor<4xf8E4M3FN>, tensor<f32>) -> (tensor<f32>, tensor<4xf8E4M3FN>)
  return
}
