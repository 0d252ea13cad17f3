// The CPU had no emitter for scatters of f16 and bf16, which the gradients of their gathers are, too.
module {
  func.func private @f(%arg0: tensor<4xf16>, %arg1: tensor<3xi32>, %arg2: tensor<3xbf16>, %arg3: tensor<2xbf16>) -> (tensor<3xf16>, tensor<2xbf16>) {
    %0 = dlc.gather %arg0, %arg1 {axis = 0 : i64, mode = #dlc.index_mode<clamp>} : (tensor<4xf16>, tensor<3xi32>) -> tensor<3xf16>
    %1 = dlc.scatter %arg3, %arg1, %arg2 {axis = 0 : i64, mode = #dlc.index_mode<clamp>} : (tensor<2xbf16>, tensor<3xi32>, tensor<3xbf16>) -> tensor<2xbf16>
    return %0, %1 : tensor<3xf16>, tensor<2xbf16>
  }
  func.func @main(%arg0: tensor<4xf16> {dlc.example = dense<1.5> : tensor<4xf16>}, %arg1: tensor<3xi32> {dlc.example = dense<[1, 1, 7]> : tensor<3xi32>}, %arg2: tensor<3xbf16> {dlc.example = dense<[0.25, 1.5, -3.0]> : tensor<3xbf16>}, %arg3: tensor<2xbf16> {dlc.example = dense<1.0> : tensor<2xbf16>}, %arg4: tensor<3xf16> {dlc.example = dense<[0.1, 3.0, 2.0]> : tensor<3xf16>}, %arg5: tensor<2xbf16> {dlc.example = dense<0.5> : tensor<2xbf16>}) -> (tensor<4xf16>, tensor<3xbf16>, tensor<2xbf16>) {
    %0:5 = dlc.vjp @f(%arg0, %arg1, %arg2, %arg3, %arg4, %arg5) {of = array<i64: 0, 1>, wrt = array<i64: 0, 2, 3>} : (tensor<4xf16>, tensor<3xi32>, tensor<3xbf16>, tensor<2xbf16>, tensor<3xf16>, tensor<2xbf16>) -> (tensor<3xf16>, tensor<2xbf16>, tensor<4xf16>, tensor<3xbf16>, tensor<2xbf16>)
    return %0#2, %0#3, %0#4 : tensor<4xf16>, tensor<3xbf16>, tensor<2xbf16>
  }
}
