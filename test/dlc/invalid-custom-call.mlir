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
