//===- InverseTrigonometric.h - atan, atan2, asin, acos -------------------===//
//
// atan and atan2 turn their argument so that the tangent is at most 1/2; asin and acos halve the angle beyond 1/2. An
// odd polynomial does the rest. Multiples of pi/4 are added in two words.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_DIALECTS_DLC_SCALAR_INVERSETRIGONOMETRIC_H
#define DLC_DIALECTS_DLC_SCALAR_INVERSETRIGONOMETRIC_H

#include "dialects/dlc/Scalar/Coefficients.h"
#include "dialects/dlc/Scalar/TwoWords.h"

namespace dlc::scalar {

/// count pi/4 + t + tail, rounded once or twice.
template <class B> Term<B> addQuarters(Term<B> count, Term<B> t, Term<B> tail) {
  double high = t.isDouble() ? 0x1.921fb54442d18p-1 : 0x1.921fb6p-1;
  double low = t.isDouble() ? 0x1.1a62633145c07p-55 : -0x1.777a5cp-26;
  return fma(count, high, t + fma(count, low, tail));
}

/// atan(t) - t for |t| <= 1/2.
template <class B> Term<B> atanTail(Term<B> t) {
  Term<B> z = t * t;
  return t * z * (t.isDouble() ? polynomial(z, atanF64) : polynomial(z, atanF32));
}

/// atan x: beyond 1/2 from (|x| - 1) / (|x| + 1), beyond 2 from -1 / |x|.
template <class B> typename B::Value atan(B &b, typename B::Value x) {
  return overFloat(b, x, [](Term<B> v) {
    Term<B> size = magnitude(v), one = v.constant(1.0), zero = v.constant(0.0);
    Term<B> isMiddle = size > 0.5, isLarge = size > 2.0;
    Term<B> top = choose(isLarge, -one, choose(isMiddle, size - 1.0, size));
    Term<B> bottom = choose(isLarge, size, choose(isMiddle, size + 1.0, one));
    Term<B> t = top / bottom;
    Term<B> quarters = choose(isLarge, v.constant(2.0), choose(isMiddle, one, zero));
    return withSign(addQuarters(quarters, t, atanTail(t)), v);
  });
}

/// The angle of the point (x, y), in [-pi, pi], of f64; signs of zeros count as in IEEE 754.
template <class B> Term<B> atan2Term(Term<B> y, Term<B> x) {
  Term<B> a = magnitude(x), c = magnitude(y), zero = x.constant(0.0), one = x.constant(1.0);
  Term<B> bothInfinite = (a == HUGE_VAL) & (c == HUGE_VAL);
  a = choose(bothInfinite, one, a);
  c = choose(bothInfinite, one, c);
  Term<B> isSteep = c > a;
  Term<B> large = choose(isSteep, c, a), small = choose(isSteep, a, c);
  // So that the sum of both does not overflow.
  Term<B> scale = choose(large > 0x1p1000, x.constant(0x1p-2), one);
  large = large * scale;
  small = small * scale;
  Term<B> isMiddle = small > large * 0.5;
  Term<B> top = choose(isMiddle, small - large, small), bottom = choose(isMiddle, small + large, large);
  Term<B> t = choose(large == 0.0, zero, top / bottom), tail = atanTail(t);
  Term<B> quarters = choose(isMiddle, one, zero);
  quarters = choose(isSteep, 2.0 - quarters, quarters);
  Term<B> isLeft = withSign(one, x) < 0.0;
  quarters = choose(isLeft, 4.0 - quarters, quarters);
  Term<B> turnsBack = isSteep ^ isLeft;
  Term<B> angle = addQuarters(quarters, choose(turnsBack, -t, t), choose(turnsBack, -tail, tail));
  return choose(x.isNaN() | y.isNaN(), NAN, withSign(angle, y));
}

/// atan2(y, x); f32 in f64, where nothing overflows.
template <class B> typename B::Value atan2(B &b, typename B::Value y, typename B::Value x) {
  return overFloat(
      b, y, x, [](Term<B> v, Term<B> u) { return atan2Term(v.cast(DType::F64), u.cast(DType::F64)).cast(u.type()); });
}

/// What asin and acos share: beyond 1/2, s = sqrt((1 - |x|) / 2) in two words is the sine of half the angle from 1.
template <class B> struct HalvedAngle {
  Term<B> isOuter, t, tail; ///< asin(t + ...) = t + tail for t = |x| or s
};
template <class B> HalvedAngle<B> halveAngle(Term<B> x) {
  Term<B> size = magnitude(x), isOuter = size > 0.5;
  Term<B> half = (1.0 - size) * 0.5;
  Term<B> root = squareRoot(half);
  Term<B> lost = choose(half > 0.0, fma(-root, root, half) / (root + root), 0.0);
  Term<B> t = choose(isOuter, root, size), z = choose(isOuter, half, size * size);
  Term<B> q = x.isDouble() ? polynomial(z, asinF64) : polynomial(z, asinF32);
  return {isOuter, t, fma(t * z, q, choose(isOuter, lost, 0.0))};
}

/// asin x; NaN beyond 1.
template <class B> typename B::Value asin(B &b, typename B::Value x) {
  return overFloat(b, x, [](Term<B> v) {
    HalvedAngle<B> h = halveAngle(v);
    Term<B> outer = addQuarters(v.constant(2.0), h.t * -2.0, h.tail * -2.0);
    return choose(magnitude(v) <= 1.0, withSign(choose(h.isOuter, outer, h.t + h.tail), v), NAN);
  });
}

/// acos x; NaN beyond 1.
template <class B> typename B::Value acos(B &b, typename B::Value x) {
  return overFloat(b, x, [](Term<B> v) {
    HalvedAngle<B> h = halveAngle(v);
    Term<B> isNegative = v < 0.0, zero = v.constant(0.0);
    Term<B> inner = addQuarters(v.constant(2.0), choose(isNegative, h.t, -h.t), choose(isNegative, h.tail, -h.tail));
    Term<B> twice = h.t * 2.0, twiceTail = h.tail * 2.0;
    Term<B> outer = addQuarters(choose(isNegative, v.constant(4.0), zero), choose(isNegative, -twice, twice),
                                choose(isNegative, -twiceTail, twiceTail));
    return choose(magnitude(v) <= 1.0, choose(h.isOuter, outer, inner), NAN);
  });
}

} // namespace dlc::scalar

#endif // DLC_DIALECTS_DLC_SCALAR_INVERSETRIGONOMETRIC_H
