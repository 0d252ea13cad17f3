//===- Hyperbolic.h - tanh, sinh, cosh ------------------------------------===//
//
// An odd polynomial near 0 and the exponential elsewhere; both are computed, one is chosen.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_DIALECTS_DLC_SCALAR_HYPERBOLIC_H
#define DLC_DIALECTS_DLC_SCALAR_HYPERBOLIC_H

#include "dialects/dlc/Scalar/Exponential.h"

namespace dlc::scalar {

/// tanh x: from 0.5625 on as 1 - 2 / (e^2|x| + 1), where the quotient's error is halved.
template <class B> Term<B> tanhTerm(Term<B> x) {
  bool isDouble = x.isDouble();
  Term<B> square = x * x, size = magnitude(x);
  Term<B> q = isDouble ? polynomial(square, tanhF64) : polynomial(square, tanhF32);
  Term<B> small = fma(size * square, q, size);
  Term<B> e = expInRange(capAbove(size + size, isDouble ? 40.0 : 20.0));
  return withSign(choose(size >= 0.5625, 1.0 - 2.0 / (e + 1.0), small), x);
}
template <class B> typename B::Value tanh(B &b, typename B::Value x) {
  return overFloat(b, x, [](Term<B> t) { return tanhTerm(t); });
}

/// sinh x: beyond 1 as h - 1 / (4 h) with h = e^|x| / 2, which does not overflow before sinh does.
template <class B> typename B::Value sinh(B &b, typename B::Value x) {
  return overFloat(b, x, [](Term<B> t) {
    Term<B> square = t * t, size = magnitude(t);
    Term<B> q = t.isDouble() ? polynomial(square, sinhF64) : polynomial(square, sinhF32);
    Term<B> small = fma(t * square, q, t);
    Term<B> h = expCapped(capAbove(size, t.isDouble() ? 711.0 : 90.0), -1);
    Term<B> large = withSign(h - 0.25 / h, t);
    return choose(size > 1.0, large, small);
  });
}

/// cosh x as h + 1 / (4 h) with h = e^|x| / 2.
template <class B> typename B::Value cosh(B &b, typename B::Value x) {
  return overFloat(b, x, [](Term<B> t) {
    Term<B> h = expCapped(capAbove(magnitude(t), t.isDouble() ? 711.0 : 90.0), -1);
    return h + 0.25 / h;
  });
}

} // namespace dlc::scalar

#endif // DLC_DIALECTS_DLC_SCALAR_HYPERBOLIC_H
