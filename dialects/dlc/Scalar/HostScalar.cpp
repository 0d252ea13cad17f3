//===- HostScalar.cpp - One element on the host ---------------------------===//
//
// The operations of HostScalarBuilder that are not one instruction. Written to be read as the rules of numerics N1;
// must be built with -ffp-contract=off.
//
//===----------------------------------------------------------------------===//
#include "dialects/dlc/Scalar/HostScalar.h"

namespace dlc::scalar {

static uint32_t bitsOf(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

static float floatOf(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

Scalar Scalar::ofParts(Scalar re, Scalar im) {
  Scalar s;
  if (re.type == DType::F32) {
    s.type = DType::C64;
    s.u = re.bits() | im.bits() << 32;
    return s;
  }
  assert(re.type == DType::F64 && "parts are f32 or f64");
  s.type = DType::C128;
  s.u = re.bits();
  s.high = im.bits();
  return s;
}

Scalar Scalar::real() const { return type == DType::C64 ? ofBits(DType::F32, u & 0xffffffff) : ofBits(DType::F64, u); }
Scalar Scalar::imag() const { return type == DType::C64 ? ofBits(DType::F32, u >> 32) : ofBits(DType::F64, high); }

Scalar load(DType type, const void *memory) {
  if (type == DType::C128) {
    Scalar s;
    s.type = type;
    std::memcpy(&s.u, memory, sizeof s.u);
    std::memcpy(&s.high, static_cast<const char *>(memory) + sizeof s.u, sizeof s.high);
    return s;
  }
  uint64_t bits = 0;
  std::memcpy(&bits, memory, byteWidth(type));
  return type == DType::Bool ? Scalar::ofBool(bits != 0) : Scalar::ofBits(type, bits);
}

void store(Scalar value, void *memory) {
  uint64_t words[] = {value.bits(), value.high};
  std::memcpy(memory, words, byteWidth(value.type));
}

double Scalar::toDouble() const {
  switch (type) {
  case DType::F32:
    return f32;
  case DType::F64:
    return f64;
  case DType::F16:
    return widenF16(static_cast<uint16_t>(u));
  case DType::BF16:
    return widenBF16(static_cast<uint16_t>(u));
  case DType::F8E4M3:
    return widenE4M3(static_cast<uint8_t>(u));
  case DType::F8E5M2:
    return widenE5M2(static_cast<uint8_t>(u));
  default:
    return isSignedInt(type) ? static_cast<double>(i) : static_cast<double>(u);
  }
}

float widenBF16(uint16_t bits) { return floatOf(static_cast<uint32_t>(bits) << 16); }

uint16_t narrowToBF16(float value) {
  if (std::isnan(value))
    return 0x7fc0;
  uint32_t bits = bitsOf(value);
  return static_cast<uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

float widenF16(uint16_t bits) {
  uint32_t sign = static_cast<uint32_t>(bits & 0x8000) << 16;
  uint32_t exponent = bits >> 10 & 31, fraction = bits & 1023;
  if (exponent == 31)
    return floatOf(sign | 0x7f800000 | fraction << 13);
  if (exponent == 0)
    return std::copysign(static_cast<float>(fraction) * 0x1p-24f, floatOf(sign | 0x3f800000));
  return floatOf(sign | (exponent + 112) << 23 | fraction << 13);
}

uint16_t narrowToF16(float value) {
  if (std::isnan(value))
    return 0x7e00;
  uint16_t sign = static_cast<uint16_t>(bitsOf(value) >> 16 & 0x8000);
  float magnitude = std::fabs(value);
  if (magnitude >= 65520.0f)
    return sign | 0x7c00;
  // Below the normal numbers one unit is 2^-24: round to it; a carry into the normal numbers is a right answer too.
  if (magnitude < 0x1p-14f)
    return sign | static_cast<uint16_t>(std::nearbyint(magnitude * 0x1p24f));
  uint32_t bits = bitsOf(magnitude);
  return sign | static_cast<uint16_t>((bits + 0xfff + (bits >> 13 & 1) - (112u << 23)) >> 13);
}

float widenE4M3(uint8_t bits) {
  uint32_t exponent = bits >> 3 & 15, fraction = bits & 7;
  if ((bits & 0x7f) == 0x7f)
    return floatOf(0x7fc00000);
  float magnitude =
      exponent == 0 ? static_cast<float>(fraction) * 0x1p-9f : floatOf((exponent + 120) << 23 | fraction << 20);
  return bits & 0x80 ? -magnitude : magnitude;
}

uint8_t narrowToE4M3(float value) {
  uint8_t sign = static_cast<uint8_t>(bitsOf(value) >> 24 & 0x80);
  float magnitude = std::fabs(value);
  if (!(magnitude <= 464.0f)) // halfway between 448, the largest number, and the next one would be
    return 0x7f;
  if (magnitude < 0x1p-6f)
    return sign | static_cast<uint8_t>(std::nearbyint(magnitude * 0x1p9f));
  uint32_t bits = bitsOf(magnitude);
  return sign | static_cast<uint8_t>((bits + 0x7ffff + (bits >> 20 & 1) - (120u << 23)) >> 20);
}

float widenE5M2(uint8_t bits) { return widenF16(static_cast<uint16_t>(bits << 8)); }

uint8_t narrowToE5M2(float value) {
  if (std::isnan(value))
    return 0x7e;
  uint8_t sign = static_cast<uint8_t>(bitsOf(value) >> 24 & 0x80);
  float magnitude = std::fabs(value);
  if (magnitude >= 61440.0f)
    return sign | 0x7c;
  if (magnitude < 0x1p-14f)
    return sign | static_cast<uint8_t>(std::nearbyint(magnitude * 0x1p16f));
  uint32_t bits = bitsOf(magnitude);
  return sign | static_cast<uint8_t>((bits + 0xfffff + (bits >> 21 & 1) - (112u << 23)) >> 21);
}

/// f32 of `value` with the last bit set if inexact and rounded towards zero ("to odd"): rounding that on to a type with
/// at least two bits less gives the direct rounding of `value`.
static float roundToOdd(double value) {
  float nearest = static_cast<float>(value);
  double back = nearest;
  uint32_t bits = bitsOf(nearest);
  if (std::isnan(value) || back == value || bits & 1)
    return nearest;
  return floatOf(std::fabs(back) > std::fabs(value) ? bits - 1 : bits + 1);
}

float HostScalarBuilder::widen(Value x) {
  assert(isFloat(x.type) && x.type != DType::F64 && "a float that f32 holds");
  return static_cast<float>(x.toDouble());
}

Scalar HostScalarBuilder::narrow(float value, DType type) {
  switch (type) {
  case DType::F8E4M3:
    return Scalar::ofBits(type, narrowToE4M3(value));
  case DType::F8E5M2:
    return Scalar::ofBits(type, narrowToE5M2(value));
  case DType::F16:
    return Scalar::ofBits(type, narrowToF16(value));
  default:
    assert(type == DType::BF16 && "a float that f32 rounds to");
    return Scalar::ofBits(type, narrowToBF16(value));
  }
}

Scalar HostScalarBuilder::constant(Value like, double value) const {
  if (like.type == DType::F64)
    return Scalar::ofDouble(value);
  if (like.type == DType::F32)
    return Scalar::ofFloat(static_cast<float>(value));
  return cast(Scalar::ofDouble(value), like.type);
}

template <class F> Scalar HostScalarBuilder::unary(Value x, F f) {
  switch (x.type) {
  case DType::F32:
    return Scalar::ofFloat(f(x.f32));
  case DType::F64:
    return Scalar::ofDouble(f(x.f64));
  default:
    return narrow(f(widen(x)), x.type);
  }
}

Scalar HostScalarBuilder::sqrt(Value x) const {
  return unary(x, [](auto v) { return std::sqrt(v); });
}
Scalar HostScalarBuilder::floor(Value x) const {
  return unary(x, [](auto v) { return std::floor(v); });
}
Scalar HostScalarBuilder::ceil(Value x) const {
  return unary(x, [](auto v) { return std::ceil(v); });
}
Scalar HostScalarBuilder::trunc(Value x) const {
  return unary(x, [](auto v) { return std::trunc(v); });
}
Scalar HostScalarBuilder::roundEven(Value x) const {
  return unary(x, [](auto v) { return std::nearbyint(v); });
}

Scalar HostScalarBuilder::div(Value a, Value b) const {
  if (isFloat(a.type))
    return arith(a, b, [](auto x, auto y) { return x / y; });
  if (b.u == 0)
    return integer(a, 0);
  if (!isSignedInt(a.type))
    return Scalar::ofInteger(a.type, a.u / b.u);
  return b.i == -1 ? neg(a) : Scalar::ofInteger(a.type, static_cast<uint64_t>(a.i / b.i));
}

Scalar HostScalarBuilder::rem(Value a, Value b) const {
  if (a.type == DType::F64)
    return Scalar::ofDouble(std::fmod(a.f64, b.f64));
  if (a.type == DType::F32)
    return Scalar::ofFloat(std::fmod(a.f32, b.f32));
  if (isFloat(a.type))
    return narrow(std::fmod(widen(a), widen(b)), a.type);
  if (b.u == 0 || (isSignedInt(a.type) && b.i == -1))
    return integer(a, 0);
  return Scalar::ofInteger(a.type, isSignedInt(a.type) ? static_cast<uint64_t>(a.i % b.i) : a.u % b.u);
}

Scalar HostScalarBuilder::neg(Value x) const {
  switch (x.type) {
  case DType::F32:
    return Scalar::ofFloat(-x.f32);
  case DType::F64:
    return Scalar::ofDouble(-x.f64);
  case DType::F16:
  case DType::BF16:
    return Scalar::ofBits(x.type, x.u ^ 0x8000);
  case DType::C64:
  case DType::C128:
    return Scalar::ofParts(neg(x.real()), neg(x.imag()));
  default:
    return Scalar::ofInteger(x.type, -x.u);
  }
}

Scalar HostScalarBuilder::abs(Value x) const {
  switch (x.type) {
  case DType::F32:
    return Scalar::ofFloat(std::fabs(x.f32));
  case DType::F64:
    return Scalar::ofDouble(std::fabs(x.f64));
  case DType::F16:
  case DType::BF16:
    return Scalar::ofBits(x.type, x.u & 0x7fff);
  default:
    return isSignedInt(x.type) && x.i < 0 ? neg(x) : x;
  }
}

Scalar HostScalarBuilder::fma(Value a, Value b, Value c) const {
  switch (a.type) {
  case DType::F32:
    return Scalar::ofFloat(std::fma(a.f32, b.f32, c.f32));
  case DType::F64:
    return Scalar::ofDouble(std::fma(a.f64, b.f64, c.f64));
  case DType::F16:
  case DType::BF16:
    return narrow(std::fma(widen(a), widen(b), widen(c)), a.type);
  default:
    return Scalar::ofInteger(a.type, a.u * b.u + c.u);
  }
}

Scalar HostScalarBuilder::copysign(Value a, Value b) const {
  switch (a.type) {
  case DType::F32:
    return Scalar::ofFloat(std::copysign(a.f32, b.f32));
  case DType::F64:
    return Scalar::ofDouble(std::copysign(a.f64, b.f64));
  default:
    return Scalar::ofBits(a.type, (a.u & 0x7fff) | (b.u & 0x8000));
  }
}

Scalar HostScalarBuilder::maximum(Value a, Value b) const {
  if (!isFloat(a.type))
    return cmp(Predicate::Lt, a, b).asBool() ? b : a;
  if (isNaN(a).asBool() || isNaN(b).asBool())
    return isNaN(a).asBool() ? a : b;
  if (cmp(Predicate::Eq, a, b).asBool())
    return std::signbit(a.toDouble()) ? b : a;
  return cmp(Predicate::Lt, a, b).asBool() ? b : a;
}

Scalar HostScalarBuilder::minimum(Value a, Value b) const {
  if (!isFloat(a.type))
    return cmp(Predicate::Lt, b, a).asBool() ? b : a;
  if (isNaN(a).asBool() || isNaN(b).asBool())
    return isNaN(a).asBool() ? a : b;
  if (cmp(Predicate::Eq, a, b).asBool())
    return std::signbit(a.toDouble()) ? a : b;
  return cmp(Predicate::Lt, b, a).asBool() ? b : a;
}

Scalar HostScalarBuilder::shl(Value a, Value count) const {
  return shl(a, static_cast<unsigned>(count.u & (8 * byteWidth(a.type) - 1)));
}

Scalar HostScalarBuilder::shr(Value a, Value count) const {
  return shr(a, static_cast<unsigned>(count.u & (8 * byteWidth(a.type) - 1)));
}

template <class T> static bool compare(Predicate predicate, T a, T b) {
  switch (predicate) {
  case Predicate::Eq:
    return a == b;
  case Predicate::Ne:
    return a != b;
  case Predicate::Lt:
    return a < b;
  case Predicate::Le:
    return a <= b;
  case Predicate::Gt:
    return a > b;
  case Predicate::Ge:
    return a >= b;
  case Predicate::UEq:
    return !(a < b || a > b);
  case Predicate::ONe:
    return a < b || a > b;
  case Predicate::ULt:
    return !(a >= b);
  case Predicate::ULe:
    return !(a > b);
  case Predicate::UGt:
    return !(a <= b);
  case Predicate::UGe:
    return !(a < b);
  case Predicate::Ord:
    return a == a && b == b;
  case Predicate::Uno:
    return a != a || b != b;
  }
  return false;
}

Scalar HostScalarBuilder::cmp(Predicate predicate, Value a, Value b) const {
  assert(a.type == b.type && "operands of one operation have one type");
  if (a.type == DType::F32)
    return Scalar::ofBool(compare(predicate, a.f32, b.f32));
  if (a.type == DType::F64)
    return Scalar::ofBool(compare(predicate, a.f64, b.f64));
  if (isFloat(a.type))
    return Scalar::ofBool(compare(predicate, widen(a), widen(b)));
  if (isSignedInt(a.type))
    return Scalar::ofBool(compare(predicate, a.i, b.i));
  return Scalar::ofBool(compare(predicate, a.u, b.u));
}

Scalar HostScalarBuilder::isInf(Value x) const { return Scalar::ofBool(isFloat(x.type) && std::isinf(x.toDouble())); }

Scalar HostScalarBuilder::isFinite(Value x) const {
  return Scalar::ofBool(!isFloat(x.type) || std::isfinite(x.toDouble()));
}

/// Truncates and saturates `value` to the integer `type`; NaN gives 0.
static Scalar floatToInteger(double value, DType type) {
  if (std::isnan(value))
    return Scalar::ofInteger(type, 0);
  unsigned width = bitWidth(type);
  bool isSigned = isSignedInt(type);
  double bound = std::ldexp(1.0, static_cast<int>(isSigned ? width - 1 : width));
  uint64_t largest = ~uint64_t(0) >> (64 - width + isSigned);
  if (value >= bound)
    return Scalar::ofInteger(type, largest);
  if (isSigned)
    return Scalar::ofInteger(type, value < -bound ? ~largest : static_cast<uint64_t>(static_cast<int64_t>(value)));
  return Scalar::ofInteger(type, value <= 0 ? 0 : static_cast<uint64_t>(value));
}

/// An f64 that rounds to f16, bf16 and f32 as the 64-bit integer `x` itself does: exact below 2^53, else to odd.
static double integerToOdd(Scalar x) {
  if (isSignedInt(x.type)) {
    if (x.i < (int64_t(1) << 53) && x.i > -(int64_t(1) << 53))
      return static_cast<double>(x.i);
    return static_cast<double>(x.i >> 12 | ((x.i & 0xfff) != 0)) * 4096.0;
  }
  if (x.u < uint64_t(1) << 53)
    return static_cast<double>(x.u);
  return static_cast<double>(x.u >> 12 | ((x.u & 0xfff) != 0)) * 4096.0;
}

Scalar HostScalarBuilder::cast(Value x, DType type) const {
  if (x.type == type)
    return x;
  if (isComplex(type)) {
    DType part = partOf(type);
    return isComplex(x.type) ? Scalar::ofParts(cast(x.real(), part), cast(x.imag(), part))
                             : Scalar::ofParts(cast(x, part), cast(Scalar::ofBool(false), part));
  }
  assert(!isComplex(x.type) && "a complex number has no one part");
  if (type == DType::Bool)
    return isFloat(x.type) ? Scalar::ofBool(!(x.toDouble() == 0)) : Scalar::ofBool(x.u != 0);
  if (!isFloat(type)) {
    if (isFloat(x.type))
      return floatToInteger(x.toDouble(), type);
    return Scalar::ofInteger(type, x.u);
  }
  if (type == DType::F64)
    return Scalar::ofDouble(x.toDouble());
  double value = isFloat(x.type) ? x.toDouble() : integerToOdd(x);
  if (type == DType::F32)
    return Scalar::ofFloat(static_cast<float>(value));
  return narrow(roundToOdd(value), type);
}

} // namespace dlc::scalar
