// The definition of a program's answer, straight from the program as written: the interpreter, and for what it does not
// run, calls, batches example by example, and for dlc.vjp and dlc.jvp a tape that applies each op's own rule to values
// (numerics N8). No pass takes part, so autodiff is checked like any other.
#ifndef DLC_CHECK_REFERENCE_H
#define DLC_CHECK_REFERENCE_H

#include "lib/Check/Outcome.h"
#include "lib/Compiler/Session.h"

namespace dlc::check {

/// Whether an op stands for what the autodiff phase makes of a callee: dlc.call, dlc.vjp, dlc.jvp, dlc.vmap.
bool isRequest(mlir::Operation *op);
/// Whether a module has such an op.
bool needsResolving(mlir::ModuleOp module);

/// What the entry of a traced module gives for `inputs`; the module stays as it is. A program that the tape cannot
/// follow (derivatives of control flow, of derivatives and of batches) is interpreted after the autodiff
/// phase instead; `isIndependent` says which it was.
Outcome referenceOf(Session &session, mlir::ModuleOp module, llvm::ArrayRef<HostTensor> inputs,
                    bool *isIndependent = nullptr);

} // namespace dlc::check

#endif // DLC_CHECK_REFERENCE_H
