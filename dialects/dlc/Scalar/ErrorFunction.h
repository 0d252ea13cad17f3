//===- ErrorFunction.h - erf, erfinv --------------------------------------===//
//
// erf: an odd polynomial up to 1, and 1 - exp(-q(|x|)) beyond, where q is a polynomial for -log erfc. erfinv: x times a
// polynomial in w = -log(1 - x^2), and further out in sqrt(w).
//
//===----------------------------------------------------------------------===//
#ifndef DLC_DIALECTS_DLC_SCALAR_ERRORFUNCTION_H
#define DLC_DIALECTS_DLC_SCALAR_ERRORFUNCTION_H

#include "dialects/dlc/Scalar/Logarithm.h"
#include "dialects/dlc/Scalar/TwoWords.h"

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

/// A polynomial of t as its constant and the rest.
template <class B, std::size_t N> TwoWords<B> splitPolynomial(Term<B> t, const double (&c)[N]) {
  Term<B> rest = t.constant(c[N - 1]);
  for (std::size_t k = N - 1; k-- > 1;)
    rest = fma(rest, t, c[k]);
  return {t.constant(c[0]), rest * t};
}

/// `v` in [low, high] moved to [-1, 1].
template <class B> Term<B> toUnit(Term<B> v, double low, double high) {
  double half = (high - low) / 2;
  return fma(v, 1 / half, -(high + low) / 2 / half);
}

template <class B> TwoWords<B> choose(Term<B> condition, TwoWords<B> x, TwoWords<B> y) {
  return {choose(condition, x.high, y.high), choose(condition, x.low, y.low)};
}

/// erfinv of an f64; `forF32`: to the digits of f32.
template <class B> Term<B> erfinvTerm(Term<B> x, bool forF32) {
  auto [e, f] = splitLogarithm((1.0 - x) * (x + 1.0));
  Term<B> w = -logOfSplit(e, f), root = squareRoot(w);
  TwoWords<B> y{x, x};
  if (forF32) {
    y = choose(w < 5.0, splitPolynomial(toUnit(w, 0, 5), erfinvCentreF32),
               splitPolynomial(toUnit(root, 0x1.1e3779b97f4a8p+1, 4), erfinvOuterF32));
  } else {
    y = choose(w < 2.0, splitPolynomial(w * 0.5, erfinvCentreF64),
               splitPolynomial(toUnit(root, 0x1.6a09e667f3bcdp+0, 2.5), erfinvInnerF64));
    y = choose(w < 6.25, y, splitPolynomial(toUnit(root, 2.5, 4), erfinvMiddleF64));
    y = choose(w < 16.0, y, splitPolynomial(toUnit(root, 4, 0x1.854bfb363dc39p+2), erfinvOuterF64));
  }
  Term<B> size = magnitude(x);
  Term<B> result = fma(x, y.high, x * y.low);
  return choose(size < 1.0, withSign(result, x), choose(size == 1.0, x * HUGE_VAL, NAN));
}

/// The inverse of erf: infinite at 1, NaN beyond. f32 computes in f64.
template <class B> typename B::Value erfinv(B &b, typename B::Value x) {
  return overFloat(b, x, [](Term<B> t) { return erfinvTerm(t.cast(DType::F64), !t.isDouble()).cast(t.type()); });
}

} // namespace dlc::scalar

#endif // DLC_DIALECTS_DLC_SCALAR_ERRORFUNCTION_H
