// RUN: dlc-opt %s > %t.mlir
// RUN: FileCheck %s < %t.mlir
// RUN: dlc-opt %t.mlir | diff %t.mlir -
// RUN: dlc-opt %s --mlir-print-op-generic | dlc-opt | diff %t.mlir -
// RUN: dlc-opt %s --emit-bytecode | dlc-opt | diff %t.mlir -

// Every op, in text, in generic text and in bytecode.

// CHECK-LABEL: func.func @elementwise
func.func @elementwise(%x: tensor<?x4xf32, #dlc.dims<[B, 4]>>, %y: tensor<?x4xf32, #dlc.dims<[B, 4]>>, %c: tensor<?x4xi1, #dlc.dims<[B, 4]>>, %u: tensor<3xui8>) {
  // CHECK: dlc.floor
  %0 = dlc.floor %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.ceil
  %1 = dlc.ceil %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.round
  %2 = dlc.round %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.trunc
  %3 = dlc.trunc %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.sqrt
  %4 = dlc.sqrt %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.rsqrt
  %5 = dlc.rsqrt %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.exp
  %6 = dlc.exp %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.exp2
  %7 = dlc.exp2 %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.expm1
  %8 = dlc.expm1 %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.log
  %9 = dlc.log %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.log2
  %10 = dlc.log2 %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.log1p
  %11 = dlc.log1p %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.sin
  %12 = dlc.sin %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.cos
  %13 = dlc.cos %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.tan
  %14 = dlc.tan %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.asin
  %15 = dlc.asin %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.acos
  %16 = dlc.acos %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.atan
  %17 = dlc.atan %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.sinh
  %18 = dlc.sinh %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.cosh
  %19 = dlc.cosh %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.tanh
  %20 = dlc.tanh %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.asinh
  %21 = dlc.asinh %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.acosh
  %22 = dlc.acosh %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.atanh
  %23 = dlc.atanh %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.erf
  %24 = dlc.erf %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.erfinv
  %25 = dlc.erfinv %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.sigmoid
  %26 = dlc.sigmoid %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.lgamma
  %27 = dlc.lgamma %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.digamma
  %28 = dlc.digamma %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.trigamma
  %trigamma = dlc.trigamma %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.neg
  %29 = dlc.neg %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.abs
  %30 = dlc.abs %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.sign
  %31 = dlc.sign %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.relu
  %32 = dlc.relu %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.stop_gradient
  %33 = dlc.stop_gradient %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.is_nan
  %34 = dlc.is_nan %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xi1, #dlc.dims<[B, 4]>>
  // CHECK: dlc.is_inf
  %35 = dlc.is_inf %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xi1, #dlc.dims<[B, 4]>>
  // CHECK: dlc.is_finite
  %36 = dlc.is_finite %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xi1, #dlc.dims<[B, 4]>>
  // CHECK: dlc.add
  %37 = dlc.add %x, %y : (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.sub
  %38 = dlc.sub %x, %y : (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.mul
  %39 = dlc.mul %x, %y : (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.div
  %40 = dlc.div %x, %y : (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.rem
  %41 = dlc.rem %x, %y : (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.max
  %42 = dlc.max %x, %y : (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.min
  %43 = dlc.min %x, %y : (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.pow
  %44 = dlc.pow %x, %y : (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.atan2
  %45 = dlc.atan2 %x, %y : (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.fma
  %46 = dlc.fma %x, %y, %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.clamp
  %47 = dlc.clamp %x, %y, %x : (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.select
  %48 = dlc.select %c, %y, %x : (tensor<?x4xi1, #dlc.dims<[B, 4]>>, tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.compare %{{.*}}, %{{.*}} {predicate = #dlc.predicate<eq>}
  %49 = dlc.compare %x, %y {predicate = #dlc.predicate<eq>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xi1, #dlc.dims<[B, 4]>>
  // CHECK: dlc.compare %{{.*}}, %{{.*}} {predicate = #dlc.predicate<ne>}
  %50 = dlc.compare %x, %y {predicate = #dlc.predicate<ne>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xi1, #dlc.dims<[B, 4]>>
  // CHECK: dlc.compare %{{.*}}, %{{.*}} {predicate = #dlc.predicate<lt>}
  %51 = dlc.compare %x, %y {predicate = #dlc.predicate<lt>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xi1, #dlc.dims<[B, 4]>>
  // CHECK: dlc.compare %{{.*}}, %{{.*}} {predicate = #dlc.predicate<le>}
  %52 = dlc.compare %x, %y {predicate = #dlc.predicate<le>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xi1, #dlc.dims<[B, 4]>>
  // CHECK: dlc.compare %{{.*}}, %{{.*}} {predicate = #dlc.predicate<gt>}
  %53 = dlc.compare %x, %y {predicate = #dlc.predicate<gt>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xi1, #dlc.dims<[B, 4]>>
  // CHECK: dlc.compare %{{.*}}, %{{.*}} {predicate = #dlc.predicate<ge>}
  %54 = dlc.compare %x, %y {predicate = #dlc.predicate<ge>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xi1, #dlc.dims<[B, 4]>>
  // CHECK: dlc.cast %{{.*}} {to = bf16}
  %55 = dlc.cast %x {to = bf16} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xbf16, #dlc.dims<[B, 4]>>
  // CHECK: dlc.and
  %56 = dlc.and %c, %c : (tensor<?x4xi1, #dlc.dims<[B, 4]>>, tensor<?x4xi1, #dlc.dims<[B, 4]>>) -> tensor<?x4xi1, #dlc.dims<[B, 4]>>
  // CHECK: dlc.or
  %57 = dlc.or %c, %c : (tensor<?x4xi1, #dlc.dims<[B, 4]>>, tensor<?x4xi1, #dlc.dims<[B, 4]>>) -> tensor<?x4xi1, #dlc.dims<[B, 4]>>
  // CHECK: dlc.xor
  %58 = dlc.xor %c, %c : (tensor<?x4xi1, #dlc.dims<[B, 4]>>, tensor<?x4xi1, #dlc.dims<[B, 4]>>) -> tensor<?x4xi1, #dlc.dims<[B, 4]>>
  // CHECK: dlc.and
  %59 = dlc.and %u, %u : (tensor<3xui8>, tensor<3xui8>) -> tensor<3xui8>
  // CHECK: dlc.or
  %60 = dlc.or %u, %u : (tensor<3xui8>, tensor<3xui8>) -> tensor<3xui8>
  // CHECK: dlc.xor
  %61 = dlc.xor %u, %u : (tensor<3xui8>, tensor<3xui8>) -> tensor<3xui8>
  // CHECK: dlc.shl
  %62 = dlc.shl %u, %u : (tensor<3xui8>, tensor<3xui8>) -> tensor<3xui8>
  // CHECK: dlc.shr
  %63 = dlc.shr %u, %u : (tensor<3xui8>, tensor<3xui8>) -> tensor<3xui8>
  // CHECK: dlc.not
  %64 = dlc.not %u : (tensor<3xui8>) -> tensor<3xui8>
  return
}

// CHECK-LABEL: func.func @shape
func.func @shape(%x: tensor<?x4xf32, #dlc.dims<[B, 4]>>, %v: tensor<f32>, %i: tensor<5xi32>, %s: tensor<2xi64>) {
  // CHECK: dlc.broadcast %{{.*}} {dims = array<i64: 1, 2>, shape = #dlc.dims<[2, B, 4]>}
  %0 = dlc.broadcast %x {shape = #dlc.dims<[2, B, 4]>, dims = array<i64: 1, 2>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<2x?x4xf32, #dlc.dims<[2, B, 4]>>
  // CHECK: dlc.reshape
  %1 = dlc.reshape %x {shape = #dlc.dims<[4*B]>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?xf32, #dlc.dims<[4*B]>>
  // CHECK: dlc.transpose
  %2 = dlc.transpose %x {perm = array<i64: 1, 0>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<4x?xf32, #dlc.dims<[4, B]>>
  // CHECK: dlc.slice
  %3 = dlc.slice %x {starts = array<i64: 0, 1>, limits = #dlc.dims<[B, 4]>, strides = array<i64: 1, 2>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x2xf32, #dlc.dims<[B, 2]>>
  // CHECK: dlc.pad
  %4 = dlc.pad %x, %v {low = array<i64: 1, 0>, high = array<i64: 0, -1>, interior = array<i64: 0, 1>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<f32>) -> tensor<?x6xf32, #dlc.dims<[B + 1, 6]>>
  // CHECK: dlc.concat
  %5 = dlc.concat %x, %x {dim = 0 : i64} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[2*B, 4]>>
  // CHECK: dlc.reverse
  %6 = dlc.reverse %x {dims = array<i64: 0>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.iota
  %7 = dlc.iota {shape = #dlc.dims<[B, 4]>, dim = 1 : i64, element = f32} : () -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.gather %{{.*}}, %{{.*}} {axis = 0 : i64}
  %8 = dlc.gather %x, %i {axis = 0 : i64} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<5xi32>) -> tensor<5x4xf32>
  // CHECK: dlc.gather %{{.*}} {axis = 0 : i64, mode = #dlc.index_mode<clamp>}
  %9 = dlc.gather %x, %i {axis = 0 : i64, mode = #dlc.index_mode<clamp>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<5xi32>) -> tensor<5x4xf32>
  // CHECK: dlc.scatter
  %10 = dlc.scatter %x, %i, %9 {axis = 0 : i64} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<5xi32>, tensor<5x4xf32>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.constant dense<[1, 2]> : tensor<2xui8>
  %11 = dlc.constant dense<[1, 2]> : tensor<2xui8>
  // CHECK: dlc.random_bits
  %12 = dlc.random_bits %s {shape = #dlc.dims<[B, 4]>} : (tensor<2xi64>) -> tensor<?x4xui32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.uniform
  %13 = dlc.uniform %s {shape = #dlc.dims<[B, 4]>, element = f32} : (tensor<2xi64>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.normal
  %14 = dlc.normal %s {shape = #dlc.dims<[B, 4]>, element = f32} : (tensor<2xi64>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  return
}

// CHECK-LABEL: func.func @ordered
func.func @ordered(%x: tensor<?x4xf32, #dlc.dims<[B, 4]>>, %c: tensor<?x4xi1, #dlc.dims<[B, 4]>>, %w: tensor<4x3xf32>, %image: tensor<2x5x5x4xf32>, %filter: tensor<3x3x2x6xf32>, %y: tensor<2x3x3x6xf32>) {
  // CHECK: dlc.reduce %{{.*}} {dims = array<i64: 1>, kind = #dlc.reduce_kind<sum>, order = #dlc.order<lanes>}
  %0 = dlc.reduce %x {kind = #dlc.reduce_kind<sum>, dims = array<i64: 1>, order = #dlc.order<lanes>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?xf32, #dlc.dims<[B]>>
  // CHECK: dlc.reduce %{{.*}} {dims = array<i64: 1>, kind = #dlc.reduce_kind<prod>, order = #dlc.order<lanes>}
  %1 = dlc.reduce %x {kind = #dlc.reduce_kind<prod>, dims = array<i64: 1>, order = #dlc.order<lanes>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?xf32, #dlc.dims<[B]>>
  // CHECK: dlc.reduce %{{.*}} {dims = array<i64: 1>, kind = #dlc.reduce_kind<max>, order = #dlc.order<lanes>}
  %2 = dlc.reduce %x {kind = #dlc.reduce_kind<max>, dims = array<i64: 1>, order = #dlc.order<lanes>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?xf32, #dlc.dims<[B]>>
  // CHECK: dlc.reduce %{{.*}} {dims = array<i64: 1>, kind = #dlc.reduce_kind<min>, order = #dlc.order<lanes>}
  %3 = dlc.reduce %x {kind = #dlc.reduce_kind<min>, dims = array<i64: 1>, order = #dlc.order<lanes>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?xf32, #dlc.dims<[B]>>
  // CHECK: dlc.reduce %{{.*}} {dims = array<i64: 0, 1>, kind = #dlc.reduce_kind<all>, order = #dlc.order<chain>}
  %4 = dlc.reduce %c {kind = #dlc.reduce_kind<all>, dims = array<i64: 0, 1>, order = #dlc.order<chain>} : (tensor<?x4xi1, #dlc.dims<[B, 4]>>) -> tensor<i1>
  // CHECK: dlc.reduce %{{.*}} {dims = array<i64: 0, 1>, kind = #dlc.reduce_kind<any>, order = #dlc.order<chain>}
  %5 = dlc.reduce %c {kind = #dlc.reduce_kind<any>, dims = array<i64: 0, 1>, order = #dlc.order<chain>} : (tensor<?x4xi1, #dlc.dims<[B, 4]>>) -> tensor<i1>
  // CHECK: dlc.argmax
  %6 = dlc.argmax %x {dim = 1 : i64} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?xi64, #dlc.dims<[B]>>
  // CHECK: dlc.argmin
  %7 = dlc.argmin %x {dim = 1 : i64} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?xi64, #dlc.dims<[B]>>
  // CHECK: dlc.reduce_window
  %8 = dlc.reduce_window %x {kind = #dlc.reduce_kind<max>, window = array<i64: 1, 2>, strides = array<i64: 1, 2>, low = array<i64: 0, 0>, high = array<i64: 0, 0>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x2xf32, #dlc.dims<[B, 2]>>
  // CHECK: dlc.window_argmax
  %9 = dlc.window_argmax %x {window = array<i64: 1, 2>, strides = array<i64: 1, 2>, low = array<i64: 0, 0>, high = array<i64: 0, 0>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x2xi32, #dlc.dims<[B, 2]>>
  // CHECK: dlc.dot_general
  %10 = dlc.dot_general %x, %w {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>, order = #dlc.order<chain>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<4x3xf32>) -> tensor<?x3xf32, #dlc.dims<[B, 3]>>
  // CHECK: dlc.conv
  %11 = dlc.conv %image, %filter {strides = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 2 : i64} : (tensor<2x5x5x4xf32>, tensor<3x3x2x6xf32>) -> tensor<2x3x3x6xf32>
  // CHECK: dlc.conv_input_grad
  %12 = dlc.conv_input_grad %y, %filter {spatial = #dlc.dims<[5, 5]>, strides = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 2 : i64} : (tensor<2x3x3x6xf32>, tensor<3x3x2x6xf32>) -> tensor<2x5x5x4xf32>
  // CHECK: dlc.conv_weight_grad
  %13 = dlc.conv_weight_grad %image, %y {window_shape = array<i64: 3, 3>, strides = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>, dilation = array<i64: 1, 1>, groups = 2 : i64} : (tensor<2x5x5x4xf32>, tensor<2x3x3x6xf32>) -> tensor<3x3x2x6xf32>
  return
}

// CHECK-LABEL: func.func @order
func.func @order(%x: tensor<?x4xf32, #dlc.dims<[B, 4]>>, %i: tensor<5xi32>, %u: tensor<5x4xf32>, %s: tensor<i64>, %part: tensor<1x4xf32>) {
  // CHECK: dlc.cumulative %{{.*}} {dim = 0 : i64, kind = #dlc.reduce_kind<sum>}
  %0 = dlc.cumulative %x {kind = #dlc.reduce_kind<sum>, dim = 0 : i64} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.sort %{{.*}} {descending = true, dim = 0 : i64}
  %1:2 = dlc.sort %x {dim = 0 : i64, descending = true} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<?x4xi64, #dlc.dims<[B, 4]>>)
  // CHECK: dlc.top_k %{{.*}} {dim = 1 : i64, k = 2 : i64}
  %2:2 = dlc.top_k %x {dim = 1 : i64, k = 2 : i64} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> (tensor<?x2xf32, #dlc.dims<[B, 2]>>, tensor<?x2xi64, #dlc.dims<[B, 2]>>)
  // CHECK: dlc.scatter %{{.*}} {axis = 0 : i64, kind = #dlc.scatter_kind<set>}
  %3 = dlc.scatter %x, %i, %u {axis = 0 : i64, kind = #dlc.scatter_kind<set>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<5xi32>, tensor<5x4xf32>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.dynamic_slice %{{.*}}, %{{.*}}, %{{.*}} {sizes = #dlc.dims<[1, 4]>}
  %4 = dlc.dynamic_slice %x, %s, %s {sizes = #dlc.dims<[1, 4]>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<i64>, tensor<i64>) -> tensor<1x4xf32>
  // CHECK: dlc.dynamic_update_slice
  %5 = dlc.dynamic_update_slice %x, %part, %s, %s {mode = #dlc.index_mode<clamp>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<1x4xf32>, tensor<i64>, tensor<i64>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.bitcast
  %6 = dlc.bitcast %x {to = ui32} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xui32, #dlc.dims<[B, 4]>>
  return
}

// CHECK-LABEL: func.func @composites
func.func @composites(%x: tensor<?x4xf32, #dlc.dims<[B, 4]>>, %l: tensor<?xi64, #dlc.dims<[B]>>, %v: tensor<4xf32>, %q: tensor<2x3x4xf32>, %in: tensor<2x3xf32>, %h: tensor<2x2xf32>, %w8: tensor<8x3xf32>, %u8: tensor<8x2xf32>, %w6: tensor<6x3xf32>, %u6: tensor<6x2xf32>, %scale: tensor<f32>, %zero: tensor<i8>) {
  // CHECK: dlc.softmax
  %0 = dlc.softmax %x {dim = 1 : i64} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.log_softmax
  %1 = dlc.log_softmax %x {dim = 1 : i64} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.logsumexp
  %2 = dlc.logsumexp %x {dims = array<i64: 1>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?xf32, #dlc.dims<[B]>>
  // CHECK: dlc.cross_entropy
  %3 = dlc.cross_entropy %x, %l {dim = 1 : i64} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<?xi64, #dlc.dims<[B]>>) -> tensor<?xf32, #dlc.dims<[B]>>
  // CHECK: dlc.gelu %{{.*}} {approximate = #dlc.gelu_form<tanh>}
  %4 = dlc.gelu %x {approximate = #dlc.gelu_form<tanh>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.layer_norm
  %5 = dlc.layer_norm %x, %v, %v {normalized = 1 : i64, epsilon = 1.0e-5 : f64} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.rms_norm
  %6 = dlc.rms_norm %x {normalized = 1 : i64, epsilon = 1.0e-5 : f64} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.batch_norm
  %7 = dlc.batch_norm %x, %v, %v, %v {dim = 1 : i64, epsilon = 1.0e-5 : f64} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  // CHECK: dlc.batch_norm_training
  %8:3 = dlc.batch_norm_training %x {dim = 1 : i64, epsilon = 1.0e-5 : f64} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<4xf32>, tensor<4xf32>)
  // CHECK: dlc.attention %{{.*}} {causal = true, scale = 5.000000e-01 : f64}
  %9 = dlc.attention %q, %q, %q {scale = 0.5 : f64, causal = true} : (tensor<2x3x4xf32>, tensor<2x3x4xf32>, tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  // CHECK: dlc.lstm_cell
  %10:2 = dlc.lstm_cell %in, %h, %h, %w8, %u8 : (tensor<2x3xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<8x3xf32>, tensor<8x2xf32>) -> (tensor<2x2xf32>, tensor<2x2xf32>)
  // CHECK: dlc.gru_cell
  %11 = dlc.gru_cell %in, %h, %w6, %u6 : (tensor<2x3xf32>, tensor<2x2xf32>, tensor<6x3xf32>, tensor<6x2xf32>) -> tensor<2x2xf32>
  // CHECK: dlc.quantize
  %12 = dlc.quantize %x, %scale, %zero {to = i8} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<f32>, tensor<i8>) -> tensor<?x4xi8, #dlc.dims<[B, 4]>>
  // CHECK: dlc.dequantize
  %13 = dlc.dequantize %12, %scale, %zero : (tensor<?x4xi8, #dlc.dims<[B, 4]>>, tensor<f32>, tensor<i8>) -> tensor<?x4xf32, #dlc.dims<[B, 4]>>
  return
}

// CHECK-LABEL: func.func @structure
func.func @structure(%x: tensor<4xf32>, %ct: tensor<f32>) -> tensor<f32> {
  // CHECK: dlc.call @loss(%{{.*}}) : (tensor<4xf32>) -> tensor<f32>
  %0 = dlc.call @loss(%x) : (tensor<4xf32>) -> tensor<f32>
  // CHECK: dlc.vjp @loss(%{{.*}}, %{{.*}}) {of = array<i64: 0>, wrt = array<i64: 0>}
  %1:2 = dlc.vjp @loss(%x, %ct) {wrt = array<i64: 0>, of = array<i64: 0>} : (tensor<4xf32>, tensor<f32>) -> (tensor<f32>, tensor<4xf32>)
  // CHECK: dlc.jvp @loss(%{{.*}}, %{{.*}}) {of = array<i64: 0>, wrt = array<i64: 0>}
  %2:2 = dlc.jvp @loss(%x, %x) {wrt = array<i64: 0>, of = array<i64: 0>} : (tensor<4xf32>, tensor<4xf32>) -> (tensor<f32>, tensor<f32>)
  return %0 : tensor<f32>
}
// CHECK-LABEL: func.func @batch
func.func @batch(%x: tensor<?x4xf32, #dlc.dims<[B, 4]>>, %state: tensor<3x2xi64>) -> tensor<?xf32, #dlc.dims<[B]>> {
  // CHECK: dlc.vmap @loss(%{{.*}}) {in_axes = array<i64: 0>, out_axes = array<i64: 0>}
  %0 = dlc.vmap @loss(%x) {in_axes = array<i64: 0>, out_axes = array<i64: 0>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?xf32, #dlc.dims<[B]>>
  // CHECK: dlc.normal %{{.*}} : (tensor<3x2xi64>) -> tensor<3x5xf32>
  %1 = dlc.normal %state {shape = #dlc.dims<[5]>, element = f32} : (tensor<3x2xi64>) -> tensor<3x5xf32>
  return %0 : tensor<?xf32, #dlc.dims<[B]>>
}
// CHECK-LABEL: func.func @custom
func.func @custom(%x: tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?xi1, #dlc.dims<[2*B]>> {
  // CHECK: dlc.custom_call "f"(%{{.*}}) : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?xi1, #dlc.dims<[2*B]>>
  %0 = dlc.custom_call "f"(%x) : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?xi1, #dlc.dims<[2*B]>>
  // CHECK: dlc.custom_call "a \22b\22"(%{{.*}}, %{{.*}}) attributes "k=1" {has_side_effect} : ({{.*}}) -> ()
  dlc.custom_call "a \22b\22"(%x, %0) attributes "k=1" {has_side_effect} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>, tensor<?xi1, #dlc.dims<[2*B]>>) -> ()
  // CHECK: dlc.custom_call "f"(%{{.*}}) {batch_dims = 1 : i64} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?xf32, #dlc.dims<[B]>>
  %1 = dlc.custom_call "f"(%x) {batching = #dlc.call_batching<sequential>, batch_dims = 1 : i64} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<?xf32, #dlc.dims<[B]>>
  // CHECK: dlc.custom_call "f"(%{{.*}}) {batching = #dlc.call_batching<broadcast>} : {{.*}}
  %2 = dlc.custom_call "f"(%x) {batching = #dlc.call_batching<broadcast>} : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<f32>
  return %0 : tensor<?xi1, #dlc.dims<[2*B]>>
}
func.func private @loss(tensor<4xf32>) -> tensor<f32>

// CHECK-LABEL: func.func @storage
func.func @storage(%x: tensor<4xf32>, %c: tensor<4xi1>, %i: tensor<4xui4>) -> (tensor<4xf8E4M3FN>, tensor<2x2xi4>) {
  // CHECK: dlc.constant dense<[1.000000e+00, 4.480000e+02, 0x7F, -1.953130e-03]> : tensor<4xf8E4M3FN>
  %0 = dlc.constant dense<[1.0, 448.0, 0x7F, -0.001953125]> : tensor<4xf8E4M3FN>
  // CHECK: dlc.constant dense<[-8, 7]> : tensor<2xi4>
  %1 = dlc.constant dense<[-8, 7]> : tensor<2xi4>
  // CHECK: dlc.cast %{{.*}} {to = f8E4M3FN} : (tensor<4xf32>) -> tensor<4xf8E4M3FN>
  %2 = dlc.cast %x {to = f8E4M3FN} : (tensor<4xf32>) -> tensor<4xf8E4M3FN>
  // CHECK: dlc.select %{{.*}} : (tensor<4xi1>, tensor<4xf8E4M3FN>, tensor<4xf8E4M3FN>) -> tensor<4xf8E4M3FN>
  %3 = dlc.select %c, %0, %2 : (tensor<4xi1>, tensor<4xf8E4M3FN>, tensor<4xf8E4M3FN>) -> tensor<4xf8E4M3FN>
  // CHECK: dlc.bitcast %{{.*}} {to = i4} : (tensor<4xui4>) -> tensor<4xi4>
  %4 = dlc.bitcast %i {to = i4} : (tensor<4xui4>) -> tensor<4xi4>
  %5 = dlc.reshape %4 {shape = #dlc.dims<[2, 2]>} : (tensor<4xi4>) -> tensor<2x2xi4>
  return %3, %5 : tensor<4xf8E4M3FN>, tensor<2x2xi4>
}

// CHECK-LABEL: func.func @complex
func.func @complex(%x: tensor<4xf32>, %y: tensor<4xf32>) -> (tensor<4xf32>, tensor<complex<f32>>, tensor<4xi1>) {
  // CHECK: dlc.complex %{{.*}} : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xcomplex<f32>>
  %0 = dlc.complex %x, %y : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xcomplex<f32>>
  // CHECK: dlc.constant dense<(1.000000e+00,-2.000000e+00)> : tensor<4xcomplex<f32>>
  %1 = dlc.constant dense<(1.0, -2.0)> : tensor<4xcomplex<f32>>
  // CHECK: dlc.mul %{{.*}} : tensor<4xcomplex<f32>>
  %2 = dlc.mul %0, %1 : tensor<4xcomplex<f32>>
  // CHECK: dlc.conj %{{.*}} : tensor<4xcomplex<f32>>
  %3 = dlc.conj %2 : tensor<4xcomplex<f32>>
  // CHECK: dlc.abs %{{.*}} : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
  %4 = dlc.abs %3 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
  // CHECK: dlc.reduce %{{.*}} : (tensor<4xcomplex<f32>>) -> tensor<complex<f32>>
  %5 = dlc.reduce %3 {kind = #dlc.reduce_kind<sum>, dims = array<i64: 0>, order = #dlc.order<lanes>} : (tensor<4xcomplex<f32>>) -> tensor<complex<f32>>
  // CHECK: dlc.compare %{{.*}} {predicate = #dlc.predicate<eq>} : (tensor<4xcomplex<f32>>, tensor<4xcomplex<f32>>) -> tensor<4xi1>
  %6 = dlc.compare %2, %3 {predicate = #dlc.predicate<eq>} : (tensor<4xcomplex<f32>>, tensor<4xcomplex<f32>>) -> tensor<4xi1>
  return %4, %5, %6 : tensor<4xf32>, tensor<complex<f32>>, tensor<4xi1>
}

// Extents with minus signs, as conditions have them, keep them.
// CHECK-LABEL: func.func @conditions
// CHECK-SAME: dlc.conditions = {not_negative = #dlc.dims<[B - C, B*C - 2*C - 1]>, not_zero = #dlc.dims<[-B + 4]>}
func.func @conditions(%x: tensor<?x?xf32, #dlc.dims<[B, C]>>) attributes {dlc.conditions = {not_negative = #dlc.dims<[B - C, B*C - 2*C - 1]>, not_zero = #dlc.dims<[4 - B]>}} {
  return
}
