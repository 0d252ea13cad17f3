// An index out of range of a gather whose elements are all replaced afterwards: the error was lost with the gather.
module {
  func.func @main(%arg0: tensor<8xf32> {dlc.example = dense<1.000000e+00> : tensor<8xf32>}, %arg1: tensor<1xi32> {dlc.example = dense<9> : tensor<1xi32>}, %arg2: tensor<1xf32> {dlc.example = dense<2.000000e+00> : tensor<1xf32>}, %arg3: tensor<i32> {dlc.example = dense<0> : tensor<i32>}) -> tensor<1xf32> {
    %0 = dlc.gather %arg0, %arg1 {axis = 0 : i64} : (tensor<8xf32>, tensor<1xi32>) -> tensor<1xf32>
    %1 = dlc.dynamic_update_slice %0, %arg2, %arg3 {mode = #dlc.index_mode<clamp>} : (tensor<1xf32>, tensor<1xf32>, tensor<i32>) -> tensor<1xf32>
    return %1 : tensor<1xf32>
  }
}
