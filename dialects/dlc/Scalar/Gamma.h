//===- Gamma.h - lgamma, digamma, trigamma --------------------------------===//
//
// The logarithm of |gamma(x)| and its derivatives. Near their positive zeros polynomials of the distance to the zero,
// between 3 and 8 the recurrence, beyond it the asymptotic series, below 0 the reflection. f32 computes in f64. Where
// the reflection cancels, near the zeros of negative arguments, errors are below 2^-50: what is large there has two
// words.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_DIALECTS_DLC_SCALAR_GAMMA_H
#define DLC_DIALECTS_DLC_SCALAR_GAMMA_H

#include "dialects/dlc/Scalar/Logarithm.h"
#include "dialects/dlc/Scalar/Trigonometric.h"

namespace dlc::scalar {

/// |sin(pi a)| and |cos(pi a)| of an f64, and the distance of `a` to the nearest integer, signed.
template <class B> struct HalfTurns {
  Term<B> distance;
  TwoWords<B> sine, cosine;
};
template <class B> HalfTurns<B> halfTurns(Term<B> a) {
  Term<B> distance = a - Term<B>(*a.b, a.b->roundEven(a.v));
  Term<B> size = magnitude(distance), isFar = size > 0.25;
  Term<B> t = choose(isFar, 0.5 - size, size) * 2.0;
  Term<B> high = t * halfPiF64[0], low = fma(t, halfPiF64[1], fma(t, halfPiF64[0], -high));
  TwoWords<B> s = sinReduced(high, low), c = cosReduced(high, low);
  TwoWords<B> sine = fastSum(s.high, s.low), cosine = fastSum(c.high, c.low);
  return {distance,
          {choose(isFar, cosine.high, sine.high), choose(isFar, cosine.low, sine.low)},
          {choose(isFar, sine.high, cosine.high), choose(isFar, sine.low, cosine.low)}};
}

/// log x of a positive finite f64, with an error of about 2^-56.
template <class B> TwoWords<B> logTwoWords(Term<B> x) {
  auto [e, f] = splitLogarithm(x);
  Term<B> s = f / (f + 2.0), z = s * s;
  Term<B> half = f * f * 0.5, halfLow = fma(f * 0.5, f, -half);
  Term<B> whole = e * 0x1.62e42fefa39efp-1, wholeLow = fma(e, 0x1.62e42fefa39efp-1, -whole);
  TwoWords<B> part = fastSum(f, -half), total = sum(whole, part.high);
  Term<B> rest = fma(s, fma(z, polynomial(z, logF64), half), fma(e, 0x1.abc9e3b39803fp-56, wholeLow - halfLow));
  return fastSum(total.high, total.low + (part.low + rest));
}

/// lgamma of a positive f64; 0 and infinity give garbage.
template <class B> TwoWords<B> lgammaOfPositive(Term<B> x) {
  Term<B> one = x.constant(1.0), zero = x.constant(0.0);
  Term<B> isTiny = x < 0.5, isBelow3 = x < 3.0, isBelow8 = x < 8.0;
  // Up to 1.5: lgamma(1 + d) = d p(d), for x < 1/2 with log x taken off.
  Term<B> d = choose(isTiny, x, x - 1.0);
  // (The sum makes lgamma(1) +0.)
  Term<B> nearOne = fma(d, polynomial(d * 2.0, lgammaNearOne), 0.0);
  // Up to 8: lgamma(2 + y) = y p(y), plus the logarithm of what the recurrence multiplies.
  Term<B> whole{*x.b, x.b->floor(capAbove(x, 8.0).v)};
  Term<B> y = choose(isBelow3, x - 2.0, x - whole), factors = one;
  for (int k = 2; k < 7; ++k)
    factors = choose(choose(isBelow3, one, whole) > double(k), factors * (y + double(k)), factors);
  Term<B> nearTwo = y * polynomial(fma(y, 0x1.5555555555555p+0, -0x1.5555555555555p-2), lgammaNearTwo);
  TwoWords<B> logarithm = logTwoWords(choose(isTiny, x, choose(isBelow8, factors, x)));
  // Beyond: (x - 1/2) (log x - 1) + (log(2 pi) - 1) / 2 and the series in 1 / x.
  Term<B> inverse = 1.0 / x;
  Term<B> series = fma(inverse, polynomial(inverse * inverse, lgammaStirling), 0x1.acfe390c97d69p-2);
  Term<B> less = x - 0.5, lessOne = logarithm.high - 1.0;
  Term<B> high = less * lessOne;
  Term<B> low = fma(less, lessOne, -high) + fma(less, logarithm.low, series);
  low = choose(high < HUGE_VAL, low, 0.0);
  TwoWords<B> middle{choose(isBelow3, nearTwo, logarithm.high), choose(isBelow3, zero, logarithm.low + nearTwo)};
  TwoWords<B> small{choose(isTiny, -logarithm.high, nearOne), choose(isTiny, nearOne - logarithm.low, zero)};
  Term<B> isSmall = x < 1.5;
  return {choose(isSmall, small.high, choose(isBelow8, middle.high, high)),
          choose(isSmall, small.low, choose(isBelow8, middle.low, low))};
}

/// lgamma of f64: below 0 as log(pi / |x sin(pi x)|) - lgamma(-x); infinite at 0, -1, -2, ...
template <class B> Term<B> lgammaTerm(Term<B> x) {
  Term<B> a = magnitude(x);
  TwoWords<B> positive = lgammaOfPositive(a);
  HalfTurns<B> turns = halfTurns(a);
  TwoWords<B> turned = logTwoWords(0x1.921fb54442d18p+1 / (a * turns.sine.high));
  TwoWords<B> reflected = sum(turned.high, -positive.high);
  Term<B> below = reflected.high + (reflected.low + (turned.low - positive.low));
  // gamma(x) is 1 / x near 0.
  Term<B> y =
      choose((x < 0.0) & (a > 0x1p-60), choose(turns.distance == 0.0, HUGE_VAL, below), positive.high + positive.low);
  return choose(a == HUGE_VAL, a, choose(a == 0.0, HUGE_VAL, y));
}

/// log |gamma(x)|.
template <class B> typename B::Value lgamma(B &b, typename B::Value x) {
  return overFloat(b, x, [](Term<B> t) { return lgammaTerm(t.cast(DType::F64)).cast(t.type()); });
}

/// digamma of an f64 from 1 on, as a sum; infinity gives garbage.
template <class B> TwoWords<B> digammaFromOne(Term<B> x) {
  Term<B> isBelow3 = x < 3.0, isBelow8 = x < 8.0, zero = x.constant(0.0);
  Term<B> whole{*x.b, x.b->floor(capAbove(x, 8.0).v)};
  Term<B> y = choose(isBelow3, x, (x - whole) + 2.0);
  Term<B> fromRoot = (y - digammaRoot[0]) - digammaRoot[1];
  Term<B> base = fromRoot * polynomial(y - 2.0, digammaNearRoot);
  // The sum of 1 / (y + k) as one quotient.
  Term<B> top = zero, bottom = x.constant(1.0);
  for (int k = 0; k < 5; ++k) {
    Term<B> isStep = choose(isBelow3, zero, whole) > double(k + 2);
    Term<B> factor = y + double(k);
    top = choose(isStep, fma(top, factor, bottom), top);
    bottom = choose(isStep, bottom * factor, bottom);
  }
  Term<B> z = 1.0 / (x * x);
  TwoWords<B> logarithm = logTwoWords(x);
  Term<B> series = fma(z, polynomial(z, digammaAsymptotic), 0.5 / x);
  return {choose(isBelow8, base, logarithm.high),
          choose(isBelow3, zero, choose(isBelow8, top / bottom, logarithm.low - series))};
}

/// pi |cot(pi x)|, with an error of about 2^-57 of itself.
template <class B> TwoWords<B> cotangent(HalfTurns<B> turns) {
  TwoWords<B> s = turns.sine, c = turns.cosine;
  Term<B> quotient = c.high / s.high;
  Term<B> rest = (fma(-quotient, s.high, c.high) + fma(-quotient, s.low, c.low)) / s.high;
  return product(TwoWords<B>{quotient, rest},
                 TwoWords<B>{rest.constant(0x1.921fb54442d18p+1), rest.constant(0x1.1a62633145c07p-53)});
}

/// digamma of f64: for x < 1 from 1 + x, below 0 as digamma(1 - x) - pi cot(pi x); NaN at negative integers.
template <class B> Term<B> digammaTerm(Term<B> x) {
  Term<B> isNegative = x < 0.0;
  TwoWords<B> base = digammaFromOne(choose(isNegative, 1.0 - x, choose(x < 1.0, x + 1.0, x)));
  HalfTurns<B> turns = halfTurns(magnitude(x));
  TwoWords<B> turned = cotangent(turns), total = sum(base.high, withSign(turned.high, turns.distance));
  Term<B> turnedLow = choose(turns.distance < 0.0, -turned.low, turned.low);
  Term<B> below = total.high + (total.low + (base.low + turnedLow));
  Term<B> reflected = choose(turns.distance == 0.0, NAN, below), above = base.high + base.low;
  // Near 0 the pole is all there is, and 1 / x may overflow where the rest would cancel it.
  Term<B> pole = -1.0 / x;
  Term<B> y = choose(isNegative, reflected, choose(x < 1.0, above + pole, above));
  return choose(magnitude(x) < 0x1p-60, pole, choose(x == HUGE_VAL, x, choose(x == -HUGE_VAL, NAN, y)));
}

/// The derivative of lgamma.
template <class B> typename B::Value digamma(B &b, typename B::Value x) {
  return overFloat(b, x, [](Term<B> t) { return digammaTerm(t.cast(DType::F64)).cast(t.type()); });
}

/// trigamma of an f64 above 0: below 8 the recurrence takes eight steps, from there on the asymptotic series in 1 / x.
template <class B> Term<B> trigammaOfPositive(Term<B> x) {
  Term<B> isBelow8 = x < 8.0, y = choose(isBelow8, x + 8.0, x);
  Term<B> inverse = 1.0 / y, z = inverse * inverse;
  Term<B> sum = inverse + fma(z, 0.5, inverse * (z * polynomial(z, trigammaAsymptotic)));
  Term<B> steps = sum;
  for (int k = 7; k >= 0; --k) {
    Term<B> step = 1.0 / (x + double(k));
    steps = fma(step, step, steps);
  }
  return choose(isBelow8, steps, sum);
}

/// trigamma of f64: below 0 as (pi / sin(pi x))^2 - trigamma(1 - x), the quotient in two words; infinite at 0, -1, -2,
/// ...
template <class B> Term<B> trigammaTerm(Term<B> x) {
  Term<B> isNegative = x < 0.0, positive = trigammaOfPositive(choose(isNegative, 1.0 - x, x));
  HalfTurns<B> turns = halfTurns(magnitude(x));
  Term<B> pi = x.constant(0x1.921fb54442d18p+1), quotient = pi / turns.sine.high;
  Term<B> rest = fma(-quotient, turns.sine.low, fma(-quotient, turns.sine.high, pi)) + 0x1.1a62633145c07p-53;
  rest = rest / turns.sine.high;
  Term<B> square = quotient * quotient;
  Term<B> squareLow = fma(quotient, quotient, -square) + quotient * rest * 2.0;
  TwoWords<B> total = sum(square, -positive);
  Term<B> reflected = choose(square < HUGE_VAL, total.high + (total.low + squareLow), square);
  Term<B> below = choose(turns.distance == 0.0, HUGE_VAL, reflected);
  Term<B> y = choose(isNegative, below, positive);
  return choose(x == 0.0, HUGE_VAL, choose(x == -HUGE_VAL, NAN, y));
}

/// The derivative of digamma.
template <class B> typename B::Value trigamma(B &b, typename B::Value x) {
  return overFloat(b, x, [](Term<B> t) { return trigammaTerm(t.cast(DType::F64)).cast(t.type()); });
}

} // namespace dlc::scalar

#endif // DLC_DIALECTS_DLC_SCALAR_GAMMA_H
