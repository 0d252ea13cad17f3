// A loss of a small network and its gradients; x is used three times.
func.func private @f(%w: tensor<6x9xf32>, %x: tensor<9x5xf32>, %b: tensor<6x5xf32>) -> tensor<f32> {
  %0 = dlc.dot_general %w, %x {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>, order = #dlc.order<chain>} : (tensor<6x9xf32>, tensor<9x5xf32>) -> tensor<6x5xf32>
  %1 = dlc.sub %0, %b : (tensor<6x5xf32>, tensor<6x5xf32>) -> tensor<6x5xf32>
  %2 = dlc.relu %1 : (tensor<6x5xf32>) -> tensor<6x5xf32>
  %3 = dlc.relu %b : (tensor<6x5xf32>) -> tensor<6x5xf32>
  %4 = dlc.mul %b, %1 : (tensor<6x5xf32>, tensor<6x5xf32>) -> tensor<6x5xf32>
  %5 = dlc.mul %2, %3 : (tensor<6x5xf32>, tensor<6x5xf32>) -> tensor<6x5xf32>
  %6 = dlc.mul %5, %4 : (tensor<6x5xf32>, tensor<6x5xf32>) -> tensor<6x5xf32>
  %7 = dlc.reduce %6 {kind = #dlc.reduce_kind<sum>, dims = array<i64: 0, 1>, order = #dlc.order<lanes>} : (tensor<6x5xf32>) -> tensor<f32>
  return %7 : tensor<f32>
}
func.func @main(%w: tensor<6x9xf32>, %x: tensor<9x5xf32>, %b: tensor<6x5xf32>, %ct: tensor<f32>) -> (tensor<f32>, tensor<6x9xf32>, tensor<6x5xf32>) {
  %0:3 = dlc.vjp @f(%w, %x, %b, %ct) {wrt = array<i64: 0, 2>, of = array<i64: 0>} : (tensor<6x9xf32>, tensor<9x5xf32>, tensor<6x5xf32>, tensor<f32>) -> (tensor<f32>, tensor<6x9xf32>, tensor<6x5xf32>)
  return %0#0, %0#1, %0#2 : tensor<f32>, tensor<6x9xf32>, tensor<6x5xf32>
}
