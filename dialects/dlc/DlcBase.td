// The dialect, its attributes and interfaces, and the base class from which every op row derives. A row adds custom
// fields that mlir-tblgen ignores and dlc-tblgen reads: `math` (documentation), `oracle`, `domain` and `ulp` (tests).
#ifndef DLC_BASE_TD
#define DLC_BASE_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Dlc_Dialect : Dialect {
  let name = "dlc";
  let cppNamespace = "::dlc";
  let summary = "the tensor algebra: value semantics, exact numerics, symbolic dims";
  let useDefaultAttributePrinterParser = 1;
  let hasConstantMaterializer = 1;
  // `dlc.fast`, a unit attribute of a function: its code may have other bits than its definition (numerics N11).
  let hasOperationAttrVerify = 1;
  let hasRegionArgAttrVerify = 1;
  let hasRegionResultAttrVerify = 1;
}

//===--- Attributes ---===//

def Dlc_DimsAttr : AttrDef<Dlc_Dialect, "Dims"> {
  let mnemonic = "dims";
  let summary = "extents as polynomials over the function's symbols, in normal form (contract C7)";
  let parameters = (ins ArrayRefParameter<"::mlir::StringAttr">:$texts);
  let hasCustomAssemblyFormat = 1;
  let extraClassDeclaration = [{
    static DimsAttr get(::mlir::MLIRContext *context, ::llvm::ArrayRef<::dlc::DimExpr> dims);
    ::llvm::SmallVector<::dlc::DimExpr> getDims() const;
    unsigned size() const { return getTexts().size(); }
  }];
  let skipDefaultBuilders = 1;
  let builders = [AttrBuilder<(ins "::llvm::ArrayRef<::mlir::StringAttr>":$texts), [{ return $_get($_ctxt, texts); }]>];
}

class Dlc_Enum<string name, string mnemonic, string description, list<string> cases>
    : I32EnumAttr<name, description,
        !foreach(i, !range(!size(cases)), I32EnumAttrCase<cases[i], i, cases[i]>)> {
  let cppNamespace = "::dlc";
  let genSpecializedAttr = 0;
  string attrMnemonic = mnemonic;
}
class Dlc_EnumAttr<Dlc_Enum info> : EnumAttr<Dlc_Dialect, info, info.attrMnemonic> {
  let assemblyFormat = "`<` $value `>`";
}

def Dlc_Order : Dlc_Enum<"Order", "order", "order of additions within a block (numerics N3)", ["lanes", "chain"]>;
def Dlc_OrderAttr : Dlc_EnumAttr<Dlc_Order>;
def Dlc_ReduceKind : Dlc_Enum<"ReduceKind", "reduce_kind", "what a reduction combines by",
    ["sum", "prod", "max", "min", "all", "any"]>;
def Dlc_ReduceKindAttr : Dlc_EnumAttr<Dlc_ReduceKind>;
def Dlc_ComparePredicate : Dlc_Enum<"ComparePredicate", "predicate", "relation of a comparison",
    ["eq", "ne", "lt", "le", "gt", "ge"]>;
def Dlc_ComparePredicateAttr : Dlc_EnumAttr<Dlc_ComparePredicate>;
def Dlc_IndexMode : Dlc_Enum<"IndexMode", "index_mode", "what an index out of range does (numerics N9)",
    ["error", "clamp"]>;
def Dlc_IndexModeAttr : Dlc_EnumAttr<Dlc_IndexMode>;
def Dlc_ScatterKind : Dlc_Enum<"ScatterKind", "scatter_kind", "what an update does to the element it meets",
    ["add", "set", "max", "min"]>;
def Dlc_ScatterKindAttr : Dlc_EnumAttr<Dlc_ScatterKind>;
def Dlc_CallBatching : Dlc_Enum<"CallBatching", "call_batching", "how vmap calls a function of the user's own",
    ["sequential", "expand", "broadcast"]>;
def Dlc_CallBatchingAttr : Dlc_EnumAttr<Dlc_CallBatching>;
def Dlc_GeluForm : Dlc_Enum<"GeluForm", "gelu_form", "how gelu is approximated", ["none", "tanh"]>;
def Dlc_GeluFormAttr : Dlc_EnumAttr<Dlc_GeluForm>;

//===--- Types ---===//

// f8 and integers of 4 bits are storage: ops that move elements take them, and cast; nothing computes in them.
defvar floats = [F64, F32, F16, BF16];
defvar integers = [I8, I16, I32, I64, UI8, UI16, UI32, UI64];
defvar storage = [F8E4M3FN, F8E5M2, I<4>, UI<4>];
defvar complexes = [Complex<F32>, Complex<F64>];

