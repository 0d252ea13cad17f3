// Columns of dims [2, 1] count as one stretch; the last, of extent 1, has another stride, and was taken for theirs.
module {
  func.func @main(%arg0: tensor<1xf32> {dlc.example = dense<-1.9368012> : tensor<1xf32>}, %arg1: tensor<2x1xf32> {dlc.example = dense<[[0.000000e+00], [-1.58600736]]> : tensor<2x1xf32>}) -> tensor<1x2x1xf32> {
    %0 = dlc.broadcast %arg1 {dims = array<i64: 1, 2>, shape = #dlc.dims<[1, 2, 1]>} : (tensor<2x1xf32>) -> tensor<1x2x1xf32>
    %1 = dlc.dot_general %0, %arg0 {lhs_batch = array<i64: 0>, lhs_contract = array<i64>, order = #dlc.order<chain>, rhs_batch = array<i64: 0>, rhs_contract = array<i64>} : (tensor<1x2x1xf32>, tensor<1xf32>) -> tensor<1x2x1xf32>
    return %1 : tensor<1x2x1xf32>
  }
}
