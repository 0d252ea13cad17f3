// A reduction over several dims, one of them a symbol that is 0 here: compiled code divided by it.
module {
  func.func @main(%arg0: tensor<3x?xi1, #dlc.dims<[3, S]>> {dlc.example = dense<true> : tensor<3x0xi1>}) -> tensor<i1> {
    %0 = dlc.reverse %arg0 {dims = array<i64: 0, 1>} : (tensor<3x?xi1, #dlc.dims<[3, S]>>) -> tensor<3x?xi1, #dlc.dims<[3, S]>>
    %1 = dlc.reduce %0 {dims = array<i64: 0, 1>, kind = #dlc.reduce_kind<all>, order = #dlc.order<lanes>} : (tensor<3x?xi1, #dlc.dims<[3, S]>>) -> tensor<i1>
    return %1 : tensor<i1>
  }
}
