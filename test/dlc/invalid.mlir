// RUN: dlc-opt %s --split-input-file --verify-diagnostics

func.func @add_shapes(%x: tensor<4xf32>, %y: tensor<5xf32>) {
  // expected-error @below {{'dlc.add' op expected operand 1 to have the shape of operand 0, but got [5] and [4]}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.add %x, %y : (tensor<4xf32>, tensor<5xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @add_symbols(%x: tensor<?xf32, #dlc.dims<[B]>>, %y: tensor<?xf32, #dlc.dims<[C]>>) {
  // expected-error @below {{'dlc.add' op expected operand 1 to have the shape of operand 0, but got [C] and [B]}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.add %x, %y : (tensor<?xf32, #dlc.dims<[B]>>, tensor<?xf32, #dlc.dims<[C]>>) -> tensor<?xf32, #dlc.dims<[B]>>
  return
}

// -----

func.func @add_elements(%x: tensor<4xf32>, %y: tensor<4xf64>) {
  // expected-error @below {{'dlc.add' op expected operand 1 to have the element type of operand 0, but got 'f64' and 'f32'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.add %x, %y : (tensor<4xf32>, tensor<4xf64>) -> tensor<4xf32>
  return
}

// -----

func.func @add_result(%x: tensor<4xf32>, %y: tensor<4xf32>) {
  // expected-error @below {{'dlc.add' op inferred type(s) 'tensor<4xf32>' are incompatible with return type(s) of operation 'tensor<4xf64>'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.add %x, %y : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf64>
  return
}

// -----

func.func @exp_integers(%x: tensor<4xi32>) {
  // expected-error @below {{'dlc.exp' op operand #0 must be ranked tensor of}}
  %0 = dlc.exp %x : (tensor<4xi32>) -> tensor<4xi32>
  return
}

// -----

// expected-error @below {{expected an extent such as 2*B + 1, but got '2*'}}
func.func @dims_text(%x: tensor<?xf32, #dlc.dims<[2*]>>) {
  return
}

// -----

func.func @broadcast_count(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.broadcast' op expected 'dims' to have 1 entries, but got 0}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.broadcast %x {shape = #dlc.dims<[2, 4]>, dims = array<i64>} : (tensor<4xf32>) -> tensor<2x4xf32>
  return
}

// -----

func.func @broadcast_range(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.broadcast' op expected entry 0 of 'dims' to be in [0, 2), but got 2}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.broadcast %x {shape = #dlc.dims<[2, 4]>, dims = array<i64: 2>} : (tensor<4xf32>) -> tensor<2x4xf32>
  return
}

// -----

func.func @broadcast_order(%x: tensor<4x2xf32>) {
  // expected-error @below {{'dlc.broadcast' op expected entries 0 and 1 of 'dims' to ascend, but got 1 and 0}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.broadcast %x {shape = #dlc.dims<[2, 4]>, dims = array<i64: 1, 0>} : (tensor<4x2xf32>) -> tensor<2x4xf32>
  return
}

// -----

func.func @broadcast_extent(%x: tensor<3xf32>) {
  // expected-error @below {{'dlc.broadcast' op expected dimension 0 of 'x' to be 1 or equal dimension 1 of 'shape', but got 3 and 4}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.broadcast %x {shape = #dlc.dims<[2, 4]>, dims = array<i64: 1>} : (tensor<3xf32>) -> tensor<2x4xf32>
  return
}

// -----

func.func @reshape_size(%x: tensor<?x4xf32, #dlc.dims<[B, 4]>>) {
  // expected-error @below {{'dlc.reshape' op expected 'shape' to hold the 4*B elements of 'x', but got 3*B for [3*B]}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.reshape %x {shape = #dlc.dims<[3*B]>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?xf32, #dlc.dims<[3*B]>>
  return
}

// -----

