// RUN: dlc compile %s --emit=ptx | FileCheck %s --check-prefix=PTX
// RUN: dlc compile %s --emit=asm --mcpu=x86-64-v3 | FileCheck %s --check-prefix=ASM

// A quotient of f32 by a number that is not known is div.full on a GPU, which takes every divisor; of f64 it is rounded
// as ever. On a CPU it stays a division: there are no reciprocal estimates, which lose infinities.
// PTX-NOT: div.approx
// PTX-NOT: div.rn.f32
// PTX: div.full.f32
// PTX: div.rn.f64
// PTX-NOT: div.approx
// ASM-NOT: vrcp
// ASM: vdivps
// ASM-NOT: vrcp
// ASM: vdivpd
func.func @main(%x: tensor<64xf32>, %y: tensor<64xf32>, %z: tensor<64xf64>, %w: tensor<64xf64>)
    -> (tensor<64xf32>, tensor<64xf64>) attributes {dlc.fast} {
  %0 = dlc.div %x, %y : tensor<64xf32>
  %1 = dlc.div %z, %w : tensor<64xf64>
  return %0, %1 : tensor<64xf32>, tensor<64xf64>
}
