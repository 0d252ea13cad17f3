func.func @main(%x: tensor<5xi4> {dlc.name = "x"}, %w: tensor<5xf8E4M3FN> {dlc.name = "w"}) -> (tensor<5xf8E5M2> {dlc.name = "y"}, tensor<5xui4> {dlc.name = "bits"}) {
  %0 = dlc.cast %x {to = f32} : (tensor<5xi4>) -> tensor<5xf32>
  %1 = dlc.cast %w {to = f32} : (tensor<5xf8E4M3FN>) -> tensor<5xf32>
  %2 = dlc.mul %0, %1 : tensor<5xf32>
  %3 = dlc.cast %2 {to = f8E5M2} : (tensor<5xf32>) -> tensor<5xf8E5M2>
  %4 = dlc.bitcast %x {to = ui4} : (tensor<5xi4>) -> tensor<5xui4>
  return %3, %4 : tensor<5xf8E5M2>, tensor<5xui4>
}
