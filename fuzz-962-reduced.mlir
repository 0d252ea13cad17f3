module {
  func.func private @f(%arg0: tensor<1xf32>, %arg1: tensor<f64>, %arg2: tensor<i1>, %arg3: tensor<1xi64>, %arg4: tensor<f64>) -> (tensor<f64>, tensor<1xf32>, tensor<f64>, tensor<f64>) {
    %extracted = tensor.extract %arg2[] : tensor<i1>
    %0:2 = scf.if %extracted -> (tensor<1xf32>, tensor<f64>) {
      %2 = dlc.neg %arg4 : tensor<f64>
      %3 = dlc.cumulative %arg0 {dim = 0 : i64, kind = #dlc.reduce_kind<min>} : (tensor<1xf32>) -> tensor<1xf32>
      scf.yield %3, %2 : tensor<1xf32>, tensor<f64>
    } else {
      scf.yield %arg0, %arg1 : tensor<1xf32>, tensor<f64>
    }
    %1 = dlc.gather %0#0, %arg3 {axis = 0 : i64, mode = #dlc.index_mode<clamp>} : (tensor<1xf32>, tensor<1xi64>) -> tensor<1xf32>
    return %arg1, %1, %0#1, %arg1 : tensor<f64>, tensor<1xf32>, tensor<f64>, tensor<f64>
  }
  func.func @main(%arg0: tensor<1xf32> {dlc.example = dense<0.131237343> : tensor<1xf32>}, %arg1: tensor<f64> {dlc.example = dense<-1.4032893862289773> : tensor<f64>}, %arg2: tensor<i1> {dlc.example = dense<false> : tensor<i1>}, %arg3: tensor<1xi64> {dlc.example = dense<0> : tensor<1xi64>}, %arg4: tensor<f64> {dlc.example = dense<0.44159987607445705> : tensor<f64>}, %arg5: tensor<f64> {dlc.example = dense<1.100000e+00> : tensor<f64>}, %arg6: tensor<1xf32> {dlc.example = dense<1.100000e+00> : tensor<1xf32>}, %arg7: tensor<f64> {dlc.example = dense<1.100000e+00> : tensor<f64>}, %arg8: tensor<f64> {dlc.example = dense<-1.000000e+00> : tensor<f64>}) -> tensor<1xf32> {
    %0:5 = dlc.vjp @f(%arg0, %arg1, %arg2, %arg3, %arg8, %arg5, %arg6, %arg4, %arg7) {of = array<i64: 0, 1, 2, 3>, wrt = array<i64: 0>} : (tensor<1xf32>, tensor<f64>, tensor<i1>, tensor<1xi64>, tensor<f64>, tensor<f64>, tensor<1xf32>, tensor<f64>, tensor<f64>) -> (tensor<f64>, tensor<1xf32>, tensor<f64>, tensor<f64>, tensor<1xf32>)
    return %0#4 : tensor<1xf32>
  }
}
