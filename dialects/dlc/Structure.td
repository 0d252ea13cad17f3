// Constants, calls, derivatives and batches: what is not a map over elements.
#ifndef DLC_STRUCTURE_TD
#define DLC_STRUCTURE_TD

include "DlcBase.td"

def Dlc_ConstantOp : Dlc_TensorOp<"constant", [ConstantLike, DeclareOpInterfaceMethods<Dlc_PointwiseOpInterface,
    ["buildAt", "isCheap"]>]> {
  let summary = "a small tensor known at compile time";
  let arguments = (ins ElementsAttr:$value);
  let results = (outs Dlc_Tensor:$r);
  let hasFolder = 1;
  let assemblyFormat = "attr-dict $value";
  let extraClassDefinition = "bool $cppClass::isCheap() { return true; }";
  let pythonName = 0;
}

def Dlc_CallOp : Dlc_Op<"call", [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "calls a function of the module; inlined before differentiation";
  let arguments = (ins FlatSymbolRefAttr:$callee, Variadic<Dlc_Tensor>:$operands);
  let results = (outs Variadic<Dlc_Tensor>:$results);
  let assemblyFormat = "$callee `(` $operands `)` attr-dict `:` functional-type($operands, $results)";
  let pythonName = 0;
}
def Dlc_VjpOp : Dlc_Op<"vjp", [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "calls a function, and its vector-Jacobian product";
  let description = [{
    Results: those of @callee, then the cotangents of the arguments listed in `wrt`. `operands` are the arguments, then
    one cotangent a result of float type listed in `of`. The autodiff phase resolves it.
  }];
  let arguments = (ins FlatSymbolRefAttr:$callee, Variadic<Dlc_Tensor>:$operands, DenseI64ArrayAttr:$wrt,
                       DenseI64ArrayAttr:$of);
  let results = (outs Variadic<Dlc_Tensor>:$results);
  let assemblyFormat = "$callee `(` $operands `)` attr-dict `:` functional-type($operands, $results)";
  let pythonName = 0;
}
def Dlc_JvpOp : Dlc_Op<"jvp", [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "calls a function, and its Jacobian-vector product";
  let description = [{
    Results: those of @callee, then the tangents of the results listed in `of`. `operands` are the arguments, then one
    tangent an argument of float type listed in `wrt`. The autodiff phase resolves it.
  }];
  let arguments = (ins FlatSymbolRefAttr:$callee, Variadic<Dlc_Tensor>:$operands, DenseI64ArrayAttr:$wrt,
                       DenseI64ArrayAttr:$of);
  let results = (outs Variadic<Dlc_Tensor>:$results);
  let assemblyFormat = "$callee `(` $operands `)` attr-dict `:` functional-type($operands, $results)";
  let pythonName = 0;
}
def Dlc_VmapOp : Dlc_Op<"vmap", [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "calls a function for each example of a batch";
  let description = [{
    One entry an argument of @callee in `in_axes`, a result in `out_axes`: the dim of the operand or result that counts
    the examples, -1 for what they share. Each example has the bits of a call of @callee. The autodiff phase resolves
    it.
  }];
  let arguments = (ins FlatSymbolRefAttr:$callee, Variadic<Dlc_Tensor>:$operands, DenseI64ArrayAttr:$in_axes,
                       DenseI64ArrayAttr:$out_axes);
  let results = (outs Variadic<Dlc_Tensor>:$results);
  let assemblyFormat = "$callee `(` $operands `)` attr-dict `:` functional-type($operands, $results)";
  let extraClassDeclaration = [{
    /// How many examples there are: the extent of the first operand that has a dim where its axis says.
    static ::std::optional<::dlc::DimExpr> extentOf(::mlir::ValueRange operands, ::llvm::ArrayRef<int64_t> axes);
    ::std::optional<::dlc::DimExpr> extent() { return extentOf(getOperands(), getInAxes()); }
    /// The type of all examples: that of one with their extent inserted at `axis`, or the same for -1.
    static ::mlir::Type batchedType(::mlir::Type one, int64_t axis, const ::dlc::DimExpr &extent);
  }];
  let pythonName = 0;
}
def Dlc_CustomCallOp : Dlc_Op<"custom_call", [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>,
    DeclareOpInterfaceMethods<Dlc_DifferentiableOpInterface, ["buildVjp", "whyNotDifferentiable", "whyNoJvp"]>,
    DeclareOpInterfaceMethods<Dlc_BatchableOpInterface, ["buildBatched", "whyNotBatchable"]>]> {
  let summary = "calls a function of the user's own, registered under the name `target`";
  let description = [{
    The host program calls it between kernels, on dense buffers, on the thread that runs the program; the interpreter
    calls the same function. `text` is passed on as the attributes of the call. The bits of the results are the
    function's own. The symbols of result types are among those of the operands.

    Without `has_side_effect` the function counts as pure: calls may be merged, moved, or left out where nothing needs
    their results. With it every call happens, once, in the order of the program. A call that fails, and one whose name
    is not registered, ends the run; what the program reports before it wins (numerics N9).

    `batching` says what vmap makes of the call. With sequential the function is called for one example after the other:
    the first `batch_dims` dims of all operands and results count examples, row-major, and each call sees the dims behind
    them. Such a dim has one extent in all results; an operand may have 1 there, and every example then sees the same
    slice. With expand and broadcast the function is called once, on operands and results that have the dim in front;
    an operand that all examples share has it with extent 1, or is repeated.
  }];
  let arguments = (ins StrAttr:$target, Variadic<Dlc_Tensor>:$operands, OptionalAttr<StrAttr>:$text,
                       UnitAttr:$has_side_effect,
                       DefaultValuedAttr<Dlc_CallBatchingAttr, "::dlc::CallBatching::sequential">:$batching,
                       DefaultValuedAttr<I64Attr, "0">:$batch_dims);
  let results = (outs Variadic<Dlc_Tensor>:$results);
  let assemblyFormat = [{
    $target `(` $operands `)` (`attributes` $text^)? attr-dict `:` functional-type($operands, $results)
  }];
  let hasVerifier = 1;
  let pythonName = 0;
}

#endif // DLC_STRUCTURE_TD