func.func @transpose_twice(%x: tensor<2x3xf32>) {
  // expected-error @below {{'dlc.transpose' op expected entries 0 and 1 of 'perm' to be distinct, but got 1 and 1}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.transpose %x {perm = array<i64: 1, 1>} : (tensor<2x3xf32>) -> tensor<3x3xf32>
  return
}

// -----

func.func @slice_stride(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.slice' op expected entry 0 of 'strides' to be positive, but got 0}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.slice %x {starts = array<i64: 0>, limits = #dlc.dims<[2]>, strides = array<i64: 0>} : (tensor<4xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @slice_range(%x: tensor<?xf32, #dlc.dims<[B]>>) {
  // expected-error @below {{'dlc.slice' op expected 0 <= start <= limit <= B in dimension 0 of 'x', but got 0 and B + 1}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.slice %x {starts = array<i64: 0>, limits = #dlc.dims<[B + 1]>, strides = array<i64: 1>} : (tensor<?xf32, #dlc.dims<[B]>>) -> tensor<?xf32, #dlc.dims<[B + 1]>>
  return
}

// -----

func.func @pad_value(%x: tensor<4xf32>, %y: tensor<1xf32>) {
  // expected-error @below {{'dlc.pad' op expected 'value' to be a rank-0 tensor of 'f32', but got 'tensor<1xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.pad %x, %y {low = array<i64: 0>, high = array<i64: 1>, interior = array<i64: 0>} : (tensor<4xf32>, tensor<1xf32>) -> tensor<5xf32>
  return
}

// -----

func.func @pad_interior(%x: tensor<4xf32>, %y: tensor<f32>) {
  // expected-error @below {{'dlc.pad' op expected entry 0 of 'interior' not to be negative, but got -1}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.pad %x, %y {low = array<i64: 0>, high = array<i64: 1>, interior = array<i64: -1>} : (tensor<4xf32>, tensor<f32>) -> tensor<5xf32>
  return
}

// -----

func.func @pad_crop(%x: tensor<4xf32>, %y: tensor<f32>) {
  // expected-error @below {{'dlc.pad' op expected dimension 0 of the result not to be negative, but got -2}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.pad %x, %y {low = array<i64: -6>, high = array<i64: 0>, interior = array<i64: 0>} : (tensor<4xf32>, tensor<f32>) -> tensor<0xf32>
  return
}

// -----

func.func @concat_nothing() {
  // expected-error @below {{'dlc.concat' op expected at least one operand, but got none}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.concat {dim = 0 : i64} : () -> tensor<4xf32>
  return
}

// -----

func.func @concat_dim(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.concat' op expected 'dim' to be in [0, 1), but got 1}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.concat %x {dim = 1 : i64} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @concat_types(%x: tensor<4xf32>, %y: tensor<4xi32>) {
  // expected-error @below {{'dlc.concat' op expected operand 1 to have the rank and element type of operand 0, but got 'tensor<4xi32>' and 'tensor<4xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.concat %x, %y {dim = 0 : i64} : (tensor<4xf32>, tensor<4xi32>) -> tensor<8xf32>
  return
}

// -----

func.func @concat_extents(%x: tensor<4x2xf32>, %y: tensor<4x3xf32>) {
  // expected-error @below {{'dlc.concat' op expected dimension 1 of operand 1 to equal that of operand 0, but got 3 and 2}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.concat %x, %y {dim = 0 : i64} : (tensor<4x2xf32>, tensor<4x3xf32>) -> tensor<8x2xf32>
  return
}

// -----

func.func @iota_dim() {
  // expected-error @below {{'dlc.iota' op expected 'dim' to be in [0, 1), but got -1}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.iota {shape = #dlc.dims<[4]>, dim = -1 : i64, element = i32} : () -> tensor<4xi32>
  return
}

// -----

func.func @gather_axis(%x: tensor<4xf32>, %y: tensor<2xi64>) {
  // expected-error @below {{'dlc.gather' op expected 'axis' to be in [0, 1), but got 1}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.gather %x, %y {axis = 1 : i64} : (tensor<4xf32>, tensor<2xi64>) -> tensor<2xf32>
  return
}

