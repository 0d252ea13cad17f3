// Elementwise ops: one row each. `scalar` is the payload, an expression over the builder `b` and the operands, compiled
// twice: for host scalars (evaluate) and for arith/math (code). `vjp` lists the cotangents of the operands in terms of
// the operands, the result `r` and its cotangent `ct`; "Value()" is a symbolic zero. The Jacobian is diagonal, so the
// same expressions, `ct` being an operand's tangent, give what that operand adds to the tangent of the result.
#ifndef DLC_ELEMENTWISE_TD
#define DLC_ELEMENTWISE_TD

include "DlcBase.td"

class Dlc_Elementwise<string mnemonic, list<string> names, list<Trait> traits = []>
    : Dlc_Op<mnemonic, !listconcat([Pure, InferTypeOpAdaptor,
        DeclareOpInterfaceMethods<Dlc_EvaluateOpInterface>,
        DeclareOpInterfaceMethods<Dlc_DifferentiableOpInterface, ["buildVjp", "whyNotDifferentiable", "whyNoJvp"]>,
        DeclareOpInterfaceMethods<Dlc_BatchableOpInterface>,
        DeclareOpInterfaceMethods<Dlc_PointwiseOpInterface, ["buildAt", "isCheap", "isElementwise"]>], traits)> {
  list<string> operandNames = names;
  string scalar = ?;                      // payload
  list<string> vjp = ?;                   // cotangents
  list<string> jvp = vjp;                 // what each operand's tangent `ct` adds to that of the result
  string whyNot = "";                     // whyNotDifferentiable, whyNoJvp
  string whyNotText = "\"" # whyNot # "\""; // the same as an expression
  string element = "elementTypeOf(adaptor.getOperands()[0])"; // element type of the result
  bit cheap = 0;                          // isCheap
  // One type where operands and result have the same, else a function type.
  let assemblyFormat = "operands attr-dict `:` custom<ElementwiseTypes>("
      # !interleave(!foreach(name, names, "type($" # name # ")"), ", ") # ", type($r))";
  let extraClassDeclaration = [{
    /// The payload over any scalar builder.
    template <class B> typename B::Value payload(B &b, ::llvm::ArrayRef<typename B::Value> args);
  }];
  // Binds the names of the operands to `args`.
  string bind = !interleave(!foreach(i, !range(!size(names)),
      "[[maybe_unused]] auto " # names[i] # " = args[" # i # "];"), " ");
  string bindValues = !interleave(!foreach(i, !range(!size(names)),
      "[[maybe_unused]] ::mlir::Value " # names[i] # " = getOperation()->getOperand(" # i # ");"), " ");
}

class Dlc_ElementwiseRow<string mnemonic, list<string> names, list<Trait> traits = []>
    : Dlc_Elementwise<mnemonic, names, traits> {
  let extraClassDefinition = [{
    template <class B> typename B::Value $cppClass::payload(B &b, ::llvm::ArrayRef<typename B::Value> args) {
      }] # bind # [{
      return }] # scalar # [{;
    }
    ::llvm::LogicalResult $cppClass::inferReturnTypes(::mlir::MLIRContext *context,
        ::std::optional<::mlir::Location> location, Adaptor adaptor, ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      return ::dlc::inferElementwise(getOperationName(), location, adaptor.getOperands(), }] # element # [{, types);
    }
    void $cppClass::evaluate(::dlc::EvaluateContext &context, ::llvm::ArrayRef<::dlc::HostTensor> inputs,
        ::llvm::MutableArrayRef<::dlc::HostTensor> outputs) {
      ::dlc::evaluateElementwise(inputs, outputs[0],
          [&](::dlc::scalar::HostScalarBuilder &b, ::llvm::ArrayRef<::dlc::scalar::HostScalarBuilder::Value> args) {
            return payload(b, args);
          });
    }
    ::dlc::PointValue $cppClass::buildAt(::dlc::PointBuilder &b, ::llvm::ArrayRef<::dlc::LaneIndex> index) {
      return b.elementwise(*this, index,
          [&](::dlc::scalar::IRScalarBuilder &b, ::llvm::ArrayRef<::dlc::scalar::IRScalarBuilder::Value> args) {
            return payload(b, args);
          });
    }
    bool $cppClass::isCheap() { return }] # !if(cheap, "true", "false") # [{; }
    bool $cppClass::isElementwise() { return true; }
    ::llvm::StringRef $cppClass::whyNotDifferentiable() { return }] # whyNotText # [{; }
    ::llvm::SmallVector<::mlir::Value> $cppClass::buildVjp(::dlc::DlcBuilder &b,
        ::llvm::ArrayRef<::mlir::Value> cts) {
      using ::mlir::Value;
      }] # bindValues # [{
      [[maybe_unused]] Value r = getOperation()->getResult(0), ct = cts[0];
      return {}] # !interleave(vjp, ", ") # [{};
    }
    ::llvm::StringRef $cppClass::whyNoJvp() { return }] # whyNotText # [{; }
    ::llvm::SmallVector<::mlir::Value> $cppClass::buildJvp(::dlc::DlcBuilder &b,
        ::llvm::ArrayRef<::mlir::Value> tangents) {
      using ::mlir::Value;
      }] # bindValues # [{
      [[maybe_unused]] Value r = getOperation()->getResult(0);
      Value sum;
      }] # !interleave(!foreach(i, !range(!size(names)),
               "if ([[maybe_unused]] Value ct = tangents[" # i # "]) sum = b.sum(sum, " # jvp[i] # ");"), "\n      ") # [{
      return {sum};
    }
    ::llvm::SmallVector<::dlc::Batched> $cppClass::buildBatched(::dlc::DlcBuilder &b,
        ::llvm::ArrayRef<::dlc::Batched> operands, const ::dlc::DimExpr &extent) {
      return ::dlc::batchElementwise(getOperation(), b, operands, extent);
    }
  }];
}

