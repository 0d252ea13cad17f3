//===- Complex.h - Scalar programs over complex elements ------------------===//
//
// The elementwise ops on c64 and c128, over any builder that takes elements apart (real, imag) and joins them
// (complex). Sum, difference, product and quotient round each operation shown to the parts' type. Functions compute in
// f64 and round each part once. A result is near the true one as a vector in the plane, not in each part.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_DIALECTS_DLC_SCALAR_COMPLEX_H
#define DLC_DIALECTS_DLC_SCALAR_COMPLEX_H

#include "dialects/dlc/Scalar/Exponential.h"
#include "dialects/dlc/Scalar/Hyperbolic.h"
#include "dialects/dlc/Scalar/InverseTrigonometric.h"
#include "dialects/dlc/Scalar/Logarithm.h"
#include "dialects/dlc/Scalar/Trigonometric.h"

namespace dlc::scalar {

/// A complex number by its parts.
template <class B> struct Parts {
  Term<B> re, im;
};

template <class B> Parts<B> partsOf(B &b, typename B::Value x) { return {{b, b.real(x)}, {b, b.imag(x)}}; }
template <class B> typename B::Value joined(B &b, Parts<B> x) { return b.complex(x.re.v, x.im.v); }

template <class B> Parts<B> product(Parts<B> x, Parts<B> y) {
  return {x.re * y.re - x.im * y.im, x.re * y.im + x.im * y.re};
}

/// Smith's quotient: the divisor's smaller part is divided by its larger one, so that no square over- or underflows. By
/// zero, both parts are divided by it.
template <class B> Parts<B> quotient(Parts<B> x, Parts<B> y) {
  Term<B> isWide = magnitude(y.re) >= magnitude(y.im);
  Term<B> large = choose(isWide, y.re, y.im), small = choose(isWide, y.im, y.re);
  Term<B> first = choose(isWide, x.re, x.im), second = choose(isWide, x.im, x.re);
  Term<B> ratio = small / large, divisor = large + small * ratio;
  Term<B> turned = second - first * ratio;
  Term<B> re = (first + second * ratio) / divisor, im = choose(isWide, turned, -turned) / divisor;
  Term<B> isZero = large == 0.0, zero = magnitude(y.re);
  return {choose(isZero, x.re / zero, re), choose(isZero, x.im / zero, im)};
}

/// The distance from 0, of f64 parts: large * sqrt(1 + (small / large)^2). Infinite if a part is.
template <class B> Term<B> distance(Parts<B> x) {
  Term<B> a = magnitude(x.re), c = magnitude(x.im), isWide = a >= c;
  Term<B> large = choose(isWide, a, c), small = choose(isWide, c, a), ratio = small / large;
  Term<B> result = choose(large == 0.0, large, large * squareRoot(fma(ratio, ratio, 1.0)));
  return choose(x.re.isInf() | x.im.isInf(), HUGE_VAL, result);
}

template <class B> Term<B> call(typename B::Value (*function)(B &, typename B::Value), Term<B> x) {
  return {*x.b, function(*x.b, x.v)};
}

/// Runs `program` on f64 parts and rounds what it gives once to the parts of `x`.
template <class B, class F> typename B::Value overParts(B &b, typename B::Value x, F program) {
  Parts<B> parts = partsOf(b, x);
  DType type = parts.re.type();
  Parts<B> result = program(Parts<B>{parts.re.cast(DType::F64), parts.im.cast(DType::F64)});
  return joined(b, Parts<B>{result.re.cast(type), result.im.cast(type)});
}

/// |x|, of the parts' type. Of c64 sqrt(re^2 + im^2) in f64, where the squares are exact.
template <class B> typename B::Value complexAbs(B &b, typename B::Value x) {
  Parts<B> parts = partsOf(b, x);
  if (parts.re.isDouble())
    return distance(parts).v;
  Term<B> re = parts.re.cast(DType::F64), im = parts.im.cast(DType::F64);
  Term<B> result = choose(re.isInf() | im.isInf(), HUGE_VAL, squareRoot(re * re + im * im));
  return result.cast(DType::F32).v;
}

/// e^re (cos im, sin im); a part im of 0 stays.
template <class B> typename B::Value complexExp(B &b, typename B::Value x) {
  return overParts(b, x, [](Parts<B> p) -> Parts<B> {
    Term<B> scale = call(&exp<B>, p.re);
    return {scale * call(&cos<B>, p.im), choose(p.im == 0.0, p.im, scale * call(&sin<B>, p.im))};
  });
}

/// (log |x|, the angle). Near |x| = 1 the logarithm is that of 1 + (large - 1)(large + 1) + small^2.
template <class B> typename B::Value complexLog(B &b, typename B::Value x) {
  return overParts(b, x, [](Parts<B> p) -> Parts<B> {
    Term<B> a = magnitude(p.re), c = magnitude(p.im), isWide = a >= c;
    Term<B> large = choose(isWide, a, c), small = choose(isWide, c, a), ratio = small / large;
    Term<B> far = call(&log<B>, large) + call(&log1p<B>, ratio * ratio) * 0.5;
    Term<B> near = call(&log1p<B>, fma(large - 1.0, large + 1.0, small * small)) * 0.5;
    Term<B> re = choose((large > 0.5) & (large < 2.0), near, far);
    re = choose(large == 0.0, -HUGE_VAL, re);
    re = choose(p.re.isInf() | p.im.isInf(), HUGE_VAL, re);
    return {re, {*p.re.b, atan2(*p.re.b, p.im.v, p.re.v)}};
  });
}

/// The root with a part re of 0 or more; im keeps its sign. Large and tiny numbers are scaled by powers of 4.
template <class B> typename B::Value complexSqrt(B &b, typename B::Value x) {
  return overParts(b, x, [](Parts<B> p) -> Parts<B> {
    Term<B> a = magnitude(p.re), c = magnitude(p.im), large = choose(a >= c, a, c);
    Term<B> isHuge = large > 0x1p1000, isTiny = large < 0x1p-900, one = large.constant(1);
    Term<B> scale = choose(isHuge, 0x1p-4, choose(isTiny, 0x1p200, one));
    Term<B> back = choose(isHuge, 0x1p2, choose(isTiny, 0x1p-100, one));
    Term<B> re = p.re * scale, im = p.im * scale;
    Term<B> outer = squareRoot((magnitude(re) + distance(Parts<B>{re, im})) * 0.5);
    Term<B> inner = choose(outer == 0.0, magnitude(im), magnitude(im) / (outer + outer));
    Term<B> isRight = p.re >= 0.0, isFar = p.im.isInf();
    Term<B> rootRe = choose(isRight, outer, inner) * back, rootIm = choose(isRight, inner, outer) * back;
    return {choose(isFar, HUGE_VAL, rootRe), withSign(choose(isFar, HUGE_VAL, rootIm), p.im)};
  });
}

/// (sin re cosh im, cos re sinh im); a part re of 0 stays.
template <class B> typename B::Value complexSin(B &b, typename B::Value x) {
  return overParts(b, x, [](Parts<B> p) -> Parts<B> {
    Term<B> re = call(&sin<B>, p.re) * call(&cosh<B>, p.im);
    return {choose(p.re == 0.0, p.re, re), call(&cos<B>, p.re) * call(&sinh<B>, p.im)};
  });
}

/// (cos re cosh im, -(sin re sinh im)).
template <class B> typename B::Value complexCos(B &b, typename B::Value x) {
  return overParts(b, x, [](Parts<B> p) -> Parts<B> {
    return {call(&cos<B>, p.re) * call(&cosh<B>, p.im), -(call(&sin<B>, p.re) * call(&sinh<B>, p.im))};
  });
}

/// Kahan's: with t = tan im, s = sinh re, u = 1 + t^2 and d = 1 + u s^2: (u sqrt(1 + s^2) s / d, t / d). Where |re| is
/// above 20: (sign, 4 sin im cos im e^(-2 |re|)).
template <class B> typename B::Value complexTanh(B &b, typename B::Value x) {
  return overParts(b, x, [](Parts<B> p) -> Parts<B> {
    Term<B> size = magnitude(p.re), isFar = size > 20.0;
    Term<B> t = call(&tan<B>, p.im), s = call(&sinh<B>, choose(isFar, 20.0, p.re));
    Term<B> u = fma(t, t, 1.0), square = s * s, d = fma(u, square, 1.0);
    Term<B> tail = call(&sin<B>, p.im) * call(&cos<B>, p.im) * 4.0 * call(&exp<B>, size * -2.0);
    Term<B> one = withSign(p.re.constant(1), p.re);
    return {choose(isFar, one, u * squareRoot(square + 1.0) * s / d), choose(isFar, tail, t / d)};
  });
}

/// Of reals `onReals`, of complex numbers `onComplex`.
template <class B>
typename B::Value byKind(B &b, typename B::Value x, typename B::Value (*onReals)(B &, typename B::Value),
                         typename B::Value (*onComplex)(B &, typename B::Value)) {
  return isComplex(b.dtype(x)) ? onComplex(b, x) : onReals(b, x);
}

/// (re, -im).
template <class B> typename B::Value conj(B &b, typename B::Value x) { return b.complex(b.real(x), b.neg(b.imag(x))); }

} // namespace dlc::scalar

#endif // DLC_DIALECTS_DLC_SCALAR_COMPLEX_H
