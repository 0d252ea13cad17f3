// The pass of the autodiff phase.
#ifndef DLC_PASSES_AUTODIFF_TD
#define DLC_PASSES_AUTODIFF_TD

include "mlir/Pass/PassBase.td"

def AutodiffPass : Pass<"dlc-autodiff", "::mlir::ModuleOp"> {
  let summary = "decomposes composites, inlines calls and resolves dlc.vjp, dlc.jvp and dlc.vmap, innermost first";
  let description = [{
    Before: functions as traced. After: no op with a decomposition (numerics N7), no dlc.vjp, dlc.jvp and dlc.vmap, and
    no dlc.call but those of recursive functions; private functions that nothing uses any more are gone. Derivatives are those of the program as written
    (numerics N8): callees are resolved first, cotangents of a value are added one by one, last use first, within an op
    operands first to last; tangents are built right behind the op, one term an operand, first to last. A batch keeps
    the bits of each example: orders and lists of dims stay, and what is shared by all examples is computed once.

    ```mlir
    func.func private @f(%x: tensor<f32>) -> tensor<f32> {
      %0 = dlc.mul %x, %x : ...
      return %0
    }
    %r:2 = dlc.vjp @f(%x, %ct) {wrt = array<i64: 0>, of = array<i64: 0>}
    ==>
    %0 = dlc.mul %x, %x
    %1 = dlc.mul %ct, %x
    %2 = dlc.mul %ct, %x
    %3 = dlc.add %1, %2       // %r#0 is %0, %r#1 is %3

    %r:2 = dlc.jvp @f(%x, %t) {wrt = array<i64: 0>, of = array<i64: 0>}
    ==>
    %0 = dlc.mul %x, %x
    %1 = dlc.mul %t, %x
    %2 = dlc.mul %t, %x
    %3 = dlc.add %1, %2       // %r#0 is %0, %r#1 is %3

    %r = dlc.vmap @f(%xs) {in_axes = array<i64: 0>, out_axes = array<i64: 0>} : (tensor<8xf32>) -> tensor<8xf32>
    ==>
    %r = dlc.mul %xs, %xs
    ```
  }];
  let dependentDialects = ["::dlc::DlcDialect"];
}

#endif // DLC_PASSES_AUTODIFF_TD