// -----

func.func @gather_batch(%x: tensor<4x5xf32>, %y: tensor<2xi64>) {
  // expected-error @below {{'dlc.gather' op expected 'batch_dims' to be at most 'axis' and the rank of 'indices', but got 2 with 1 and 1}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.gather %x, %y {axis = 1 : i64, batch_dims = 2 : i64} : (tensor<4x5xf32>, tensor<2xi64>) -> tensor<4xf32>
  return
}

// -----

func.func @gather_batch_extent(%x: tensor<4x5xf32>, %y: tensor<2xi64>) {
  // expected-error @below {{'dlc.gather' op expected dimension 0 of 'indices' to equal dimension 0 of 'x', but got 2 and 4}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.gather %x, %y {axis = 1 : i64, batch_dims = 1 : i64} : (tensor<4x5xf32>, tensor<2xi64>) -> tensor<4xf32>
  return
}

// -----

func.func @scatter_updates(%x: tensor<4x5xf32>, %y: tensor<2xi64>, %z: tensor<2x4xf32>) {
  // expected-error @below {{'dlc.scatter' op expected 'updates' to be 'tensor<2x5xf32>', but got 'tensor<2x4xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.scatter %x, %y, %z {axis = 0 : i64} : (tensor<4x5xf32>, tensor<2xi64>, tensor<2x4xf32>) -> tensor<4x5xf32>
  return
}

// -----

func.func @reduce_elements(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.reduce' op expected 'x' to have elements that 'all' combines, but got 'f32'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.reduce %x {kind = #dlc.reduce_kind<all>, dims = array<i64: 0>, order = #dlc.order<lanes>} : (tensor<4xf32>) -> tensor<f32>
  return
}

// -----

func.func @reduce_empty(%x: tensor<0xf32>) {
  // expected-error @below {{'dlc.reduce' op expected dimension 0 of 'x' not to be empty, but got 0 (max and min have no neutral)}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.reduce %x {kind = #dlc.reduce_kind<max>, dims = array<i64: 0>, order = #dlc.order<lanes>} : (tensor<0xf32>) -> tensor<f32>
  return
}

// -----

func.func @argmax_dim(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.argmax' op expected 'dim' to be in [0, 1), but got 3}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.argmax %x {dim = 3 : i64} : (tensor<4xf32>) -> tensor<i64>
  return
}

// -----

func.func @argmin_empty(%x: tensor<0xf32>) {
  // expected-error @below {{'dlc.argmin' op expected dimension 0 of 'x' not to be empty, but got 0}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.argmin %x {dim = 0 : i64} : (tensor<0xf32>) -> tensor<i64>
  return
}

// -----

func.func @reduce_window_kind(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.reduce_window' op expected 'kind' to be sum, max or min, but got prod}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.reduce_window %x {kind = #dlc.reduce_kind<prod>, window = array<i64: 2>, strides = array<i64: 2>, low = array<i64: 0>, high = array<i64: 0>} : (tensor<4xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @reduce_window_positive(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.reduce_window' op expected entries 0 of 'window' and 'strides' to be positive, but got 2 and 0}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.reduce_window %x {kind = #dlc.reduce_kind<sum>, window = array<i64: 2>, strides = array<i64: 0>, low = array<i64: 0>, high = array<i64: 0>} : (tensor<4xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @reduce_window_padding(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.reduce_window' op expected entries 0 of 'low' and 'high' to be in [0, 2), but got 2 and 0}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.reduce_window %x {kind = #dlc.reduce_kind<sum>, window = array<i64: 2>, strides = array<i64: 2>, low = array<i64: 2>, high = array<i64: 0>} : (tensor<4xf32>) -> tensor<3xf32>
  return
}

// -----

