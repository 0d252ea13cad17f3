// RUN: dlc-opt %s --dlc-plan-buffers --verify-diagnostics

func.func @before_fuse(%x: tensor<8xf32>) -> tensor<8xf32> {
  // expected-error @below {{'dlc.custom_call' op expected its position in the program, which fuse gives, but found none}}
  %0 = dlc.custom_call "f"(%x) : (tensor<8xf32>) -> tensor<8xf32>
  return %0 : tensor<8xf32>
}
