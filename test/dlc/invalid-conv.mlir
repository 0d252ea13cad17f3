// RUN: dlc-opt %s --split-input-file --verify-diagnostics

func.func @conv_rank(%x: tensor<1x5xf32>, %w: tensor<3x3x4x6xf32>) {
  // expected-error @below {{'dlc.conv' op expected 'x' and 'w' of one rank, 3 to 5, but got 2 and 4}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.conv %x, %w {strides = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x5xf32>, tensor<3x3x4x6xf32>) -> tensor<1x3x3x6xf32>
  return
}

// -----

func.func @conv_spatial(%x: tensor<1x5x5x5x5x4xf32>, %w: tensor<3x3x3x3x4x6xf32>) {
  // expected-error @below {{'dlc.conv' op expected operands with 1 to 3 spatial dimensions, but got 4}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.conv %x, %w {strides = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x5x5x5x5x4xf32>, tensor<3x3x3x3x4x6xf32>) -> tensor<1x3x3x6xf32>
  return
}

// -----

func.func @conv_strides(%x: tensor<1x5x5x4xf32>, %w: tensor<3x3x4x6xf32>) {
  // expected-error @below {{'dlc.conv' op expected 'strides' to have 2 entries, but got 1}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.conv %x, %w {strides = array<i64: 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x5x5x4xf32>, tensor<3x3x4x6xf32>) -> tensor<1x3x3x6xf32>
  return
}

// -----

func.func @conv_positive(%x: tensor<1x5x5x4xf32>, %w: tensor<3x3x4x6xf32>) {
  // expected-error @below {{'dlc.conv' op expected entries 1 of 'strides' and 'dilation' to be positive, but got 1 and 0}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.conv %x, %w {strides = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>, dilation = array<i64: 1, 0>, groups = 1 : i64} : (tensor<1x5x5x4xf32>, tensor<3x3x4x6xf32>) -> tensor<1x3x3x6xf32>
  return
}

// -----

func.func @conv_padding(%x: tensor<1x5x5x4xf32>, %w: tensor<3x3x4x6xf32>) {
  // expected-error @below {{'dlc.conv' op expected entries 0 of 'low' and 'high' not to be negative, but got -1 and 0}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.conv %x, %w {strides = array<i64: 1, 1>, low = array<i64: -1, 0>, high = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x5x5x4xf32>, tensor<3x3x4x6xf32>) -> tensor<1x3x3x6xf32>
  return
}

// -----

func.func @conv_groups(%x: tensor<1x5x5x4xf32>, %w: tensor<3x3x4x6xf32>) {
  // expected-error @below {{'dlc.conv' op expected 'groups' to be positive, but got 0}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.conv %x, %w {strides = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 0 : i64} : (tensor<1x5x5x4xf32>, tensor<3x3x4x6xf32>) -> tensor<1x3x3x6xf32>
  return
}

// -----

func.func @conv_channels(%x: tensor<1x5x5x4xf32>, %w: tensor<3x3x4x6xf32>) {
  // expected-error @below {{'dlc.conv' op expected dimension 3 of 'x' to equal dimension 2 of 'w' times 'groups', but got 4 and 4 times 2}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.conv %x, %w {strides = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 2 : i64} : (tensor<1x5x5x4xf32>, tensor<3x3x4x6xf32>) -> tensor<1x3x3x6xf32>
  return
}

// -----

func.func @conv_multiple(%x: tensor<1x5x5x4xf32>, %w: tensor<3x3x2x5xf32>) {
  // expected-error @below {{'dlc.conv' op expected dimension 3 of 'w' to be a multiple of 'groups', but got 5 and 2}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.conv %x, %w {strides = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 2 : i64} : (tensor<1x5x5x4xf32>, tensor<3x3x2x5xf32>) -> tensor<1x3x3x6xf32>
  return
}

// -----

func.func @conv_window(%x: tensor<1x5x5x4xf32>, %w: tensor<?x3x4x6xf32, #dlc.dims<[K, 3, 4, 6]>>) {
  // expected-error @below {{'dlc.conv' op expected dimension 0 of 'w' to be a positive constant, but got K}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.conv %x, %w {strides = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x5x5x4xf32>, tensor<?x3x4x6xf32, #dlc.dims<[K, 3, 4, 6]>>) -> tensor<1x3x3x6xf32>
  return
}

// -----

func.func @conv_fit(%x: tensor<1x5x5x4xf32>, %w: tensor<3x3x4x6xf32>) {
  // expected-error @below {{'dlc.conv' op expected the window of spatial dimension 0 to fit its padded extent, but got 7 and 5}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.conv %x, %w {strides = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>, dilation = array<i64: 3, 1>, groups = 1 : i64} : (tensor<1x5x5x4xf32>, tensor<3x3x4x6xf32>) -> tensor<1x3x3x6xf32>
  return
}

// -----