func.func @window_argmax_fit(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.window_argmax' op expected the window of dimension 0 of 'x' to fit its padded extent, but got 5 and 4}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.window_argmax %x {window = array<i64: 5>, strides = array<i64: 1>, low = array<i64: 0>, high = array<i64: 0>} : (tensor<4xf32>) -> tensor<0xi32>
  return
}

// -----

func.func @dot_general_elements(%x: tensor<4xf32>, %y: tensor<4xf64>) {
  // expected-error @below {{'dlc.dot_general' op expected 'lhs' and 'rhs' of one element type, but got 'f32' and 'f64'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.dot_general %x, %y {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 0>, rhs_contract = array<i64: 0>, order = #dlc.order<lanes>} : (tensor<4xf32>, tensor<4xf64>) -> tensor<f32>
  return
}

// -----

func.func @dot_general_count(%x: tensor<4xf32>, %y: tensor<4xf32>) {
  // expected-error @below {{'dlc.dot_general' op expected 'rhs_contract' to have 1 entries, but got 0}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.dot_general %x, %y {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 0>, rhs_contract = array<i64>, order = #dlc.order<lanes>} : (tensor<4xf32>, tensor<4xf32>) -> tensor<f32>
  return
}

// -----

func.func @dot_general_distinct(%x: tensor<4xf32>, %y: tensor<4x4xf32>) {
  // expected-error @below {{'dlc.dot_general' op expected entries 0 and 1 of 'lhs_batch and lhs_contract' to be distinct, but got 0 and 0}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.dot_general %x, %y {lhs_batch = array<i64: 0>, rhs_batch = array<i64: 0>, lhs_contract = array<i64: 0>, rhs_contract = array<i64: 1>, order = #dlc.order<lanes>} : (tensor<4xf32>, tensor<4x4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @dot_general_extents(%x: tensor<2x4xf32>, %y: tensor<5x3xf32>) {
  // expected-error @below {{'dlc.dot_general' op expected dimension 1 of 'lhs' to equal dimension 0 of 'rhs', but got 4 and 5}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.dot_general %x, %y {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>, order = #dlc.order<lanes>} : (tensor<2x4xf32>, tensor<5x3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @constant_elements() {
  // expected-error @below {{'dlc.constant' op result #0 must be ranked tensor of}}
  %0 = dlc.constant dense<1> : tensor<4xi128>
  return
}

// -----

func.func @random_bits_state(%x: tensor<3xi64>) {
  // expected-error @below {{'dlc.random_bits' op expected the last dimension of 'state' to be 2 (seed and counter), but got [3]}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.random_bits %x {shape = #dlc.dims<[4]>} : (tensor<3xi64>) -> tensor<4xui32>
  return
}

// -----

func.func @normal_element(%x: tensor<2xi64>) {
  // expected-error @below {{'dlc.normal' op expected 'element' to be a float type, but got 'i32'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.normal %x {shape = #dlc.dims<[4]>, element = i32} : (tensor<2xi64>) -> tensor<4xi32>
  return
}

// -----