class Dlc_Unary<string mnemonic, Type type> : Dlc_ElementwiseRow<mnemonic, ["x"]> {
  let arguments = (ins type:$x);
  let results = (outs type:$r);
}
class Dlc_Binary<string mnemonic, Type type, list<Trait> traits = []>
    : Dlc_ElementwiseRow<mnemonic, ["x", "y"], traits> {
  let arguments = (ins type:$x, type:$y);
  let results = (outs type:$r);
}
/// A test of a float or of both parts of a complex number.
class Dlc_Test<string mnemonic> : Dlc_ElementwiseRow<mnemonic, ["x"]> {
  let arguments = (ins Dlc_AnalyticTensor:$x);
  let results = (outs Dlc_BoolTensor:$r);
  let element = "boolType(context)";
  let vjp = ["Value()"];
  let cheap = 1;
}

//===--- Unary ---===//

def Dlc_NegOp : Dlc_Unary<"neg", Dlc_ArithmeticTensor> {
  let math = "r = -x"; let scalar = "b.neg(x)"; let vjp = ["b.neg(ct)"]; let oracle = "-x"; let cheap = 1;
}
def Dlc_AbsOp : Dlc_ElementwiseRow<"abs", ["x"]> {
  let arguments = (ins Dlc_ArithmeticTensor:$x);
  let results = (outs Dlc_NumberTensor:$r);
  let element = "partElement(elementTypeOf(adaptor.getOperands()[0]))";
  let math = "r = |x|, of complex x its distance from 0";
  let scalar = "scalar::byKind(b, x, &scalar::abs<B>, &scalar::complexAbs<B>)";
  let vjp = ["b.absGrad(ct, x, r)"]; let jvp = ["b.absTangent(ct, x, r)"]; let oracle = "np.abs(x)"; let cheap = 1;
  let ulp = 2;
}
def Dlc_SignOp : Dlc_Unary<"sign", Dlc_NumberTensor> {
  let math = "r = -1, 0 or 1 (NaN stays, 0 keeps its sign)"; let scalar = "scalar::sign(b, x)";
  let vjp = ["Value()"]; let oracle = "np.where(x == 0, x, np.sign(x))"; let cheap = 1;
}
def Dlc_FloorOp : Dlc_Unary<"floor", Dlc_FloatTensor> {
  let math = "r = floor(x)"; let scalar = "b.floor(x)"; let vjp = ["Value()"]; let oracle = "np.floor(x)";
}
def Dlc_CeilOp : Dlc_Unary<"ceil", Dlc_FloatTensor> {
  let math = "r = ceil(x)"; let scalar = "b.ceil(x)"; let vjp = ["Value()"]; let oracle = "np.ceil(x)";
}
def Dlc_RoundOp : Dlc_Unary<"round", Dlc_FloatTensor> {
  let math = "r = x rounded half to even"; let scalar = "b.roundEven(x)"; let vjp = ["Value()"];
  let oracle = "np.round(x)";
}
def Dlc_TruncOp : Dlc_Unary<"trunc", Dlc_FloatTensor> {
  let math = "r = x rounded toward zero"; let scalar = "b.trunc(x)"; let vjp = ["Value()"]; let oracle = "np.trunc(x)";
}
def Dlc_SqrtOp : Dlc_Unary<"sqrt", Dlc_AnalyticTensor> {
  let math = "r = sqrt(x), correctly rounded"; let scalar = "scalar::byKind(b, x, &scalar::sqrt<B>, &scalar::complexSqrt<B>)";
  let vjp = ["b.div(ct, b.add(r, r))"]; let oracle = "np.sqrt(x)"; let domain = ["0.01", "9"];
}
def Dlc_RsqrtOp : Dlc_Unary<"rsqrt", Dlc_AnalyticTensor> {
  let math = "r = 1 / sqrt(x)"; let scalar = "scalar::byKind(b, x, &scalar::rsqrt<B>, &scalar::complexRsqrt<B>)";
  let vjp = ["b.mul(ct, b.mul(b.full(x, -0.5), b.div(r, x)))"]; let oracle = "1 / np.sqrt(x)";
  let domain = ["0.01", "9"]; let ulp = 2;
}
def Dlc_ExpOp : Dlc_Unary<"exp", Dlc_AnalyticTensor> {
  let math = "r = e^x"; let scalar = "scalar::byKind(b, x, &scalar::exp<B>, &scalar::complexExp<B>)"; let vjp = ["b.mul(ct, r)"]; let oracle = "np.exp(x)";
  let ulp = 2;
}
def Dlc_Expm1Op : Dlc_Unary<"expm1", Dlc_AnalyticTensor> {
  let math = "r = e^x - 1"; let scalar = "scalar::byKind(b, x, &scalar::expm1<B>, &scalar::complexExpm1<B>)"; let vjp = ["b.mul(ct, b.add(r, b.full(r, 1)))"];
  let oracle = "np.expm1(x)"; let ulp = 2;
}
def Dlc_LogOp : Dlc_Unary<"log", Dlc_AnalyticTensor> {
  let math = "r = ln x"; let scalar = "scalar::byKind(b, x, &scalar::log<B>, &scalar::complexLog<B>)"; let vjp = ["b.div(ct, x)"]; let oracle = "np.log(x)";
  let domain = ["0.01", "9"]; let ulp = 2;
}
def Dlc_Log1pOp : Dlc_Unary<"log1p", Dlc_AnalyticTensor> {
  let math = "r = ln(1 + x)"; let scalar = "scalar::byKind(b, x, &scalar::log1p<B>, &scalar::complexLog1p<B>)"; let vjp = ["b.div(ct, b.add(x, b.full(x, 1)))"];
  let oracle = "log1p(x)"; let domain = ["-0.9", "9"]; let ulp = 2;
}
def Dlc_Exp2Op : Dlc_Unary<"exp2", Dlc_AnalyticTensor> {
  let math = "r = 2^x"; let scalar = "scalar::byKind(b, x, &scalar::exp2<B>, &scalar::complexExp2<B>)";
  let vjp = ["b.mul(ct, b.mul(r, b.full(r, 0.6931471805599453)))"]; let oracle = "np.exp2(x)"; let ulp = 2;
}
def Dlc_Log2Op : Dlc_Unary<"log2", Dlc_AnalyticTensor> {
  let math = "r = log2 x"; let scalar = "scalar::byKind(b, x, &scalar::log2<B>, &scalar::complexLog2<B>)";
  let vjp = ["b.div(ct, b.mul(x, b.full(x, 0.6931471805599453)))"]; let oracle = "np.log2(x)";
  let domain = ["0.01", "9"]; let ulp = 2;
}
def Dlc_SinOp : Dlc_Unary<"sin", Dlc_AnalyticTensor> {
  let math = "r = sin x"; let scalar = "scalar::byKind(b, x, &scalar::sin<B>, &scalar::complexSin<B>)"; let vjp = ["b.mul(ct, b.cos(x))"];
  let oracle = "np.sin(x)"; let ulp = 2;
}
def Dlc_CosOp : Dlc_Unary<"cos", Dlc_AnalyticTensor> {
  let math = "r = cos x"; let scalar = "scalar::byKind(b, x, &scalar::cos<B>, &scalar::complexCos<B>)"; let vjp = ["b.neg(b.mul(ct, b.sin(x)))"];
  let oracle = "np.cos(x)"; let ulp = 2;
}
def Dlc_TanOp : Dlc_Unary<"tan", Dlc_AnalyticTensor> {
  let math = "r = tan x"; let scalar = "scalar::byKind(b, x, &scalar::tan<B>, &scalar::complexTan<B>)"; let vjp = ["b.mul(ct, b.add(b.full(r, 1), b.mul(r, r)))"];
  let oracle = "np.tan(x)"; let domain = ["-1.5", "1.5"]; let ulp = 2;
}
def Dlc_SinhOp : Dlc_Unary<"sinh", Dlc_AnalyticTensor> {
  let math = "r = sinh x"; let scalar = "scalar::byKind(b, x, &scalar::sinh<B>, &scalar::complexSinh<B>)"; let vjp = ["b.mul(ct, b.cosh(x))"];
  let oracle = "np.sinh(x)"; let ulp = 2;
}
def Dlc_CoshOp : Dlc_Unary<"cosh", Dlc_AnalyticTensor> {
  let math = "r = cosh x"; let scalar = "scalar::byKind(b, x, &scalar::cosh<B>, &scalar::complexCosh<B>)"; let vjp = ["b.mul(ct, b.sinh(x))"];
  let oracle = "np.cosh(x)"; let ulp = 2;
}
def Dlc_AsinOp : Dlc_Unary<"asin", Dlc_AnalyticTensor> {
  let math = "r = arcsin x"; let scalar = "scalar::byKind(b, x, &scalar::asin<B>, &scalar::complexAsin<B>)";
  let vjp = ["b.mul(ct, b.rsqrt(b.sub(b.full(x, 1), b.mul(x, x))))"]; let oracle = "np.arcsin(x)";
  let domain = ["-1", "1"]; let ulp = 2;
}
def Dlc_AcosOp : Dlc_Unary<"acos", Dlc_AnalyticTensor> {
  let math = "r = arccos x"; let scalar = "scalar::byKind(b, x, &scalar::acos<B>, &scalar::complexAcos<B>)";
  let vjp = ["b.neg(b.mul(ct, b.rsqrt(b.sub(b.full(x, 1), b.mul(x, x)))))"]; let oracle = "np.arccos(x)";
  let domain = ["-1", "1"]; let ulp = 2;
}
def Dlc_AtanOp : Dlc_Unary<"atan", Dlc_AnalyticTensor> {
  let math = "r = arctan x"; let scalar = "scalar::byKind(b, x, &scalar::atan<B>, &scalar::complexAtan<B>)";
  let vjp = ["b.div(ct, b.add(b.full(x, 1), b.mul(x, x)))"]; let oracle = "np.arctan(x)"; let ulp = 2;
}
def Dlc_AsinhOp : Dlc_Unary<"asinh", Dlc_AnalyticTensor> {
  let math = "r = arsinh x"; let scalar = "scalar::byKind(b, x, &scalar::asinh<B>, &scalar::complexAsinh<B>)";
  let vjp = ["b.mul(ct, b.rsqrt(b.add(b.mul(x, x), b.full(x, 1))))"]; let oracle = "np.arcsinh(x)"; let ulp = 2;
}
def Dlc_AcoshOp : Dlc_Unary<"acosh", Dlc_AnalyticTensor> {
  let math = "r = arcosh x"; let scalar = "scalar::byKind(b, x, &scalar::acosh<B>, &scalar::complexAcosh<B>)";
  let vjp = ["b.mul(ct, b.acoshSlope(x))"]; let oracle = "np.arccosh(x)";
  let domain = ["1", "9"]; let ulp = 2;
}
def Dlc_AtanhOp : Dlc_Unary<"atanh", Dlc_AnalyticTensor> {
  let math = "r = artanh x"; let scalar = "scalar::byKind(b, x, &scalar::atanh<B>, &scalar::complexAtanh<B>)";
  let vjp = ["b.div(ct, b.sub(b.full(x, 1), b.mul(x, x)))"]; let oracle = "np.arctanh(x)";
  let domain = ["-0.9", "0.9"]; let ulp = 2;
}
def Dlc_ErfinvOp : Dlc_Unary<"erfinv", Dlc_FloatTensor> {
  let math = "r: erf r = x"; let scalar = "scalar::erfinv(b, x)";
  let vjp = ["b.mul(ct, b.mul(b.full(r, 0.8862269254527580), b.exp(b.mul(r, r))))"];
  let oracle = "erfinv(x)"; let domain = ["-0.9", "0.9"]; let ulp = 4;
}
def Dlc_TanhOp : Dlc_Unary<"tanh", Dlc_AnalyticTensor> {
  let math = "r = tanh x"; let scalar = "scalar::byKind(b, x, &scalar::tanh<B>, &scalar::complexTanh<B>)";
  let vjp = ["b.mul(ct, b.sub(b.full(r, 1), b.mul(r, r)))"]; let oracle = "np.tanh(x)"; let ulp = 2;
}
def Dlc_ErfOp : Dlc_Unary<"erf", Dlc_FloatTensor> {
  let math = "r = erf x = 2/sqrt(pi) * integral of e^(-t^2) from 0 to x"; let scalar = "scalar::erf(b, x)";
  let vjp = ["b.mul(ct, b.mul(b.full(x, 1.1283791670955126), b.exp(b.neg(b.mul(x, x)))))"];
  let oracle = "erf(x)"; let ulp = 2;
}
def Dlc_LgammaOp : Dlc_Unary<"lgamma", Dlc_FloatTensor> {
  let math = "r = ln |gamma(x)|"; let scalar = "scalar::lgamma(b, x)"; let vjp = ["b.mul(ct, b.digamma(x))"];
  let oracle = "lgamma(x)"; let domain = ["0.3", "9"]; let ulp = 4;
}
def Dlc_DigammaOp : Dlc_Unary<"digamma", Dlc_FloatTensor> {
  let math = "r = d/dx ln gamma(x)"; let scalar = "scalar::digamma(b, x)"; let vjp = ["b.mul(ct, b.trigamma(x))"];
  let oracle = "digamma(x)"; let domain = ["0.3", "9"]; let ulp = 4;
}
def Dlc_TrigammaOp : Dlc_Unary<"trigamma", Dlc_FloatTensor> {
  let math = "r = d/dx digamma(x)"; let scalar = "scalar::trigamma(b, x)"; let vjp = ["Value()"];
  let whyNot = "it needs tetragamma, which has no op"; let oracle = "trigamma(x)";
  let domain = ["0.3", "9"]; let ulp = 4;
}
def Dlc_SigmoidOp : Dlc_Unary<"sigmoid", Dlc_FloatTensor> {
  let math = "r = 1 / (1 + e^-x)"; let scalar = "scalar::sigmoid(b, x)";
  let vjp = ["b.mul(ct, b.mul(r, b.sub(b.full(r, 1), r)))"]; let oracle = "1 / (1 + np.exp(-x))"; let ulp = 2;
}
def Dlc_ReluOp : Dlc_Unary<"relu", Dlc_NumberTensor> {
  let math = "r = x <= 0 ? 0 : x (NaN stays)"; let scalar = "scalar::relu(b, x)";
  let vjp = ["b.select(b.gt(x, b.full(x, 0)), ct, b.full(ct, 0))"]; let oracle = "np.where(x <= 0, 0, x)";
  let cheap = 1;
}
def Dlc_NotOp : Dlc_Unary<"not", Dlc_BitsTensor> {
  let math = "r = every bit of x flipped"; let scalar = "b.bitNot(x)"; let vjp = ["Value()"]; let oracle = "~x";
  let cheap = 1;
}
def Dlc_StopGradientOp : Dlc_Unary<"stop_gradient", Dlc_Tensor> {
  let math = "r = x, a constant to differentiation"; let scalar = "x"; let vjp = ["Value()"]; let oracle = "x";
  let cheap = 1;
}
def Dlc_IsNanOp : Dlc_Test<"is_nan"> { let math = "r = x is NaN, of complex x a part"; let scalar = "scalar::byKind(b, x, &scalar::isNaN<B>, &scalar::complexIsNaN<B>)"; let oracle = "np.isnan(x)"; }
def Dlc_IsInfOp : Dlc_Test<"is_inf"> {
  let math = "r = x is +inf or -inf, of complex x a part"; let scalar = "scalar::byKind(b, x, &scalar::isInf<B>, &scalar::complexIsInf<B>)"; let oracle = "np.isinf(x)";
}
def Dlc_IsFiniteOp : Dlc_Test<"is_finite"> {
  let math = "r = x is neither NaN nor infinite, nor a part of complex x"; let scalar = "scalar::byKind(b, x, &scalar::isFinite<B>, &scalar::complexIsFinite<B>)"; let oracle = "np.isfinite(x)";
}