def Dlc_Float : AnyTypeOf<floats, "f64, f32, f16 or bf16 (cast f8 first)">;
def Dlc_Int : AnyTypeOf<integers, "integer of 8 to 64 bits (cast i4 and ui4 first)">;
def Dlc_Number : AnyTypeOf<!listconcat(floats, integers),
    "f64, f32, f16, bf16 or integer of 8 to 64 bits (cast f8, i4 and ui4 first)">;
def Dlc_Bits : AnyTypeOf<!listconcat(integers, [I1]), "i1 or integer of 8 to 64 bits (cast i4 and ui4 first)">;
def Dlc_Ordered : AnyTypeOf<!listconcat(floats, integers, [I1]),
    "f64, f32, f16, bf16, i1 or integer of 8 to 64 bits (cast f8, i4 and ui4 first)">;
def Dlc_Computed : AnyTypeOf<!listconcat(floats, integers, [I1], complexes),
    "f64, f32, f16, bf16, complex, i1 or integer of 8 to 64 bits (cast f8, i4 and ui4 first)">;
def Dlc_Analytic : AnyTypeOf<!listconcat(floats, complexes), "f64, f32, f16, bf16 or complex (cast f8 first)">;
def Dlc_Arithmetic : AnyTypeOf<!listconcat(floats, integers, complexes),
    "f64, f32, f16, bf16, complex or integer of 8 to 64 bits (cast f8, i4 and ui4 first)">;
def Dlc_Complex : AnyTypeOf<complexes, "complex<f32> or complex<f64>">;
def Dlc_Part : AnyTypeOf<[F32, F64], "f32 or f64">;
def Dlc_Plain : AnyTypeOf<!listconcat(floats, integers, storage), "float or integer">;
def Dlc_Element : AnyTypeOf<!listconcat(floats, integers, storage, [I1], complexes), "float, integer, i1 or complex">;

def Dlc_FloatTensor : RankedTensorOf<[Dlc_Float]>;
def Dlc_IntTensor : RankedTensorOf<[Dlc_Int]>;
def Dlc_NumberTensor : RankedTensorOf<[Dlc_Number]>;
def Dlc_BitsTensor : RankedTensorOf<[Dlc_Bits]>;
def Dlc_BoolTensor : RankedTensorOf<[I1]>;
def Dlc_OrderedTensor : RankedTensorOf<[Dlc_Ordered]>;
def Dlc_ComputedTensor : RankedTensorOf<[Dlc_Computed]>;
def Dlc_AnalyticTensor : RankedTensorOf<[Dlc_Analytic]>;
def Dlc_ArithmeticTensor : RankedTensorOf<[Dlc_Arithmetic]>;
def Dlc_ComplexTensor : RankedTensorOf<[Dlc_Complex]>;
def Dlc_PartTensor : RankedTensorOf<[Dlc_Part]>;
def Dlc_PlainTensor : RankedTensorOf<[Dlc_Plain]>;
def Dlc_Tensor : RankedTensorOf<[Dlc_Element]>;

//===--- Interfaces ---===//

def Dlc_EvaluateOpInterface : OpInterface<"EvaluateOpInterface"> {
  let cppNamespace = "::dlc";
  let description = "The definition of an op as naive loops over host tensors: the interpreter calls it.";
  let methods = [InterfaceMethod<[{
      Computes the results from the operands. Results are allocated with their final shapes. Failures that depend on
      data go to `context.report` and the evaluation continues (numerics N9).
    }], "void", "evaluate", (ins "::dlc::EvaluateContext &":$context,
        "::llvm::ArrayRef<::dlc::HostTensor>":$inputs, "::llvm::MutableArrayRef<::dlc::HostTensor>":$outputs)>];
}

def Dlc_PointwiseOpInterface : OpInterface<"PointwiseOpInterface"> {
  let cppNamespace = "::dlc";
  let description = "An op whose value at an output index depends on its operands at mapped indices (contract C1).";
  let methods = [
    InterfaceMethod<"Builds the value at `index` of the only result.", "::dlc::PointValue", "buildAt",
      (ins "::dlc::PointBuilder &":$b, "::llvm::ArrayRef<::dlc::LaneIndex>":$index)>,
    InterfaceMethod<"Whether an element costs about as much as a load, so that computing it twice is fine.",
      "bool", "isCheap", (ins), "", "return false;">,
    InterfaceMethod<"Whether the value at an output index reads every operand at that same index.",
      "bool", "isElementwise", (ins), "", "return false;">];
}

def Dlc_OrderedOpInterface : OpInterface<"OrderedOpInterface"> {
  let cppNamespace = "::dlc";
  let description = "An op that owns a loop nest, because the order of its work is law (contract C1).";
  let methods = [];
}

