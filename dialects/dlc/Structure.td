// Constants, calls and derivatives: what is not a map over elements.
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

#endif // DLC_STRUCTURE_TD
