// Elementwise ops whose edge cases are not-a-number, infinities and the sign of zero.
func.func @main(%x: tensor<13x33xf32>, %y: tensor<13x33xf32>, %z: tensor<13x33xf32>)
    -> (tensor<13x33xf32>, tensor<13x33xf32>, tensor<13x33xf32>, tensor<13x33xf32>, tensor<13x33xf32>) {
  %zero = dlc.constant dense<0.0> : tensor<13x33xf32>
  %three = dlc.constant dense<3.0> : tensor<13x33xf32>
  %0 = dlc.add %x, %zero : (tensor<13x33xf32>, tensor<13x33xf32>) -> tensor<13x33xf32>
  %1 = dlc.atan2 %0, %y : (tensor<13x33xf32>, tensor<13x33xf32>) -> tensor<13x33xf32>
  %2 = dlc.div %1, %three : (tensor<13x33xf32>, tensor<13x33xf32>) -> tensor<13x33xf32>
  %3 = dlc.sub %y, %y : (tensor<13x33xf32>, tensor<13x33xf32>) -> tensor<13x33xf32>
  %4 = dlc.mul %z, %zero : (tensor<13x33xf32>, tensor<13x33xf32>) -> tensor<13x33xf32>
  %5 = dlc.add %x, %y : (tensor<13x33xf32>, tensor<13x33xf32>) -> tensor<13x33xf32>
  %6 = dlc.add %5, %z : (tensor<13x33xf32>, tensor<13x33xf32>) -> tensor<13x33xf32>
  %7 = dlc.max %6, %2 : (tensor<13x33xf32>, tensor<13x33xf32>) -> tensor<13x33xf32>
  %8 = dlc.cast %z {to = i32} : (tensor<13x33xf32>) -> tensor<13x33xi32>
  %9 = dlc.cast %8 {to = f32} : (tensor<13x33xi32>) -> tensor<13x33xf32>
  %10 = dlc.relu %z : (tensor<13x33xf32>) -> tensor<13x33xf32>
  %11 = dlc.exp %7 : (tensor<13x33xf32>) -> tensor<13x33xf32>
  %12 = dlc.sub %9, %4 : (tensor<13x33xf32>, tensor<13x33xf32>) -> tensor<13x33xf32>
  return %3, %4, %10, %11, %12 : tensor<13x33xf32>, tensor<13x33xf32>, tensor<13x33xf32>, tensor<13x33xf32>, tensor<13x33xf32>
}
