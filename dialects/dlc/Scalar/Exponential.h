//===- Exponential.h - exp and its relatives ------------------------------===//
//
// exp, exp2, expm1 and sigmoid: x = n ln 2 + r, a polynomial in r, and a scaling by 2^n in two factors, so that
// subnormal results are rounded once and overflow gives infinity without a branch. The coefficients come from
// coefficients/generate.py.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_DIALECTS_DLC_SCALAR_EXPONENTIAL_H
#define DLC_DIALECTS_DLC_SCALAR_EXPONENTIAL_H

#include "dialects/dlc/Scalar/Coefficients.h"
#include "dialects/dlc/Scalar/Program.h"

namespace dlc::scalar {

/// What the programs need to know of f32 and f64.
struct FloatFormat {
  unsigned mantissa;          ///< explicit bits
  int64_t bias;               ///< of the exponent
  DType bits;                 ///< the unsigned integer of the same width
  double roundToInteger;      ///< 1.5 2^mantissa: adding it leaves the nearest integer in the low bits
  int64_t roundToIntegerBits; ///< the bits of that number
};
inline FloatFormat formatOf(DType type) {
  if (type == DType::F64)
    return {52, 1023, DType::U64, 0x1.8p52, 0x4338000000000000};
  return {23, 127, DType::U32, 0x1.8p23, 0x4b400000};
}

/// x = n ln 2 + r with |r| <= ln 2 / 2; `shifted` is n + roundToInteger.
template <class B> struct ReducedExponent {
  Term<B> shifted, r;
};

template <class B> ReducedExponent<B> reduceByLn2(Term<B> x) {
  double magic = formatOf(x.type()).roundToInteger;
  Term<B> shifted = fma(x, 0x1.71547652b82fep+0, magic);
  Term<B> n = shifted - magic;
  // The high part is a full word: x - n * high is a multiple of its last place below 1, so fma has nothing to round.
  double high = x.isDouble() ? 0x1.62e42fefa39efp-1 : 0x1.62e43p-1;
  double low = x.isDouble() ? 0x1.abc9e3b39803fp-56 : -0x1.05c61p-29;
  return {shifted, fma(n, -low, fma(n, -high, x))};
}

/// 2^(n + bump) where that is a normal number.
template <class B> Term<B> powerFactor(Term<B> shifted, int64_t bump = 0) {
  FloatFormat format = formatOf(shifted.type());
  Term<B> n = shifted.bits(format.bits) << format.mantissa;
  return (n + n.integer((format.bias + bump) << format.mantissa)).bits(shifted.type());
}

/// p 2^(n + bump), rounded once, for any n + bump from twice below the least normal exponent to twice the largest.
template <class B> Term<B> scaleByPower(Term<B> p, Term<B> shifted, int64_t bump = 0) {
  FloatFormat format = formatOf(p.type());
  Term<B> bits = shifted.bits(format.bits);
  // n offset by 2 (bias + 1) is positive, and each half of it less 1 is the biased exponent of a factor.
  Term<B> n = bits - bits.integer(format.roundToIntegerBits - 2 * (format.bias + 1) - bump);
  Term<B> half = n >> 1u, one = bits.integer(1);
  Term<B> first = ((half - one) << format.mantissa).bits(p.type());
  Term<B> second = ((n - half - one) << format.mantissa).bits(p.type());
  return p * first * second;
}

/// e^r for the reduced r, in [0.7, 1.42].
template <class B> Term<B> expReduced(Term<B> r) {
  Term<B> q = r.isDouble() ? polynomial(r, expF64) : polynomial(r, expF32);
  return fma(r * r, q, r) + 1.0;
}

/// e^x 2^bump for x at most a little above the overflow of e^x (a cap is the caller's); any low x, NaN.
template <class B> Term<B> expCapped(Term<B> x, int64_t bump = 0) {
  auto [shifted, r] = reduceByLn2(capBelow(x, x.isDouble() ? -746.0 : -104.0));
  return scaleByPower(expReduced(r), shifted, bump);
}

/// e^x where x and result are known to be in the range of normal numbers. NaN gives anything.
template <class B> Term<B> expInRange(Term<B> x) {
  auto [shifted, r] = reduceByLn2(x);
  return expReduced(r) * powerFactor(shifted);
}

/// e^x.
template <class B> typename B::Value exp(B &b, typename B::Value x) {
  return overFloat(b, x, [](Term<B> t) { return expCapped(capAbove(t, t.isDouble() ? 710.0 : 89.0)); });
}

/// e^x for x <= 0: the bits of exp, without its cap.
template <class B> typename B::Value expNonPositive(B &b, typename B::Value x) {
  return overFloat(b, x, [](Term<B> t) { return expCapped(t); });
}

/// 2^x.
template <class B> typename B::Value exp2(B &b, typename B::Value x) {
  return overFloat(b, x, [](Term<B> t) {
    bool isDouble = t.isDouble();
    double magic = formatOf(t.type()).roundToInteger;
    t = capBelow(capAbove(t, isDouble ? 1025.0 : 129.0), isDouble ? -1080.0 : -152.0);
    Term<B> shifted = t + magic;
    Term<B> r = t - (shifted - magic);
    Term<B> q = isDouble ? polynomial(r, exp2F64) : polynomial(r, exp2F32);
    return scaleByPower(fma(r, q, 1.0), shifted);
  });
}

/// e^x - 1: with p = e^r - 1 it is 2^n p + (2^n - 1), computed at half size so that 2^n does not overflow.
template <class B> Term<B> expm1Term(Term<B> x) {
  bool isDouble = x.isDouble();
  Term<B> t = capBelow(capAbove(x, isDouble ? 710.0 : 89.0), isDouble ? -40.0 : -20.0);
  auto [shifted, r] = reduceByLn2(t);
  Term<B> q = isDouble ? polynomial(r, expm1F64) : polynomial(r, expm1F32);
  Term<B> p = fma(r * r, q, r);
  Term<B> half = powerFactor(shifted, -1);
  Term<B> result = fma(half, p, half - 0.5) * 2.0;
  return choose(magnitude(x) < (isDouble ? 0x1p-54 : 0x1p-25), x, result);
}
template <class B> typename B::Value expm1(B &b, typename B::Value x) {
  return overFloat(b, x, [](Term<B> t) { return expm1Term(t); });
}

/// 1 / (1 + e^-x), as e^x / (1 + e^x) for negative x, so that small results keep their digits. The rounding errors of
/// the denominator and of the quotient are put back, or they would add up to more than 2 ulp.
template <class B> Term<B> sigmoidTerm(Term<B> x) {
  Term<B> e = expCapped(-magnitude(x));
  Term<B> isPositive = x >= 0.0;
  Term<B> numerator = choose(isPositive, 1.0, e), denominator = e + 1.0;
  Term<B> lost = e - (denominator - 1.0);
  Term<B> y = numerator / denominator;
  Term<B> rest = fma(-y, lost, fma(-y, denominator, numerator));
  return fma(rest, choose(isPositive, y, 1.0 - y), y);
}
template <class B> typename B::Value sigmoid(B &b, typename B::Value x) {
  return overFloat(b, x, [](Term<B> t) { return sigmoidTerm(t); });
}

} // namespace dlc::scalar

#endif // DLC_DIALECTS_DLC_SCALAR_EXPONENTIAL_H