//===--- Parts of complex numbers ---===//

class Dlc_PartOf<string mnemonic> : Dlc_ElementwiseRow<mnemonic, ["x"]> {
  let arguments = (ins Dlc_ComplexTensor:$x);
  let results = (outs Dlc_PartTensor:$r);
  let element = "partElement(elementTypeOf(adaptor.getOperands()[0]))";
  let cheap = 1;
}
def Dlc_RealOp : Dlc_PartOf<"real"> {
  let math = "r = the real part of x"; let scalar = "b.real(x)"; let vjp = ["b.complex(ct, b.full(ct, 0))"];
  let jvp = ["b.real(ct)"]; let oracle = "np.real(x)";
}
def Dlc_ImagOp : Dlc_PartOf<"imag"> {
  let math = "r = the imaginary part of x"; let scalar = "b.imag(x)";
  let vjp = ["b.complex(b.full(ct, 0), b.neg(ct))"]; let jvp = ["b.imag(ct)"]; let oracle = "np.imag(x)";
}
def Dlc_ConjOp : Dlc_Unary<"conj", Dlc_ComplexTensor> {
  let math = "r = x with its imaginary part negated"; let scalar = "scalar::conj(b, x)"; let vjp = ["b.conj(ct)"];
  let oracle = "np.conj(x)"; let cheap = 1;
}
def Dlc_ComplexOp : Dlc_ElementwiseRow<"complex", ["re", "im"]> {
  let arguments = (ins Dlc_PartTensor:$re, Dlc_PartTensor:$im);
  let results = (outs Dlc_ComplexTensor:$r);
  let element = "complexElement(elementTypeOf(adaptor.getOperands()[0]))";
  let math = "r = re + im i"; let scalar = "b.complex(re, im)"; let vjp = ["b.real(ct)", "b.neg(b.imag(ct))"];
  let jvp = ["b.complex(ct, b.full(ct, 0))", "b.complex(b.full(ct, 0), ct)"]; let oracle = "to_complex(re, im)";
  let cheap = 1;
}

