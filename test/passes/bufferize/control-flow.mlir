// RUN: dlc-opt %s --dlc-fuse-kernels --dlc-plan-buffers --split-input-file | FileCheck %s

// A carry is read by the kernel that makes its next value: two slices swap.
// CHECK-LABEL: func.func @swap
// CHECK-DAG: %[[X:[0-9a-z_]+]] = rt.input {index = 0 : i64}
// CHECK: rt.copy %[[V:[0-9a-z_]+]], %[[X]]
// CHECK-NEXT: scf.for
// CHECK-NEXT: rt.launch @k_exp(%[[V]], %[[NEXT:[0-9a-z_]+]])
// CHECK-NEXT: rt.swap %[[V]], %[[NEXT]]
// CHECK-NEXT: }
// CHECK-NEXT: rt.copy %{{.*}}, %[[V]]
func.func @swap(%x: tensor<8xf32>) -> tensor<8xf32> {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %nine = arith.constant 9 : index
  %r = scf.for %i = %zero to %nine step %one iter_args(%v = %x) -> (tensor<8xf32>) {
    %0 = dlc.exp %v : (tensor<8xf32>) -> tensor<8xf32>
    scf.yield %0 : tensor<8xf32>
  }
  return %r : tensor<8xf32>
}

// -----

// A carry is dead when its next value is made: the same slice. The first value is made there as well.
// CHECK-LABEL: func.func @in_place
// CHECK-NOT: rt.swap
// CHECK: rt.launch @k_exp(%{{.*}}, %[[V:[0-9a-z_]+]])
// CHECK-NEXT: scf.for
// CHECK-NEXT: rt.launch @k_reduce(%[[V]], %[[S:[0-9a-z_]+]])
// CHECK-NEXT: rt.launch @k_broadcast(%[[S]], %[[V]])
// CHECK: rt.copy %{{.*}}, %[[V]]
func.func @in_place(%x: tensor<8xf32>) -> tensor<8xf32> {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %nine = arith.constant 9 : index
  %e = dlc.exp %x : (tensor<8xf32>) -> tensor<8xf32>
  %r = scf.for %i = %zero to %nine step %one iter_args(%v = %e) -> (tensor<8xf32>) {
    %0 = dlc.reduce %v {dims = array<i64: 0>, kind = #dlc.reduce_kind<sum>, order = #dlc.order<lanes>} : (tensor<8xf32>) -> tensor<f32>
    %1 = dlc.broadcast %0 {shape = #dlc.dims<[8]>, dims = array<i64>} : (tensor<f32>) -> tensor<8xf32>
    scf.yield %1 : tensor<8xf32>
  }
  return %r : tensor<8xf32>
}

// -----

// Carries that change places swap with each other; no third slice is needed.
// CHECK-LABEL: func.func @exchange
// CHECK: scf.for
// CHECK-NEXT: rt.swap
// CHECK-NEXT: }
func.func @exchange(%x: tensor<8xf32>, %y: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>) {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %nine = arith.constant 9 : index
  %r:2 = scf.for %i = %zero to %nine step %one iter_args(%v = %x, %w = %y) -> (tensor<8xf32>, tensor<8xf32>) {
    scf.yield %w, %v : tensor<8xf32>, tensor<8xf32>
  }
  return %r#0, %r#1 : tensor<8xf32>, tensor<8xf32>
}

// -----

// The branches write straight to the output; scalars stay scalars.
// CHECK-LABEL: func.func @branch
// CHECK-DAG: %[[OUT:[0-9a-z_]+]] = rt.output {index = 0 : i64}
// CHECK-DAG: %[[X:[0-9a-z_]+]] = rt.input {index = 0 : i64}
// CHECK: %[[P:[0-9a-z_]+]] = rt.load %{{.*}} : <tensor<i1>> -> i1
// CHECK-NEXT: scf.if %[[P]] {
// CHECK-NEXT: rt.launch @k_exp(%[[X]], %[[OUT]])
// CHECK-NEXT: } else {
// CHECK-NEXT: rt.copy %[[OUT]], %[[X]]
func.func @branch(%x: tensor<8xf32>, %p: tensor<i1>) -> tensor<8xf32> {
  %0 = tensor.extract %p[] : tensor<i1>
  %r = scf.if %0 -> tensor<8xf32> {
    %1 = dlc.exp %x : (tensor<8xf32>) -> tensor<8xf32>
    scf.yield %1 : tensor<8xf32>
  } else {
    scf.yield %x : tensor<8xf32>
  }
  return %r : tensor<8xf32>
}

// -----

// The counter becomes a tensor where a kernel reads it; the bound is an extent.
// CHECK-LABEL: func.func @counter
// CHECK: %[[N:[0-9a-z_]+]] = rt.extent <[N]>
// CHECK: scf.for %[[I:[0-9a-z_]+]] = %{{.*}} to %[[N]]
// CHECK-NEXT: %[[WIDE:[0-9a-z_]+]] = arith.index_cast %[[I]] : index to i64
// CHECK-NEXT: rt.store %[[WIDE]], %[[C:[0-9a-z_]+]] : i64
// CHECK-NEXT: rt.launch @{{.*}}(%{{.*}}, %[[C]], %{{.*}})
func.func @counter(%x: tensor<?xi64, #dlc.dims<[N]>>, %y: tensor<i64>) -> tensor<i64> {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %end = tensor.dim %x, %zero : tensor<?xi64, #dlc.dims<[N]>>
  %r = scf.for %i = %zero to %end step %one iter_args(%v = %y) -> (tensor<i64>) {
    %0 = arith.index_cast %i : index to i64
    %1 = tensor.from_elements %0 : tensor<i64>
    %2 = dlc.add %v, %1 : (tensor<i64>, tensor<i64>) -> tensor<i64>
    scf.yield %2 : tensor<i64>
  }
  return %r : tensor<i64>
}