func.func @conv_input_grad_rank(%x: tensor<1x5xf32>, %w: tensor<3x3x4x6xf32>) {
  // expected-error @below {{'dlc.conv_input_grad' op expected 'y' and 'w' of one rank, 3 to 5, but got 2 and 4}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.conv_input_grad %x, %w {spatial = #dlc.dims<[5, 5]>, strides = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x5xf32>, tensor<3x3x4x6xf32>) -> tensor<1x3x3x6xf32>
  return
}

// -----

func.func @conv_input_grad_spatial(%x: tensor<1x3x3x6xf32>, %w: tensor<3x3x4x6xf32>) {
  // expected-error @below {{'dlc.conv_input_grad' op expected 'spatial' to have 2 entries, but got 1}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.conv_input_grad %x, %w {spatial = #dlc.dims<[5]>, strides = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x3x3x6xf32>, tensor<3x3x4x6xf32>) -> tensor<1x5x5x4xf32>
  return
}

// -----

func.func @conv_input_grad_channels(%x: tensor<1x3x3x5xf32>, %w: tensor<3x3x4x6xf32>) {
  // expected-error @below {{'dlc.conv_input_grad' op expected dimension 3 of 'y' to equal dimension 3 of 'w', but got 5 and 6}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.conv_input_grad %x, %w {spatial = #dlc.dims<[5, 5]>, strides = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x3x3x5xf32>, tensor<3x3x4x6xf32>) -> tensor<1x5x5x4xf32>
  return
}

// -----

func.func @conv_input_grad_window(%x: tensor<1x3x3x6xf32>, %w: tensor<?x3x4x6xf32, #dlc.dims<[K, 3, 4, 6]>>) {
  // expected-error @below {{'dlc.conv_input_grad' op expected dimension 0 of 'w' to be a positive constant, but got K}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.conv_input_grad %x, %w {spatial = #dlc.dims<[5, 5]>, strides = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x3x3x6xf32>, tensor<?x3x4x6xf32, #dlc.dims<[K, 3, 4, 6]>>) -> tensor<1x5x5x4xf32>
  return
}

// -----

func.func @conv_input_grad_extent(%x: tensor<1x3x3x6xf32>, %w: tensor<3x3x4x6xf32>) {
  // expected-error @below {{'dlc.conv_input_grad' op expected dimension 1 of 'y' to be 4 for spatial extent 6, but got 3}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.conv_input_grad %x, %w {spatial = #dlc.dims<[6, 5]>, strides = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x3x3x6xf32>, tensor<3x3x4x6xf32>) -> tensor<1x5x5x4xf32>
  return
}

// -----

func.func @conv_weight_grad_rank(%x: tensor<1x5xf32>, %w: tensor<1x3x3x6xf32>) {
  // expected-error @below {{'dlc.conv_weight_grad' op expected 'x' and 'y' of one rank, 3 to 5, but got 2 and 4}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.conv_weight_grad %x, %w {window_shape = array<i64: 3, 3>, strides = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x5xf32>, tensor<1x3x3x6xf32>) -> tensor<1x3x3x6xf32>
  return
}

// -----

func.func @conv_weight_grad_window(%x: tensor<1x5x5x4xf32>, %w: tensor<1x3x3x6xf32>) {
  // expected-error @below {{'dlc.conv_weight_grad' op expected 'window_shape' to have 2 entries, but got 1}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.conv_weight_grad %x, %w {window_shape = array<i64: 3>, strides = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x5x5x4xf32>, tensor<1x3x3x6xf32>) -> tensor<3x3x4x6xf32>
  return
}

// -----

func.func @conv_weight_grad_batch(%x: tensor<1x5x5x4xf32>, %w: tensor<2x3x3x6xf32>) {
  // expected-error @below {{'dlc.conv_weight_grad' op expected dimension 0 of 'x' to equal dimension 0 of 'y', but got 1 and 2}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.conv_weight_grad %x, %w {window_shape = array<i64: 3, 3>, strides = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x5x5x4xf32>, tensor<2x3x3x6xf32>) -> tensor<3x3x4x6xf32>
  return
}

// -----

func.func @conv_weight_grad_extent(%x: tensor<1x5x5x4xf32>, %w: tensor<1x3x3x6xf32>) {
  // expected-error @below {{'dlc.conv_weight_grad' op expected dimension 1 of 'y' to be 2 for a window of 4, but got 3}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.conv_weight_grad %x, %w {window_shape = array<i64: 4, 3>, strides = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x5x5x4xf32>, tensor<1x3x3x6xf32>) -> tensor<3x3x4x6xf32>
  return
}

// -----

func.func @conv_weight_grad_multiple(%x: tensor<1x5x5x4xf32>, %w: tensor<1x3x3x6xf32>) {
  // expected-error @below {{'dlc.conv_weight_grad' op expected dimension 3 of 'x' to be a multiple of 'groups', but got 4 and 3}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.conv_weight_grad %x, %w {window_shape = array<i64: 3, 3>, strides = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 3 : i64} : (tensor<1x5x5x4xf32>, tensor<1x3x3x6xf32>) -> tensor<3x3x4x6xf32>
  return
}

