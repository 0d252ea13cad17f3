// Ops that order elements along a dim, or combine each with those before it.
#ifndef DLC_SCAN_TD
#define DLC_SCAN_TD

include "DlcBase.td"
include "Reduction.td"

def Dlc_CumulativeOp : Dlc_PartwiseOp<"cumulative", ["isOfParts"]> {
  let summary = "sum, prod, max or min of each element and all before it along `dim`, in the order of numerics N7";
  let arguments = (ins Dlc_ArithmeticTensor:$x, Dlc_ReduceKindAttr:$kind, I64Attr:$dim);
  let results = (outs Dlc_ArithmeticTensor:$r);
}

def Dlc_SortOp : Dlc_OrderedOp<"sort"> {
  let summary = "the elements along `dim` in ascending or descending order, and where each was (i64)";
  let description = [{
    Stable: equal elements stay in their order, also if `descending`. -0 is below +0, false below true, and NaN above
    everything, all NaNs being equal.
  }];
  let arguments = (ins Dlc_OrderedTensor:$x, I64Attr:$dim, DefaultValuedAttr<BoolAttr, "false">:$descending);
  let results = (outs Dlc_OrderedTensor:$values, RankedTensorOf<[I64]>:$indices);
}

def Dlc_TopKOp : Dlc_OrderedOp<"top_k"> {
  let summary = "the first `k` elements of `sort`: descending if `largest`, else ascending; and where each was (i64)";
  let arguments = (ins Dlc_OrderedTensor:$x, I64Attr:$k, I64Attr:$dim, DefaultValuedAttr<BoolAttr, "true">:$largest);
  let results = (outs Dlc_OrderedTensor:$values, RankedTensorOf<[I64]>:$indices);
}

#endif // DLC_SCAN_TD
