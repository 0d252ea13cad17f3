// y = relu(tanh(x + b)): one pointwise kernel with a symbolic batch.
func.func @main(%x: tensor<?x128xf32, #dlc.dims<[B, 128]>> {dlc.name = "x"},
                %b: tensor<128xf32> {dlc.name = "b"})
    -> (tensor<?x128xf32, #dlc.dims<[B, 128]>> {dlc.name = "y"}) {
  %0 = dlc.broadcast %b {shape = #dlc.dims<[B, 128]>, dims = array<i64: 1>}
      : (tensor<128xf32>) -> tensor<?x128xf32, #dlc.dims<[B, 128]>>
  %1 = dlc.add %x, %0 : (tensor<?x128xf32, #dlc.dims<[B, 128]>>, tensor<?x128xf32, #dlc.dims<[B, 128]>>)
      -> tensor<?x128xf32, #dlc.dims<[B, 128]>>
  %2 = dlc.tanh %1 : (tensor<?x128xf32, #dlc.dims<[B, 128]>>) -> tensor<?x128xf32, #dlc.dims<[B, 128]>>
  %3 = dlc.relu %2 : (tensor<?x128xf32, #dlc.dims<[B, 128]>>) -> tensor<?x128xf32, #dlc.dims<[B, 128]>>
  return %3 : tensor<?x128xf32, #dlc.dims<[B, 128]>>
}
