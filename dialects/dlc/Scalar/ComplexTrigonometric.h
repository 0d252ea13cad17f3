//===- ComplexTrigonometric.h - Circular and hyperbolic functions ---------===//
//
// sinh, cosh and tanh of complex elements and their inverses; those of angles are the hyperbolic ones a quarter turn
// on: sin z = -i sinh(i z). The inverses are Kahan's ("Branch cuts for complex elementary functions"): made of roots
// and real functions so that nothing cancels, and both sides of a cut are told apart by the sign of zero. What
// infinities and NaNs give is that of C's Annex G.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_DIALECTS_DLC_SCALAR_COMPLEXTRIGONOMETRIC_H
#define DLC_DIALECTS_DLC_SCALAR_COMPLEXTRIGONOMETRIC_H

#include "dialects/dlc/Scalar/Complex.h"
#include "dialects/dlc/Scalar/Hyperbolic.h"
#include "dialects/dlc/Scalar/InverseHyperbolic.h"

namespace dlc::scalar {

/// (sinh re cos im, cosh re sin im). A part im of 0 stays, and, where im has no sine, a part re of 0 or infinity.
template <class B> Parts<B> sinhOf(Parts<B> x) {
  ReducedAngle<B> angle = reduceAngle(x.im);
  Term<B> re = cosTerm(angle) * call(&sinh<B>, x.re), im = sinTerm(x.im, angle) * call(&cosh<B>, x.re);
  Term<B> stays = ~x.im.isFinite() & ((x.re == 0.0) | x.re.isInf());
  return {choose(stays, x.re, re), choose(x.im == 0.0, x.im, im)};
}

/// (cosh re cos im, sinh re sin im).
template <class B> Parts<B> coshOf(Parts<B> x) {
  ReducedAngle<B> angle = reduceAngle(x.im);
  Term<B> re = cosTerm(angle) * call(&cosh<B>, x.re), im = call(&sinh<B>, x.re) * sinTerm(x.im, angle);
  Term<B> isLost = ~x.im.isFinite();
  im = choose(isLost & (x.re == 0.0), x.re, im);
  im = choose(x.im == 0.0, x.im * withSign(x.re.constant(1), x.re), im);
  return {choose(isLost & x.re.isInf(), HUGE_VAL, re), im};
}

/// Kahan's: with t = tan im, s = sinh re, u = 1 + t^2 and d = 1 + u s^2: (u sqrt(1 + s^2) s / d, t / d). Where |re| is
/// above 20: (sign, 4 sin im cos im e^(-2 |re|)). Parts of 0 stay.
template <class B> Parts<B> tanhOf(Parts<B> x) {
  Term<B> size = magnitude(x.re), isFar = size > 20.0;
  ReducedAngle<B> angle = reduceAngle(x.im);
  Term<B> t = tanTerm(x.im, angle), s = call(&sinh<B>, choose(isFar, 20.0, x.re));
  Term<B> u = fma(t, t, 1.0), square = s * s, d = fma(u, square, 1.0);
  Term<B> tail = sinTerm(x.im, angle) * cosTerm(angle) * 4.0 * call(&exp<B>, size * -2.0);
  Term<B> one = choose(x.im.isFinite() | x.re.isInf(), withSign(x.re.constant(1), x.re), tail); // else tail is NaN
  tail = choose(x.im.isFinite() | ~x.re.isInf(), tail, withSign(tail.constant(0), x.im));
  Term<B> re = choose(isFar, one, u * squareRoot(square + 1.0) * s / d), im = choose(isFar, tail, t / d);
  return {choose(x.re == 0.0, x.re, re), choose(x.im == 0.0, x.im, im)};
}

/// With s = sqrt(1 - x), t = sqrt(1 + x): (atan2(re, Re(s t)), asinh(Im(conj(s) t))). A part re of 0 stays.
template <class B> Parts<B> asinOf(Parts<B> x) {
  Parts<B> s = sqrtOf(Parts<B>{1.0 - x.re, -x.im}), t = sqrtOf(Parts<B>{x.re + 1.0, x.im});
  Term<B> isFar = hasInfinity(x), leg = choose(isFar, magnitude(x.im), s.re * t.re - s.im * t.im);
  Term<B> im = call(&asinh<B>, s.re * t.im - s.im * t.re);
  im = choose(isFar, withSign(x.im.constant(HUGE_VAL), x.im), im);
  return {choose(x.re == 0.0, x.re, atan2Term(x.re, leg)), im};
}

/// (2 atan2(Re s, Re t), asinh(Im(conj(t) s))).
template <class B> Parts<B> acosOf(Parts<B> x) {
  Parts<B> s = sqrtOf(Parts<B>{1.0 - x.re, -x.im}), t = sqrtOf(Parts<B>{x.re + 1.0, x.im});
  Term<B> isFar = hasInfinity(x);
  Term<B> half = atan2Term(choose(isFar, magnitude(x.im), s.re), choose(isFar, x.re, t.re));
  Term<B> re = choose(isFar, half, half + half), im = call(&asinh<B>, t.re * s.im - t.im * s.re);
  im = choose(isFar, withSign(x.im.constant(HUGE_VAL), -x.im), im);
  return {choose((x.re == 0.0) & x.im.isNaN(), 0x1.921fb54442d18p+0, re), im};
}

/// With s = sqrt(x - 1), t = sqrt(x + 1): (asinh(Re(conj(s) t)), 2 atan2(Im s, Re t)).
template <class B> Parts<B> acoshOf(Parts<B> x) {
  Parts<B> s = sqrtOf(Parts<B>{x.re - 1.0, x.im}), t = sqrtOf(Parts<B>{x.re + 1.0, x.im});
  Term<B> isFar = hasInfinity(x), half = atan2Term(choose(isFar, x.im, s.im), choose(isFar, x.re, t.re));
  Term<B> re = choose(isFar, HUGE_VAL, call(&asinh<B>, s.re * t.re + s.im * t.im));
  Term<B> im = choose(isFar, half, half + half);
  return {re, choose((x.re == 0.0) & x.im.isNaN(), 0x1.921fb54442d18p+0, im)};
}

/// With a = |re| and b = im: (log1p(4 a / ((1 - a)^2 + b^2)) / 4, atan2(2 b, (1 - a)(1 + a) - b^2) / 2), re with its
/// sign. Near 1, where b^2 underflows, re is (log 2 - log |b|) / 2.
template <class B> Parts<B> atanhOf(Parts<B> x) {
  Term<B> a = magnitude(x.re), b = magnitude(x.im), far = 1.0 - a, square = b * b;
  Term<B> re = call(&log1p<B>, a * 4.0 / fma(far, far, square)) * 0.25;
  Term<B> close = (0x1.62e42fefa39efp-1 - call(&log<B>, b)) * 0.5;
  re = choose((a == 1.0) & (b < 0x1p-400), close, re);
  Term<B> im = atan2Term(x.im + x.im, fma(far, a + 1.0, -square)) * 0.5;
  Term<B> isFar = hasInfinity(x), right = withSign(x.im.constant(0x1.921fb54442d18p+0), x.im);
  re = choose(isFar | (a == 0.0), 0.0, re);
  return {withSign(re, x.re), choose(isFar, choose(x.im.isNaN(), x.im, right), im)};
}

/// -i f(i x): of sinh sin, of tanh tan, and, since asin is odd, of asin asinh.
template <class B> Parts<B> quarterTurn(Parts<B> x, Parts<B> (*f)(Parts<B>)) {
  Parts<B> y = f(Parts<B>{-x.im, x.re});
  return {y.im, -y.re};
}
template <class B> Parts<B> sinOf(Parts<B> x) { return quarterTurn(x, &sinhOf<B>); }
template <class B> Parts<B> tanOf(Parts<B> x) { return quarterTurn(x, &tanhOf<B>); }
template <class B> Parts<B> asinhOf(Parts<B> x) { return quarterTurn(x, &asinOf<B>); }
template <class B> Parts<B> atanOf(Parts<B> x) { return quarterTurn(x, &atanhOf<B>); }
/// cosh(i x).
template <class B> Parts<B> cosOf(Parts<B> x) { return coshOf(Parts<B>{-x.im, x.re}); }

DLC_COMPLEX_FUNCTION(complexSin, sinOf)
DLC_COMPLEX_FUNCTION(complexCos, cosOf)
DLC_COMPLEX_FUNCTION(complexTan, tanOf)
DLC_COMPLEX_FUNCTION(complexSinh, sinhOf)
DLC_COMPLEX_FUNCTION(complexCosh, coshOf)
DLC_COMPLEX_FUNCTION(complexTanh, tanhOf)
DLC_COMPLEX_FUNCTION(complexAsin, asinOf)
DLC_COMPLEX_FUNCTION(complexAcos, acosOf)
DLC_COMPLEX_FUNCTION(complexAtan, atanOf)
DLC_COMPLEX_FUNCTION(complexAsinh, asinhOf)
DLC_COMPLEX_FUNCTION(complexAcosh, acoshOf)
DLC_COMPLEX_FUNCTION(complexAtanh, atanhOf)

} // namespace dlc::scalar

#endif // DLC_DIALECTS_DLC_SCALAR_COMPLEXTRIGONOMETRIC_H
