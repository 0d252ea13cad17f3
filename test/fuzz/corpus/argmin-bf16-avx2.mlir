// A bf16 argmin for AVX2 asked for a library call.
module {
  func.func @main(%arg0: tensor<1x1xbf16> {dlc.example = dense<7.460930e-01> : tensor<1x1xbf16>}) -> tensor<1xi64> {
    %0 = dlc.argmin %arg0 {dim = 0 : i64} : (tensor<1x1xbf16>) -> tensor<1xi64>
    return %0 : tensor<1xi64>
  }
}
