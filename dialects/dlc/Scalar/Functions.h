//===- Functions.h - All scalar programs ----------------------------------===//
//
// The scalar programs of numerics N1 and N2, in namespace dlc::scalar, for any builder B (HostScalarBuilder over
// Scalar, IRScalarBuilder over IRScalar). A value knows its DType; f16 and bf16 compute in f32 and round once.
//
// typename B::Value f(B &b, typename B::Value x):
//
// - Exponential.h: exp expNonPositive exp2 expm1 sigmoid
// - Logarithm.h: log log2 log1p
// - Hyperbolic.h: tanh sinh cosh; InverseHyperbolic.h: asinh acosh atanh
// - Trigonometric.h: sin cos tan; InverseTrigonometric.h: asin acos atan
// - ErrorFunction.h: erf erfinv; Gamma.h: lgamma digamma trigamma
// - Elementwise.h: rsqrt relu sign neg abs sqrt floor ceil trunc round bitNot isNaN isInf isFinite
//
// - Complex.h: complexAbs complexExp complexExp2 complexExpm1 complexLog complexLog2 complexLog1p complexSqrt
//   complexRsqrt complexIsNaN complexIsInf complexIsFinite conj; ComplexTrigonometric.h: complexSin complexCos
//   complexTan complexSinh complexCosh complexTanh and their inverses, complexAsin ...
//
// With two values: add sub mul div rem max min bitAnd bitOr bitXor shl shr, pow and complexPow (Power.h), atan2(b, y,
// x).
//
// Others: fma(b, x, y, z); select(b, condition, x, y); clamp(b, low, x, high); compare(b, Predicate, x, y);
// cast(b, x, DType); bitcast(b, x, DType); Random.h, with I64 operands: randomBits(b, seed, counter, index),
// uniform(b, seed, counter, index, DType), normal(b, seed, counter, index, DType).
//
// `HostScalarBuilder b; Scalar y = exp(b, load(DType::F32, p));`
//
// `IRScalarBuilder b(builder, loc); IRScalar y = exp(b, b.fromMemory(value, DType::F32));`
//
//===----------------------------------------------------------------------===//
#ifndef DLC_DIALECTS_DLC_SCALAR_FUNCTIONS_H
#define DLC_DIALECTS_DLC_SCALAR_FUNCTIONS_H

#include "dialects/dlc/Scalar/Complex.h"
#include "dialects/dlc/Scalar/ComplexTrigonometric.h"
#include "dialects/dlc/Scalar/Elementwise.h"
#include "dialects/dlc/Scalar/ErrorFunction.h"
#include "dialects/dlc/Scalar/Exponential.h"
#include "dialects/dlc/Scalar/Gamma.h"
#include "dialects/dlc/Scalar/Hyperbolic.h"
#include "dialects/dlc/Scalar/InverseHyperbolic.h"
#include "dialects/dlc/Scalar/InverseTrigonometric.h"
#include "dialects/dlc/Scalar/Logarithm.h"
#include "dialects/dlc/Scalar/Power.h"
#include "dialects/dlc/Scalar/Random.h"
#include "dialects/dlc/Scalar/Trigonometric.h"

#endif // DLC_DIALECTS_DLC_SCALAR_FUNCTIONS_H
