// RUN: dlc-opt %s --dlc-fuse-kernels --split-input-file | FileCheck %s

// What can fail is computed whole, also if its reader wants some of it only (numerics N9): no fusion.
// CHECK-LABEL: func.func @cropped
// CHECK: %[[P:.*]] = rt.launch @k_gather(
// CHECK: rt.launch @{{k_.*slice.*}}(%[[P]])
func.func @cropped(%x: tensor<8xf32>, %i: tensor<6xi32>) -> tensor<2xf32> {
  %0 = dlc.gather %x, %i {axis = 0 : i64} : (tensor<8xf32>, tensor<6xi32>) -> tensor<6xf32>
  %1 = dlc.slice %0 {starts = array<i64: 1>, limits = #dlc.dims<[5]>, strides = array<i64: 2>} : (tensor<6xf32>) -> tensor<2xf32>
  return %1 : tensor<2xf32>
}

// -----

// The same where ops lie between the two.
// CHECK-LABEL: func.func @through
// CHECK: %[[P:.*]] = rt.launch @k_exp(
// CHECK: rt.launch @{{k_.*slice.*}}(%[[P]])
func.func @through(%x: tensor<8xf32>, %i: tensor<6xi32>) -> tensor<2xf32> {
  %0 = dlc.gather %x, %i {axis = 0 : i64} : (tensor<8xf32>, tensor<6xi32>) -> tensor<6xf32>
  %1 = dlc.exp %0 : (tensor<6xf32>) -> tensor<6xf32>
  %2 = dlc.slice %1 {starts = array<i64: 1>, limits = #dlc.dims<[5]>, strides = array<i64: 2>} : (tensor<6xf32>) -> tensor<2xf32>
  return %2 : tensor<2xf32>
}

// -----

// A repeated value is read at least once if the extent is known, so it may be inlined.
// CHECK-LABEL: func.func @repeated
// CHECK: rt.launch @k_add(
// CHECK-NOT: rt.launch
func.func @repeated(%x: tensor<8xf32>, %i: tensor<6xi32>, %y: tensor<3x6xf32>) -> tensor<3x6xf32> {
  %0 = dlc.gather %x, %i {axis = 0 : i64} : (tensor<8xf32>, tensor<6xi32>) -> tensor<6xf32>
  %1 = dlc.broadcast %0 {shape = #dlc.dims<[3, 6]>, dims = array<i64: 1>} : (tensor<6xf32>) -> tensor<3x6xf32>
  %2 = dlc.add %1, %y : (tensor<3x6xf32>, tensor<3x6xf32>) -> tensor<3x6xf32>
  return %2 : tensor<3x6xf32>
}

// -----

// A symbolic extent may be 0.
// CHECK-LABEL: func.func @maybe_never
// CHECK: %[[P:.*]] = rt.launch @k_gather(
// CHECK: rt.launch @{{k_.*add.*}}(%[[P]]
func.func @maybe_never(%x: tensor<8xf32>, %i: tensor<6xi32>, %y: tensor<?x6xf32, #dlc.dims<[N, 6]>>) -> tensor<?x6xf32, #dlc.dims<[N, 6]>> {
  %0 = dlc.gather %x, %i {axis = 0 : i64} : (tensor<8xf32>, tensor<6xi32>) -> tensor<6xf32>
  %1 = dlc.broadcast %0 {shape = #dlc.dims<[N, 6]>, dims = array<i64: 1>} : (tensor<6xf32>) -> tensor<?x6xf32, #dlc.dims<[N, 6]>>
  %2 = dlc.add %1, %y : (tensor<?x6xf32, #dlc.dims<[N, 6]>>, tensor<?x6xf32, #dlc.dims<[N, 6]>>) -> tensor<?x6xf32, #dlc.dims<[N, 6]>>
  return %2 : tensor<?x6xf32, #dlc.dims<[N, 6]>>
}

// -----

// What only an unread op of a branch reads is unread too.
// CHECK-LABEL: func.func @read_in_vain
// CHECK-NOT: gather
// CHECK: scf.if
func.func @read_in_vain(%x: tensor<8xf32>, %i: tensor<8xi32>, %c: i1) -> tensor<8xf32> {
  %0 = dlc.gather %x, %i {axis = 0 : i64} : (tensor<8xf32>, tensor<8xi32>) -> tensor<8xf32>
  %r = scf.if %c -> (tensor<8xf32>) {
    %1 = dlc.add %0, %x : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
    %2 = dlc.exp %x : (tensor<8xf32>) -> tensor<8xf32>
    scf.yield %2 : tensor<8xf32>
  } else {
    scf.yield %x : tensor<8xf32>
  }
  return %r : tensor<8xf32>
}