//===--- Binary ---===//

def Dlc_AddOp : Dlc_Binary<"add", Dlc_ArithmeticTensor, [Commutative]> {
  let math = "r = x + y"; let scalar = "b.add(x, y)"; let vjp = ["ct", "ct"]; let oracle = "x + y"; let cheap = 1;
}
def Dlc_SubOp : Dlc_Binary<"sub", Dlc_ArithmeticTensor> {
  let math = "r = x - y"; let scalar = "b.sub(x, y)"; let vjp = ["ct", "b.neg(ct)"]; let oracle = "x - y"; let cheap = 1;
}
def Dlc_MulOp : Dlc_Binary<"mul", Dlc_ArithmeticTensor, [Commutative]> {
  let math = "r = x * y"; let scalar = "scalar::mul(b, x, y)"; let vjp = ["b.mul(ct, y)", "b.mul(ct, x)"]; let oracle = "x * y";
  let cheap = 1;
}
def Dlc_DivOp : Dlc_Binary<"div", Dlc_ArithmeticTensor> {
  let math = "r = x / y (integers truncate; x / 0 is 0)"; let scalar = "scalar::div(b, x, y)";
  let vjp = ["b.div(ct, y)", "b.neg(b.div(b.mul(ct, r), y))"]; let oracle = "divide(x, y)"; let domain = ["0.5", "3"];
}
def Dlc_RemOp : Dlc_Binary<"rem", Dlc_NumberTensor> {
  let math = "r = x - y * trunc(x / y), exact"; let scalar = "b.rem(x, y)";
  let vjp = ["ct", "b.neg(b.mul(ct, b.trunc(b.div(x, y))))"]; let oracle = "remainder(x, y)"; let domain = ["0.5", "3"];
}
def Dlc_PowOp : Dlc_Binary<"pow", Dlc_AnalyticTensor> {
  let math = "r = x^y"; let scalar = "scalar::powByKind(b, x, y)";
  let vjp = ["b.mul(ct, b.powGradBase(x, y))", "b.mul(ct, b.powGradExponent(x, y, r))"]; let oracle = "power(x, y)";
  let domain = ["0.5", "3"]; let ulp = 2;
}
def Dlc_Atan2Op : Dlc_Binary<"atan2", Dlc_FloatTensor> {
  let math = "r = angle of the point (y, x): arctan(x / y) in its quadrant"; let scalar = "scalar::atan2(b, x, y)";
  let vjp = ["b.mul(ct, b.div(y, b.add(b.mul(x, x), b.mul(y, y))))",
             "b.neg(b.mul(ct, b.div(x, b.add(b.mul(x, x), b.mul(y, y)))))"];
  let oracle = "np.arctan2(x, y)"; let ulp = 2;
}
def Dlc_CopysignOp : Dlc_Binary<"copysign", Dlc_FloatTensor> {
  let math = "r = |x| with the sign of y; NaN has no sign: |x|";
  let scalar = "b.copysign(x, b.select(b.isNaN(y), b.constant(y, 0.0), y))";
  let vjp = ["b.mul(ct, b.mul(b.sign(x), b.sign(r)))", "Value()"];
  let oracle = "np.copysign(x, np.where(np.isnan(y), 0, y))"; let cheap = 1;
}
def Dlc_MaxOp : Dlc_Binary<"max", Dlc_NumberTensor, [Commutative]> {
  let math = "r = the larger; NaN if one is; -0 < +0"; let scalar = "b.maximum(x, y)";
  let vjp = ["b.mul(ct, b.shareOfMax(x, y))", "b.mul(ct, b.shareOfMax(y, x))"]; let oracle = "maximum(x, y)";
  let cheap = 1;
}
def Dlc_MinOp : Dlc_Binary<"min", Dlc_NumberTensor, [Commutative]> {
  let math = "r = the smaller; NaN if one is; -0 < +0"; let scalar = "b.minimum(x, y)";
  let vjp = ["b.mul(ct, b.shareOfMax(y, x))", "b.mul(ct, b.shareOfMax(x, y))"]; let oracle = "minimum(x, y)";
  let cheap = 1;
}
def Dlc_AndOp : Dlc_Binary<"and", Dlc_BitsTensor, [Commutative]> {
  let math = "r = x & y"; let scalar = "b.bitAnd(x, y)"; let vjp = ["Value()", "Value()"]; let oracle = "x & y";
  let cheap = 1;
}
def Dlc_OrOp : Dlc_Binary<"or", Dlc_BitsTensor, [Commutative]> {
  let math = "r = x | y"; let scalar = "b.bitOr(x, y)"; let vjp = ["Value()", "Value()"]; let oracle = "x | y";
  let cheap = 1;
}
def Dlc_XorOp : Dlc_Binary<"xor", Dlc_BitsTensor, [Commutative]> {
  let math = "r = x ^ y"; let scalar = "b.bitXor(x, y)"; let vjp = ["Value()", "Value()"]; let oracle = "x ^ y";
  let cheap = 1;
}
def Dlc_ShlOp : Dlc_Binary<"shl", Dlc_IntTensor> {
  let math = "r = x << (y mod width)"; let scalar = "b.shl(x, y)"; let vjp = ["Value()", "Value()"];
  let oracle = "x << modulo_width(y)"; let domain = ["0", "7"]; let cheap = 1;
}
def Dlc_ShrOp : Dlc_Binary<"shr", Dlc_IntTensor> {
  let math = "r = x >> (y mod width), arithmetic for signed types"; let scalar = "b.shr(x, y)";
  let vjp = ["Value()", "Value()"]; let oracle = "x >> modulo_width(y)"; let domain = ["0", "7"]; let cheap = 1;
}

