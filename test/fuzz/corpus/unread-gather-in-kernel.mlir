// A gather that nobody reads, with an index out of range: in a kernel with what it reads it reported that.
module {
  func.func @main(%arg0: tensor<3xbf16> {dlc.example = dense<1.000000e+00> : tensor<3xbf16>}, %arg1: tensor<1xi64> {dlc.example = dense<4> : tensor<1xi64>}) -> tensor<3xbf16> {
    %0 = dlc.neg %arg0 : tensor<3xbf16>
    %1 = dlc.exp %0 : tensor<3xbf16>
    %2 = dlc.gather %0, %arg1 {axis = 0 : i64} : (tensor<3xbf16>, tensor<1xi64>) -> tensor<1xbf16>
    return %1 : tensor<3xbf16>
  }
}
