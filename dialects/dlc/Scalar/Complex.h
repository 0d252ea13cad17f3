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
  Term<B> result = choose((a == 0.0) & (c == 0.0), large, large * squareRoot(fma(ratio, ratio, 1.0)));
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

/// The same of two numbers.
template <class B, class F> typename B::Value overParts(B &b, typename B::Value x, typename B::Value y, F program) {
  Parts<B> p = partsOf(b, x), q = partsOf(b, y);
  DType type = p.re.type(), wide = DType::F64;
  Parts<B> result = program(Parts<B>{p.re.cast(wide), p.im.cast(wide)}, Parts<B>{q.re.cast(wide), q.im.cast(wide)});
  return joined(b, Parts<B>{result.re.cast(type), result.im.cast(type)});
}

template <class B> Parts<B> choose(Term<B> condition, Parts<B> x, Parts<B> y) {
  return {choose(condition, x.re, y.re), choose(condition, x.im, y.im)};
}
template <class B> Term<B> hasInfinity(Parts<B> x) { return x.re.isInf() | x.im.isInf(); }

/// |x|, of the parts' type. Of c64 sqrt(re^2 + im^2) in f64, where the squares are exact.
template <class B> typename B::Value complexAbs(B &b, typename B::Value x) {
  Parts<B> parts = partsOf(b, x);
  if (parts.re.isDouble())
    return distance(parts).v;
  Term<B> re = parts.re.cast(DType::F64), im = parts.im.cast(DType::F64);
  Term<B> result = choose(re.isInf() | im.isInf(), HUGE_VAL, squareRoot(re * re + im * im));
  return result.cast(DType::F32).v;
}

/// scale (cosine, sine) of the angle im, `scale` being e^re or 2^re; an im of 0 stays. Where re is infinite and im has
/// no sine: (0, 0) or (infinity, NaN).
template <class B> Parts<B> turned(Parts<B> x, Term<B> scale, Term<B> cosine, Term<B> sine) {
  Term<B> isLost = x.re.isInf() & ~x.im.isFinite();
  Term<B> im = choose(isLost & (x.re < 0.0), 0.0, scale * sine);
  return {choose(isLost, scale, scale * cosine), choose(x.im == 0.0, x.im, im)};
}

/// e^re (cos im, sin im).
template <class B> Parts<B> expOf(Parts<B> x) {
  ReducedAngle<B> angle = reduceAngle(x.im);
  return turned(x, call(&exp<B>, x.re), cosTerm(angle), sinTerm(x.im, angle));
}
/// 2^re (cos t, sin t) with t = im ln 2 in two words.
template <class B> Parts<B> exp2Of(Parts<B> x) {
  Term<B> high = x.im * 0x1.62e42fefa39efp-1;
  Term<B> low = fma(x.im, 0x1.abc9e3b39803fp-56, fma(x.im, 0x1.62e42fefa39efp-1, -high));
  ReducedAngle<B> angle = reduceAngle(high);
  Term<B> c = cosTerm(angle), s = sinTerm(high, angle);
  return turned(x, call(&exp2<B>, x.re), fma(-low, s, c), fma(low, c, s));
}
/// (expm1 re cos im - 2 sin^2(im / 2), e^re sin im).
template <class B> Parts<B> expm1Of(Parts<B> x) {
  Term<B> halfAngle = x.im * 0.5;
  auto [angle, reducedHalf] = reduceAngles(x.im, halfAngle);
  Term<B> c = cosTerm(angle), half = sinTerm(halfAngle, reducedHalf);
  Parts<B> power = turned(x, call(&exp<B>, x.re), c, sinTerm(x.im, angle));
  Term<B> less = call(&expm1<B>, x.re), re = less * c - half * half * 2.0;
  return {choose(x.re.isInf() & ~x.im.isFinite(), less, re), power.im};
}

/// The magnitudes of the parts, the larger first.
template <class B> Parts<B> byMagnitude(Parts<B> x) {
  Term<B> a = magnitude(x.re), c = magnitude(x.im), isWide = a >= c;
  return {choose(isWide, a, c), choose(isWide, c, a)};
}
/// (log |x|, the angle), where |x|^2 is 1 + `over` if `isNear`.
template <class B> Parts<B> logBeside(Parts<B> x, Term<B> isNear, Term<B> over) {
  auto [large, small] = byMagnitude(x);
  Term<B> ratio = small / large;
  auto [part, whole] = log1pAndLog(choose(isNear, over, ratio * ratio), large);
  part = part * 0.5;
  Term<B> re = choose(isNear, part, whole + part);
  re = choose((magnitude(x.re) == 0.0) & (magnitude(x.im) == 0.0), -HUGE_VAL, re);
  re = choose(hasInfinity(x), HUGE_VAL, re);
  return {re, atan2Term(x.im, x.re)};
}
/// Whether |x| is near 1, and |x|^2 - 1 there: (large - 1)(large + 1) + small^2.
template <class B> std::array<Term<B>, 2> over1(Parts<B> x) {
  auto [large, small] = byMagnitude(x);
  return {(large > 0.5) & (large < 2.0), fma(large - 1.0, large + 1.0, small * small)};
}
template <class B> Parts<B> logOf(Parts<B> x) {
  auto [isNear, over] = over1(x);
  return logBeside(x, isNear, over);
}
template <class B> Parts<B> log2Of(Parts<B> x) {
  Parts<B> y = logOf(x);
  return {y.re * 0x1.71547652b82fep+0, y.im * 0x1.71547652b82fep+0};
}
/// log(1 + x): where both parts are below 1/2, |1 + x|^2 is 1 + re (re + 2) + im^2.
template <class B> Parts<B> log1pOf(Parts<B> x) {
  Parts<B> y = {x.re + 1.0, x.im};
  Term<B> isClose = (magnitude(x.re) < 0.5) & (magnitude(x.im) < 0.5);
  auto [isNear, over] = over1(y);
  return logBeside(y, isClose | isNear, choose(isClose, fma(x.im, x.im, x.re * (x.re + 2.0)), over));
}

