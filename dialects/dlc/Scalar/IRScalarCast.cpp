//===- IRScalarCast.cpp - Conversions as IR -------------------------------===//
//
// The casts of numerics N1. Narrowing to f8 and bf16, and float to integer, are integer sequences: as single ops they
// would be library calls or undefined (N10). f16 has instructions on every target.
//
//===----------------------------------------------------------------------===//
#include "dialects/dlc/Scalar/IRScalarBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace dlc::scalar {

IRScalar IRScalarBuilder::widen(Value x) const {
  switch (x.type) {
  case DType::F8E4M3:
    return widenE4M3(x);
  case DType::F8E5M2: // the upper half of an f16
    return widenF16(bitcast(shl(resize(bitcast(x, DType::U8), DType::U16), 8u), DType::F16));
  case DType::F16:
    return widenF16(x);
  case DType::BF16:
    return bitcast(shl(resize(bitcast(x, DType::U16), DType::U32), 16u), DType::F32);
  default:
    return x;
  }
}

/// The type of MLIR's f16 with the lanes of `like`.
static Type halfLike(mlir::Value like) {
  Type half = Float16Type::get(like.getContext());
  if (auto vector = dyn_cast<VectorType>(like.getType()))
    return VectorType::get(vector.getShape(), half, vector.getScalableDims());
  return half;
}

IRScalar IRScalarBuilder::widenF16(Value x) const {
  mlir::Value number = arith::BitcastOp::create(builder, loc, halfLike(x.value), x.value);
  return {arith::ExtFOp::create(builder, loc, typeLike(x.value, DType::F32), number), DType::F32};
}

IRScalar IRScalarBuilder::widenE4M3(Value x) const {
  Value bits = resize(bitcast(x, DType::U8), DType::U32), magnitude = bitAnd(bits, integer(bits, 0x7f));
  // Exponent and fraction in their places, subnormals included; the product makes up for the other bias.
  Value number = bitcast(shl(magnitude, 20u), DType::F32);
  Value scaled = bitcast(mul(number, constant(number, 0x1p120)), DType::U32);
  Value sign = shl(bitXor(bits, magnitude), 24u);
  Value isNaN = cmp(Predicate::Eq, magnitude, integer(bits, 0x7f));
  return bitcast(select(isNaN, integer(bits, 0x7fc00000), bitOr(scaled, sign)), DType::F32);
}

IRScalar IRScalarBuilder::narrow(Value x, DType type) const {
  switch (type) {
  case DType::F8E4M3:
  case DType::F8E5M2:
    return narrowToF8(x, type);
  case DType::F16:
    return narrowToF16(x);
  case DType::BF16:
    return narrowToBF16(x);
  default:
    return x;
  }
}

IRScalar IRScalarBuilder::narrowToF8(Value x, DType type) const {
  bool hasInfinity = type == DType::F8E5M2;
  unsigned dropped = hasInfinity ? 21 : 20;                // bits of an f32's fraction
  int64_t rebias = int64_t(hasInfinity ? 112 : 120) << 23; // of the exponent
  Value magnitude = abs(x), bits = bitcast(magnitude, DType::U32);
  Value sign = bitXor(bitcast(x, DType::U32), bits);
  // Below the normal numbers one unit is 2^-16 or 2^-9, which is the last place of `base`: the addition rounds.
  Value base = constant(x, hasInfinity ? 0x1p7 : 0x1p14), least = constant(x, hasInfinity ? 0x1p-14 : 0x1p-6);
  Value small = sub(bitcast(add(magnitude, base), DType::U32), bitcast(base, DType::U32));
  Value odd = bitAnd(shr(bits, dropped), integer(bits, 1));
  int64_t half = (int64_t(1) << (dropped - 1)) - 1;
  Value normal = shr(add(bits, add(odd, integer(bits, half - rebias))), dropped);
  Value result = select(cmp(Predicate::Lt, magnitude, least), small, normal);
  if (hasInfinity)
    result = select(cmp(Predicate::Ge, magnitude, constant(x, 61440.0)), integer(bits, 0x7c), result);
  result = bitOr(result, shr(sign, 24u));
  Value isNaN = hasInfinity ? this->isNaN(x) : cmp(Predicate::UGt, magnitude, constant(x, 464.0));
  result = select(isNaN, integer(bits, hasInfinity ? 0x7e : 0x7f), result);
  return bitcast(resize(result, DType::U8), type);
}

