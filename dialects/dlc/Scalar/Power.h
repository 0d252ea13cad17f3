//===- Power.h - pow ------------------------------------------------------===//
//
// x^y as 2^(y log2 |x|): f32 in f64, f64 with the logarithm and the product in two words. The special cases are those
// of IEEE 754's pow. Complex powers are e^(y log x), and products where y is a small integer.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_DIALECTS_DLC_SCALAR_POWER_H
#define DLC_DIALECTS_DLC_SCALAR_POWER_H

#include "dialects/dlc/Scalar/Complex.h"
#include "dialects/dlc/Scalar/Logarithm.h"
#include "dialects/dlc/Scalar/TwoWords.h"

namespace dlc::scalar {

/// log2 of a positive finite f64 to about 2^-66 of itself: 2 atanh(s) log2(e) with s = f / (2 + f).
template <class B> TwoWords<B> log2TwoWords(Term<B> x) {
  auto [e, f] = splitLogarithm(x);
  TwoWords<B> d = fastSum(f.constant(2.0), f);
  Term<B> high = f / d.high;
  TwoWords<B> s{high, fma(-high, d.low, fma(-high, d.high, f)) / d.high};
  TwoWords<B> z = product(s, s);
  TwoWords<B> c = fastSum(f.constant(0x1.5555555555555p-1), z.high * polynomial(z.high, powF64));
  TwoWords<B> p = product(z, {c.high, c.low + 0x1.5555555555555p-55});
  TwoWords<B> a = fastSum(f.constant(2.0), p.high);
  TwoWords<B> natural = product(s, {a.high, a.low + p.low});
  TwoWords<B> binary = product(natural, {f.constant(0x1.71547652b82fep+0), f.constant(0x1.777d0ffda0d24p-56)});
  TwoWords<B> whole = fastSum(e, binary.high);
  return {whole.high, whole.low + binary.low};
}

/// |x|^y in f64 for positive finite |x|.
template <class B> Term<B> powerOfPositive(Term<B> x, Term<B> y) {
  double magic = formatOf(DType::F64).roundToInteger;
  TwoWords<B> logarithm = log2TwoWords(x);
  Term<B> high = y * logarithm.high;
  Term<B> low = fma(y, logarithm.low, fma(y, logarithm.high, -high));
  // Beyond the caps the result is 0 or infinity, and `low` may be NaN.
  Term<B> t = capBelow(capAbove(high, 1025.0), -1080.0);
  Term<B> shifted = t + magic;
  Term<B> r = (t - (shifted - magic)) + choose(t == high, low, 0.0);
  return scaleByPower(fma(r, polynomial(r, exp2F64), 1.0), shifted);
}

/// |x|^y in f64, for f32 operands: the plain logarithm has digits to spare.
template <class B> Term<B> powerOfPositiveF32(Term<B> x, Term<B> y) {
  auto [e, f] = splitLogarithm(x);
  double magic = formatOf(DType::F64).roundToInteger;
  Term<B> t = capBelow(capAbove(y * log2OfSplit(e, f), 1025.0), -1000.0);
  Term<B> shifted = t + magic;
  Term<B> r = t - (shifted - magic);
  return fma(r, polynomial(r, exp2F64), 1.0) * powerFactor(capAbove(shifted, magic + 1023.0));
}

/// x^y of f32 or f64; x^2 is x * x.
template <class B> Term<B> powTerm(Term<B> x, Term<B> y) {
  B &b = *x.b;
  Term<B> size = magnitude(x);
  Term<B> power = x;
  if (x.isDouble())
    power = powerOfPositive(size, y);
  else
    power = powerOfPositiveF32(size.cast(DType::F64), y.cast(DType::F64)).cast(DType::F32);
  // |x| of 0 or infinity: the sign of y decides which of the two.
  Term<B> isZero = size == 0.0, isInfinite = size == HUGE_VAL, rises = y > 0.0;
  power = choose(isZero, choose(rises, x.constant(0.0), HUGE_VAL), power);
  power = choose(isInfinite, choose(rises, x.constant(HUGE_VAL), 0.0), power);
  Term<B> endless = magnitude(y) == HUGE_VAL;
  Term<B> extreme = choose((size > 1.0) ^ (y < 0.0), x.constant(HUGE_VAL), 0.0);
  power = choose(endless, choose(size == 1.0, 1.0, extreme), power);
  // The sign of an odd power; a negative finite number to a power that is no integer has none.
  Term<B> half = y * 0.5;
  Term<B> isInteger = Term<B>(b, b.trunc(y.v)) == y;
  Term<B> isOdd = isInteger & (Term<B>(b, b.trunc(half.v)) != half);
  power = choose(isOdd, withSign(power, x), power);
  Term<B> undefined = (x < 0.0) & ~isInfinite & ~isInteger;
  power = choose(undefined | x.isNaN() | y.isNaN(), NAN, power);
  power = choose(y == 2.0, x * x, power);
  return choose((y == 0.0) | (x == 1.0), 1.0, power);
}

template <class B> typename B::Value pow(B &b, typename B::Value x, typename B::Value y) {
  return overFloat(b, x, y, [](Term<B> base, Term<B> exponent) { return powTerm(base, exponent); });
}

/// x^n of an integer n in [0, 128), by squaring.
template <class B> Parts<B> wholePower(Parts<B> x, Term<B> n) {
  B &b = *n.b;
  // The power, the square, what is left of n, and whether a bit of n has been met.
  typename B::Value state[] = {n.constant(1).v, n.constant(0).v, x.re.v, x.im.v, n.v, n.boolean(false).v};
  b.repeat(7, state, 6, [&](typename B::Value *v) {
    auto term = [&](int k) { return Term<B>(b, v[k]); };
    Parts<B> power{term(0), term(1)}, square{term(2), term(3)};
    Term<B> left = term(4), isStarted = term(5), half{b, b.trunc((left * 0.5).v)}, isOdd = half + half != left;
    power = choose(isOdd, choose(isStarted, product(power, square), square), power);
    square = product(square, square);
    Term<B> next[] = {power.re, power.im, square.re, square.im, half, isStarted | isOdd};
    for (int k = 0; k < 6; ++k)
      v[k] = next[k].v;
  });
  return {{b, state[0]}, {b, state[1]}};
}

/// x^y: where y is an integer below 128 in magnitude and nothing overflows by squaring, of a negative one the quotient
/// of 1; else e^(y log x). 0 to a power with a positive part re is 0, to another one but 0 NaN.
template <class B> Parts<B> powOf(Parts<B> x, Parts<B> y) {
  Term<B> n = magnitude(y.re), zero = n.constant(0), undefined = n.constant(NAN);
  Term<B> isWhole = (y.im == 0.0) & (n < 128.0) & (Term<B>(*n.b, n.b->trunc(n.v)) == n);
  Parts<B> whole = wholePower(x, choose(isWhole, n, zero));
  isWhole = isWhole & whole.re.isFinite() & whole.im.isFinite();
  whole = choose(y.re < 0.0, quotient(Parts<B>{n.constant(1), zero}, whole), whole);
  Parts<B> power = choose(isWhole, whole, expOf(product(y, logOf(x))));
  Parts<B> ofZero = choose(y.re > 0.0, Parts<B>{zero, zero}, Parts<B>{undefined, undefined});
  power = choose((x.re == 0.0) & (x.im == 0.0), ofZero, power);
  power = choose((y.re == 2.0) & (y.im == 0.0), product(x, x), power);
  return choose((y.re == 0.0) & (y.im == 0.0), Parts<B>{n.constant(1), zero}, power);
}
template <class B> typename B::Value complexPow(B &b, typename B::Value x, typename B::Value y) {
  return overParts(b, x, y, &powOf<B>);
}

/// Of reals or of complex numbers.
template <class B> typename B::Value powByKind(B &b, typename B::Value x, typename B::Value y) {
  return isComplex(b.dtype(x)) ? complexPow(b, x, y) : pow(b, x, y);
}

} // namespace dlc::scalar

#endif // DLC_DIALECTS_DLC_SCALAR_POWER_H
