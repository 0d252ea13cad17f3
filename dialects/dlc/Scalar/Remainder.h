//===- Remainder.h - The exact float remainder ----------------------------===//
//
// rem of floats as a program of exact steps: scaled multiples of the divisor are taken off the dividend, each step by
// one fused multiply-add that has no rounding. The result is fmod's, bit for bit (but for NaN's bits).
//
//===----------------------------------------------------------------------===//
#ifndef DLC_DIALECTS_DLC_SCALAR_REMAINDER_H
#define DLC_DIALECTS_DLC_SCALAR_REMAINDER_H

#include "dialects/dlc/Scalar/Predicate.h"
#include "lib/Runtime/DType.h"

#include <cmath>

namespace dlc::scalar {

/// r mod s for 0 <= r < 2^52 s in f64. floor of the rounded quotient is at most one too large; r - q s is a multiple of
/// the last place of s below s in magnitude, hence exact, and so is adding s back.
template <class B> typename B::Value reduceOnce(const B &b, typename B::Value r, typename B::Value s) {
  auto quotient = b.floor(b.div(r, s));
  auto rest = b.fma(b.neg(quotient), s, r);
  return b.select(b.cmp(Predicate::Lt, rest, b.constant(r, 0.0)), b.add(rest, s), rest);
}

/// The answer for x rem y from the magnitude `r`: NaN for infinite x, zero y and NaNs, x itself for infinite y.
template <class B>
typename B::Value finishRemainder(const B &b, typename B::Value x, typename B::Value y, typename B::Value r) {
  auto zero = b.constant(x, 0.0), infinity = b.constant(x, HUGE_VAL);
  auto valid = b.bitAnd(b.isFinite(x), b.cmp(Predicate::ONe, y, zero));
  auto keepsX = b.cmp(Predicate::Eq, b.abs(y), infinity);
  auto result = b.copysign(b.select(keepsX, b.abs(x), r), x);
  return b.select(valid, result, b.constant(x, NAN));
}

/// x rem y in f32: in f64, where y 2^250 is normal, six steps of 50 binary places cover every quotient.
template <class B> typename B::Value remainderF32(const B &b, typename B::Value x, typename B::Value y) {
  auto r = b.cast(b.abs(x), DType::F64), s = b.cast(b.abs(y), DType::F64);
  for (int k = 5; k >= 0; --k)
    r = reduceOnce(b, r, b.mul(s, b.constant(s, std::ldexp(1.0, 50 * k))));
  return finishRemainder(b, x, y, b.cast(r, DType::F32));
}

/// A positive f64 as a significand in [1, 2) and the exponent (I64) that scales it; 0 and non-finite give garbage.
template <class B> void splitPositive(const B &b, typename B::Value x, typename B::Value &m, typename B::Value &e) {
  auto isSubnormal = b.cmp(Predicate::Lt, x, b.constant(x, 0x1p-1022));
  auto bits = b.bitcast(b.select(isSubnormal, b.mul(x, b.constant(x, 0x1p54)), x), DType::I64);
  auto bias = b.select(isSubnormal, b.integer(bits, 1023 + 54), b.integer(bits, 1023));
  e = b.sub(b.bitAnd(b.shr(bits, 52u), b.integer(bits, 0x7ff)), bias);
  auto fraction = b.bitAnd(bits, b.integer(bits, (int64_t(1) << 52) - 1));
  m = b.bitcast(b.bitOr(fraction, b.integer(bits, int64_t(1023) << 52)), DType::F64);
}

/// 2^e for e in [-1022, 1023].
template <class B> typename B::Value powerOfTwo(const B &b, typename B::Value e) {
  return b.bitcast(b.shl(b.add(e, b.integer(e, 1023)), 52u), DType::F64);
}

/// x rem y in f64: on significands, with the difference of the exponents worked off in 42 steps of at most 50 places.
template <class B> typename B::Value remainderF64(const B &b, typename B::Value x, typename B::Value y) {
  using Value = typename B::Value;
  Value r, rest, s, ey;
  splitPositive(b, b.abs(x), r, rest);
  splitPositive(b, b.abs(y), s, ey);
  rest = b.sub(rest, ey);
  auto isBelow = b.cmp(Predicate::Lt, b.abs(x), b.abs(y));
  Value state[] = {reduceOnce(b, r, s), b.maximum(rest, b.integer(rest, 0))};
  // A dividend whose exponent is the smaller one is caught by isBelow; its state is not used.
  b.repeat(42, state, 2, [&](Value *v) {
    auto places = b.minimum(v[1], b.integer(v[1], 50));
    v[0] = reduceOnce(b, b.mul(v[0], powerOfTwo(b, places)), s);
    v[1] = b.sub(v[1], places);
  });
  auto half = b.shr(ey, 1u);
  auto scaled = b.mul(b.mul(state[0], powerOfTwo(b, half)), powerOfTwo(b, b.sub(ey, half)));
  return finishRemainder(b, x, y, b.select(isBelow, b.abs(x), scaled));
}

} // namespace dlc::scalar

#endif // DLC_DIALECTS_DLC_SCALAR_REMAINDER_H
