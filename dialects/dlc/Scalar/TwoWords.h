//===- TwoWords.h - Sums and products in two words ------------------------===//
//
// Numbers as unevaluated sums of two floats, for the places where one word's rounding would show in a result.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_DIALECTS_DLC_SCALAR_TWOWORDS_H
#define DLC_DIALECTS_DLC_SCALAR_TWOWORDS_H

#include "dialects/dlc/Scalar/Program.h"

namespace dlc::scalar {

/// An unevaluated sum whose second word is below the last place of the first.
template <class B> struct TwoWords {
  Term<B> high, low;
};

/// a + b for |a| >= |b| or a = 0.
template <class B> TwoWords<B> fastSum(Term<B> a, Term<B> b) {
  Term<B> sum = a + b;
  return {sum, (a - sum) + b};
}

/// a + b, exactly.
template <class B> TwoWords<B> sum(Term<B> a, Term<B> b) {
  Term<B> high = a + b, part = high - a;
  return {high, (a - (high - part)) + (b - part)};
}

/// a b, with errors of about 2^-100.
template <class B> TwoWords<B> product(TwoWords<B> a, TwoWords<B> b) {
  Term<B> high = a.high * b.high;
  return {high, fma(a.high, b.high, -high) + fma(a.high, b.low, a.low * b.high)};
}

} // namespace dlc::scalar

#endif // DLC_DIALECTS_DLC_SCALAR_TWOWORDS_H
