// RUN: dlc compile %s --to=lower --mcpu=x86-64-v3 > %t.exact
// RUN: FileCheck %s --check-prefix=EXACT < %t.exact
// RUN: dlc compile %s --to=lower --mcpu=x86-64-v3 --fast | FileCheck %s --check-prefix=FAST
// RUN: dlc compile %s --emit=asm --mcpu=x86-64-v3 | FileCheck %s --check-prefix=EXACT-ASM
// RUN: dlc compile %s --emit=asm --mcpu=x86-64-v3 --fast | FileCheck %s --check-prefix=FAST-ASM
// RUN: dlc compile %s --emit=ptx | FileCheck %s --check-prefix=EXACT-PTX
// RUN: dlc compile %s --emit=ptx --fast | FileCheck %s --check-prefix=FAST-PTX

// `--fast` makes the entry function fast. Its sums, products and quotients have flags, and the program of a function
// (here exp) has none; an exact function has none anywhere.

// EXACT-NOT: fastmathFlags
// EXACT-NOT: dlc.fast

// FAST: func.func @main({{.*}}) attributes {dlc.fast
// FAST: rt.kernel @k_mul_add_div_exp
// FAST-SAME: fast
// FAST: llvm.fmul %{{.*}}, %{{.*}} {fastmathFlags = #llvm.fastmath<arcp, contract, afn, reassoc>} : vector<8xf32>
// FAST-NEXT: llvm.fadd %{{.*}}, %{{.*}} {fastmathFlags = #llvm.fastmath<arcp, contract, afn, reassoc>} : vector<8xf32>
// FAST-NEXT: llvm.fdiv %{{.*}}, %{{.*}} {fastmathFlags = #llvm.fastmath<arcp, contract, afn, reassoc>} : vector<8xf32>
// FAST-NOT: fastmathFlags
// FAST: llvm.intr.fma
// FAST-NOT: nnan
// FAST-NOT: ninf
// FAST-NOT: nsz

// EXACT-ASM: vmulps
// EXACT-ASM: vaddps
// EXACT-ASM: vdivps
// FAST-ASM-NOT: vdivps
// FAST-ASM: vfmadd{{[0-9]+}}ps
// FAST-ASM-NOT: vdivps

// EXACT-PTX: mul.rn.f32
// EXACT-PTX: add.rn.f32
// EXACT-PTX: div.rn.f32
// FAST-PTX-NOT: div.rn
// FAST-PTX-NOT: div.approx
// FAST-PTX: fma.rn.f32
// FAST-PTX-NOT: div.rn
// FAST-PTX-NOT: div.approx
func.func @main(%x: tensor<64xf32>, %y: tensor<64xf32>) -> tensor<64xf32> {
  %0 = dlc.mul %x, %y : tensor<64xf32>
  %1 = dlc.add %0, %y : tensor<64xf32>
  %three = dlc.constant dense<3.0> : tensor<64xf32>
  %2 = dlc.div %1, %three : tensor<64xf32>
  %3 = dlc.exp %2 : tensor<64xf32>
  return %3 : tensor<64xf32>
}