//===--- Three operands, comparisons, conversions ---===//

def Dlc_FmaOp : Dlc_ElementwiseRow<"fma", ["x", "y", "z"]> {
  let arguments = (ins Dlc_FloatTensor:$x, Dlc_FloatTensor:$y, Dlc_FloatTensor:$z);
  let results = (outs Dlc_FloatTensor:$r);
  let math = "r = x * y + z, rounded once"; let scalar = "b.fma(x, y, z)";
  let vjp = ["b.mul(ct, y)", "b.mul(ct, x)", "ct"]; let oracle = "fma(x, y, z)"; let cheap = 1;
}
def Dlc_SelectOp : Dlc_ElementwiseRow<"select", ["condition", "x", "y"]> {
  let arguments = (ins Dlc_BoolTensor:$condition, Dlc_Tensor:$x, Dlc_Tensor:$y);
  let results = (outs Dlc_Tensor:$r);
  let element = "elementTypeOf(adaptor.getOperands()[1])";
  let math = "r = condition ? x : y"; let scalar = "b.select(condition, x, y)";
  let vjp = ["Value()", "b.select(condition, ct, b.full(ct, 0))", "b.select(condition, b.full(ct, 0), ct)"];
  let oracle = "np.where(condition, x, y)"; let cheap = 1;
}
def Dlc_ClampOp : Dlc_ElementwiseRow<"clamp", ["x", "low", "high"]> {
  let arguments = (ins Dlc_NumberTensor:$x, Dlc_NumberTensor:$low, Dlc_NumberTensor:$high);
  let results = (outs Dlc_NumberTensor:$r);
  let math = "r = min(max(x, low), high)"; let scalar = "b.minimum(b.maximum(x, low), high)";
  let vjp = ["b.select(b.logicalAnd(b.ge(x, low), b.le(x, high)), ct, b.full(ct, 0))",
             "b.select(b.lt(x, low), ct, b.full(ct, 0))", "b.select(b.gt(x, high), ct, b.full(ct, 0))"];
  let oracle = "minimum(maximum(x, low), high)"; let cheap = 1;
}
def Dlc_CompareOp : Dlc_ElementwiseRow<"compare", ["x", "y"]> {
  let arguments = (ins Dlc_ComputedTensor:$x, Dlc_ComputedTensor:$y, Dlc_ComparePredicateAttr:$predicate);
  let results = (outs Dlc_BoolTensor:$r);
  let element = "boolType(context)";
  let hasVerifier = 1;
  let math = "r = x <predicate> y; only ne is true of NaN"; let scalar = "scalar::compare(b, predicateOf(getPredicate()), x, y)";
  let vjp = ["Value()", "Value()"]; let oracle = "compare(predicate, x, y)"; let cheap = 1;
}
def Dlc_CastOp : Dlc_ElementwiseRow<"cast", ["x"]> {
  let arguments = (ins Dlc_Tensor:$x, TypeAttr:$to);
  let results = (outs Dlc_Tensor:$r);
  let element = "adaptor.getTo()";
  let math = "r = x rounded once to the type `to`; float to integer truncates and saturates, NaN gives 0";
  let scalar = "b.cast(x, dtypeOf(getTo()))"; let vjp = ["b.castGrad(ct, x)"]; let oracle = "cast(x, to)";
  let jvp = ["b.castGrad(ct, r)"]; let cheap = 1;
  let whyNotText = "whyNoCastGrad(getTo())"; let hasVerifier = 1;
}
def Dlc_BitcastOp : Dlc_ElementwiseRow<"bitcast", ["x"]> {
  let arguments = (ins Dlc_PlainTensor:$x, TypeAttr:$to);
  let results = (outs Dlc_PlainTensor:$r);
  let element = "adaptor.getTo()";
  let math = "r = the bits of x as the type `to` of the same width; from float to integer NaN is the canonical one";
  let scalar = "scalar::bitcast(b, x, dtypeOf(getTo()))"; let vjp = ["Value()"]; let cheap = 1;
  let hasVerifier = 1;
}

#endif // DLC_ELEMENTWISE_TD
