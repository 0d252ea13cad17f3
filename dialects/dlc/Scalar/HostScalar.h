//===- HostScalar.h - One element on the host -----------------------------===//
//
// `Scalar` is one element of a tensor as the interpreter holds it; `HostScalarBuilder` computes on scalars by the rules
// of numerics N1. The arithmetic here is the definition; IRScalarBuilder.h emits code with the same bits. Neither LLVM
// nor MLIR is known here.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_DIALECTS_DLC_SCALAR_HOSTSCALAR_H
#define DLC_DIALECTS_DLC_SCALAR_HOSTSCALAR_H

#include "dialects/dlc/Scalar/Predicate.h"
#include "lib/Runtime/DType.h"

#include <cassert>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace dlc::scalar {

/// One element. Integers are kept extended to 64 bits by their signedness, bool as 0 or 1, f8, f16, bf16 and complex
/// numbers as their bits, those of c128 in `u` and `high`; `type` says which member is alive.
struct Scalar {
  DType type = DType::Bool;
  union {
    int64_t i;
    uint64_t u;
    float f32;
    double f64;
  };
  uint64_t high = 0; ///< The imaginary part of a c128.

  Scalar() : u(0) {}
  static Scalar ofBool(bool value) { return ofBits(DType::Bool, value); }
  static Scalar ofFloat(float value) {
    Scalar s;
    s.type = DType::F32;
    s.f32 = value;
    return s;
  }
  static Scalar ofDouble(double value) {
    Scalar s;
    s.type = DType::F64;
    s.f64 = value;
    return s;
  }
  /// An integer of `type`, wrapped to its width.
  static Scalar ofInteger(DType type, uint64_t value);
  /// The element whose bits are the low bits of `bits`; of signed types, sign-extended here.
  static Scalar ofBits(DType type, uint64_t bits);

  /// The parts, which have one type, as a complex number.
  static Scalar ofParts(Scalar re, Scalar im);
  Scalar real() const;
  Scalar imag() const;

  bool asBool() const { return u != 0; }
  /// The element's bytes, zero-extended; of a c128 the real part's.
  uint64_t bits() const;
  /// The nearest f64 of any non-complex element (exact but for 64-bit integers).
  double toDouble() const;
};

/// Reads the element of `type` at `memory` (any alignment).
Scalar load(DType type, const void *memory);
/// Writes `value` to `memory` as its type; NaNs keep their bits.
void store(Scalar value, void *memory);

/// f32 of f8, f16 and bf16 bits (exact) and back (one rounding, to nearest even; any NaN becomes the canonical one).
/// What is too large becomes NaN in f8e4m3, which has no infinities.
float widenE4M3(uint8_t bits);
uint8_t narrowToE4M3(float value);
float widenE5M2(uint8_t bits);
uint8_t narrowToE5M2(float value);
float widenF16(uint16_t bits);
uint16_t narrowToF16(float value);
float widenBF16(uint16_t bits);
uint16_t narrowToBF16(float value);

/// The scalar operations over host values. Stateless; every operation rounds once to its result type; f16 and bf16
/// compute in f32 and round once. Operands of one operation have one type; comparisons give Bool.
class HostScalarBuilder {
public:
  using Value = Scalar;

  DType dtype(Value x) const { return x.type; }

  /// `value` rounded once to the type of `like` (integers: must be representable).
  Value constant(Value like, double value) const;
  /// An integer of the type of `like`, wrapped.
  Value integer(Value like, int64_t value) const { return Scalar::ofInteger(like.type, static_cast<uint64_t>(value)); }
  Value boolean(Value like, bool value) const { return Scalar::ofBool(value); }

  /// Of complex numbers, as sub and neg, by parts.
  Value add(Value a, Value b) const {
    return arith(a, b, [](auto x, auto y) { return x + y; });
  }
  Value sub(Value a, Value b) const {
    return arith(a, b, [](auto x, auto y) { return x - y; });
  }
  Value mul(Value a, Value b) const {
    return arith(a, b, [](auto x, auto y) { return x * y; });
  }
  /// Floats: correctly rounded. Integers: truncates; x / 0 is 0, lowest / -1 wraps.
  Value div(Value a, Value b) const;
  /// The remainder with the dividend's sign, exact. Floats: of 0 or by 0 as fmod. Integers: x rem 0 is 0.
  Value rem(Value a, Value b) const;
  Value neg(Value x) const;
  Value abs(Value x) const;
  /// a * b + c, rounded once (f16 and bf16: once to f32, then to their type).
  Value fma(Value a, Value b, Value c) const;
  Value sqrt(Value x) const;
  Value floor(Value x) const;
  Value ceil(Value x) const;
  Value trunc(Value x) const;
  Value roundEven(Value x) const;
  /// The magnitude of `a` with the sign of `b`.
  Value copysign(Value a, Value b) const;
  /// NaN if an operand is NaN; -0 is below +0. Of bool, or and and.
  Value maximum(Value a, Value b) const;
  Value minimum(Value a, Value b) const;

