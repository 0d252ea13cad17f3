// Random numbers: pointwise, each element a function of state and index alone (numerics N7).
#ifndef DLC_RANDOM_TD
#define DLC_RANDOM_TD

include "DlcBase.td"

class Dlc_RandomOp<string mnemonic, string what> : Dlc_TensorOp<mnemonic,
    [DeclareOpInterfaceMethods<Dlc_PointwiseOpInterface, ["buildAt"]>]> {
  let summary = what # ", from Philox 4x32-10 of (state, element index) alone (numerics N7)";
  let description = [{
    `state` is [batch..., (seed, counter)], the result [batch..., shape...]: each example counts its own elements, as if
    it were alone. The result is the same on every device and for every schedule.
  }];
  let results = (outs Dlc_NumberTensor:$r);
}
def Dlc_RandomBitsOp : Dlc_RandomOp<"random_bits", "32 random bits an element (ui32)"> {
  let arguments = (ins RankedTensorOf<[I64]>:$state, Dlc_DimsAttr:$shape);
}
def Dlc_UniformOp : Dlc_RandomOp<"uniform", "uniform numbers in [0, 1)"> {
  let arguments = (ins RankedTensorOf<[I64]>:$state, Dlc_DimsAttr:$shape, TypeAttr:$element);
}
def Dlc_NormalOp : Dlc_RandomOp<"normal", "numbers of the standard normal distribution"> {
  let arguments = (ins RankedTensorOf<[I64]>:$state, Dlc_DimsAttr:$shape, TypeAttr:$element);
}

#endif // DLC_RANDOM_TD
