// The PTX of a program with several kernels is one module.
// RUN: dlc compile %s --emit=ptx -o %t.ptx
// RUN: FileCheck %s --input-file %t.ptx
// RUN: %if ptxas %{ %ptxas --gpu-name sm_80 %t.ptx -o %t.cubin %}
// CHECK: .version
// CHECK-NOT: .version
// CHECK: .visible .entry k_reduce
// CHECK-NOT: .version
// CHECK: .visible .entry k_dot_general
// CHECK-NOT: .version
func.func @main(%x: tensor<64x32xf32>, %w: tensor<64x16xf32>) -> (tensor<32xf32>, tensor<32x16xf32>) {
  %0 = dlc.reduce %x {dims = array<i64: 0>, kind = #dlc.reduce_kind<sum>, order = #dlc.order<chain>} : (tensor<64x32xf32>) -> tensor<32xf32>
  %1 = dlc.dot_general %x, %w {lhs_batch = array<i64>, lhs_contract = array<i64: 0>, order = #dlc.order<chain>, rhs_batch = array<i64>, rhs_contract = array<i64: 0>} : (tensor<64x32xf32>, tensor<64x16xf32>) -> tensor<32x16xf32>
  return %0, %1 : tensor<32xf32>, tensor<32x16xf32>
}
