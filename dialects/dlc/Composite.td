// Ops that are defined by their decomposition into other ops (numerics N7). Frontends make them as one op; the first
// pass of the autodiff phase replaces them, so gradients are those of the decomposition. On f16 and bf16 a composite
// computes in f32 and rounds each result once.
#ifndef DLC_COMPOSITE_TD
#define DLC_COMPOSITE_TD

include "DlcBase.td"

class Dlc_CompositeOp<string mnemonic> : Dlc_Op<mnemonic, [Pure, InferTypeOpAdaptor,
    DeclareOpInterfaceMethods<Dlc_EvaluateOpInterface>, DeclareOpInterfaceMethods<Dlc_DecomposeOpInterface>]> {
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
  let extraClassDefinition = [{
    void $cppClass::evaluate(::dlc::EvaluateContext &context, ::llvm::ArrayRef<::dlc::HostTensor> inputs,
        ::llvm::MutableArrayRef<::dlc::HostTensor> outputs) {
      ::dlc::evaluateByDecomposition(*this, context, inputs, outputs);
    }
  }];
}

//===--- Exponentials over a dim ---===//

class Dlc_OverDim<string mnemonic> : Dlc_CompositeOp<mnemonic> {
  let arguments = (ins Dlc_FloatTensor:$x, I64Attr:$dim);
  let results = (outs Dlc_FloatTensor:$r);
}
def Dlc_SoftmaxOp : Dlc_OverDim<"softmax"> {
  let summary = "e = exp(x - max(x)), r = e / sum(e), along `dim`";
}
def Dlc_LogSoftmaxOp : Dlc_OverDim<"log_softmax"> {
  let summary = "(x - max(x)) - log(sum(exp(x - max(x)))), along `dim`";
}
def Dlc_LogSumExpOp : Dlc_CompositeOp<"logsumexp"> {
  let summary = "log(sum(exp(x - m))) + m over `dims`; m is the maximum, or 0 where that is not finite";
  let arguments = (ins Dlc_FloatTensor:$x, DenseI64ArrayAttr:$dims);
  let results = (outs Dlc_FloatTensor:$r);
}
def Dlc_CrossEntropyOp : Dlc_CompositeOp<"cross_entropy"> {
  let summary = "-log_softmax(x) at the index along `dim` that `labels` holds";
  let description = [{
    `labels` has the shape of `x` without `dim`, and so has the result. A label that is negative or not below the extent
    is an error that depends on data (numerics N9).
  }];
  let arguments = (ins Dlc_FloatTensor:$x, Dlc_IntTensor:$labels, I64Attr:$dim);
  let results = (outs Dlc_FloatTensor:$r);
}

//===--- Activations ---===//

def Dlc_GeluOp : Dlc_CompositeOp<"gelu"> {
  let summary = "x * Phi(x), by erf or by the approximation with tanh";
  let description = [{
    none: (x * 0.5) * (erf(x * sqrt(1/2)) + 1).
    tanh: (0.5 * x) * (1 + tanh(sqrt(2/pi) * (x + 0.044715 * ((x * x) * x)))).
  }];
  let arguments = (ins Dlc_FloatTensor:$x, DefaultValuedAttr<Dlc_GeluFormAttr, "::dlc::GeluForm::none">:$approximate);
  let results = (outs Dlc_FloatTensor:$r);
}

//===--- Norms ---===//

def Dlc_LayerNormOp : Dlc_CompositeOp<"layer_norm"> {
  let summary = "fma((x - mean) * rstd, weight, bias) over the last `normalized` dims";
  let description = [{
    rstd = rsqrt(var + epsilon); var is the mean of the squares of x - mean. `affine` holds nothing, weight, or weight
    and bias, of the shape of the last dims; without bias the product is rounded.
  }];
  let arguments = (ins Dlc_FloatTensor:$x, Variadic<Dlc_FloatTensor>:$affine, I64Attr:$normalized, F64Attr:$epsilon);
  let results = (outs Dlc_FloatTensor:$r);
}
def Dlc_RmsNormOp : Dlc_CompositeOp<"rms_norm"> {
  let summary = "(x * rsqrt(mean(x * x) + epsilon)) * weight over the last `normalized` dims";
  let description = "`affine` holds nothing, or weight of the shape of the last dims.";
  let arguments = (ins Dlc_FloatTensor:$x, Variadic<Dlc_FloatTensor>:$affine, I64Attr:$normalized, F64Attr:$epsilon);
  let results = (outs Dlc_FloatTensor:$r);
}
def Dlc_BatchNormOp : Dlc_CompositeOp<"batch_norm"> {
  let summary = "fma(x, scale, shift) for each index along `dim`, by given statistics";
  let description = [{
    scale = weight * rsqrt(var + epsilon), shift = fma(-mean, scale, bias). All but `x` have the extent of `dim`;
    `affine` holds nothing, weight, or weight and bias. Without bias shift is -mean * scale.
  }];
  let arguments = (ins Dlc_FloatTensor:$x, Dlc_FloatTensor:$mean, Dlc_FloatTensor:$var,
                       Variadic<Dlc_FloatTensor>:$affine, I64Attr:$dim, F64Attr:$epsilon);
  let results = (outs Dlc_FloatTensor:$r);
}
def Dlc_BatchNormTrainingOp : Dlc_CompositeOp<"batch_norm_training"> {
  let summary = "fma((x - mean) * rstd, weight, bias) for each index along `dim`, by the statistics of x";
  let description = [{
    The results are the normalised x, its mean, and its variance (the mean of the squares of x - mean) for each index
    along `dim`. `affine` as in `batch_norm`.
  }];
  let arguments = (ins Dlc_FloatTensor:$x, Variadic<Dlc_FloatTensor>:$affine, I64Attr:$dim, F64Attr:$epsilon);
  let results = (outs Dlc_FloatTensor:$r, Dlc_FloatTensor:$mean, Dlc_FloatTensor:$var);
}

