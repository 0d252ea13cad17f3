// RUN: dlc-opt %s --dlc-fuse-kernels --split-input-file | FileCheck %s
// RUN: dlc-opt %s --dlc-fuse-kernels --dlc-plan-buffers --split-input-file | FileCheck %s --check-prefix=BUFFER

// A call is no part of a kernel, and says why what surrounds it is not fused with it.
// CHECK: module attributes {rt.positions = {{\[\[}}"dlc.custom_call", "{{.*}}custom-call.mlir:
// CHECK-LABEL: func.func @between
// CHECK: %[[E:.*]] = rt.launch @k_exp(
// CHECK-NEXT: %[[F:.*]] = dlc.custom_call "f"(%[[E]]) attributes "t" {rt.position = 0 : i64, rt.unfused = {{\[\[}}"dlc.exp", "dlc.custom_call", "a custom call is a function of the user's own, and no part of any kernel"
// CHECK-NEXT: rt.launch @k_neg(%[[F]]) {rt.unfused = {{\[\[}}"dlc.custom_call", "dlc.neg", "a custom call is a function of the user's own, and no part of any kernel"
// BUFFER-LABEL: func.func @between
// BUFFER-DAG: %[[OUT:[0-9a-z_]+]] = rt.output {index = 0 : i64}
// BUFFER: rt.launch @k_exp(%{{.*}}, %[[E:[0-9a-z_]+]])
// BUFFER-NEXT: rt.custom_call "f"(%[[E]]) to(%[[F:[0-9a-z_]+]]) attributes "t"
// BUFFER-NEXT: rt.launch @k_neg(%[[F]], %[[OUT]])
func.func @between(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = dlc.exp %x : (tensor<8xf32>) -> tensor<8xf32>
  %1 = dlc.custom_call "f"(%0) attributes "t" : (tensor<8xf32>) -> tensor<8xf32>
  %2 = dlc.neg %1 : (tensor<8xf32>) -> tensor<8xf32>
  return %2 : tensor<8xf32>
}

// -----

// What can fail stays on its side of a call (contract C9): the gathers are not one launch, and not in another order.
// CHECK-LABEL: func.func @order
// CHECK: rt.launch @k_gather({{.*}}slots = array<i64: 0>
// CHECK: dlc.custom_call "f"
// CHECK: rt.launch @k_gather({{.*}}slots = array<i64: 2>
// A result that is returned is made where it must be.
// BUFFER-LABEL: func.func @order
// BUFFER: %[[OUT:[0-9a-z_]+]] = rt.output {index = 1 : i64}
// BUFFER: rt.custom_call "f"(%{{.*}}) to(%[[OUT]]) {position = 1 : i64}
// BUFFER-NOT: rt.copy
func.func @order(%x: tensor<8xf32>, %i: tensor<6xi32>) -> (tensor<6xf32>, tensor<8xf32>, tensor<6xf32>) {
  %0 = dlc.gather %x, %i {axis = 0 : i64} : (tensor<8xf32>, tensor<6xi32>) -> tensor<6xf32>
  %1 = dlc.custom_call "f"(%x) : (tensor<8xf32>) -> tensor<8xf32>
  %2 = dlc.gather %x, %i {axis = 0 : i64} : (tensor<8xf32>, tensor<6xi32>) -> tensor<6xf32>
  return %0, %1, %2 : tensor<6xf32>, tensor<8xf32>, tensor<6xf32>
}

// -----

// A loop's next value is not made in the memory that the call reads.
// BUFFER-LABEL: func.func @carried
// BUFFER: scf.for
// BUFFER-NEXT: rt.custom_call "f"(%[[V:[0-9a-z_]+]]) to(%[[NEXT:[0-9a-z_]+]])
// BUFFER-NEXT: rt.swap %[[V]], %[[NEXT]]
func.func @carried(%x: tensor<8xf32>) -> tensor<8xf32> {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %nine = arith.constant 9 : index
  %r = scf.for %i = %zero to %nine step %one iter_args(%v = %x) -> (tensor<8xf32>) {
    %0 = dlc.custom_call "f"(%v) : (tensor<8xf32>) -> tensor<8xf32>
    scf.yield %0 : tensor<8xf32>
  }
  return %r : tensor<8xf32>
}
