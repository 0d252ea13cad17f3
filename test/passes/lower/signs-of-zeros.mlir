// Where a choice by < or > is no minimum: the zeros are told apart, though a code generator has an instruction for it.
// RUN: dlc compile %s --emit=ptx --mcpu=sm_90 | FileCheck %s --check-prefix=PTX
// RUN: dlc compile %s --emit=asm --mcpu=neoverse-n1 | FileCheck %s --check-prefix=ARM

// PTX-NOT: {{min|max}}.f32
// PTX: setp.geu.f32
// PTX-NOT: {{min|max}}.f32
// PTX: setp.leu.f32
// PTX-NOT: {{min|max}}.f32

// ARM-NOT: {{fmin|fmax}}
// ARM: fcm
// ARM-NOT: {{fmin|fmax}}
func.func @main(%x: tensor<64xf32>) -> (tensor<64xf32>, tensor<64xf32>) {
  %zero = dlc.constant dense<0.0> : tensor<64xf32>
  %0 = dlc.compare %x, %zero {predicate = #dlc.predicate<lt>} : (tensor<64xf32>, tensor<64xf32>) -> tensor<64xi1>
  %1 = dlc.select %0, %x, %zero : (tensor<64xi1>, tensor<64xf32>, tensor<64xf32>) -> tensor<64xf32>
  %2 = dlc.compare %x, %zero {predicate = #dlc.predicate<gt>} : (tensor<64xf32>, tensor<64xf32>) -> tensor<64xi1>
  %3 = dlc.select %2, %zero, %x : (tensor<64xi1>, tensor<64xf32>, tensor<64xf32>) -> tensor<64xf32>
  return %1, %3 : tensor<64xf32>, tensor<64xf32>
}