//===--- Attention and cells ---===//

def Dlc_AttentionOp : Dlc_CompositeOp<"attention"> {
  let summary = "softmax((q . k^T) * scale + mask) . v, divided before the second product";
  let description = [{
    q: [batch..., heads, L, D], k: [batch..., groups, S, D], v: [batch..., groups, S, E], result: [batch..., heads, L, E].
    `groups` divides `heads`, and neighbouring heads share a group. `mask` holds nothing or a tensor whose dims are those
    of the scores, [batch..., heads, L, S], or 1: numbers are added to the scores, of bool those that are false make them
    -inf. `causal` makes scores with a column above the row -inf. A row of scores that are all -inf gives zeros.
  }];
  let arguments = (ins Dlc_FloatTensor:$q, Dlc_FloatTensor:$k, Dlc_FloatTensor:$v, Variadic<Dlc_OrderedTensor>:$mask,
                       F64Attr:$scale, DefaultValuedAttr<BoolAttr, "false">:$causal);
  let results = (outs Dlc_FloatTensor:$r);
}

def Dlc_LstmCellOp : Dlc_CompositeOp<"lstm_cell"> {
  let summary = "one step of an LSTM: c' = f * c + i * g, h' = o * tanh(c')";
  let description = [{
    x: [N, I], h and c: [N, H], w_ih: [4 H, I], w_hh: [4 H, H]; `biases` holds nothing, or two of [4 H]. The gates are
    (x . w_ih^T + b_ih) + (h . w_hh^T + b_hh), in the order i, f, g, o: g by tanh, the others by sigmoid. The results are
    h' and c'.
  }];
  let arguments = (ins Dlc_FloatTensor:$x, Dlc_FloatTensor:$h, Dlc_FloatTensor:$c, Dlc_FloatTensor:$w_ih,
                       Dlc_FloatTensor:$w_hh, Variadic<Dlc_FloatTensor>:$biases);
  let results = (outs Dlc_FloatTensor:$next_h, Dlc_FloatTensor:$next_c);
}
def Dlc_GruCellOp : Dlc_CompositeOp<"gru_cell"> {
  let summary = "one step of a GRU: h' = (1 - z) * n + z * h";
  let description = [{
    x: [N, I], h: [N, H], w_ih: [3 H, I], w_hh: [3 H, H]; `biases` holds nothing, or two of [3 H]. With a = x . w_ih^T +
    b_ih and b = h . w_hh^T + b_hh, each in three parts: r = sigmoid(a0 + b0), z = sigmoid(a1 + b1),
    n = tanh(a2 + r * b2).
  }];
  let arguments = (ins Dlc_FloatTensor:$x, Dlc_FloatTensor:$h, Dlc_FloatTensor:$w_ih, Dlc_FloatTensor:$w_hh,
                       Variadic<Dlc_FloatTensor>:$biases);
  let results = (outs Dlc_FloatTensor:$next_h);
}

//===--- Quantisation ---===//

def Dlc_QuantizeOp : Dlc_CompositeOp<"quantize"> {
  let summary = "round(x / scale) + zero_point, saturated to the integers of type `to`; NaN gives 0";
  let description = [{
    Rounds half to even. `scale` and `zero_point` are of rank 0, or one for each index along `dim`. `zero_point` has the
    type `to`, an integer of 8 or 16 bits.
  }];
  let arguments = (ins Dlc_FloatTensor:$x, Dlc_FloatTensor:$scale, Dlc_IntTensor:$zero_point, TypeAttr:$to,
                       DefaultValuedAttr<I64Attr, "-1">:$dim);
  let results = (outs Dlc_IntTensor:$r);
}
def Dlc_DequantizeOp : Dlc_CompositeOp<"dequantize"> {
  let summary = "(x - zero_point) * scale, of the type of `scale`";
  let description = "`scale` and `zero_point` as in `quantize`.";
  let arguments = (ins Dlc_IntTensor:$x, Dlc_FloatTensor:$scale, Dlc_IntTensor:$zero_point,
                       DefaultValuedAttr<I64Attr, "-1">:$dim);
  let results = (outs Dlc_FloatTensor:$r);
}

#endif // DLC_COMPOSITE_TD