IRScalar IRScalarBuilder::narrowToBF16(Value x) const {
  Value bits = bitcast(x, DType::U32);
  Value odd = bitAnd(shr(bits, 16u), integer(bits, 1));
  Value rounded = shr(add(bits, add(odd, integer(bits, 0x7fff))), 16u);
  Value result = select(isNaN(x), integer(bits, 0x7fc0), rounded);
  return bitcast(resize(result, DType::U16), DType::BF16);
}

IRScalar IRScalarBuilder::narrowToF16(Value x) const {
  Type half = halfLike(x.value);
  Value rounded{arith::BitcastOp::create(builder, loc, typeLike(x.value, DType::F16),
                                         arith::TruncFOp::create(builder, loc, half, x.value)),
                DType::F16};
  Value bits = bitcast(rounded, DType::U16);
  return bitcast(select(isNaN(x), integer(bits, 0x7e00), bits), DType::F16);
}

IRScalar IRScalarBuilder::roundToOdd(Value x) const {
  Value nearest{arith::TruncFOp::create(builder, loc, typeLike(x.value, DType::F32), x.value), DType::F32};
  Value back = cast(nearest, DType::F64), bits = bitcast(nearest, DType::U32);
  Value isOdd = cmp(Predicate::Ne, bitAnd(bits, integer(bits, 1)), integer(bits, 0));
  Value keep = bitOr(isOdd, cmp(Predicate::UEq, back, x));
  Value tooLarge = cmp(Predicate::Gt, abs(back), abs(x));
  Value moved = add(bits, select(tooLarge, integer(bits, -1), integer(bits, 1)));
  return bitcast(select(keep, bits, moved), DType::F32);
}

IRScalar IRScalarBuilder::resize(Value x, DType type) const {
  if (isFourBits(type) && x.type != type)
    return extendFourBits({resize(x, isSignedInt(type) ? DType::I8 : DType::U8).value, type});
  Type result = typeLike(x.value, type);
  unsigned from = getElementTypeOrSelf(x.value.getType()).getIntOrFloatBitWidth();
  unsigned to = getElementTypeOrSelf(result).getIntOrFloatBitWidth();
  if (from == to)
    return {x.value, type};
  if (from > to)
    return {arith::TruncIOp::create(builder, loc, result, x.value), type};
  if (isSignedInt(x.type))
    return {arith::ExtSIOp::create(builder, loc, result, x.value), type};
  return {arith::ExtUIOp::create(builder, loc, result, x.value), type};
}

IRScalar IRScalarBuilder::extendFourBits(Value x) const {
  if (x.type == DType::U4)
    return bitAnd(x, integer(x, 15));
  return shr(shl(x, 4u), 4u);
}

IRScalar IRScalarBuilder::integerToFloat(Value x, DType type) const {
  auto convert = [&](Value from, DType to) -> Value {
    Type result = typeLike(from.value, to);
    if (isSignedInt(from.type))
      return {arith::SIToFPOp::create(builder, loc, result, from.value), to};
    return {arith::UIToFPOp::create(builder, loc, result, from.value), to};
  };
  if (type == DType::F32 || type == DType::F64)
    return convert(x, type);
  if (byteWidth(x.type) <= 2)
    return narrow(convert(x, DType::F32), type);
  if (byteWidth(x.type) == 4)
    return cast(convert(x, DType::F64), type);
  // From 2^53 on, drop 12 bits and keep in the last place whether they were all zero.
  Value low = bitAnd(x, integer(x, 0xfff)), sticky = resize(cmp(Predicate::Ne, low, integer(x, 0)), x.type);
  Value odd = convert(bitOr(shr(x, 12u), sticky), DType::F64);
  Value isLarge = cmp(Predicate::Ge, abs(bitcast(x, x.type)), integer(x, int64_t(1) << 53));
  isLarge = bitOr(isLarge, cmp(Predicate::Lt, abs(x), integer(x, 0)));
  return cast(select(isLarge, mul(odd, constant(odd, 4096.0)), convert(x, DType::F64)), type);
}

