// RUN: dlc-opt %s --dlc-fuse-kernels --split-input-file | FileCheck %s

// Kernels form in each region. The repeated constant goes into the loop's kernel; the invariant is an operand.
// CHECK-LABEL: func.func @regions
// CHECK-SAME: (%[[X:.*]]: tensor<8xf32>, %[[Y:.*]]: tensor<8xf32>, %[[N:.*]]: tensor<i64>)
func.func @regions(%x: tensor<8xf32>, %y: tensor<8xf32>, %n: tensor<i64>) -> tensor<8xf32> {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %two = dlc.constant dense<2.0> : tensor<f32>
  %twos = dlc.broadcast %two {shape = #dlc.dims<[8]>, dims = array<i64>} : (tensor<f32>) -> tensor<8xf32>
  %0 = tensor.extract %n[] : tensor<i64>
  %end = arith.index_cast %0 : i64 to index
  // CHECK: %[[W:.*]] = rt.launch @k_exp(%[[Y]])
  %w = dlc.exp %y : (tensor<8xf32>) -> tensor<8xf32>
  // CHECK: scf.for {{.*}} iter_args(%[[V:.*]] = %[[X]])
  %r = scf.for %i = %zero to %end step %one iter_args(%v = %x) -> (tensor<8xf32>) {
    // CHECK-NEXT: %[[NEXT:.*]] = rt.launch @k_mul_add(%[[V]], %[[W]])
    // CHECK-NEXT: scf.yield %[[NEXT]]
    %1 = dlc.mul %v, %twos : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
    %2 = dlc.add %1, %w : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
    scf.yield %2 : tensor<8xf32>
  }
  return %r : tensor<8xf32>
}

// -----

// What can fail stays on its side of the loop, though no value orders them: the gathers do not become one kernel.
// CHECK-LABEL: func.func @errors
func.func @errors(%x: tensor<8xf32>, %i: tensor<4xi64>, %a: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  // CHECK: rt.launch @k_gather{{.*}}slots = array<i64: 0>
  %0 = dlc.gather %x, %i {axis = 0 : i64} : (tensor<8xf32>, tensor<4xi64>) -> tensor<4xf32>
  // CHECK: scf.for
  %1 = scf.for %k = %zero to %one step %one iter_args(%v = %a) -> (tensor<4xf32>) {
    // CHECK: rt.launch {{.*}}slots = array<i64: 1>
    %g = dlc.gather %x, %i {axis = 0 : i64} : (tensor<8xf32>, tensor<4xi64>) -> tensor<4xf32>
    %s = dlc.add %g, %v : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    scf.yield %s : tensor<4xf32>
  }
  // CHECK: rt.launch {{.*}}slots = array<i64: 2>
  %2 = dlc.gather %x, %i {axis = 0 : i64} : (tensor<8xf32>, tensor<4xi64>) -> tensor<4xf32>
  %3 = dlc.add %0, %2 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %3, %1 : tensor<4xf32>, tensor<4xf32>
}
