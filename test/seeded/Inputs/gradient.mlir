// A loss of a small network and its gradients; b is used three times.
func.func private @f(%w: tensor<16x9xf32>, %x: tensor<9x15xf32>, %b: tensor<16x15xf32>) -> tensor<f32> {
  %0 = dlc.dot_general %w, %x {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>, order = #dlc.order<chain>} : (tensor<16x9xf32>, tensor<9x15xf32>) -> tensor<16x15xf32>
  %1 = dlc.sub %0, %b : (tensor<16x15xf32>, tensor<16x15xf32>) -> tensor<16x15xf32>
  %2 = dlc.relu %1 : (tensor<16x15xf32>) -> tensor<16x15xf32>
  %3 = dlc.relu %b : (tensor<16x15xf32>) -> tensor<16x15xf32>
  %4 = dlc.mul %b, %1 : (tensor<16x15xf32>, tensor<16x15xf32>) -> tensor<16x15xf32>
  %5 = dlc.add %2, %3 : (tensor<16x15xf32>, tensor<16x15xf32>) -> tensor<16x15xf32>
  %6 = dlc.mul %5, %1 : (tensor<16x15xf32>, tensor<16x15xf32>) -> tensor<16x15xf32>
  %7 = dlc.add %6, %4 : (tensor<16x15xf32>, tensor<16x15xf32>) -> tensor<16x15xf32>
  %8 = dlc.reduce %7 {kind = #dlc.reduce_kind<sum>, dims = array<i64: 0, 1>, order = #dlc.order<lanes>} : (tensor<16x15xf32>) -> tensor<f32>
  return %8 : tensor<f32>
}
func.func @main(%w: tensor<16x9xf32>, %x: tensor<9x15xf32>, %b: tensor<16x15xf32>, %ct: tensor<f32>) -> (tensor<f32>, tensor<16x9xf32>, tensor<16x15xf32>) {
  %0:3 = dlc.vjp @f(%w, %x, %b, %ct) {wrt = array<i64: 0, 2>, of = array<i64: 0>} : (tensor<16x9xf32>, tensor<9x15xf32>, tensor<16x15xf32>, tensor<f32>) -> (tensor<f32>, tensor<16x9xf32>, tensor<16x15xf32>)
  return %0#0, %0#1, %0#2 : tensor<f32>, tensor<16x9xf32>, tensor<16x15xf32>
}
