// A cast of f16 to bf16 rounds, and a product of little work loaded the f16 as they lie.
module {
  func.func @main(%arg0: tensor<1x1xf16> {dlc.example = dense<1.0029296875> : tensor<1x1xf16>}, %arg1: tensor<1x1xf16> {dlc.example = dense<1.0029296875> : tensor<1x1xf16>}) -> tensor<1x1xbf16> {
    %0 = dlc.cast %arg0 {to = bf16} : (tensor<1x1xf16>) -> tensor<1x1xbf16>
    %1 = dlc.cast %arg1 {to = bf16} : (tensor<1x1xf16>) -> tensor<1x1xbf16>
    %2 = dlc.dot_general %0, %1 {lhs_batch = array<i64>, lhs_contract = array<i64: 1>, order = #dlc.order<chain>, rhs_batch = array<i64>, rhs_contract = array<i64: 0>} : (tensor<1x1xbf16>, tensor<1x1xbf16>) -> tensor<1x1xbf16>
    return %2 : tensor<1x1xbf16>
  }
}
