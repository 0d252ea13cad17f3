// RUN: dlc-opt %s --pass-pipeline='builtin.module(rt.kernel(dlc-verify-kernels))' --split-input-file --verify-diagnostics --allow-unregistered-dialect

// What emitters write passes.
rt.kernel @admitted attributes {symbols = []} {
  func.func @admitted_compute(%m: memref<?xf32>, %h: memref<?xi16>, %i: index, %d: f64) {
    %x = vector.load %m[%i] : memref<?xf32>, vector<8xf32>
    %0 = math.fma %x, %x, %x : vector<8xf32>
    %1 = arith.maximumf %0, %x : vector<8xf32>
    %2 = arith.cmpf olt, %1, %x : vector<8xf32>
    %3 = vector.reduction <or>, %2 : vector<8xi1> into i1
    %bits = vector.load %h[%i] : memref<?xi16>, vector<8xi16>
    %half = arith.bitcast %bits : vector<8xi16> to vector<8xf16>
    %4 = arith.extf %half : vector<8xf16> to vector<8xf32>
    %rounded = arith.truncf %4 : vector<8xf32> to vector<8xf16>
    %7 = arith.bitcast %rounded : vector<8xf16> to vector<8xi16>
    vector.store %7, %h[%i] : memref<?xi16>, vector<8xi16>
    %5 = arith.truncf %d : f64 to f32
    %6 = arith.select %2, %4, %1 : vector<8xi1>, vector<8xf32>
    scf.if %3 {
      vector.store %6, %m[%i] : memref<?xf32>, vector<8xf32>
      memref.store %5, %m[%i] : memref<?xf32>
    }
    return
  }
}

// -----

rt.kernel @k attributes {symbols = []} {
  func.func @products(%x: vector<4xf32>, %a: vector<4x4xf32>) {
    // expected-error @below {{'vector.fma' op expected an operation that keeps bits (numerics N10), but got one that lowers to llvm.fmuladd, which may be a mul and an add}}
    %0 = vector.fma %x, %x, %x : vector<4xf32>
    // expected-error @below {{'vector.outerproduct' op expected an operation that keeps bits (numerics N10), but got one that leaves the order of additions to its lowering}}
    %1 = vector.outerproduct %x, %x : vector<4xf32>, vector<4xf32>
    // expected-error @below {{'vector.contract' op expected an operation that keeps bits (numerics N10), but got one that leaves the order of additions to its lowering}}
    %2 = vector.contract {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>,
        affine_map<(m, n, k) -> (m, n)>], iterator_types = ["parallel", "parallel", "reduction"],
        kind = #vector.kind<add>} %a, %a, %a : vector<4x4xf32>, vector<4x4xf32> into vector<4x4xf32>
    // expected-error @below {{'vector.reduction' op expected an operation that keeps bits (numerics N10), but got one that leaves the order of additions to its lowering}}
    %3 = vector.reduction <add>, %x : vector<4xf32> into f32
    return
  }
}

// -----

rt.kernel @k attributes {symbols = []} {
  func.func @functions(%x: f32, %y: f64) {
    // expected-error @below {{'arith.maxnumf' op expected an operation that keeps bits (numerics N10), but got one that drops NaN and leaves the order of zeros open}}
    %0 = arith.maxnumf %x, %x : f32
    // expected-error @below {{'arith.minnumf' op expected an operation that keeps bits (numerics N10), but got one that drops NaN and leaves the order of zeros open}}
    %1 = arith.minnumf %x, %x : f32
    // expected-error @below {{'math.exp' op expected an operation that keeps bits (numerics N10), but got one that is an approximation or a library call, where dlc has programs of its own}}
    %2 = math.exp %x : f32
    // expected-error @below {{'arith.remf' op expected an operation that keeps bits (numerics N10), but got one that is a call of fmod}}
    %3 = arith.remf %y, %y : f64
    // expected-error @below {{'arith.fptosi' op expected an operation that keeps bits (numerics N10), but got one that is poison out of range, where a cast saturates}}
    %4 = arith.fptosi %x : f32 to i32
    // expected-error @below {{'arith.addf' op expected an operation that keeps bits (numerics N10), but got one that has fastmath flags}}
    %5 = arith.addf %x, %x fastmath<contract> : f32
    return
  }
}

// -----

