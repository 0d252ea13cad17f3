// RUN: dlc-opt %s --split-input-file --verify-diagnostics

// Composites: what each says of operands that do not fit.

func.func @softmax_dim(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.softmax' op expected 'dim' to be in [0, 1), but got 1}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.softmax %x {dim = 1 : i64} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @log_softmax_empty(%x: tensor<3x0xf32>) {
  // expected-error @below {{'dlc.log_softmax' op expected dimension 1 of 'x' not to be empty, but got 0}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.log_softmax %x {dim = 1 : i64} : (tensor<3x0xf32>) -> tensor<3x0xf32>
  return
}

// -----

func.func @logsumexp_dims(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.logsumexp' op expected entries 0 and 1 of 'dims' to be distinct, but got 0 and 0}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.logsumexp %x {dims = array<i64: 0, 0>} : (tensor<4xf32>) -> tensor<f32>
  return
}

// -----

func.func @cross_entropy_labels(%x: tensor<3x4xf32>, %l: tensor<4xi64>) {
  // expected-error @below {{'dlc.cross_entropy' op expected 'labels' to have the shape of 'x' without dimension 1, [3], but got [4]}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.cross_entropy %x, %l {dim = 1 : i64} : (tensor<3x4xf32>, tensor<4xi64>) -> tensor<4xf32>
  return
}

// -----

func.func @layer_norm_normalized(%x: tensor<3x4xf32>) {
  // expected-error @below {{'dlc.layer_norm' op expected 'normalized' to be in [1, 2], the rank of 'x', but got 3}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.layer_norm %x {normalized = 3 : i64, epsilon = 1.0e-5 : f64} : (tensor<3x4xf32>) -> tensor<3x4xf32>
  return
}

// -----

func.func @layer_norm_affine(%x: tensor<3x4xf32>, %w: tensor<3xf32>) {
  // expected-error @below {{'dlc.layer_norm' op expected operand 0 of 'affine' to be 'tensor<4xf32>', but got 'tensor<3xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.layer_norm %x, %w {normalized = 1 : i64, epsilon = 1.0e-5 : f64} : (tensor<3x4xf32>, tensor<3xf32>) -> tensor<3x4xf32>
  return
}

// -----

func.func @rms_norm_affine(%x: tensor<3x4xf32>, %w: tensor<4xf32>) {
  // expected-error @below {{'dlc.rms_norm' op expected at most 1 operands 'affine', but got 2}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.rms_norm %x, %w, %w {normalized = 1 : i64, epsilon = 1.0e-5 : f64} : (tensor<3x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<3x4xf32>
  return
}

// -----

func.func @batch_norm_statistics(%x: tensor<3x4xf32>, %m: tensor<4xf32>, %v: tensor<3xf32>) {
  // expected-error @below {{'dlc.batch_norm' op expected 'mean' and 'var' to be 'tensor<4xf32>', but got 'tensor<4xf32>' and 'tensor<3xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.batch_norm %x, %m, %v {dim = 1 : i64, epsilon = 1.0e-5 : f64} : (tensor<3x4xf32>, tensor<4xf32>, tensor<3xf32>) -> tensor<3x4xf32>
  return
}

// -----

