// Two layers and a softmax over a symbolic batch: contractions, reductions and an arena.
!x = tensor<?x40xf32, #dlc.dims<[B, 40]>>
!h = tensor<?x70xf32, #dlc.dims<[B, 70]>>
!y = tensor<?x10xf32, #dlc.dims<[B, 10]>>
!b = tensor<?xf32, #dlc.dims<[B]>>
func.func @main(%x: !x, %v: tensor<40x70xf32>, %w: tensor<70x10xf32>) -> !y {
  %0 = dlc.dot_general %x, %v {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>, order = #dlc.order<chain>} : (!x, tensor<40x70xf32>) -> !h
  %1 = dlc.tanh %0 : (!h) -> !h
  %2 = dlc.dot_general %1, %w {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>, order = #dlc.order<chain>} : (!h, tensor<70x10xf32>) -> !y
  %3 = dlc.reduce %2 {kind = #dlc.reduce_kind<max>, dims = array<i64: 1>, order = #dlc.order<lanes>} : (!y) -> !b
  %4 = dlc.broadcast %3 {shape = #dlc.dims<[B, 10]>, dims = array<i64: 0>} : (!b) -> !y
  %5 = dlc.sub %2, %4 : (!y, !y) -> !y
  %6 = dlc.exp %5 : (!y) -> !y
  %7 = dlc.reduce %6 {kind = #dlc.reduce_kind<sum>, dims = array<i64: 1>, order = #dlc.order<lanes>} : (!y) -> !b
  %8 = dlc.broadcast %7 {shape = #dlc.dims<[B, 10]>, dims = array<i64: 0>} : (!b) -> !y
  %9 = dlc.div %6, %8 : (!y, !y) -> !y
  return %9 : !y
}