IRScalar IRScalarBuilder::floatToInteger(Value x, DType type) const {
  bool isDouble = x.type == DType::F64, isSigned = isSignedInt(type);
  unsigned mantissa = isDouble ? 52 : 23, width = bitWidth(type);
  DType floatBits = isDouble ? DType::U64 : DType::U32;
  DType work = isDouble || width == 64 ? DType::U64 : DType::U32;
  DType counts = work == DType::U64 ? DType::I64 : DType::I32;
  unsigned workWidth = 8 * byteWidth(work);

  Value bits = bitcast(abs(x), floatBits);
  Value fraction = bitAnd(bits, integer(bits, (int64_t(1) << mantissa) - 1));
  Value significand = resize(bitOr(fraction, integer(bits, int64_t(1) << mantissa)), work);
  Value biased = bitcast(resize(shr(bits, mantissa), work), counts);
  Value exponent = sub(biased, integer(biased, isDouble ? 1023 : 127));
  Value left = sub(exponent, integer(exponent, mantissa)), right = sub(integer(exponent, mantissa), exponent);
  Value last = integer(exponent, workWidth - 1), zero = integer(exponent, 0);
  Value up = shl(significand, bitcast(minimum(maximum(left, zero), last), work));
  Value down = shr(significand, bitcast(minimum(maximum(right, zero), last), work));
  Value magnitude = select(cmp(Predicate::Lt, left, zero), down, up);

  uint64_t largest = ~uint64_t(0) >> (64 - width + isSigned);
  Value negative = cmp(Predicate::Lt, x, constant(x, 0.0));
  Value lowest = integer(magnitude, isSigned ? static_cast<int64_t>(~largest) : 0);
  Value limit = select(negative, lowest, integer(magnitude, static_cast<int64_t>(largest)));
  Value overflows = cmp(Predicate::Ge, exponent, integer(exponent, width - isSigned));
  Value value = select(negative, isSigned ? neg(magnitude) : integer(magnitude, 0), magnitude);
  Value result = select(isNaN(x), integer(magnitude, 0), select(overflows, limit, value));
  return resize(result, type);
}

IRScalar IRScalarBuilder::cast(Value x, DType type) const {
  if (x.type == type)
    return x;
  if (isComplex(type)) {
    Value re = cast(isComplex(x.type) ? real(x) : x, partOf(type));
    return complex(re, isComplex(x.type) ? cast(imag(x), partOf(type)) : constant(re, 0));
  }
  assert(!isComplex(x.type) && "a complex number has no one part");
  if (type == DType::Bool)
    return isFloat(x.type) ? cmp(Predicate::Ne, x, constant(x, 0.0)) : cmp(Predicate::Ne, x, integer(x, 0));
  if (!isFloat(x.type))
    return isFloat(type) ? integerToFloat(x, type) : resize(x, type);
  Value wide = widen(x);
  if (!isFloat(type))
    return floatToInteger(wide, type);
  if (type == wide.type)
    return wide;
  if (type == DType::F64)
    return {arith::ExtFOp::create(builder, loc, typeLike(wide.value, type), wide.value), type};
  if (type == DType::F32)
    return {arith::TruncFOp::create(builder, loc, typeLike(wide.value, type), wide.value), type};
  return narrow(wide.type == DType::F64 ? roundToOdd(wide) : wide, type);
}

} // namespace dlc::scalar
