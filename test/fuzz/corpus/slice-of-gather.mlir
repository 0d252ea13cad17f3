// An index out of range of a gather whose slice leaves that element out: the error was lost when the two were fused.
module {
  func.func @main(%arg0: tensor<8xf32> {dlc.example = dense<1.000000e+00> : tensor<8xf32>}, %arg1: tensor<3xi32> {dlc.example = dense<[0, 1, 9]> : tensor<3xi32>}) -> tensor<2xf32> {
    %0 = dlc.gather %arg0, %arg1 {axis = 0 : i64} : (tensor<8xf32>, tensor<3xi32>) -> tensor<3xf32>
    %1 = dlc.slice %0 {limits = #dlc.dims<[2]>, starts = array<i64: 0>, strides = array<i64: 1>} : (tensor<3xf32>) -> tensor<2xf32>
    return %1 : tensor<2xf32>
  }
}
