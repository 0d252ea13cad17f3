// RUN: dlc-opt %s --split-input-file --verify-diagnostics

// Scans, sorts, scatters, parts at places that are data, and bitcast.

func.func @cumulative_kind(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.cumulative' op expected 'kind' to be sum, prod, max or min, but got any}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.cumulative %x {kind = #dlc.reduce_kind<any>, dim = 0 : i64} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @cumulative_dim(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.cumulative' op expected 'dim' to be in [0, 1), but got 1}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.cumulative %x {kind = #dlc.reduce_kind<sum>, dim = 1 : i64} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @sort_dim(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.sort' op expected 'dim' to be in [0, 1), but got -1}}
  // expected-error @below {{failed to infer returned types}}
  %0:2 = dlc.sort %x {dim = -1 : i64} : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xi64>)
  return
}

// -----

func.func @top_k_dim(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.top_k' op expected 'dim' to be in [0, 1), but got 2}}
  // expected-error @below {{failed to infer returned types}}
  %0:2 = dlc.top_k %x {dim = 2 : i64, k = 1 : i64} : (tensor<4xf32>) -> (tensor<1xf32>, tensor<1xi64>)
  return
}

// -----

func.func @top_k_count(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.top_k' op expected 'k' to be in [0, 4], the extent of dimension 0 of 'x', but got 5}}
  // expected-error @below {{failed to infer returned types}}
  %0:2 = dlc.top_k %x {dim = 0 : i64, k = 5 : i64} : (tensor<4xf32>) -> (tensor<5xf32>, tensor<5xi64>)
  return
}

// -----

func.func @scatter_bool(%x: tensor<4xi1>, %i: tensor<2xi64>, %u: tensor<2xi1>) {
  // expected-error @below {{'dlc.scatter' op expected 'x' to have elements that 'max' combines, but got 'i1'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.scatter %x, %i, %u {axis = 0 : i64, kind = #dlc.scatter_kind<max>} : (tensor<4xi1>, tensor<2xi64>, tensor<2xi1>) -> tensor<4xi1>
  return
}

// -----

func.func @dynamic_slice_starts(%x: tensor<4x5xf32>, %i: tensor<i64>) {
  // expected-error @below {{'dlc.dynamic_slice' op expected 'starts' to have 2 entries, but got 1}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.dynamic_slice %x, %i {sizes = #dlc.dims<[2, 2]>} : (tensor<4x5xf32>, tensor<i64>) -> tensor<2x2xf32>
  return
}

// -----

func.func @dynamic_slice_sizes(%x: tensor<4xf32>, %i: tensor<i64>) {
  // expected-error @below {{'dlc.dynamic_slice' op expected 'sizes' to have 1 entries, but got 2}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.dynamic_slice %x, %i {sizes = #dlc.dims<[2, 2]>} : (tensor<4xf32>, tensor<i64>) -> tensor<2x2xf32>
  return
}

// -----

func.func @dynamic_slice_rank_of_start(%x: tensor<4xf32>, %i: tensor<1xi64>) {
  // expected-error @below {{'dlc.dynamic_slice' op expected entry 0 of 'starts' to have rank 0, but got 'tensor<1xi64>'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.dynamic_slice %x, %i {sizes = #dlc.dims<[2]>} : (tensor<4xf32>, tensor<1xi64>) -> tensor<2xf32>
  return
}

// -----

func.func @dynamic_slice_room(%x: tensor<4xf32>, %i: tensor<i64>) {
  // expected-error @below {{'dlc.dynamic_slice' op expected entry 0 of 'sizes' to be in [0, 4], the extent of dimension 0 of 'x', but got 5}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.dynamic_slice %x, %i {sizes = #dlc.dims<[5]>} : (tensor<4xf32>, tensor<i64>) -> tensor<5xf32>
  return
}

// -----

func.func @dynamic_update_slice_element(%x: tensor<4xf32>, %u: tensor<2xf64>, %i: tensor<i64>) {
  // expected-error @below {{'dlc.dynamic_update_slice' op expected 'update' to have elements of 'f32', but got 'f64'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.dynamic_update_slice %x, %u, %i : (tensor<4xf32>, tensor<2xf64>, tensor<i64>) -> tensor<4xf32>
  return
}

// -----

func.func @dynamic_update_slice_room(%x: tensor<4xf32>, %u: tensor<6xf32>, %i: tensor<i64>) {
  // expected-error @below {{'dlc.dynamic_update_slice' op expected entry 0 of 'update' to be in [0, 4], the extent of dimension 0 of 'x', but got 6}}
  // expected-error @below {{failed to infer returned types}}
  %0 = dlc.dynamic_update_slice %x, %u, %i : (tensor<4xf32>, tensor<6xf32>, tensor<i64>) -> tensor<4xf32>
  return
}

// -----

func.func @bitcast_width(%x: tensor<4xf32>) {
  // expected-error @below {{'dlc.bitcast' op expected 'to' to have the width of 'f32', but got 'i64'}}
  %0 = dlc.bitcast %x {to = i64} : (tensor<4xf32>) -> tensor<4xi64>
  return
}
