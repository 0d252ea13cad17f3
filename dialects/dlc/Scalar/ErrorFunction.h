//===- ErrorFunction.h - erf ----------------------------------------------===//
//
// erf: an odd polynomial up to 1, and 1 - exp(-q(|x|)) beyond, where q is a polynomial for -log erfc.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_DIALECTS_DLC_SCALAR_ERRORFUNCTION_H
#define DLC_DIALECTS_DLC_SCALAR_ERRORFUNCTION_H

#include "dialects/dlc/Scalar/Exponential.h"

namespace dlc::scalar {

template <class B> Term<B> erfTerm(Term<B> x) {
  bool isDouble = x.isDouble();
  Term<B> square = x * x, size = magnitude(x);
  Term<B> p = isDouble ? polynomial(square, erfSmallF64) : polynomial(square, erfSmallF32);
  Term<B> small = fma(x, p, x);
  // Where the cap takes hold the result rounds to 1.
  Term<B> t = capAbove(size, isDouble ? 5.95 : 3.95);
  Term<B> q = isDouble ? polynomial(t, erfLargeF64) : polynomial(t, erfLargeF32);
  Term<B> large = withSign(1.0 - expInRange(-q), x);
  return choose(size >= 1.0, large, small);
}

/// The error function.
template <class B> typename B::Value erf(B &b, typename B::Value x) {
  return overFloat(b, x, [](Term<B> t) { return erfTerm(t); });
}

} // namespace dlc::scalar

#endif // DLC_DIALECTS_DLC_SCALAR_ERRORFUNCTION_H
