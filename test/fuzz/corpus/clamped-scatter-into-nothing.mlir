// A clamped index into an extent of 0: no place is meant; compiled code wrote beyond the result.
module {
  func.func @main(%arg0: tensor<0xf32> {dlc.example = dense<0.000000e+00> : tensor<0xf32>}, %arg1: tensor<2xi64> {dlc.example = dense<[1, 0]> : tensor<2xi64>}, %arg2: tensor<2xf32> {dlc.example = dense<2.000000e+00> : tensor<2xf32>}) -> tensor<0xf32> {
    %0 = dlc.scatter %arg0, %arg1, %arg2 {axis = 0 : i64, kind = #dlc.scatter_kind<set>, mode = #dlc.index_mode<clamp>} : (tensor<0xf32>, tensor<2xi64>, tensor<2xf32>) -> tensor<0xf32>
    return %0 : tensor<0xf32>
  }
}