/// The root with a part re of 0 or more; im keeps its sign. Large and tiny numbers are scaled by powers of 4.
template <class B> Parts<B> sqrtOf(Parts<B> x) {
  Term<B> a = magnitude(x.re), c = magnitude(x.im), large = choose(a >= c, a, c);
  Term<B> isHuge = large > 0x1p1000, isTiny = large < 0x1p-900, one = large.constant(1);
  Term<B> scale = choose(isHuge, 0x1p-4, choose(isTiny, 0x1p200, one));
  Term<B> back = choose(isHuge, 0x1p2, choose(isTiny, 0x1p-100, one));
  Term<B> re = x.re * scale, im = x.im * scale;
  Term<B> outer = squareRoot((magnitude(re) + distance(Parts<B>{re, im})) * 0.5);
  Term<B> inner = choose(outer == 0.0, magnitude(im), magnitude(im) / (outer + outer));
  Term<B> isRight = x.re >= 0.0, isFar = x.im.isInf();
  Term<B> rootRe = choose(isRight, outer, inner) * back, rootIm = choose(isRight, inner, outer) * back;
  return {choose(isFar, HUGE_VAL, rootRe), withSign(choose(isFar, HUGE_VAL, rootIm), x.im)};
}
/// 1 / sqrt(x); of infinity 0.
template <class B> Parts<B> rsqrtOf(Parts<B> x) {
  Parts<B> root = sqrtOf(x), one = {root.re.constant(1), root.re.constant(0)}, y = quotient(one, root);
  Term<B> isFar = hasInfinity(root), zero = root.re.constant(0);
  return choose(isFar, Parts<B>{zero, withSign(zero, -root.im)}, y);
}

/// Whether the parts are 1 and +0: what a reduction over products starts from.
template <class B> Term<B> isUnit(Parts<B> x) {
  DType type = formatOf(x.re.type()).bits;
  Term<B> one = x.re.constant(1).bits(type), rest = (x.re.bits(type) ^ one) | x.im.bits(type);
  return rest == rest.integer(0);
}
/// x y as products of many numbers are made: a factor of (1, +0) leaves the other as it is.
template <class B> typename B::Value factors(B &b, typename B::Value x, typename B::Value y) {
  Parts<B> p = partsOf(b, x), q = partsOf(b, y);
  return joined(b, choose(isUnit(q), p, choose(isUnit(p), q, product(p, q))));
}

/// Tests: NaN or infinite if a part is, finite if both are.
template <class B> typename B::Value complexIsNaN(B &b, typename B::Value x) {
  return b.bitOr(b.isNaN(b.real(x)), b.isNaN(b.imag(x)));
}
template <class B> typename B::Value complexIsInf(B &b, typename B::Value x) {
  return b.bitOr(b.isInf(b.real(x)), b.isInf(b.imag(x)));
}
template <class B> typename B::Value complexIsFinite(B &b, typename B::Value x) {
  return b.bitAnd(b.isFinite(b.real(x)), b.isFinite(b.imag(x)));
}

/// A function of an element from one of f64 parts.
#define DLC_COMPLEX_FUNCTION(name, parts)                                                                              \
  template <class B> typename B::Value name(B &b, typename B::Value x) { return overParts(b, x, &parts<B>); }
DLC_COMPLEX_FUNCTION(complexExp, expOf)
DLC_COMPLEX_FUNCTION(complexExp2, exp2Of)
DLC_COMPLEX_FUNCTION(complexExpm1, expm1Of)
DLC_COMPLEX_FUNCTION(complexLog, logOf)
DLC_COMPLEX_FUNCTION(complexLog2, log2Of)
DLC_COMPLEX_FUNCTION(complexLog1p, log1pOf)
DLC_COMPLEX_FUNCTION(complexSqrt, sqrtOf)
DLC_COMPLEX_FUNCTION(complexRsqrt, rsqrtOf)

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
