// RUN: dlc-opt %s --dlc-fuse-kernels --split-input-file | FileCheck %s

// A kernel that reduces along rows of memory stores what it reads too.
// CHECK-LABEL: func.func @rows
// CHECK: %{{.*}}:2 = rt.launch @k_reduce_sub_exp({{.*}}) : (tensor<6xf32>, tensor<6x9xf32>) -> (tensor<6x9xf32>, tensor<6xf32>)
// CHECK-NOT: rt.launch
func.func @rows(%x: tensor<2x3x9xf32>, %m: tensor<2x3xf32>) -> (tensor<2x3x9xf32>, tensor<2x3xf32>) {
  %0 = dlc.broadcast %m {shape = #dlc.dims<[2, 3, 9]>, dims = array<i64: 0, 1>} : (tensor<2x3xf32>) -> tensor<2x3x9xf32>
  %1 = dlc.sub %x, %0 : (tensor<2x3x9xf32>, tensor<2x3x9xf32>) -> tensor<2x3x9xf32>
  %2 = dlc.exp %1 : (tensor<2x3x9xf32>) -> tensor<2x3x9xf32>
  %3 = dlc.reduce %2 {dims = array<i64: 2>, kind = #dlc.reduce_kind<sum>, order = #dlc.order<lanes>} : (tensor<2x3x9xf32>) -> tensor<2x3xf32>
  return %2, %3 : tensor<2x3x9xf32>, tensor<2x3xf32>
}

// -----

// CHECK-LABEL: func.func @columns
// CHECK: %{{.*}}:2 = rt.launch @k_reduce_exp({{.*}}) : (tensor<7x9xf32>) -> (tensor<7x9xf32>, tensor<9xf32>)
func.func @columns(%x: tensor<7x9xf32>) -> (tensor<7x9xf32>, tensor<9xf32>) {
  %0 = dlc.exp %x : (tensor<7x9xf32>) -> tensor<7x9xf32>
  %1 = dlc.reduce %0 {dims = array<i64: 0>, kind = #dlc.reduce_kind<sum>, order = #dlc.order<chain>} : (tensor<7x9xf32>) -> tensor<9xf32>
  return %0, %1 : tensor<7x9xf32>, tensor<9xf32>
}

// -----

// An order that goes across the rows would store across them.
// CHECK-LABEL: func.func @across
// CHECK: %[[E:.*]] = rt.launch @k_exp
// CHECK: rt.launch @k_reduce({{.*}}) {rt.unfused = {{.*}}"its value is also needed outside, before the ordered op"
func.func @across(%x: tensor<7x9xf32>) -> (tensor<7x9xf32>, tensor<9xf32>) {
  %0 = dlc.exp %x : (tensor<7x9xf32>) -> tensor<7x9xf32>
  %1 = dlc.reduce %0 {dims = array<i64: 0>, kind = #dlc.reduce_kind<sum>, order = #dlc.order<lanes>} : (tensor<7x9xf32>) -> tensor<9xf32>
  return %0, %1 : tensor<7x9xf32>, tensor<9xf32>
}

// -----

// What is not reduced itself, but read beside it.
// CHECK-LABEL: func.func @beside
// CHECK: %{{.*}}:3 = rt.launch @k_reduce_exp_neg({{.*}}) : (tensor<7x9xf32>) -> (tensor<7x9xf32>, tensor<7x9xf32>, tensor<7xf32>)
func.func @beside(%x: tensor<7x9xf32>) -> (tensor<7x9xf32>, tensor<7x9xf32>, tensor<7xf32>) {
  %0 = dlc.exp %x : (tensor<7x9xf32>) -> tensor<7x9xf32>
  %1 = dlc.neg %0 : tensor<7x9xf32>
  %2 = dlc.reduce %0 {dims = array<i64: 1>, kind = #dlc.reduce_kind<sum>, order = #dlc.order<lanes>} : (tensor<7x9xf32>) -> tensor<7xf32>
  return %0, %1, %2 : tensor<7x9xf32>, tensor<7x9xf32>, tensor<7xf32>
}
