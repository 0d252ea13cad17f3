// RUN: dlc-opt %s --split-input-file --verify-diagnostics

func.func @target_empty(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.custom_call' op expected 'target' to be the name of a function, but got an empty text}}
  %0 = dlc.custom_call ""(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @target_null(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.custom_call' op expected 'target' without null characters, but got one at 1}}
  %0 = dlc.custom_call "f\00g"(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @attributes_null(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.custom_call' op expected 'attributes' without null characters, but got one at 0}}
  %0 = dlc.custom_call "f"(%x) attributes "\00" : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @nothing_to_do(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.custom_call' op expected a result or 'has_side_effect', but got neither: the call would do nothing}}
  dlc.custom_call "f"(%x) : (tensor<4xf32>) -> ()
  return
}

// -----

func.func @symbols(%x: tensor<?xf32, #dlc.dims<[N]>>, %y: tensor<?xf32, #dlc.dims<[M]>>) {
  // expected-error @below {{'dlc.custom_call' op expected the extents of result 1 to be made of symbols of the operands, but got 2*M}}
  %0:2 = dlc.custom_call "f"(%x) : (tensor<?xf32, #dlc.dims<[N]>>) -> (tensor<?xf32, #dlc.dims<[N + 1]>>, tensor<?xf32, #dlc.dims<[2*M]>>)
  return
}

// -----

func.func @rank(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.custom_call' op expected result 0 to have a rank of at most 16, but got 17}}
  %0 = dlc.custom_call "f"(%x) : (tensor<4xf32>) -> tensor<1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1xf32>
  return
}

// -----

func.func @batch_dims_below_zero(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.custom_call' op expected 'batch_dims' to be at least 0, but got -1}}
  %0 = dlc.custom_call "f"(%x) {batch_dims = -1 : i64} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @batch_dims_of_expand(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.custom_call' op expected 'batch_dims' to be 0 for a call whose batching is expand, but got 1}}
  %0 = dlc.custom_call "f"(%x) {batching = #dlc.call_batching<expand>, batch_dims = 1 : i64} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @batch_dims_operand_rank(%x: tensor<4x3xf32>, %y: tensor<4xf32>) {
  // expected-error @below {{'dlc.custom_call' op expected the rank of operand 1 to be at least 'batch_dims', 2, but got 1}}
  %0 = dlc.custom_call "f"(%x, %y) {batch_dims = 2 : i64} : (tensor<4x3xf32>, tensor<4xf32>) -> tensor<4x3xf32>
  return
}

// -----

func.func @batch_dims_result_rank(%x: tensor<4x3xf32>) {
  // expected-error @below {{'dlc.custom_call' op expected the rank of result 0 to be at least 'batch_dims', 1, but got 0}}
  %0 = dlc.custom_call "f"(%x) {batch_dims = 1 : i64} : (tensor<4x3xf32>) -> tensor<f32>
  return
}

// -----

func.func @batch_dims_results(%x: tensor<4x3xf32>) {
  // expected-error @below {{'dlc.custom_call' op expected batch dim 1 of result 1 to be that of result 0, 3, but got 2}}
  %0:2 = dlc.custom_call "f"(%x) {batch_dims = 2 : i64} : (tensor<4x3xf32>) -> (tensor<4x3xf32>, tensor<4x2xf32>)
  return
}

// -----

func.func @batch_dims_operand(%x: tensor<?x3xf32, #dlc.dims<[N, 3]>>, %y: tensor<1x2xf32>) {
  // expected-error @below {{'dlc.custom_call' op expected batch dim 1 of operand 1 to be 1 or 3, but got 2}}
  %0 = dlc.custom_call "f"(%x, %y) {batch_dims = 2 : i64} : (tensor<?x3xf32, #dlc.dims<[N, 3]>>, tensor<1x2xf32>) -> tensor<?x3xf32, #dlc.dims<[N, 3]>>
  return
}

// -----

func.func @batch_dims_without_results(%x: tensor<1xf32>, %y: tensor<?xf32, #dlc.dims<[N]>>, %z: tensor<2xf32>) {
  // expected-error @below {{'dlc.custom_call' op expected batch dim 0 of operand 2 to be 1 or N, but got 2}}
  dlc.custom_call "f"(%x, %y, %z) {batch_dims = 1 : i64, has_side_effect} : (tensor<1xf32>, tensor<?xf32, #dlc.dims<[N]>>, tensor<2xf32>) -> ()
  return
}
