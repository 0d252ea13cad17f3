// loss = sum((w * x)^2), and a second output.
func.func @main(%w: tensor<8xf32> {dlc.name = "w"}, %x: tensor<8xf32> {dlc.name = "x"})
    -> (tensor<f32> {dlc.name = "loss"}, tensor<8xf32> {dlc.name = "product"}) {
  %0 = dlc.mul %w, %x : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %1 = dlc.mul %0, %0 : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %2 = dlc.reduce %1 {kind = #dlc.reduce_kind<sum>, dims = array<i64: 0>, order = #dlc.order<lanes>}
      : (tensor<8xf32>) -> tensor<f32>
  return %2, %0 : tensor<f32>, tensor<8xf32>
}
