// Sums of products, in blocks of 1,024 fma chains added left to right (numerics N5, N6).
#ifndef DLC_CONTRACTION_TD
#define DLC_CONTRACTION_TD

include "DlcBase.td"
include "Reduction.td"

def Dlc_DotGeneralOp : Dlc_PartwiseOp<"dot_general"> {
  let summary = "contracts dims of two operands";
  let description = [{
    The result has the batch dims, then the free dims of `lhs`, then those of `rhs`. The contracted index is flattened
    in the listed order. Accumulates in f32 for f16, bf16 and f32, in f64 for f64; integers wrap. Of complex elements
    each part is a sum of twice as many real terms: re of x.re * y.re, then -x.im * y.im for each index, im of
    x.re * y.im, then x.im * y.re.
  }];
  let arguments = (ins Dlc_ArithmeticTensor:$lhs, Dlc_ArithmeticTensor:$rhs, DenseI64ArrayAttr:$lhs_batch,
                       DenseI64ArrayAttr:$rhs_batch, DenseI64ArrayAttr:$lhs_contract, DenseI64ArrayAttr:$rhs_contract,
                       Dlc_OrderAttr:$order);
  let results = (outs Dlc_ArithmeticTensor:$r);
}

/// The three bilinear ops of a convolution: x [N, spatial..., C], w [window..., C / groups, O], y [N, spatial..., O].
class Dlc_ConvOp<string mnemonic, dag operands, list<string> batching = ["buildBatched"]>
    : Dlc_OrderedOp<mnemonic, ["buildVjp"], batching> {
  dag window = (ins DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high,
                    DenseI64ArrayAttr:$dilation, DefaultValuedAttr<I64Attr, "1">:$groups);
  let arguments = !con(operands, window);
  let results = (outs Dlc_FloatTensor:$r);
}
def Dlc_ConvOp : Dlc_ConvOp<"conv", (ins Dlc_FloatTensor:$x, Dlc_FloatTensor:$w)> {
  let summary = "convolution; terms: window row-major, then input channel of the group";
}
def Dlc_ConvInputGradOp : Dlc_ConvOp<"conv_input_grad",
    (ins Dlc_FloatTensor:$y, Dlc_FloatTensor:$w, Dlc_DimsAttr:$spatial), ["buildBatched", "whyNotBatchable"]> {
  let summary = "transposed convolution; terms: ascending kernel index, then output channel of the group";
  let description = "`spatial` are the spatial extents of the result; holes of strides are no terms (N6).";
}
def Dlc_ConvWeightGradOp : Dlc_ConvOp<"conv_weight_grad",
    (ins Dlc_FloatTensor:$x, Dlc_FloatTensor:$y, DenseI64ArrayAttr:$window_shape)> {
  let summary = "gradient of a convolution's weights; terms: batch, then output position row-major";
}

#endif // DLC_CONTRACTION_TD
