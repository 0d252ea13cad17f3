// An f16 sum of windows was rounded after every addition.
module {
  func.func @main(%arg0: tensor<3x3xf16> {dlc.example = dense<[[3.669430e-01, 1.501950e+00, 1.292720e-01], [-1.176760e+00, -1.526370e+00, 1.438480e+00], [1.563480e+00, -3.421020e-02, -1.311520e+00]]> : tensor<3x3xf16>}) -> tensor<1x3xf16> {
    %0 = dlc.reduce_window %arg0 {high = array<i64: 0, 0>, kind = #dlc.reduce_kind<sum>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>, window = array<i64: 3, 1>} : (tensor<3x3xf16>) -> tensor<1x3xf16>
    return %0 : tensor<1x3xf16>
  }
}
