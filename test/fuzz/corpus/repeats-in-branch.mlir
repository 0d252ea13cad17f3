// A branch of a derivative that reads two broadcasts of one constant from around it: fuse put the copies in an order where one came before what it reads.
module {
  func.func private @f(%arg0: tensor<f32>, %arg1: tensor<1xf64>, %arg2: tensor<i1>) -> (tensor<1xf64>, tensor<1xf64>, tensor<1xf64>, tensor<f32>) {
    %extracted = tensor.extract %arg2[] : tensor<i1>
    %0:3 = scf.if %extracted -> (tensor<1xf64>, tensor<f32>, tensor<1xf64>) {
      %1 = dlc.cumulative %arg1 {dim = 0 : i64, kind = #dlc.reduce_kind<max>} : (tensor<1xf64>) -> tensor<1xf64>
      scf.yield %arg1, %arg0, %1 : tensor<1xf64>, tensor<f32>, tensor<1xf64>
    } else {
      scf.yield %arg1, %arg0, %arg1 : tensor<1xf64>, tensor<f32>, tensor<1xf64>
    }
    %values, %indices = dlc.sort %0#0 {descending = true, dim = 0 : i64} : (tensor<1xf64>) -> (tensor<1xf64>, tensor<1xi64>)
    return %values, %arg1, %0#2, %arg0 : tensor<1xf64>, tensor<1xf64>, tensor<1xf64>, tensor<f32>
  }
  func.func @main(%arg0: tensor<f32> {dlc.example = dense<-0.771123945> : tensor<f32>}, %arg1: tensor<1xf64> {dlc.example = dense<1.6047241414962561> : tensor<1xf64>}, %arg2: tensor<i1> {dlc.example = dense<true> : tensor<i1>}, %arg3: tensor<1xf64> {dlc.example = dense<1.0337005211844001> : tensor<1xf64>}, %arg4: tensor<f32> {dlc.example = dense<1.48296237> : tensor<f32>}, %arg5: tensor<1xf64> {dlc.example = dense<1.100000e+00> : tensor<1xf64>}, %arg6: tensor<1xf64> {dlc.example = dense<1.100000e+00> : tensor<1xf64>}) -> tensor<1xf64> {
    %0:5 = dlc.vjp @f(%arg0, %arg1, %arg2, %arg5, %arg3, %arg6, %arg4) {of = array<i64: 0, 1, 2, 3>, wrt = array<i64: 1>} : (tensor<f32>, tensor<1xf64>, tensor<i1>, tensor<1xf64>, tensor<1xf64>, tensor<1xf64>, tensor<f32>) -> (tensor<1xf64>, tensor<1xf64>, tensor<1xf64>, tensor<f32>, tensor<1xf64>)
    return %0#4 : tensor<1xf64>
  }
}
