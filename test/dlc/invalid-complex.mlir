// RUN: dlc-opt %s --split-input-file --verify-diagnostics

func.func @max_complex(%x: tensor<4xcomplex<f32>>) {
  // expected-error @below {{'dlc.max' op operand #0 must be ranked tensor of f64, f32, f16, bf16 or integer of 8 to 64 bits}}
  %0 = dlc.max %x, %x : tensor<4xcomplex<f32>>
  return
}

// -----

func.func @compare_order(%x: tensor<4xcomplex<f32>>) {
  // expected-error @below {{'dlc.compare' op expected 'predicate' to be eq or ne for 'complex<f32>', but got lt}}
  %0 = dlc.compare %x, %x {predicate = #dlc.predicate<lt>} : (tensor<4xcomplex<f32>>, tensor<4xcomplex<f32>>) -> tensor<4xi1>
  return
}

// -----

func.func @cast_to_real(%x: tensor<4xcomplex<f64>>) {
  // expected-error @below {{'dlc.cast' op expected 'to' to be complex for 'complex<f64>', but got 'f64': take real, imag or abs}}
  %0 = dlc.cast %x {to = f64} : (tensor<4xcomplex<f64>>) -> tensor<4xf64>
  return
}

// -----

func.func @complex_of_half(%x: tensor<4xf16>) {
  // expected-error @below {{'dlc.complex' op operand #0 must be ranked tensor of f32 or f64 values, but got 'tensor<4xf16>'}}
  %0 = "dlc.complex"(%x, %x) : (tensor<4xf16>, tensor<4xf16>) -> tensor<4xcomplex<f32>>
  return
}

// -----

func.func @real_of_real(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.real' op operand #0 must be ranked tensor of complex<f32> or complex<f64> values, but got 'tensor<4xf32>'}}
  %0 = dlc.real %x : tensor<4xf32>
  return
}

// -----

func.func @parts_of_two_types(%x: tensor<4xf32>, %y: tensor<4xf64>) {
  // expected-error @below {{'dlc.complex' op expected operand 1 to have the element type of operand 0, but got 'f64' and 'f32'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.complex %x, %y : (tensor<4xf32>, tensor<4xf64>) -> tensor<4xcomplex<f32>>
  return
}

// -----

func.func @cumulative_max(%x: tensor<4xcomplex<f32>>) {
  // expected-error @below {{'dlc.cumulative' op expected 'x' to have elements that 'max' combines, but got 'complex<f32>'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.cumulative %x {kind = #dlc.reduce_kind<max>, dim = 0 : i64} : (tensor<4xcomplex<f32>>) -> tensor<4xcomplex<f32>>
  return
}

// -----

func.func @reduce_max(%x: tensor<4xcomplex<f32>>) {
  // expected-error @below {{'dlc.reduce' op expected 'x' to have elements that 'max' combines, but got 'complex<f32>'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.reduce %x {kind = #dlc.reduce_kind<max>, dims = array<i64: 0>, order = #dlc.order<lanes>} : (tensor<4xcomplex<f32>>) -> tensor<complex<f32>>
  return
}

// -----

func.func @scatter_max(%x: tensor<4xcomplex<f32>>, %i: tensor<2xi32>, %u: tensor<2xcomplex<f32>>) {
  // expected-error @below {{'dlc.scatter' op expected 'x' to have elements that 'max' combines, but got 'complex<f32>'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.scatter %x, %i, %u {axis = 0 : i64, kind = #dlc.scatter_kind<max>} : (tensor<4xcomplex<f32>>, tensor<2xi32>, tensor<2xcomplex<f32>>) -> tensor<4xcomplex<f32>>
  return
}

// -----

func.func @sort(%x: tensor<4xcomplex<f32>>) {
  // expected-error @below {{'dlc.sort' op operand #0 must be ranked tensor of f64, f32, f16, bf16, i1 or integer of 8 to 64 bits}}
  %0:2 = dlc.sort %x {dim = 0 : i64} : (tensor<4xcomplex<f32>>) -> (tensor<4xcomplex<f32>>, tensor<4xi64>)
  return
}
