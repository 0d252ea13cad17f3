// Ops that combine elements along dims, or write where indices say.
#ifndef DLC_REDUCTION_TD
#define DLC_REDUCTION_TD

include "DlcBase.td"

class Dlc_OrderedOp<string mnemonic, list<string> rules = ["buildVjp"], list<string> batching = ["buildBatched"]>
    : Dlc_TensorOp<mnemonic, [DeclareOpInterfaceMethods<Dlc_OrderedOpInterface>], rules, batching>;

/// One that is defined on complex elements by its own op on their parts.
class Dlc_PartwiseOp<string mnemonic, list<string> methods = []>
    : Dlc_TensorOp<mnemonic, [DeclareOpInterfaceMethods<Dlc_OrderedOpInterface>,
        DeclareOpInterfaceMethods<Dlc_PartwiseOpInterface, methods>]>;

def Dlc_ReduceOp : Dlc_PartwiseOp<"reduce", ["isOfParts"]> {
  let summary = "combines the elements along `dims` in the order of numerics N4; complex ones by sum and prod";
  let arguments = (ins Dlc_ComputedTensor:$x, Dlc_ReduceKindAttr:$kind, DenseI64ArrayAttr:$dims, Dlc_OrderAttr:$order);
  let results = (outs Dlc_ComputedTensor:$r);
}

class Dlc_ArgOp<string mnemonic, string what> : Dlc_OrderedOp<mnemonic> {
  let summary = "the index (i64) of the " # what # " element along `dim`: NaN wins, then the lowest index";
  let arguments = (ins Dlc_NumberTensor:$x, I64Attr:$dim);
  let results = (outs RankedTensorOf<[I64]>:$r);
}
def Dlc_ArgmaxOp : Dlc_ArgOp<"argmax", "largest">;
def Dlc_ArgminOp : Dlc_ArgOp<"argmin", "smallest">;

def Dlc_ScatterOp : Dlc_PartwiseOp<"scatter"> {
  let summary = "writes slices of `updates` into the operand where indices say, in row-major order of updates (N7)";
  let description = [{
    Shapes as in `gather`: `updates` has the shape of gather(operand, indices). `kind` says what an update does to the
    element that it meets: it is added to it, replaces it, or the larger or smaller of the two stays. Complex elements
    are added or replaced, by parts.
  }];
  let arguments = (ins Dlc_Tensor:$x, Dlc_IntTensor:$indices, Dlc_Tensor:$updates, I64Attr:$axis,
                       DefaultValuedAttr<I64Attr, "0">:$batch_dims,
                       DefaultValuedAttr<Dlc_IndexModeAttr, "::dlc::IndexMode::error">:$mode,
                       DefaultValuedAttr<Dlc_ScatterKindAttr, "::dlc::ScatterKind::add">:$kind);
  let results = (outs Dlc_Tensor:$r);
}

def Dlc_ReduceWindowOp : Dlc_OrderedOp<"reduce_window", ["buildVjp", "whyNotDifferentiable"]> {
  let summary = "sum, max or min of each window, a row-major chain; padding takes no part (N7)";
  let description = "One entry a dim of the operand in `window`, `strides`, `low` and `high`.";
  let arguments = (ins Dlc_NumberTensor:$x, Dlc_ReduceKindAttr:$kind, DenseI64ArrayAttr:$window,
                       DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high);
  let results = (outs Dlc_NumberTensor:$r);
}
def Dlc_WindowArgmaxOp : Dlc_OrderedOp<"window_argmax"> {
  let summary = "the row-major position (i32) within its window of each window's largest element";
  let description = "Padding takes no part; NaN wins, then the lowest position. Windows as in `reduce_window`.";
  let arguments = (ins Dlc_NumberTensor:$x, DenseI64ArrayAttr:$window, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high);
  let results = (outs RankedTensorOf<[I32]>:$r);
}

#endif // DLC_REDUCTION_TD