rt.kernel @k attributes {symbols = []} {
  func.func @narrow(%x: f32, %y: f64, %h: f16, %b: vector<4xbf16>, %m: memref<?xbf16>, %i: index) {
    // expected-error @below {{'arith.truncf' op expected an operation that keeps bits (numerics N10), but got one that narrows f32 to bf16 by a library call or an instruction that flushes subnormals}}
    %0 = arith.truncf %x : f32 to bf16
    // expected-error @below {{'arith.truncf' op expected an operation that keeps bits (numerics N10), but got one that narrows f64 to f16 by a library call or an instruction that flushes subnormals}}
    %1 = arith.truncf %y : f64 to f16
    // expected-error @below {{'arith.truncf' op expected an operation that keeps bits (numerics N10), but got one that does not round to nearest even}}
    %2 = arith.truncf %y toward_zero : f64 to f32
    // expected-error @below {{'arith.addf' op expected an operation that keeps bits (numerics N10), but got one that has a value of f16, which code carries as its bits}}
    %3 = arith.addf %h, %h : f16
    // expected-error @below {{'arith.extf' op expected an operation that keeps bits (numerics N10), but got one that has a value of bf16, which code carries as its bits}}
    %4 = arith.extf %b : vector<4xbf16> to vector<4xf32>
    // expected-error @below {{'memref.load' op expected an operation that keeps bits (numerics N10), but got one that has a value of bf16, which code carries as its bits}}
    %5 = memref.load %m[%i] : memref<?xbf16>
    // expected-error @below {{'arith.bitcast' op expected an operation that keeps bits (numerics N10), but got one that has a value of bf16, which code carries as its bits}}
    %6 = arith.bitcast %b : vector<4xbf16> to vector<4xi16>
    return
  }
}

// -----

rt.kernel @k attributes {symbols = []} {
  func.func private @expf(f32) -> f32
  func.func @others(%x: f32, %v: vector<4xf32>, %p: !llvm.ptr, %i: i64, %t: tensor<4xf32>) {
    // expected-error @below {{'func.call' op expected an operation that keeps bits (numerics N10), but got one that calls a function, and an object imports none}}
    %0 = func.call @expf(%x) : (f32) -> f32
    // expected-error @below {{'llvm.atomicrmw' op expected an operation that keeps bits (numerics N10), but got one that combines in the order in which threads arrive}}
    %1 = llvm.atomicrmw fadd %p, %x monotonic : !llvm.ptr, f32
    // expected-error @below {{'gpu.all_reduce' op expected an operation that keeps bits (numerics N10), but got one that leaves the order of additions to its lowering}}
    %2 = "gpu.all_reduce"(%x) : (f32) -> f32
    // expected-error @below {{'dlc.neg' op expected an operation that keeps bits (numerics N10), but got one that no emitter has opened}}
    %3 = dlc.neg %t : (tensor<4xf32>) -> tensor<4xf32>
    // expected-error @below {{'llvm.fadd' op expected an operation that keeps bits (numerics N10), but got one that is not on the list of numerics N10}}
    %4 = llvm.fadd %x, %x : f32
    return
  }
}

// -----

// A fast kernel may have the flags of numerics N11; what N10 refuses for other reasons is refused here too.
rt.kernel @fast attributes {symbols = [], fast} {
  func.func @fast_compute(%x: vector<8xf32>, %y: f64) {
    %0 = arith.mulf %x, %x fastmath<reassoc,arcp,contract,afn> : vector<8xf32>
    %1 = arith.addf %0, %x fastmath<contract> : vector<8xf32>
    // expected-error @below {{'arith.addf' op expected an operation that keeps bits (numerics N10), but got one that has fastmath flags for which NaN, infinities or the sign of zero have no meaning}}
    %2 = arith.addf %0, %x fastmath<contract,nnan> : vector<8xf32>
    // expected-error @below {{'arith.divf' op expected an operation that keeps bits (numerics N10), but got one that has fastmath flags for which NaN, infinities or the sign of zero have no meaning}}
    %3 = arith.divf %0, %x fastmath<fast> : vector<8xf32>
    // expected-error @below {{'arith.remf' op expected an operation that keeps bits (numerics N10), but got one that is a call of fmod}}
    %4 = arith.remf %y, %y fastmath<contract> : f64
    return
  }
}