func.func @call_callee(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.call' op expected 'nowhere' to be a function of this module, but found none}}
  %0 = dlc.call @nowhere(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func private @callee(tensor<4xf32>) -> tensor<4xf32>
func.func @call_operands(%x: tensor<4xf32>, %y: tensor<4xf32>) {
  // expected-error @below {{'dlc.call' op expected 1 operands, but got 2}}
  %0 = dlc.call @callee(%x, %y) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func private @callee(tensor<4xf32>) -> tensor<4xf32>
func.func @call_results(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.call' op expected result 0 to be 'tensor<4xf32>', but got 'tensor<4xf64>'}}
  %0 = dlc.call @callee(%x) : (tensor<4xf32>) -> tensor<4xf64>
  return
}

// -----

func.func private @callee(tensor<4xf32>) -> tensor<4xf32>
func.func @vjp_wrt(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.vjp' op expected entry 0 of 'wrt' to be in [0, 1), but got 1}}
  %0 = dlc.vjp @callee(%x) {wrt = array<i64: 1>, of = array<i64>} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func private @callee(tensor<4xf32>) -> tensor<4xf32>
func.func @vjp_of(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.vjp' op expected entry 0 of 'of' to be in [0, 1), but got 2}}
  %0 = dlc.vjp @callee(%x) {wrt = array<i64>, of = array<i64: 2>} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func private @callee(tensor<4xf32>) -> tensor<4xf32>
func.func @vjp_cotangents(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.vjp' op expected 2 operands, but got 1}}
  %0:2 = dlc.vjp @callee(%x) {wrt = array<i64: 0>, of = array<i64: 0>} : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

func.func private @callee(tensor<4xi64>, tensor<4xf32>) -> (tensor<4xi64>, tensor<4xf32>)
func.func @vjp_wrt_integers(%x: tensor<4xi64>, %y: tensor<4xf32>) {
  // expected-error @below {{'dlc.vjp' op expected argument 0 of 'callee' to have float elements, but got 'tensor<4xi64>'}}
  %0:2 = dlc.vjp @callee(%x, %y) {wrt = array<i64: 0>, of = array<i64>} : (tensor<4xi64>, tensor<4xf32>) -> (tensor<4xi64>, tensor<4xf32>)
  return
}

// -----

func.func private @callee(tensor<4xi64>, tensor<4xf32>) -> (tensor<4xi64>, tensor<4xf32>)
func.func @vjp_of_integers(%x: tensor<4xi64>, %y: tensor<4xf32>) {
  // expected-error @below {{'dlc.vjp' op expected result 0 of 'callee' to have float elements, but got 'tensor<4xi64>'}}
  %0:2 = dlc.vjp @callee(%x, %y) {wrt = array<i64>, of = array<i64: 0>} : (tensor<4xi64>, tensor<4xf32>) -> (tensor<4xi64>, tensor<4xf32>)
  return
}

// -----

func.func private @callee(tensor<4xf32>) -> tensor<4xf32>
func.func @jvp_wrt(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.jvp' op expected entry 0 of 'wrt' to be in [0, 1), but got 1}}
  %0 = dlc.jvp @callee(%x) {wrt = array<i64: 1>, of = array<i64>} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func private @callee(tensor<4xf32>) -> tensor<4xf32>
func.func @jvp_tangents(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.jvp' op expected 2 operands, but got 1}}
  %0:2 = dlc.jvp @callee(%x) {wrt = array<i64: 0>, of = array<i64: 0>} : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

func.func private @callee(tensor<4xf32>) -> tensor<4xf32>
func.func @jvp_types(%x: tensor<4xf32>, %t: tensor<4xf64>) {
  // expected-error @below {{'dlc.jvp' op expected operand 1 to be 'tensor<4xf32>', but got 'tensor<4xf64>'}}
  %0:2 = dlc.jvp @callee(%x, %t) {wrt = array<i64: 0>, of = array<i64: 0>} : (tensor<4xf32>, tensor<4xf64>) -> (tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

func.func private @callee(tensor<4xi64>) -> tensor<4xf32>
func.func @jvp_wrt_integers(%x: tensor<4xi64>) {
  // expected-error @below {{'dlc.jvp' op expected argument 0 of 'callee' to have float elements, but got 'tensor<4xi64>'}}
  %0 = dlc.jvp @callee(%x, %x) {wrt = array<i64: 0>, of = array<i64>} : (tensor<4xi64>, tensor<4xi64>) -> tensor<4xf32>
  return
}

// -----

func.func private @callee(tensor<4xf32>) -> tensor<4xf32>
func.func @vmap_count(%x: tensor<8x4xf32>) {
  // expected-error @below {{'dlc.vmap' op expected 'in_axes' to have 1 entries, but got 2}}
  %0 = dlc.vmap @callee(%x) {in_axes = array<i64: 0, 0>, out_axes = array<i64: 0>} : (tensor<8x4xf32>) -> tensor<8x4xf32>
  return
}

// -----

func.func private @callee(tensor<4xf32>) -> tensor<4xf32>
func.func @vmap_range(%x: tensor<8x4xf32>) {
  // expected-error @below {{'dlc.vmap' op expected entry 0 of 'out_axes' to be in [-1, 1], but got 2}}
  %0 = dlc.vmap @callee(%x) {in_axes = array<i64: 0>, out_axes = array<i64: 2>} : (tensor<8x4xf32>) -> tensor<8x4xf32>
  return
}

// -----

func.func private @callee(tensor<4xf32>) -> tensor<4xf32>
func.func @vmap_none(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.vmap' op expected an operand to have a batch dimension, but got -1 for all in 'in_axes'}}
  %0 = dlc.vmap @callee(%x) {in_axes = array<i64: -1>, out_axes = array<i64: -1>} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func private @callee(tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
func.func @vmap_extents(%x: tensor<8x4xf32>, %y: tensor<7x4xf32>) {
  // expected-error @below {{'dlc.vmap' op expected operand 1 to be 'tensor<8x4xf32>', but got 'tensor<7x4xf32>'}}
  %0 = dlc.vmap @callee(%x, %y) {in_axes = array<i64: 0, 0>, out_axes = array<i64: 0>} : (tensor<8x4xf32>, tensor<7x4xf32>) -> tensor<8x4xf32>
  return
}

// -----

func.func private @callee(tensor<4xf32>) -> tensor<4xf32>
func.func @vmap_result(%x: tensor<8x4xf32>) {
  // expected-error @below {{'dlc.vmap' op expected result 0 to be 'tensor<4x8xf32>', but got 'tensor<8x4xf32>'}}
  %0 = dlc.vmap @callee(%x) {in_axes = array<i64: 0>, out_axes = array<i64: 1>} : (tensor<8x4xf32>) -> tensor<8x4xf32>
  return
}

// -----

func.func @transpose_count(%a: tensor<2x3xf32>) {
  // expected-error @below {{'dlc.transpose' op expected 'perm' to have 2 entries, but got 1}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.transpose %a {perm = array<i64: 0>} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @transpose_range(%a: tensor<2x3xf32>) {
  // expected-error @below {{'dlc.transpose' op expected entry 1 of 'perm' to be in [0, 2), but got -1}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.transpose %a {perm = array<i64: 1, -1>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  return
}

// -----

func.func @slice_count(%a: tensor<4xf32>) {
  // expected-error @below {{'dlc.slice' op expected 'limits' to have 1 entries, but got 2}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.slice %a {starts = array<i64: 0>, limits = #dlc.dims<[2, 2]>, strides = array<i64: 1>} : (tensor<4xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @pad_count(%a: tensor<4xf32>, %b: tensor<f32>) {
  // expected-error @below {{'dlc.pad' op expected 'interior' to have 1 entries, but got 0}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.pad %a, %b {low = array<i64: 0>, high = array<i64: 1>, interior = array<i64>} : (tensor<4xf32>, tensor<f32>) -> tensor<5xf32>
  return
}

// -----

func.func @reverse_range(%a: tensor<4xf32>) {
  // expected-error @below {{'dlc.reverse' op expected entry 0 of 'dims' to be in [0, 1), but got 1}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.reverse %a {dims = array<i64: 1>} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @reduce_range(%a: tensor<4x4xf32>) {
  // expected-error @below {{'dlc.reduce' op expected entry 1 of 'dims' to be in [0, 2), but got 2}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.reduce %a {kind = #dlc.reduce_kind<sum>, dims = array<i64: 0, 2>, order = #dlc.order<lanes>} : (tensor<4x4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @reduce_distinct(%a: tensor<4x4xf32>) {
  // expected-error @below {{'dlc.reduce' op expected entries 0 and 1 of 'dims' to be distinct, but got 1 and 1}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.reduce %a {kind = #dlc.reduce_kind<sum>, dims = array<i64: 1, 1>, order = #dlc.order<lanes>} : (tensor<4x4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @reduce_window_count(%a: tensor<4xf32>) {
  // expected-error @below {{'dlc.reduce_window' op expected 'window' to have 1 entries, but got 2}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.reduce_window %a {kind = #dlc.reduce_kind<sum>, window = array<i64: 2, 2>, strides = array<i64: 2>, low = array<i64: 0>, high = array<i64: 0>} : (tensor<4xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @reduce_window_low(%a: tensor<4xf32>) {
  // expected-error @below {{'dlc.reduce_window' op expected 'low' to have 1 entries, but got 0}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.reduce_window %a {kind = #dlc.reduce_kind<sum>, window = array<i64: 2>, strides = array<i64: 2>, low = array<i64>, high = array<i64: 0>} : (tensor<4xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @reduce_window_high(%a: tensor<4xf32>) {
  // expected-error @below {{'dlc.reduce_window' op expected 'high' to have 1 entries, but got 2}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.reduce_window %a {kind = #dlc.reduce_kind<sum>, window = array<i64: 2>, strides = array<i64: 2>, low = array<i64: 0>, high = array<i64: 0, 0>} : (tensor<4xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @dot_general_batch_count(%a: tensor<4xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{'dlc.dot_general' op expected 'rhs_batch' to have 1 entries, but got 0}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.dot_general %a, %b {lhs_batch = array<i64: 0>, rhs_batch = array<i64>, lhs_contract = array<i64>, rhs_contract = array<i64>, order = #dlc.order<lanes>} : (tensor<4xf32>, tensor<4xf32>) -> tensor<4x4xf32>
  return
}

// -----

func.func @dot_general_lhs_range(%a: tensor<4xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{'dlc.dot_general' op expected entry 0 of 'lhs_batch and lhs_contract' to be in [0, 1), but got 1}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.dot_general %a, %b {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>, order = #dlc.order<lanes>} : (tensor<4xf32>, tensor<4xf32>) -> tensor<f32>
  return
}

// -----

func.func @dot_general_rhs_range(%a: tensor<4x4xf32>, %b: tensor<4x4xf32>) {
  // expected-error @below {{'dlc.dot_general' op expected entry 1 of 'rhs_batch and rhs_contract' to be in [0, 2), but got -1}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.dot_general %a, %b {lhs_batch = array<i64: 0>, rhs_batch = array<i64: 0>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: -1>, order = #dlc.order<lanes>} : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @dot_general_rhs_distinct(%a: tensor<4x4xf32>, %b: tensor<4x4xf32>) {
  // expected-error @below {{'dlc.dot_general' op expected entries 0 and 1 of 'rhs_batch and rhs_contract' to be distinct, but got 1 and 1}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.dot_general %a, %b {lhs_batch = array<i64: 0>, rhs_batch = array<i64: 1>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 1>, order = #dlc.order<lanes>} : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @elementwise_types(%x: tensor<4xf32>) {
  // expected-error @below {{expected the types of 2 operands and 1 result, but got 1 and 1}}
  %0 = dlc.add %x, %x : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func private @callee(tensor<4xf32>) -> tensor<4xf32>
func.func @vjp_wrt_twice(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.vjp' op expected entries 0 and 1 of 'wrt' to be distinct, but got 0 and 0}}
  %0:3 = dlc.vjp @callee(%x) {wrt = array<i64: 0, 0>, of = array<i64>} : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

func.func private @callee(tensor<4xf32>) -> tensor<4xf32>
func.func @jvp_of_twice(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.jvp' op expected entries 0 and 1 of 'of' to be distinct, but got 0 and 0}}
  %0 = dlc.jvp @callee(%x) {wrt = array<i64>, of = array<i64: 0, 0>} : (tensor<4xf32>) -> tensor<4xf32>
  return
}
