// Kernels and the host program (contracts C1 to C4). From fuse on a function launches kernels on tensors; after
// bufferize it launches them on buffers of a planned arena; the object phase writes it as a command table.
#ifndef RT_OPS_TD
#define RT_OPS_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/OpBase.td"
include "mlir/IR/RegionKindInterface.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "dialects/dlc/DlcBase.td"

def Rt_Dialect : Dialect {
  let name = "rt";
  let cppNamespace = "::dlc::rt";
  let summary = "kernels and the host program that launches them";
  let useDefaultTypePrinterParser = 1;
  let dependentDialects = ["::dlc::DlcDialect"];
}

def Rt_BufferType : TypeDef<Rt_Dialect, "Buffer"> {
  let mnemonic = "buffer";
  let summary = "dense row-major memory of a tensor type";
  let parameters = (ins "::mlir::RankedTensorType":$tensor);
  let assemblyFormat = "`<` $tensor `>`";
}

class Rt_Op<string mnemonic, list<Trait> traits = []> : Op<Rt_Dialect, mnemonic, traits>;

def Rt_KernelOp : Rt_Op<"kernel", [IsolatedFromAbove, SymbolTable, Symbol, NoTerminator,
    NoRegionArguments, SingleBlock]> {
  let summary = "the unit of compiling, caching, profiling and explaining";
  let description = [{
    Until lower the body is one `rt.body` with dlc ops; `symbols` names the dims that its types mention, in order of
    first appearance (s0, s1, ...). schedule adds `descriptor`: kind, tiles, vector width and, for each stage, the number
    of tasks, the cost per task and the scratch bytes, as formulas over the symbols. lower replaces the body by one
    function a stage, which takes the buffers of operands, then of results. `fast`, part of the key, says that it comes
    from a function that is `dlc.fast` (numerics N11). `baseline`, part of the key too, says that its code shall soon be
    there rather than run fast; the bits are the same.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, StrArrayAttr:$symbols, OptionalAttr<DictionaryAttr>:$descriptor,
                       OptionalAttr<StrAttr>:$key, OptionalAttr<TypeArrayAttr>:$signature, UnitAttr:$fast,
                       UnitAttr:$baseline);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$sym_name `` custom<Symbols>($symbols) attr-dict-with-keyword $body";
  let extraClassDeclaration = [{
    /// The dlc ops of the kernel; null once the kernel is lowered.
    BodyOp getKernelBody();
    /// Types of the operands, then of the results.
    ::llvm::SmallVector<::mlir::RankedTensorType> getBufferTypes();
    /// One dictionary a stage, from the descriptor: name, tasks, cost, shared, own.
    ::llvm::SmallVector<::mlir::DictionaryAttr> getStages();
  }];
}

def Rt_BodyOp : Rt_Op<"body", [IsolatedFromAbove, SingleBlockImplicitTerminator<"YieldOp">]> {
  let summary = "what a kernel computes, as dlc ops on tensors";
  let regions = (region SizedRegion<1>:$region);
  let hasCustomAssemblyFormat = 1;
  let extraClassDeclaration = [{
    ::mlir::Block *getBlock() { return &getRegion().front(); }
    YieldOp getYield();
  }];
}

def Rt_YieldOp : Rt_Op<"yield", [Terminator, ReturnLike, HasParent<"BodyOp">]> {
  let summary = "the results of a kernel";
  let arguments = (ins Variadic<AnyType>:$results);
  let assemblyFormat = "($results^ `:` type($results))? attr-dict";
  let builders = [OpBuilder<(ins), "">];
}

def Rt_LaunchOp : Rt_Op<"launch", [DeclareOpInterfaceMethods<SymbolUserOpInterface>,
                                   DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "runs a kernel";
  let description = [{
    On tensors until bufferize: `operands` in, results out. On buffers from there on: `operands` then hold the buffers of
    operands and of results, and there are no results. `dims` gives the kernel's symbols. `slots` are the positions, in
    the program as written, of the kernel's ops that can fail.
  }];
  let arguments = (ins FlatSymbolRefAttr:$kernel, Variadic<AnyType>:$operands, Dlc_DimsAttr:$dims,
                       DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$slots);
  let results = (outs Variadic<AnyType>:$results);
  let assemblyFormat = [{
    $kernel `` custom<LaunchDims>($dims) `` `(` $operands `)` attr-dict `:` functional-type($operands, $results)
  }];
}

//===--- Buffers of the host program ---===//

class Rt_BufferSource<string mnemonic, string what> : Rt_Op<mnemonic, [Pure]> {
  let summary = what;
  let results = (outs Rt_BufferType:$buffer);
  let assemblyFormat = "attr-dict `:` type($buffer)";
}
def Rt_InputOp : Rt_BufferSource<"input", "the buffer of an argument of the call"> {
  let arguments = (ins I64Attr:$index);
}
def Rt_OutputOp : Rt_BufferSource<"output", "the buffer of a result of the call"> {
  let arguments = (ins I64Attr:$index);
}
def Rt_ArenaOp : Rt_BufferSource<"arena", "a slice of the arena at a planned offset"> {
  let arguments = (ins Dlc_DimsAttr:$offset, Dlc_DimsAttr:$bytes);
}
def Rt_ConstantOp : Rt_BufferSource<"constant", "bytes that come with the program"> {
  let arguments = (ins ElementsAttr:$value);
}
def Rt_ViewOp : Rt_Op<"view", [Pure]> {
  let summary = "the same memory under another shape";
  let arguments = (ins Rt_BufferType:$source);
  let results = (outs Rt_BufferType:$buffer);
  let assemblyFormat = "$source attr-dict `:` type($source) `->` type($buffer)";
}
def Rt_CopyOp : Rt_Op<"copy"> {
  let summary = "copies all bytes of one buffer to another";
  let arguments = (ins Rt_BufferType:$destination, Rt_BufferType:$source);
  let assemblyFormat = "$destination `,` $source attr-dict `:` type($destination) `,` type($source)";
}

def Rt_CustomCallOp : Rt_Op<"custom_call", [AttrSizedOperandSegments]> {
  let summary = "calls a registered function on buffers";
  let description = [{
    `position` is that of the op in the program as written. The function is called once for each index of the first
    `batch_dims` dims of all buffers, an input of extent 1 serving all.
  }];
  let arguments = (ins StrAttr:$target, Variadic<Rt_BufferType>:$inputs, Variadic<Rt_BufferType>:$outputs,
                       OptionalAttr<StrAttr>:$text, I64Attr:$position, DefaultValuedAttr<I64Attr, "0">:$batch_dims);
  let assemblyFormat = [{
    $target `(` $inputs `)` `to` `(` $outputs `)` (`attributes` $text^)? attr-dict
    `:` `(` type($inputs) `)` `->` `(` type($outputs) `)`
  }];
}

//===--- Control flow: scf on scalars, and where scalars and tensors meet ---===//

def Rt_SwapOp : Rt_Op<"swap"> {
  let summary = "from here on each of two slices of the arena, of one size, means the other's memory";
  let arguments = (ins Rt_BufferType:$first, Rt_BufferType:$second);
  let assemblyFormat = "$first `,` $second attr-dict `:` type($first) `,` type($second)";
}
def Rt_LoadOp : Rt_Op<"load"> {
  let summary = "the only element of a buffer, as a scalar of the host program";
  let arguments = (ins Rt_BufferType:$source);
  let results = (outs AnyType:$scalar);
  let assemblyFormat = "$source attr-dict `:` type($source) `->` type($scalar)";
}
def Rt_StoreOp : Rt_Op<"store"> {
  let summary = "makes a scalar of the host program the only element of a buffer";
  let arguments = (ins AnyType:$scalar, Rt_BufferType:$destination);
  let assemblyFormat = "$scalar `,` $destination attr-dict `:` type($scalar) `,` type($destination)";
}
def Rt_ExtentOp : Rt_Op<"extent", [Pure]> {
  let summary = "the value of an extent";
  let arguments = (ins Dlc_DimsAttr:$value);
  let results = (outs Index:$scalar);
  let assemblyFormat = "$value attr-dict";
}

#endif // RT_OPS_TD
