// Rows of a table by index: an index out of range is an error that only running finds.
func.func @main(%table: tensor<10x4xf32> {dlc.name = "table"}, %rows: tensor<3xi64> {dlc.name = "rows"})
    -> (tensor<3x4xf32> {dlc.name = "picked"}) {
  %0 = dlc.gather %table, %rows {axis = 0 : i64} : (tensor<10x4xf32>, tensor<3xi64>) -> tensor<3x4xf32>
  return %0 : tensor<3x4xf32>
}