  Value bitAnd(Value a, Value b) const { return Scalar::ofInteger(a.type, a.u & b.u); }
  Value bitOr(Value a, Value b) const { return Scalar::ofInteger(a.type, a.u | b.u); }
  Value bitXor(Value a, Value b) const { return Scalar::ofInteger(a.type, a.u ^ b.u); }
  Value bitNot(Value x) const { return Scalar::ofInteger(x.type, ~x.u); }
  /// Shifts take the count modulo the width; shr is arithmetic for signed types, logical for unsigned ones.
  Value shl(Value a, Value count) const;
  Value shr(Value a, Value count) const;
  Value shl(Value a, unsigned count) const { return Scalar::ofInteger(a.type, a.u << count); }
  Value shr(Value a, unsigned count) const {
    return Scalar::ofInteger(a.type, isSignedInt(a.type) ? static_cast<uint64_t>(a.i >> count) : a.u >> count);
  }

  Value cmp(Predicate predicate, Value a, Value b) const;
  /// `a` where the Bool `condition` holds, else `b`.
  Value select(Value condition, Value a, Value b) const { return condition.asBool() ? a : b; }
  /// The element of `type`, of the same width, with the bits of `x` (NaNs as they are: see scalar::bitcast).
  Value bitcast(Value x, DType type) const {
    if (x.type == DType::F32 || x.type == DType::F64)
      return Scalar::ofBits(type, x.bits());
    return Scalar::ofBits(type, x.u);
  }
  /// Converts by N1: one rounding from the source type; float to integer truncates and saturates, NaN gives 0; to Bool
  /// is x != 0.
  Value cast(Value x, DType type) const;
  Value real(Value x) const { return x.real(); }
  Value imag(Value x) const { return x.imag(); }
  Value complex(Value re, Value im) const { return Scalar::ofParts(re, im); }
  Value isNaN(Value x) const { return cmp(Predicate::Uno, x, x); }
  Value isInf(Value x) const;
  Value isFinite(Value x) const;

  /// If `condition` holds, replaces `values[0, n)` by what `slow` makes of them.
  template <class Slow> void rare(Value condition, Value *values, unsigned n, Slow slow) const {
    if (condition.asBool())
      slow(values);
  }
  /// Applies `step` to `values[0, n)` in place `count` times.
  template <class Step> void repeat(int64_t count, Value *values, unsigned n, Step step) const {
    for (int64_t k = 0; k < count; ++k)
      step(values);
  }

private:
  template <class F> static Value unary(Value x, F f);
  template <class F> static Value arith(Value a, Value b, F f) {
    assert(a.type == b.type && "operands of one operation have one type");
    switch (a.type) {
    case DType::F32:
      return Scalar::ofFloat(f(a.f32, b.f32));
    case DType::F64:
      return Scalar::ofDouble(f(a.f64, b.f64));
    case DType::F16:
    case DType::BF16:
      return narrow(f(widen(a), widen(b)), a.type);
    case DType::C64:
    case DType::C128:
      return Scalar::ofParts(arith(a.real(), b.real(), f), arith(a.imag(), b.imag(), f));
    default:
      return Scalar::ofInteger(a.type, f(a.u, b.u));
    }
  }
  static float widen(Value x);
  static Value narrow(float value, DType type);
};

inline Scalar Scalar::ofInteger(DType type, uint64_t value) {
  Scalar s;
  s.type = type;
  switch (type) {
  case DType::Bool:
    s.u = value & 1;
    break;
  case DType::I4:
    s.i = static_cast<int8_t>(value << 4) >> 4;
    break;
  case DType::U4:
    s.u = value & 15;
    break;
  case DType::I8:
    s.i = static_cast<int8_t>(value);
    break;
  case DType::I16:
    s.i = static_cast<int16_t>(value);
    break;
  case DType::I32:
    s.i = static_cast<int32_t>(value);
    break;
  case DType::U8:
  case DType::F8E4M3:
  case DType::F8E5M2:
    s.u = static_cast<uint8_t>(value);
    break;
  case DType::U16:
  case DType::F16:
  case DType::BF16:
    s.u = static_cast<uint16_t>(value);
    break;
  case DType::U32:
    s.u = static_cast<uint32_t>(value);
    break;
  default:
    s.u = value;
    break;
  }
  return s;
}

inline Scalar Scalar::ofBits(DType type, uint64_t bits) {
  if (type == DType::F32) {
    Scalar s;
    s.type = type;
    uint32_t low = static_cast<uint32_t>(bits);
    std::memcpy(&s.f32, &low, sizeof low);
    return s;
  }
  return ofInteger(type, bits);
}

inline uint64_t Scalar::bits() const {
  if (type == DType::F32) {
    uint32_t low;
    std::memcpy(&low, &f32, sizeof low);
    return low;
  }
  uint32_t unused = type == DType::C128 ? 0 : 64 - 8 * byteWidth(type);
  return u << unused >> unused;
}

} // namespace dlc::scalar

#endif // DLC_DIALECTS_DLC_SCALAR_HOSTSCALAR_H
