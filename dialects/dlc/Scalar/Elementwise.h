//===- Elementwise.h - The ordinary elementwise ops -----------------------===//
//
// The scalar payload of every elementwise op that is not a function of numerics N2, so that a dialect row only names a
// template: builder operations under their op's name, and the few that are several of them.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_DIALECTS_DLC_SCALAR_ELEMENTWISE_H
#define DLC_DIALECTS_DLC_SCALAR_ELEMENTWISE_H

#include "dialects/dlc/Scalar/Complex.h"
#include "dialects/dlc/Scalar/Program.h"

namespace dlc::scalar {

template <class B> typename B::Value add(B &b, typename B::Value x, typename B::Value y) { return b.add(x, y); }
template <class B> typename B::Value sub(B &b, typename B::Value x, typename B::Value y) { return b.sub(x, y); }
template <class B> typename B::Value mul(B &b, typename B::Value x, typename B::Value y) {
  return isComplex(b.dtype(x)) ? joined(b, product(partsOf(b, x), partsOf(b, y))) : b.mul(x, y);
}
template <class B> typename B::Value div(B &b, typename B::Value x, typename B::Value y) {
  return isComplex(b.dtype(x)) ? joined(b, quotient(partsOf(b, x), partsOf(b, y))) : b.div(x, y);
}
template <class B> typename B::Value rem(B &b, typename B::Value x, typename B::Value y) { return b.rem(x, y); }
template <class B> typename B::Value max(B &b, typename B::Value x, typename B::Value y) { return b.maximum(x, y); }
template <class B> typename B::Value min(B &b, typename B::Value x, typename B::Value y) { return b.minimum(x, y); }
template <class B> typename B::Value bitAnd(B &b, typename B::Value x, typename B::Value y) { return b.bitAnd(x, y); }
template <class B> typename B::Value bitOr(B &b, typename B::Value x, typename B::Value y) { return b.bitOr(x, y); }
template <class B> typename B::Value bitXor(B &b, typename B::Value x, typename B::Value y) { return b.bitXor(x, y); }
template <class B> typename B::Value bitNot(B &b, typename B::Value x) { return b.bitNot(x); }
template <class B> typename B::Value shl(B &b, typename B::Value x, typename B::Value n) { return b.shl(x, n); }
template <class B> typename B::Value shr(B &b, typename B::Value x, typename B::Value n) { return b.shr(x, n); }
template <class B> typename B::Value fma(B &b, typename B::Value x, typename B::Value y, typename B::Value z) {
  return b.fma(x, y, z);
}
template <class B> typename B::Value neg(B &b, typename B::Value x) { return b.neg(x); }
template <class B> typename B::Value abs(B &b, typename B::Value x) { return b.abs(x); }
template <class B> typename B::Value sqrt(B &b, typename B::Value x) { return b.sqrt(x); }
template <class B> typename B::Value floor(B &b, typename B::Value x) { return b.floor(x); }
template <class B> typename B::Value ceil(B &b, typename B::Value x) { return b.ceil(x); }
template <class B> typename B::Value trunc(B &b, typename B::Value x) { return b.trunc(x); }
/// Half to even.
template <class B> typename B::Value round(B &b, typename B::Value x) { return b.roundEven(x); }
template <class B> typename B::Value isNaN(B &b, typename B::Value x) { return b.isNaN(x); }
template <class B> typename B::Value isInf(B &b, typename B::Value x) { return b.isInf(x); }
template <class B> typename B::Value isFinite(B &b, typename B::Value x) { return b.isFinite(x); }
/// Complex numbers are equal if both parts are, and have no order.
template <class B> typename B::Value compare(B &b, Predicate p, typename B::Value x, typename B::Value y) {
  if (!isComplex(b.dtype(x)))
    return b.cmp(p, x, y);
  auto re = b.cmp(p, b.real(x), b.real(y)), im = b.cmp(p, b.imag(x), b.imag(y));
  return p == Predicate::Eq ? b.bitAnd(re, im) : b.bitOr(re, im);
}
template <class B> typename B::Value select(B &b, typename B::Value c, typename B::Value x, typename B::Value y) {
  return b.select(c, x, y);
}
template <class B> typename B::Value cast(B &b, typename B::Value x, DType type) { return b.cast(x, type); }

/// 1 / sqrt(x), two roundings.
template <class B> typename B::Value rsqrt(B &b, typename B::Value x) {
  return overFloat(b, x, [](Term<B> t) { return 1.0 / squareRoot(t); });
}

/// select(x <= 0, 0, x): NaN stays, -0 becomes +0.
template <class B> typename B::Value relu(B &b, typename B::Value x) {
  auto zero = b.constant(x, 0.0);
  return b.select(b.cmp(Predicate::Le, x, zero), zero, x);
}

/// -1, 1, or x itself where it is zero or NaN.
template <class B> typename B::Value sign(B &b, typename B::Value x) {
  auto zero = b.constant(x, 0.0), one = b.constant(x, 1.0);
  auto positive = b.select(b.cmp(Predicate::Gt, x, zero), one, x);
  if (!isFloat(b.dtype(x)) && !isSignedInt(b.dtype(x)))
    return positive;
  return b.select(b.cmp(Predicate::Lt, x, zero), b.constant(x, -1.0), positive);
}

/// min(max(x, low), high).
template <class B> typename B::Value clamp(B &b, typename B::Value low, typename B::Value x, typename B::Value high) {
  return b.minimum(b.maximum(x, low), high);
}

/// The bits of `x` as `type`; from float to integer NaNs become the canonical quiet NaN (numerics N1).
template <class B> typename B::Value bitcast(B &b, typename B::Value x, DType type) {
  DType from = b.dtype(x);
  if (!isFloat(from) || isFloat(type))
    return b.bitcast(x, type);
  if (from != DType::F32 && from != DType::F64)
    return b.bitcast(b.select(b.isNaN(x), b.constant(x, NAN), x), type);
  // As integers: to LLVM one NaN is as good as another, and it may leave out a choice between them.
  auto bits = b.bitcast(x, formatOf(from).bits);
  auto quiet = b.integer(bits, from == DType::F32 ? 0x7fc00000 : 0x7ff8000000000000);
  return b.bitcast(b.select(b.isNaN(x), quiet, bits), type);
}

} // namespace dlc::scalar

#endif // DLC_DIALECTS_DLC_SCALAR_ELEMENTWISE_H
