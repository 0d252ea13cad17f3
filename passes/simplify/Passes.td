// The pass of the simplify phase.
#ifndef DLC_PASSES_SIMPLIFY_TD
#define DLC_PASSES_SIMPLIFY_TD

include "mlir/Pass/PassBase.td"

def SimplifyPass : Pass<"dlc-simplify", "::mlir::func::FuncOp"> {
  let summary = "identities that keep every bit, common subexpressions, constants, fewer transposes";
  let description = [{
    Before: a function without calls and derivatives. After: the same function, bit for bit, with fewer ops: nothing is
    computed twice, ops over constants are folded by the interpreter, transposes are cancelled, and sunk toward each
    other where that leaves fewer of them, reshapes are sunk where they part an op from what computes its operand, and
    what a loop does not change stands before it. Orders of additions stay what they are (numerics N3). Ops that can
    fail are never hoisted, and never folded when they fail (N9).

    ```mlir
    %0 = dlc.transpose %x {perm = array<i64: 0, 3, 1, 2>}
    %1 = dlc.relu %0                                          ==>   %0 = dlc.relu %x
    %2 = dlc.transpose %1 {perm = array<i64: 0, 2, 3, 1>}
    ```
  }];
  let dependentDialects = ["::dlc::DlcDialect"];
  let options = [Option<"foldLimit", "fold-limit", "int64_t", "4096",
                        "elements that an operand or result of a folded op may have">];
}

#endif // DLC_PASSES_SIMPLIFY_TD
