//===- InverseHyperbolic.h - asinh, acosh, atanh --------------------------===//
//
// Logarithms of arguments that are formed in two words, so that neither cancellation near 0 and 1 nor the rounding of
// the argument shows.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_DIALECTS_DLC_SCALAR_INVERSEHYPERBOLIC_H
#define DLC_DIALECTS_DLC_SCALAR_INVERSEHYPERBOLIC_H

#include "dialects/dlc/Scalar/Logarithm.h"
#include "dialects/dlc/Scalar/TwoWords.h"

namespace dlc::scalar {

/// sqrt(q) for q > 0.
template <class B> TwoWords<B> squareRoot(TwoWords<B> q) {
  Term<B> root = squareRoot(q.high);
  return {root, (fma(-root, root, q.high) + q.low) / (root + root)};
}

/// Beyond this sqrt(x^2 + 1) and sqrt(x^2 - 1) are x, and the results log(2 x).
inline double asymptoticFrom(bool isDouble) { return isDouble ? 0x1p29 : 0x1p14; }

/// asinh x = log(|x| + sqrt(x^2 + 1)), odd.
template <class B> typename B::Value asinh(B &b, typename B::Value x) {
  return overFloat(b, x, [](Term<B> v) {
    Term<B> size = magnitude(v), isLarge = size > asymptoticFrom(v.isDouble());
    Term<B> a = choose(isLarge, 1.0, size);
    Term<B> square = a * a;
    TwoWords<B> q = sum(a.constant(1.0), square);
    TwoWords<B> root = squareRoot(TwoWords<B>{q.high, q.low + fma(a, a, -square)});
    TwoWords<B> u = fastSum(root.high, a);
    auto [e, f] = splitLogarithm(choose(isLarge, size, u.high));
    Term<B> scaled = (u.low + root.low) * powerFactor(formatOf(v.type()).roundToInteger - choose(isLarge, 0.0, e));
    Term<B> y = logOfSplit(choose(isLarge, e + 1.0, e), choose(isLarge, f, f + scaled));
    y = choose(size < HUGE_VAL, y, size);
    return choose(size < (v.isDouble() ? 0x1p-27 : 0x1p-13), v, withSign(y, v));
  });
}

/// acosh x = log1p(d + sqrt(d (d + 2))) with d = x - 1; NaN below 1.
template <class B> typename B::Value acosh(B &b, typename B::Value x) {
  return overFloat(b, x, [](Term<B> v) {
    Term<B> isLarge = v > asymptoticFrom(v.isDouble());
    Term<B> d = choose(isLarge, 1.0, v) - 1.0;
    Term<B> square = d * d;
    TwoWords<B> q = sum(d + d, square);
    TwoWords<B> root = squareRoot(TwoWords<B>{q.high, q.low + fma(d, d, -square)});
    TwoWords<B> w = fastSum(root.high, d);
    auto [e, f] = splitLogarithm(v);
    Term<B> large = choose(v < HUGE_VAL, logOfSplit(e + 1.0, f), v);
    Term<B> y = choose(isLarge, large, log1pOfTwoWords(w.high, w.low + root.low));
    return choose(v > 1.0, y, choose(v == 1.0, v.constant(0.0), NAN));
  });
}

/// atanh x = log1p(2 x / (1 - x)) / 2, odd; infinite at 1, NaN beyond.
template <class B> typename B::Value atanh(B &b, typename B::Value x) {
  return overFloat(b, x, [](Term<B> v) {
    Term<B> size = magnitude(v), twice = size + size;
    TwoWords<B> d = fastSum(v.constant(1.0), -size);
    Term<B> w = twice / d.high;
    Term<B> rest = (fma(-w, d.high, twice) - w * d.low) / d.high;
    Term<B> y = withSign(log1pOfTwoWords(w, rest) * 0.5, v);
    Term<B> special = choose(size == 1.0, withSign(v.constant(HUGE_VAL), v), NAN);
    y = choose(size < 1.0, y, special);
    return choose(size < (v.isDouble() ? 0x1p-27 : 0x1p-13), v, y);
  });
}

} // namespace dlc::scalar

#endif // DLC_DIALECTS_DLC_SCALAR_INVERSEHYPERBOLIC_H
