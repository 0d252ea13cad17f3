// Ops that move elements: all pointwise, their value at an output index is an operand's value at a mapped index.
#ifndef DLC_SHAPE_TD
#define DLC_SHAPE_TD

include "DlcBase.td"

class Dlc_ShapeOp<string mnemonic, bit cheap = 1, list<string> rules = ["buildVjp"]>
    : Dlc_TensorOp<mnemonic, [DeclareOpInterfaceMethods<Dlc_PointwiseOpInterface,
        !if(cheap, ["buildAt", "isCheap"], ["buildAt"])>], rules> {
  let extraClassDefinition = !if(cheap, "bool $cppClass::isCheap() { return true; }", "");
}

def Dlc_BroadcastOp : Dlc_ShapeOp<"broadcast"> {
  let summary = "repeats the operand along new or stretched dims";
  let description = [{
    Dim `i` of the operand becomes dim `dims[i]` of the result; `dims` ascends. An operand dim of extent 1 stretches.
  }];
  let arguments = (ins Dlc_Tensor:$x, Dlc_DimsAttr:$shape, DenseI64ArrayAttr:$dims);
  let results = (outs Dlc_Tensor:$r);
}
def Dlc_ReshapeOp : Dlc_ShapeOp<"reshape"> {
  let summary = "the same elements in row-major order under another shape";
  let arguments = (ins Dlc_Tensor:$x, Dlc_DimsAttr:$shape);
  let results = (outs Dlc_Tensor:$r);
  let extraClassDeclaration = [{
    /// Whether dims of extent 1 are all that comes or goes.
    bool onlyUnitDims();
  }];
  let hasFolder = 1;
}
def Dlc_TransposeOp : Dlc_ShapeOp<"transpose"> {
  let summary = "dim i of the result is dim perm[i] of the operand";
  let arguments = (ins Dlc_Tensor:$x, DenseI64ArrayAttr:$perm);
  let results = (outs Dlc_Tensor:$r);
  let hasFolder = 1;
}
def Dlc_SliceOp : Dlc_ShapeOp<"slice", 1, ["buildVjp", "whyNotDifferentiable"]> {
  let summary = "elements start, start + stride, ... below limit, of each dim";
  let arguments = (ins Dlc_Tensor:$x, DenseI64ArrayAttr:$starts, Dlc_DimsAttr:$limits, DenseI64ArrayAttr:$strides);
  let results = (outs Dlc_Tensor:$r);
}
def Dlc_PadOp : Dlc_ShapeOp<"pad", 0> {
  let summary = "the operand between `low` and `high` copies of `value`, with `interior` copies between neighbours";
  let description = "A negative `low` or `high` crops.";
  let arguments = (ins Dlc_Tensor:$x, Dlc_Tensor:$value, DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high,
                       DenseI64ArrayAttr:$interior);
  let results = (outs Dlc_Tensor:$r);
}
def Dlc_ConcatOp : Dlc_ShapeOp<"concat", 0, ["buildVjp", "whyNotDifferentiable"]> {
  let summary = "the operands one after the other along `dim`";
  let arguments = (ins Variadic<Dlc_Tensor>:$xs, I64Attr:$dim);
  let results = (outs Dlc_Tensor:$r);
}
def Dlc_ReverseOp : Dlc_ShapeOp<"reverse"> {
  let summary = "the operand with the order of elements reversed along `dims`";
  let arguments = (ins Dlc_Tensor:$x, DenseI64ArrayAttr:$dims);
  let results = (outs Dlc_Tensor:$r);
}
def Dlc_IotaOp : Dlc_ShapeOp<"iota"> {
  let summary = "each element's index along `dim`";
  let arguments = (ins Dlc_DimsAttr:$shape, I64Attr:$dim, TypeAttr:$element);
  let results = (outs Dlc_NumberTensor:$r);
}
def Dlc_GatherOp : Dlc_ShapeOp<"gather", 0> {
  let summary = "slices of the operand picked along `axis` by integer indices";
  let description = [{
    operand: [batch..., before..., extent, after...], indices: [batch..., picks...], result: [batch..., before...,
    picks..., after...], where `batch_dims` leading dims are shared and `axis` counts in the operand. A negative index
    counts from the end. An index out of range is an error that depends on data, or clamps (numerics N9).
  }];
  let arguments = (ins Dlc_Tensor:$x, Dlc_IntTensor:$indices, I64Attr:$axis,
                       DefaultValuedAttr<I64Attr, "0">:$batch_dims,
                       DefaultValuedAttr<Dlc_IndexModeAttr, "::dlc::IndexMode::error">:$mode);
  let results = (outs Dlc_Tensor:$r);
}
def Dlc_DynamicSliceOp : Dlc_ShapeOp<"dynamic_slice", 0> {
  let summary = "the part of the operand of extents `sizes` that begins at `starts`, one rank-0 integer a dim";
  let description = [{
    A start lies in [0, extent - size]; another one is an error that depends on data (numerics N9), or is clamped.
  }];
  let arguments = (ins Dlc_Tensor:$x, Variadic<Dlc_IntTensor>:$starts, Dlc_DimsAttr:$sizes,
                       DefaultValuedAttr<Dlc_IndexModeAttr, "::dlc::IndexMode::error">:$mode);
  let results = (outs Dlc_Tensor:$r);
}
def Dlc_DynamicUpdateSliceOp : Dlc_ShapeOp<"dynamic_update_slice", 0> {
  let summary = "the operand with `update` in place of the part that begins at `starts`, one rank-0 integer a dim";
  let description = "Starts as in `dynamic_slice`.";
  let arguments = (ins Dlc_Tensor:$x, Dlc_Tensor:$update, Variadic<Dlc_IntTensor>:$starts,
                       DefaultValuedAttr<Dlc_IndexModeAttr, "::dlc::IndexMode::error">:$mode);
  let results = (outs Dlc_Tensor:$r);
}

#endif // DLC_SHAPE_TD
