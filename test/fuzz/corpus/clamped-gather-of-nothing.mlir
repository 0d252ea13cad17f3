// A clamped index into an extent of 0: by definition the element is 0; compiled code read beyond the operand.
module {
  func.func @main(%arg0: tensor<?xf16, #dlc.dims<[S]>> {dlc.example = dense<1.000000e+00> : tensor<0xf16>}, %arg1: tensor<3xi64> {dlc.example = dense<[0, 2, -1]> : tensor<3xi64>}) -> tensor<3xf16> {
    %0 = dlc.gather %arg0, %arg1 {axis = 0 : i64, mode = #dlc.index_mode<clamp>} : (tensor<?xf16, #dlc.dims<[S]>>, tensor<3xi64>) -> tensor<3xf16>
    return %0 : tensor<3xf16>
  }
}