// -----

func.func @conv_elements(%a: tensor<1x5x6x4xf32>, %b: tensor<3x2x4x6xf64>) {
  // expected-error @below {{'dlc.conv' op expected 'x' and 'w' of one element type, but got 'f32' and 'f64'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.conv %a, %b {strides = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x5x6x4xf32>, tensor<3x2x4x6xf64>) -> tensor<1x3x5x6xf32>
  return
}

// -----

func.func @conv_low(%a: tensor<1x5x6x4xf32>, %b: tensor<3x2x4x6xf32>) {
  // expected-error @below {{'dlc.conv' op expected 'low' to have 2 entries, but got 1}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.conv %a, %b {strides = array<i64: 1, 1>, low = array<i64: 0>, high = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x5x6x4xf32>, tensor<3x2x4x6xf32>) -> tensor<1x3x5x6xf32>
  return
}

// -----

func.func @conv_high(%a: tensor<1x5x6x4xf32>, %b: tensor<3x2x4x6xf32>) {
  // expected-error @below {{'dlc.conv' op expected 'high' to have 2 entries, but got 3}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.conv %a, %b {strides = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x5x6x4xf32>, tensor<3x2x4x6xf32>) -> tensor<1x3x5x6xf32>
  return
}

// -----

func.func @conv_dilation(%a: tensor<1x5x6x4xf32>, %b: tensor<3x2x4x6xf32>) {
  // expected-error @below {{'dlc.conv' op expected 'dilation' to have 2 entries, but got 0}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.conv %a, %b {strides = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>, dilation = array<i64>, groups = 1 : i64} : (tensor<1x5x6x4xf32>, tensor<3x2x4x6xf32>) -> tensor<1x3x5x6xf32>
  return
}

// -----

func.func @conv_input_grad_elements(%a: tensor<1x3x5x6xf32>, %b: tensor<3x2x4x6xf16>) {
  // expected-error @below {{'dlc.conv_input_grad' op expected 'y' and 'w' of one element type, but got 'f32' and 'f16'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.conv_input_grad %a, %b {spatial = #dlc.dims<[5, 6]>, strides = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x3x5x6xf32>, tensor<3x2x4x6xf16>) -> tensor<1x5x6x4xf32>
  return
}

// -----

func.func @conv_input_grad_groups(%a: tensor<1x3x5x6xf32>, %b: tensor<3x2x4x6xf32>) {
  // expected-error @below {{'dlc.conv_input_grad' op expected dimension 3 of 'w' to be a multiple of 'groups', but got 6 and 4}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.conv_input_grad %a, %b {spatial = #dlc.dims<[5, 6]>, strides = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 4 : i64} : (tensor<1x3x5x6xf32>, tensor<3x2x4x6xf32>) -> tensor<1x5x6x4xf32>
  return
}

// -----

func.func @conv_input_grad_window(%a: tensor<1x3x5x6xf32>, %b: tensor<0x2x4x6xf32>) {
  // expected-error @below {{'dlc.conv_input_grad' op expected dimension 0 of 'w' to be a positive constant, but got 0}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.conv_input_grad %a, %b {spatial = #dlc.dims<[5, 6]>, strides = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x3x5x6xf32>, tensor<0x2x4x6xf32>) -> tensor<1x5x6x4xf32>
  return
}

// -----

func.func @conv_weight_grad_elements(%a: tensor<1x5x6x4xf32>, %b: tensor<1x3x5x6xbf16>) {
  // expected-error @below {{'dlc.conv_weight_grad' op expected 'x' and 'y' of one element type, but got 'f32' and 'bf16'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.conv_weight_grad %a, %b {window_shape = array<i64: 3, 2>, strides = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x5x6x4xf32>, tensor<1x3x5x6xbf16>) -> tensor<3x2x4x6xf32>
  return
}

// -----

func.func @conv_weight_grad_window(%a: tensor<1x5x6x4xf32>, %b: tensor<1x3x5x6xf32>) {
  // expected-error @below {{'dlc.conv_weight_grad' op expected entry 1 of 'window_shape' to be positive, but got 0}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.conv_weight_grad %a, %b {window_shape = array<i64: 3, 0>, strides = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x5x6x4xf32>, tensor<1x3x5x6xf32>) -> tensor<3x2x4x6xf32>
  return
}

// -----

func.func @conv_weight_grad_groups(%a: tensor<1x5x6x4xf32>, %b: tensor<1x3x5x6xf32>) {
  // expected-error @below {{'dlc.conv_weight_grad' op expected dimension 3 of 'y' to be a multiple of 'groups', but got 6 and 4}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.conv_weight_grad %a, %b {window_shape = array<i64: 3, 2>, strides = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 4 : i64} : (tensor<1x5x6x4xf32>, tensor<1x3x5x6xf32>) -> tensor<3x2x1x6xf32>
  return
}
