func.func @main(%x: tensor<64x24xf32> {dlc.name = "x"}, %b: tensor<24xf32> {dlc.name = "b"}) -> (tensor<64x24xf32> {dlc.name = "y"}) {
  %0 = dlc.broadcast %b {shape = #dlc.dims<[64, 24]>, dims = array<i64: 1>} : (tensor<24xf32>) -> tensor<64x24xf32>
  %1 = dlc.add %x, %0 : (tensor<64x24xf32>, tensor<64x24xf32>) -> tensor<64x24xf32>
  %2 = dlc.relu %1 : (tensor<64x24xf32>) -> tensor<64x24xf32>
  return %2 : tensor<64x24xf32>
}
