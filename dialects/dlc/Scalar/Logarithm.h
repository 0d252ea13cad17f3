//===- Logarithm.h - log and its relatives --------------------------------===//
//
// log, log2 and log1p: x = 2^e (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)), a polynomial in f, and e ln 2 added in two
// parts. Subnormal arguments are scaled first. log(0) is -inf, of negative numbers NaN.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_DIALECTS_DLC_SCALAR_LOGARITHM_H
#define DLC_DIALECTS_DLC_SCALAR_LOGARITHM_H

#include "dialects/dlc/Scalar/Exponential.h"

#include <array>

namespace dlc::scalar {

/// x = 2^e (1 + f); `e` is a float.
template <class B> struct SplitLogarithm {
  Term<B> e, f;
};

/// Splits a positive finite x; other arguments give garbage.
template <class B> SplitLogarithm<B> splitLogarithm(Term<B> x) {
  FloatFormat format = formatOf(x.type());
  bool isDouble = x.isDouble();
  double leastNormal = isDouble ? 0x1p-1022 : 0x1p-126;
  Term<B> isSubnormal = x < leastNormal;
  Term<B> bits = choose(isSubnormal, x * std::ldexp(1.0, format.mantissa), x).bits(format.bits);
  // Offset so that the exponent field changes at sqrt(1/2) and is positive.
  int64_t rootHalf = isDouble ? 0x3fe6a09e667f3bcd : 0x3f3504f3;
  int64_t offset = format.bias + 1;
  Term<B> shifted = bits - bits.integer(rootHalf - (offset << format.mantissa));
  Term<B> fraction = shifted & bits.integer((int64_t(1) << format.mantissa) - 1);
  Term<B> m = (fraction + bits.integer(rootHalf)).bits(x.type());
  // The exponent field becomes a float in the low bits of roundToInteger.
  Term<B> exponent = ((shifted >> format.mantissa) + bits.integer(format.roundToIntegerBits)).bits(x.type());
  double zero = format.roundToInteger + static_cast<double>(offset);
  Term<B> e = exponent - choose(isSubnormal, x.constant(zero + format.mantissa), zero);
  return {e, m - 1.0};
}

/// `y`, but -inf for x = 0, NaN for x < 0 and x itself for infinity and NaN.
template <class B> Term<B> finishLogarithm(Term<B> x, Term<B> y) {
  Term<B> special = choose(x == 0.0, y.constant(-HUGE_VAL), y.constant(NAN));
  return choose(x > 0.0, choose(x < HUGE_VAL, y, x), special);
}

/// e ln 2 + log(1 + f).
template <class B> Term<B> logOfSplit(Term<B> e, Term<B> f) {
  if (f.isDouble()) {
    Term<B> s = f / (f + 2.0), z = s * s;
    Term<B> half = f * f * 0.5;
    Term<B> rest = fma(s, fma(z, polynomial(z, logF64), half), e * 0x1.abc9e3b39803fp-56);
    return fma(e, 0x1.62e42fefa39efp-1, f - (half - rest));
  }
  Term<B> square = f * f;
  Term<B> rest = fma(f * square, polynomial(f, logF32), e * -0x1.05c61p-29);
  return fma(e, 0x1.62e43p-1, f + fma(square, -0.5, rest));
}

template <class B> Term<B> logTerm(Term<B> x) {
  auto [e, f] = splitLogarithm(x);
  return finishLogarithm(x, logOfSplit(e, f));
}

/// The natural logarithm.
template <class B> typename B::Value log(B &b, typename B::Value x) {
  return overFloat(b, x, [](Term<B> t) { return logTerm(t); });
}

/// e + log2(1 + f). f64 carries log(1 + f) in two words, f - f^2/2 being the high one.
template <class B> Term<B> log2OfSplit(Term<B> e, Term<B> f) {
  if (!f.isDouble())
    return e + fma(f, 0x1.715476p+0, fma(f, 0x1.4ae0cp-26, f * f * polynomial(f, log2F32)));
  Term<B> s = f / (f + 2.0), z = s * s;
  Term<B> half = f * f * 0.5, halfLow = fma(f * 0.5, f, -half);
  Term<B> high = f - half, low = (f - high) - half;
  Term<B> rest = fma(s, fma(z, polynomial(z, logF64), half), low - halfLow);
  Term<B> product = high * 0x1.71547652b82fep+0;
  Term<B> productLow = fma(high, 0x1.71547652b82fep+0, -product);
  Term<B> tail = fma(rest, 0x1.71547652b82fep+0, fma(high, 0x1.777d0ffda0d24p-56, productLow));
  Term<B> sum = e + product;
  return sum + (tail + ((e - sum) + product));
}

/// The logarithm to base 2, exact for powers of two.
template <class B> typename B::Value log2(B &b, typename B::Value x) {
  return overFloat(b, x, [](Term<B> t) {
    auto [e, f] = splitLogarithm(t);
    return finishLogarithm(t, log2OfSplit(e, f));
  });
}

/// What rounding lost in u = 1 + x.
template <class B> Term<B> lostIn1Plus(Term<B> x, Term<B> u) { return choose(x > 1.0, 1.0 - (u - x), x - (u - 1.0)); }

/// f with what was lost put back, scaled as x was.
template <class B> Term<B> restored(SplitLogarithm<B> split, Term<B> lost) {
  FloatFormat format = formatOf(lost.type());
  // Beyond 2^(2 mantissa) what was lost is below every digit of the result, and 2^-e may be subnormal.
  Term<B> scale = powerFactor(format.roundToInteger - capAbove(split.e, 2.0 * format.mantissa));
  return fma(lost, scale, split.f);
}

/// log(1 + high + low) for a finite sum above -1.
template <class B> Term<B> log1pOfTwoWords(Term<B> high, Term<B> low) {
  Term<B> u = high + 1.0, lost = lostIn1Plus(high, u) + low;
  SplitLogarithm<B> split = splitLogarithm(u);
  return logOfSplit(split.e, restored(split, lost));
}

/// log(1 + x) where that is not `y`, the logarithm of 1 + x as rounded.
template <class B> Term<B> finishLog1p(Term<B> x, Term<B> y) {
  return choose(magnitude(x) < (x.isDouble() ? 0x1p-54 : 0x1p-25), x, y);
}
/// log(1 + x).
template <class B> Term<B> log1pTerm(Term<B> x) {
  return finishLog1p(x, finishLogarithm(x + 1.0, log1pOfTwoWords(x, x.constant(0.0))));
}
/// log(1 + x) and log(y), with the code of both there once: each round takes the first number and moves the other up.
template <class B> std::array<Term<B>, 2> log1pAndLog(Term<B> x, Term<B> y) {
  using Value = typename B::Value;
  B &b = *x.b;
  Term<B> u = x + 1.0, zero = x.constant(0.0);
  Value state[] = {u.v, lostIn1Plus(x, u).v, y.v, zero.v, zero.v}; // a number, what it lost, the other, the results
  b.repeat(2, state, 5, [&](Value *v) {
    Term<B> number{b, v[0]}, lost{b, v[1]};
    SplitLogarithm<B> split = splitLogarithm(number);
    Term<B> f = choose(lost == 0.0, split.f, restored(split, lost));
    v[0] = v[2];
    v[1] = zero.v;
    v[3] = v[4];
    v[4] = finishLogarithm(number, logOfSplit(split.e, f)).v;
  });
  return {finishLog1p(x, Term<B>{b, state[3]}), Term<B>{b, state[4]}};
}
template <class B> typename B::Value log1p(B &b, typename B::Value x) {
  return overFloat(b, x, [](Term<B> t) { return log1pTerm(t); });
}

} // namespace dlc::scalar

#endif // DLC_DIALECTS_DLC_SCALAR_LOGARITHM_H
