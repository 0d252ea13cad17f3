// Two look-ups that fail when an index is out of range: the first in the program wins.
func.func @main(%t: tensor<3x9xf32>, %u: tensor<2x9xf32>, %i: tensor<40xi64>, %j: tensor<40xi64>) -> (tensor<40xf32>, tensor<40xf32>) {
  %0 = dlc.gather %t, %i {axis = 0 : i64} : (tensor<3x9xf32>, tensor<40xi64>) -> tensor<40x9xf32>
  %1 = dlc.reduce %0 {kind = #dlc.reduce_kind<sum>, dims = array<i64: 1>, order = #dlc.order<lanes>} : (tensor<40x9xf32>) -> tensor<40xf32>
  %2 = dlc.gather %u, %j {axis = 0 : i64} : (tensor<2x9xf32>, tensor<40xi64>) -> tensor<40x9xf32>
  %3 = dlc.reduce %2 {kind = #dlc.reduce_kind<max>, dims = array<i64: 1>, order = #dlc.order<lanes>} : (tensor<40x9xf32>) -> tensor<40xf32>
  return %1, %3 : tensor<40xf32>, tensor<40xf32>
}
