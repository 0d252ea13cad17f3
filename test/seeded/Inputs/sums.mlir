// Sums whose order is law: longer than a block of 1,024, over two dims, and normalised rows.
func.func @main(%x: tensor<4x3000xf32>, %v: tensor<20x30xf32>, %s: tensor<4xf32>)
    -> (tensor<4xf32>, tensor<f32>, tensor<4xf32>, tensor<4xf32>) {
  %0 = dlc.tanh %x : (tensor<4x3000xf32>) -> tensor<4x3000xf32>
  %1 = dlc.reduce %0 {kind = #dlc.reduce_kind<sum>, dims = array<i64: 1>, order = #dlc.order<lanes>} : (tensor<4x3000xf32>) -> tensor<4xf32>
  %2 = dlc.reduce %v {kind = #dlc.reduce_kind<sum>, dims = array<i64: 0, 1>, order = #dlc.order<lanes>} : (tensor<20x30xf32>) -> tensor<f32>
  %3 = dlc.reduce %x {kind = #dlc.reduce_kind<max>, dims = array<i64: 1>, order = #dlc.order<lanes>} : (tensor<4x3000xf32>) -> tensor<4xf32>
  %4 = dlc.reduce %x {kind = #dlc.reduce_kind<sum>, dims = array<i64: 1>, order = #dlc.order<lanes>} : (tensor<4x3000xf32>) -> tensor<4xf32>
  %5 = dlc.add %1, %s : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %6 = dlc.sub %4, %s : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %5, %2, %3, %6 : tensor<4xf32>, tensor<f32>, tensor<4xf32>, tensor<4xf32>
}