func.func @batch_norm_training_dim(%x: tensor<3x4xf32>) {
  // expected-error @below {{'dlc.batch_norm_training' op expected 'dim' to be in [0, 2), but got 2}}
  // expected-error @below {{failed to infer returned types}}
  %0:3 = dlc.batch_norm_training %x {dim = 2 : i64, epsilon = 1.0e-5 : f64} : (tensor<3x4xf32>) -> (tensor<3x4xf32>, tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

func.func @attention_rank(%q: tensor<3x4xf32>) {
  // expected-error @below {{'dlc.attention' op expected 'q', 'k' and 'v' of one rank of at least 3, but got 2, 2 and 2}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.attention %q, %q, %q {scale = 1.0 : f64} : (tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>) -> tensor<3x4xf32>
  return
}

// -----

func.func @attention_element(%q: tensor<2x3x4xf32>, %k: tensor<2x3x4xf64>) {
  // expected-error @below {{'dlc.attention' op expected 'q', 'k' and 'v' of one element type, but got 'f32', 'f64' and 'f32'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.attention %q, %k, %q {scale = 1.0 : f64} : (tensor<2x3x4xf32>, tensor<2x3x4xf64>, tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  return
}

// -----

func.func @attention_features(%q: tensor<2x3x4xf32>, %k: tensor<2x3x5xf32>) {
  // expected-error @below {{'dlc.attention' op expected dimension 2 of 'k' to equal dimension 2 of 'q', but got 5 and 4}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.attention %q, %k, %q {scale = 1.0 : f64} : (tensor<2x3x4xf32>, tensor<2x3x5xf32>, tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  return
}

// -----

func.func @attention_groups(%q: tensor<3x3x4xf32>, %k: tensor<2x3x4xf32>) {
  // expected-error @below {{'dlc.attention' op expected dimension 0 of 'k' to divide that of 'q', but got 2 and 3}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.attention %q, %k, %k {scale = 1.0 : f64} : (tensor<3x3x4xf32>, tensor<2x3x4xf32>, tensor<2x3x4xf32>) -> tensor<3x3x4xf32>
  return
}

// -----

func.func @attention_keys(%q: tensor<2x3x4xf32>, %k: tensor<2x0x4xf32>) {
  // expected-error @below {{'dlc.attention' op expected dimension 1 of 'k' not to be empty, but got 0}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.attention %q, %k, %k {scale = 1.0 : f64} : (tensor<2x3x4xf32>, tensor<2x0x4xf32>, tensor<2x0x4xf32>) -> tensor<2x3x4xf32>
  return
}

// -----

func.func @attention_mask_count(%q: tensor<2x3x4xf32>, %m: tensor<2x3x3xi1>) {
  // expected-error @below {{'dlc.attention' op expected at most 1 operand 'mask', but got 2}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.attention %q, %q, %q, %m, %m {scale = 1.0 : f64} : (tensor<2x3x4xf32>, tensor<2x3x4xf32>, tensor<2x3x4xf32>, tensor<2x3x3xi1>, tensor<2x3x3xi1>) -> tensor<2x3x4xf32>
  return
}

// -----

func.func @attention_mask_element(%q: tensor<2x3x4xf32>, %m: tensor<2x3x3xf64>) {
  // expected-error @below {{'dlc.attention' op expected 'mask' to have elements of i1 or 'f32', but got 'f64'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.attention %q, %q, %q, %m {scale = 1.0 : f64} : (tensor<2x3x4xf32>, tensor<2x3x4xf32>, tensor<2x3x4xf32>, tensor<2x3x3xf64>) -> tensor<2x3x4xf32>
  return
}

// -----

func.func @attention_mask_shape(%q: tensor<2x3x4xf32>, %m: tensor<2x3x4xi1>) {
  // expected-error @below {{'dlc.attention' op expected dimension 2 of 'mask' to be 1 or equal that of the scores, but got 4 and 3}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.attention %q, %q, %q, %m {scale = 1.0 : f64} : (tensor<2x3x4xf32>, tensor<2x3x4xf32>, tensor<2x3x4xf32>, tensor<2x3x4xi1>) -> tensor<2x3x4xf32>
  return
}

// -----

func.func @gru_cell_rank(%x: tensor<3xf32>, %h: tensor<2x2xf32>, %w: tensor<6x3xf32>, %u: tensor<6x2xf32>) {
  // expected-error @below {{'dlc.gru_cell' op expected 'x' and 'h' to have rank 2, but got 1 and 2}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.gru_cell %x, %h, %w, %u : (tensor<3xf32>, tensor<2x2xf32>, tensor<6x3xf32>, tensor<6x2xf32>) -> tensor<2x2xf32>
  return
}

// -----

func.func @gru_cell_weights(%x: tensor<2x3xf32>, %h: tensor<2x2xf32>, %w: tensor<8x3xf32>, %u: tensor<6x2xf32>) {
  // expected-error @below {{'dlc.gru_cell' op expected 'w_ih' to be 'tensor<6x3xf32>', but got 'tensor<8x3xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.gru_cell %x, %h, %w, %u : (tensor<2x3xf32>, tensor<2x2xf32>, tensor<8x3xf32>, tensor<6x2xf32>) -> tensor<2x2xf32>
  return
}

// -----

func.func @lstm_cell_biases(%x: tensor<2x3xf32>, %h: tensor<2x2xf32>, %w: tensor<8x3xf32>, %u: tensor<8x2xf32>, %b: tensor<8xf32>) {
  // expected-error @below {{'dlc.lstm_cell' op expected 0 or 2 operands 'biases', but got 1}}
  // expected-error @below {{failed to infer returned types}}
  %0:2 = dlc.lstm_cell %x, %h, %h, %w, %u, %b : (tensor<2x3xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<8x3xf32>, tensor<8x2xf32>, tensor<8xf32>) -> (tensor<2x2xf32>, tensor<2x2xf32>)
  return
}

// -----

func.func @lstm_cell_bias(%x: tensor<2x3xf32>, %h: tensor<2x2xf32>, %w: tensor<8x3xf32>, %u: tensor<8x2xf32>, %b: tensor<6xf32>) {
  // expected-error @below {{'dlc.lstm_cell' op expected operand 0 of 'biases' to be 'tensor<8xf32>', but got 'tensor<6xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %0:2 = dlc.lstm_cell %x, %h, %h, %w, %u, %b, %b : (tensor<2x3xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<8x3xf32>, tensor<8x2xf32>, tensor<6xf32>, tensor<6xf32>) -> (tensor<2x2xf32>, tensor<2x2xf32>)
  return
}

// -----

func.func @quantize_type(%x: tensor<4xf32>, %s: tensor<f32>, %z: tensor<i32>) {
  // expected-error @below {{'dlc.quantize' op expected 'to' to be an integer type of 8 or 16 bits, but got 'i32'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.quantize %x, %s, %z {to = i32} : (tensor<4xf32>, tensor<f32>, tensor<i32>) -> tensor<4xi32>
  return
}

// -----

func.func @quantize_element(%x: tensor<4xf32>, %s: tensor<f64>, %z: tensor<i8>) {
  // expected-error @below {{'dlc.quantize' op expected 'scale' to have elements of 'f32', but got 'f64'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.quantize %x, %s, %z {to = i8} : (tensor<4xf32>, tensor<f64>, tensor<i8>) -> tensor<4xi8>
  return
}

// -----

func.func @quantize_scale(%x: tensor<4xf32>, %s: tensor<3xf32>, %z: tensor<4xi8>) {
  // expected-error @below {{'dlc.quantize' op expected 'scale' to be 'tensor<4xf32>', but got 'tensor<3xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.quantize %x, %s, %z {to = i8, dim = 0 : i64} : (tensor<4xf32>, tensor<3xf32>, tensor<4xi8>) -> tensor<4xi8>
  return
}

// -----

func.func @dequantize_zero_point(%x: tensor<4xi8>, %s: tensor<f32>, %z: tensor<ui8>) {
  // expected-error @below {{'dlc.dequantize' op expected 'zero_point' to be 'tensor<i8>', but got 'tensor<ui8>'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.dequantize %x, %s, %z : (tensor<4xi8>, tensor<f32>, tensor<ui8>) -> tensor<4xf32>
  return
}

// -----

func.func @attention_values(%a: tensor<2x3x4xf32>, %b: tensor<2x3x4xf32>, %c: tensor<2x5x2xf32>) {
  // expected-error @below {{'dlc.attention' op expected dimension 1 of 'v' to equal dimension 1 of 'k', but got 5 and 3}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.attention %a, %b, %c {scale = 1.0 : f64} : (tensor<2x3x4xf32>, tensor<2x3x4xf32>, tensor<2x5x2xf32>) -> tensor<2x3x2xf32>
  return
}

// -----

func.func @attention_mask_rank(%a: tensor<2x3x4xf32>, %b: tensor<2x3x4xf32>, %c: tensor<2x3x2xf32>, %d: tensor<3x3xf32>) {
  // expected-error @below {{'dlc.attention' op expected 'mask' to have the rank of the scores, but got 2 and 3}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.attention %a, %b, %c, %d {scale = 1.0 : f64} : (tensor<2x3x4xf32>, tensor<2x3x4xf32>, tensor<2x3x2xf32>, tensor<3x3xf32>) -> tensor<2x3x2xf32>
  return
}

// -----

func.func @dequantize_elements(%a: tensor<4xi64>, %b: tensor<f32>, %c: tensor<i64>) {
  // expected-error @below {{'dlc.dequantize' op expected the elements of 'x' to be an integer type of 8 or 16 bits, but got 'i64'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.dequantize %a, %b, %c : (tensor<4xi64>, tensor<f32>, tensor<i64>) -> tensor<4xf32>
  return
}

// -----

func.func @gelu_result(%a: tensor<4xf32>) {
  // expected-error @below {{'dlc.gelu' op inferred type(s) 'tensor<4xf32>' are incompatible with return type(s) of operation 'tensor<4xf64>'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.gelu %a : (tensor<4xf32>) -> tensor<4xf64>
  return
}