def Dlc_DifferentiableOpInterface : OpInterface<"DifferentiableOpInterface"> {
  let cppNamespace = "::dlc";
  let description = [{
    The derivative of an op in both modes, built out of dlc ops only, so that it has derivatives itself. A null value is
    a symbolic zero, given or answered; integers and bools have no other derivative.
  }];
  let methods = [
    InterfaceMethod<"Builds the cotangents of the operands from those of the results (reverse mode).",
      "::llvm::SmallVector<::mlir::Value>", "buildVjp",
      (ins "::dlc::DlcBuilder &":$b, "::llvm::ArrayRef<::mlir::Value>":$cts)>,
    InterfaceMethod<[{
      Builds the tangents of the results from those of the operands, one of which is not null (forward mode). A linear
      op is its own derivative: `b.again(op, tangents)`. Where operands are multiplied, one product for each operand
      that has a tangent, added in the order of the operands.
    }], "::llvm::SmallVector<::mlir::Value>", "buildJvp",
      (ins "::dlc::DlcBuilder &":$b, "::llvm::ArrayRef<::mlir::Value>":$tangents)>,
    InterfaceMethod<"Why reverse mode has no rule: empty when it has one or the derivative is zero everywhere.",
      "::llvm::StringRef", "whyNotDifferentiable", (ins), "", [{ return ""; }]>,
    InterfaceMethod<"The same for forward mode.",
      "::llvm::StringRef", "whyNoJvp", (ins), "", [{ return ""; }]>];
}

def Dlc_BatchableOpInterface : OpInterface<"BatchableOpInterface"> {
  let cppNamespace = "::dlc";
  let description = [{
    The op over a batch of examples. The rule is built out of dlc ops and keeps every bit: each example of a result
    equals what the op gives for that example of the operands. So orders and lists of dims stay what they are, and the
    batch is never contracted, reduced or counted.
  }];
  let methods = [
    InterfaceMethod<[{
      Builds the results for all examples from the operands, at least one of which has a batch dim of extent `extent`.
      A rule leaves the dim where it is when it can, moves it (`moveBatch`) or repeats a shared operand (`batchedAt`)
      when it must, and says where it lies in each result.
    }], "::llvm::SmallVector<::dlc::Batched>", "buildBatched",
      (ins "::dlc::DlcBuilder &":$b, "::llvm::ArrayRef<::dlc::Batched>":$operands, "const ::dlc::DimExpr &":$extent)>,
    InterfaceMethod<"Why these operands cannot be batched: empty when there is a rule.",
      "::llvm::StringRef", "whyNotBatchable",
      (ins "::llvm::ArrayRef<::dlc::Batched>":$operands, "const ::dlc::DimExpr &":$extent), "", [{ return ""; }]>];
}

def Dlc_DecomposeOpInterface : OpInterface<"DecomposeOpInterface"> {
  let cppNamespace = "::dlc";
  let description = "An op that is defined by other ops (numerics N7): its bits and its gradients are theirs.";
  let methods = [InterfaceMethod<"Builds values that the op's results are equal to.",
      "::llvm::SmallVector<::mlir::Value>", "decompose", (ins "::dlc::DlcBuilder &":$b)>];
}

def Dlc_PartwiseOpInterface : OpInterface<"PartwiseOpInterface"> {
  let cppNamespace = "::dlc";
  let description = [{
    An op that is an op of its own on reals, and on complex elements is defined by ops on their parts: its bits and its
    gradients are theirs. The autodiff phase replaces it.
  }];
  let methods = [
    InterfaceMethod<"Builds the result from the parts of the operands.", "::mlir::Value", "buildFromParts",
      (ins "::dlc::DlcBuilder &":$b)>,
    InterfaceMethod<"Whether ops on parts define it on complex elements; a product mixes them, and emitters make it.",
      "bool", "isOfParts", (ins), "", "return true;">];
}

//===--- Base classes ---===//

class Dlc_Op<string mnemonic, list<Trait> traits = []>
    : Op<Dlc_Dialect, mnemonic, !listconcat(traits, [])> {
  string math = "";              // documentation: the formula
  string oracle = "";            // expression over operands and attributes, see test/ops/oracles.py; tests only
  list<string> domain = ["-3", "3"];  // sampling interval; tests only
  int ulp = 0;                   // tolerance against the oracle; tests only
  bit pythonName = 1;            // whether a Python function of the mnemonic is generated
}

/// An op whose result types follow from operands and attributes: one function infers and verifies. `rules` lists what
/// the op defines of DifferentiableOpInterface beside the two builders, `batching` of BatchableOpInterface.
class Dlc_TensorOp<string mnemonic, list<Trait> traits = [], list<string> rules = ["buildVjp"],
                   list<string> batching = ["buildBatched"]>
    : Dlc_Op<mnemonic, !listconcat([Pure, InferTypeOpAdaptor,
        DeclareOpInterfaceMethods<Dlc_EvaluateOpInterface>,
        DeclareOpInterfaceMethods<Dlc_DifferentiableOpInterface, rules>,
        DeclareOpInterfaceMethods<Dlc_BatchableOpInterface, batching>], traits)> {
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
}

#endif // DLC_BASE_TD
