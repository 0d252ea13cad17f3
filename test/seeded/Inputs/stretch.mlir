// A bias on a batch of a size that is not known, and its gradient: a sum over the batch.
func.func private @f(%b: tensor<4xf32>, %x: tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>> {
  %0 = dlc.broadcast %b {dims = array<i64: 1>, shape = #dlc.dims<[B, 4]>} : (tensor<4xf32>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  %1 = dlc.mul %0, %x : tensor<?x4xf32, #dlc.dims<[B, 4]>>
  return %1 : tensor<?x4xf32, #dlc.dims<[B, 4]>>
}
func.func @main(%b: tensor<4xf32>, %x: tensor<?x4xf32, #dlc.dims<[B, 4]>>, %ct: tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<4xf32>) attributes {dlc.symbols = {B = array<i64: 20, 40, 1>}} {
  %0:2 = dlc.vjp @f(%b, %x, %ct) {wrt = array<i64: 0>, of = array<i64: 0>} : (tensor<4xf32>, tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<4xf32>)
  return %0#0, %0#1 : tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<4xf32>
}
