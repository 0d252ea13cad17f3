// Ops that move elements, with a little work between them.
func.func @main(%x: tensor<6x6x6xf32>, %y: tensor<6x6x6xf32>, %v: tensor<f32>)
    -> (tensor<6x6x6xf32>, tensor<4x6x6xf32>, tensor<7x8x6xf32>, tensor<6x6x6xf32>) {
  %0 = dlc.transpose %x {perm = array<i64: 1, 2, 0>} : (tensor<6x6x6xf32>) -> tensor<6x6x6xf32>
  %1 = dlc.mul %0, %y : (tensor<6x6x6xf32>, tensor<6x6x6xf32>) -> tensor<6x6x6xf32>
  %2 = dlc.tanh %1 : (tensor<6x6x6xf32>) -> tensor<6x6x6xf32>
  %3 = dlc.slice %y {starts = array<i64: 2, 0, 0>, limits = #dlc.dims<[6, 6, 6]>, strides = array<i64: 1, 1, 1>} : (tensor<6x6x6xf32>) -> tensor<4x6x6xf32>
  %4 = dlc.pad %y, %v {low = array<i64: 1, 0, 0>, high = array<i64: 0, 2, 0>, interior = array<i64: 0, 0, 0>} : (tensor<6x6x6xf32>, tensor<f32>) -> tensor<7x8x6xf32>
  return %2, %3, %4, %2 : tensor<6x6x6xf32>, tensor<4x6x6xf32>, tensor<7x8x6xf32>, tensor<6x6x6xf32>
}
