// A branch yields a number that depends on x beside one of f8 that does not: the call that takes the latter needs no
// derivative.
func.func private @f(%x: tensor<f32>, %s: tensor<f8E4M3FN>, %p: tensor<i1>) -> (tensor<f32>, tensor<f32>) {
  %c = tensor.extract %p[] : tensor<i1>
  %0:2 = scf.if %c -> (tensor<f32>, tensor<f8E4M3FN>) {
    %1 = dlc.exp %x : tensor<f32>
    scf.yield %1, %s : tensor<f32>, tensor<f8E4M3FN>
  } else {
    scf.yield %x, %s : tensor<f32>, tensor<f8E4M3FN>
  }
  %2:2 = dlc.custom_call "dlc.check.digest"(%0#1) : (tensor<f8E4M3FN>) -> (tensor<i64>, tensor<f32>)
  return %0#0, %2#1 : tensor<f32>, tensor<f32>
}
func.func @main(%x: tensor<f32>, %s: tensor<f8E4M3FN>, %p: tensor<i1>, %ct: tensor<f32>) -> (tensor<f32>, tensor<f32>, tensor<f32>) {
  %0:3 = dlc.vjp @f(%x, %s, %p, %ct, %ct) {of = array<i64: 0, 1>, wrt = array<i64: 0>} : (tensor<f32>, tensor<f8E4M3FN>, tensor<i1>, tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>, tensor<f32>)
  return %0#0, %0#1, %0#2 : tensor<f32>, tensor<f32>, tensor<f32>
}
