//===- IRScalarBuilder.cpp - Scalar operations as IR ----------------------===//
//
// Arithmetic, comparisons and bits; conversions are in IRScalarCast.cpp. No op emitted here can be poison or undefined
// for any operand: divisors and shift counts are made safe first.
//
//===----------------------------------------------------------------------===//
#include "dialects/dlc/Scalar/IRScalarBuilder.h"
#include "dialects/dlc/Scalar/ElementAttr.h"
#include "dialects/dlc/Scalar/HostScalar.h"
#include "dialects/dlc/Scalar/Remainder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <cmath>

using namespace mlir;

namespace dlc::scalar {

Type elementType(MLIRContext *context, DType type) {
  Builder b(context);
  switch (type) {
  case DType::F32:
    return b.getF32Type();
  case DType::F64:
    return b.getF64Type();
  case DType::Bool:
    return b.getI1Type();
  default:
    return b.getIntegerType(8 * byteWidth(type));
  }
}

TypedAttr elementAttr(MLIRContext *context, DType type, double value) {
  Type element = elementType(context, type);
  if (isa<FloatType>(element))
    return FloatAttr::get(element, value);
  if (isComplex(type)) {
    auto real = cast<FloatAttr>(elementAttr(context, partOf(type), value));
    return IntegerAttr::get(element, real.getValue().bitcastToAPInt().zext(8 * byteWidth(type)));
  }
  HostScalarBuilder host;
  Scalar number = isFloat(type) ? host.cast(Scalar::ofDouble(value), type)
                                : Scalar::ofInteger(type, static_cast<uint64_t>(static_cast<int64_t>(value)));
  return IntegerAttr::get(element, APInt(element.getIntOrFloatBitWidth(), number.bits(), false, true));
}

Type memoryType(MLIRContext *context, DType type) {
  return elementType(context, type == DType::Bool ? DType::U8 : type);
}

Type IRScalarBuilder::typeLike(mlir::Value like, DType type) const {
  Type element = elementType(builder.getContext(), type);
  if (auto vector = dyn_cast<VectorType>(like.getType()))
    return VectorType::get(vector.getShape(), element, vector.getScalableDims());
  return element;
}

static TypedAttr splat(Type type, Attribute element) {
  if (auto vector = dyn_cast<VectorType>(type))
    return DenseElementsAttr::get(vector, element);
  return cast<TypedAttr>(element);
}

IRScalar IRScalarBuilder::integerOf(Value like, DType type, uint64_t value) const {
  Type result = typeLike(like.value, type);
  auto element = llvm::cast<IntegerType>(getElementTypeOrSelf(result));
  auto attribute = IntegerAttr::get(element, APInt(element.getWidth(), value, false, true));
  return {arith::ConstantOp::create(builder, loc, splat(result, attribute)), type};
}

IRScalar IRScalarBuilder::constant(Value like, double value) const {
  if (!isFloat(like.type) && !isComplex(like.type))
    return integer(like, static_cast<int64_t>(value));
  Type result = typeLike(like.value, like.type);
  TypedAttr attribute = elementAttr(builder.getContext(), like.type, value);
  return {arith::ConstantOp::create(builder, loc, splat(result, attribute)), like.type};
}

mlir::Value IRScalarBuilder::index(int64_t value) const { return arith::ConstantIndexOp::create(builder, loc, value); }

mlir::Value IRScalarBuilder::anyLane(Value condition) const {
  if (!isa<VectorType>(condition.value.getType()))
    return condition.value;
  return vector::ReductionOp::create(builder, loc, vector::CombiningKind::OR, condition.value);
}

IRScalar IRScalarBuilder::fromMemory(mlir::Value value, DType type) const {
  if (isFourBits(type))
    return extendFourBits({value, type});
  if (type != DType::Bool)
    return {value, type};
  Value byte{value, DType::U8};
  return cmp(Predicate::Ne, byte, integer(byte, 0));
}

mlir::Value IRScalarBuilder::toMemory(Value x) const {
  return x.type == DType::Bool ? resize(x, DType::U8).value : x.value;
}

template <class FloatOp> IRScalar IRScalarBuilder::unary(Value x) const {
  Value wide = widen(x);
  return narrow({FloatOp::create(builder, loc, wide.value), wide.type}, x.type);
}

template <class FloatOp, class IntOp>
IRScalar IRScalarBuilder::binary(Value a, Value b, arith::FastMathFlags flags) const {
  assert(a.type == b.type && "operands of one operation have one type");
  if (!isFloat(a.type))
    return {IntOp::create(builder, loc, a.value, b.value), a.type};
  Value wide = widen(a);
  return narrow({FloatOp::create(builder, loc, wide.value, widen(b).value, flags), wide.type}, a.type);
}

IRScalar IRScalarBuilder::add(Value a, Value b) const {
  if (isComplex(a.type))
    return complex(add(real(a), real(b)), add(imag(a), imag(b)));
  return binary<arith::AddFOp, arith::AddIOp>(a, b, flags);
}
IRScalar IRScalarBuilder::sub(Value a, Value b) const {
  if (isComplex(a.type))
    return complex(sub(real(a), real(b)), sub(imag(a), imag(b)));
  return binary<arith::SubFOp, arith::SubIOp>(a, b, flags);
}
IRScalar IRScalarBuilder::mul(Value a, Value b) const { return binary<arith::MulFOp, arith::MulIOp>(a, b, flags); }
IRScalar IRScalarBuilder::sqrt(Value x) const { return unary<math::SqrtOp>(x); }
IRScalar IRScalarBuilder::floor(Value x) const { return unary<math::FloorOp>(x); }
IRScalar IRScalarBuilder::ceil(Value x) const { return unary<math::CeilOp>(x); }
IRScalar IRScalarBuilder::trunc(Value x) const { return unary<math::TruncOp>(x); }
IRScalar IRScalarBuilder::roundEven(Value x) const { return unary<math::RoundEvenOp>(x); }

IRScalar IRScalarBuilder::div(Value a, Value b) const {
  if (isFloat(a.type) || !isSignedInt(a.type)) {
    if (isFloat(a.type))
      return binary<arith::DivFOp, arith::DivUIOp>(a, b, flags);
    Value zero = integer(a, 0), byZero = cmp(Predicate::Eq, b, zero);
    Value divisor = select(byZero, integer(a, 1), b);
    return select(byZero, zero, {arith::DivUIOp::create(builder, loc, a.value, divisor.value), a.type});
  }
  Value zero = integer(a, 0), byZero = cmp(Predicate::Eq, b, zero);
  Value byMinusOne = cmp(Predicate::Eq, b, integer(a, -1));
  Value divisor = select(bitOr(byZero, byMinusOne), integer(a, 1), b);
  Value quotient{arith::DivSIOp::create(builder, loc, a.value, divisor.value), a.type};
  return select(byZero, zero, select(byMinusOne, neg(a), quotient));
}

IRScalar IRScalarBuilder::rem(Value a, Value b) const {
  if (a.type == DType::F64)
    return remainderF64(*this, a, b);
  if (isFloat(a.type))
    return narrow(remainderF32(*this, widen(a), widen(b)), a.type);
  // x rem 1 is 0, which is the answer for 0 and -1 too.
  Value one = integer(a, 1), replaced = cmp(Predicate::Eq, b, integer(a, 0));
  if (!isSignedInt(a.type))
    return {arith::RemUIOp::create(builder, loc, a.value, select(replaced, one, b).value), a.type};
  replaced = bitOr(replaced, cmp(Predicate::Eq, b, integer(a, -1)));
  return {arith::RemSIOp::create(builder, loc, a.value, select(replaced, one, b).value), a.type};
}

IRScalar IRScalarBuilder::signBits(Value x) const {
  Value bits = bitcast(x, DType::U16);
  return bitAnd(bits, integer(bits, 0x8000));
}

/// The type of the words of a vector of c128; null for other values.
static VectorType wordsOf(mlir::Value x) {
  auto vector = dyn_cast<VectorType>(x.getType());
  if (!vector || vector.getElementTypeBitWidth() != 128)
    return {};
  return VectorType::get({2 * vector.getNumElements()}, IntegerType::get(x.getContext(), 64));
}

mlir::Value asWords(OpBuilder &b, Location location, mlir::Value x) {
  VectorType words = wordsOf(x);
  return words ? vector::BitCastOp::create(b, location, words, x).getResult() : x;
}

mlir::Value fromWords(OpBuilder &b, Location location, mlir::Value words, Type type) {
  return words.getType() == type ? words : vector::BitCastOp::create(b, location, cast<VectorType>(type), words);
}

llvm::SmallVector<int64_t> placesOfWords(mlir::Value x, llvm::ArrayRef<int64_t> lanes) {
  if (!wordsOf(x))
    return llvm::SmallVector<int64_t>(lanes);
  llvm::SmallVector<int64_t> places;
  for (int64_t lane : lanes)
    places.append({2 * lane, 2 * lane + 1});
  return places;
}

IRScalar IRScalarBuilder::part(Value x, unsigned which) const {
  DType type = partOf(x.type), bits = type == DType::F32 ? DType::U32 : DType::U64;
  if (VectorType words = wordsOf(x.value)) {
    mlir::Value all = asWords(builder, loc, x.value);
    llvm::SmallVector<int64_t> places;
    for (int64_t k = which; k < words.getNumElements(); k += 2)
      places.push_back(k);
    return bitcast({vector::ShuffleOp::create(builder, loc, all, all, places), bits}, type);
  }
  mlir::Value word = x.value;
  if (which == 1)
    word = arith::ShRUIOp::create(builder, loc, word, integerOf(x, x.type, 8 * byteWidth(type)).value);
  return bitcast({arith::TruncIOp::create(builder, loc, typeLike(x.value, bits), word), bits}, type);
}

IRScalar IRScalarBuilder::complex(Value re, Value im) const {
  bool isNarrow = re.type == DType::F32;
  DType type = isNarrow ? DType::C64 : DType::C128, bits = isNarrow ? DType::U32 : DType::U64;
  Type whole = typeLike(re.value, type);
  if (auto vector = dyn_cast<VectorType>(whole); vector && !isNarrow) {
    llvm::SmallVector<int64_t> places;
    for (int64_t k = 0; k < vector.getNumElements(); ++k)
      places.append({k, k + vector.getNumElements()});
    mlir::Value words =
        vector::ShuffleOp::create(builder, loc, bitcast(re, bits).value, bitcast(im, bits).value, places);
    return {vector::BitCastOp::create(builder, loc, vector, words), type};
  }
  auto widened = [&](Value x) -> Value {
    return {arith::ExtUIOp::create(builder, loc, whole, bitcast(x, bits).value), type};
  };
  Value low = widened(re), high = widened(im), width = integerOf(low, type, 8 * byteWidth(re.type));
  return bitOr(low, {arith::ShLIOp::create(builder, loc, high.value, width.value), type});
}

IRScalar IRScalarBuilder::neg(Value x) const {
  if (isComplex(x.type))
    return complex(neg(real(x)), neg(imag(x)));
  if (x.type == DType::F32 || x.type == DType::F64)
    return {arith::NegFOp::create(builder, loc, x.value), x.type};
  if (!isFloat(x.type))
    return sub(integer(x, 0), x);
  Value bits = bitcast(x, DType::U16);
  return bitcast(bitXor(bits, integer(bits, 0x8000)), x.type);
}

IRScalar IRScalarBuilder::abs(Value x) const {
  if (x.type == DType::F32 || x.type == DType::F64)
    return {math::AbsFOp::create(builder, loc, x.value), x.type};
  if (isSignedInt(x.type))
    return select(cmp(Predicate::Lt, x, integer(x, 0)), neg(x), x);
  if (!isFloat(x.type))
    return x;
  Value bits = bitcast(x, DType::U16);
  return bitcast(bitAnd(bits, integer(bits, 0x7fff)), x.type);
}

IRScalar IRScalarBuilder::fma(Value a, Value b, Value c) const {
  if (!isFloat(a.type))
    return add(mul(a, b), c);
  Value wide = widen(a);
  return narrow({math::FmaOp::create(builder, loc, wide.value, widen(b).value, widen(c).value), wide.type}, a.type);
}

IRScalar IRScalarBuilder::copysign(Value a, Value b) const {
  if (a.type == DType::F32 || a.type == DType::F64)
    return {math::CopySignOp::create(builder, loc, a.value, b.value), a.type};
  return bitcast(bitOr(bitcast(abs(a), DType::U16), signBits(b)), a.type);
}

IRScalar IRScalarBuilder::maximum(Value a, Value b) const {
  if (isFloat(a.type) || isSignedInt(a.type))
    return binary<arith::MaximumFOp, arith::MaxSIOp>(a, b);
  return {arith::MaxUIOp::create(builder, loc, a.value, b.value), a.type};
}

IRScalar IRScalarBuilder::minimum(Value a, Value b) const {
  if (isFloat(a.type) || isSignedInt(a.type))
    return binary<arith::MinimumFOp, arith::MinSIOp>(a, b);
  return {arith::MinUIOp::create(builder, loc, a.value, b.value), a.type};
}

IRScalar IRScalarBuilder::bitAnd(Value a, Value b) const {
  return {arith::AndIOp::create(builder, loc, a.value, b.value), a.type};
}
IRScalar IRScalarBuilder::bitOr(Value a, Value b) const {
  return {arith::OrIOp::create(builder, loc, a.value, b.value), a.type};
}
IRScalar IRScalarBuilder::bitXor(Value a, Value b) const {
  return {arith::XOrIOp::create(builder, loc, a.value, b.value), a.type};
}
IRScalar IRScalarBuilder::bitNot(Value x) const { return bitXor(x, integer(x, -1)); }

IRScalar IRScalarBuilder::shl(Value a, Value count) const {
  Value safe = bitAnd(count, integer(count, 8 * byteWidth(a.type) - 1));
  return {arith::ShLIOp::create(builder, loc, a.value, safe.value), a.type};
}

IRScalar IRScalarBuilder::shr(Value a, Value count) const {
  Value safe = bitAnd(count, integer(count, 8 * byteWidth(a.type) - 1));
  if (isSignedInt(a.type))
    return {arith::ShRSIOp::create(builder, loc, a.value, safe.value), a.type};
  return {arith::ShRUIOp::create(builder, loc, a.value, safe.value), a.type};
}

IRScalar IRScalarBuilder::shl(Value a, unsigned count) const {
  assert(count < 8 * byteWidth(a.type) && "a constant count is below the width");
  return {arith::ShLIOp::create(builder, loc, a.value, integer(a, count).value), a.type};
}

IRScalar IRScalarBuilder::shr(Value a, unsigned count) const {
  assert(count < 8 * byteWidth(a.type) && "a constant count is below the width");
  if (isSignedInt(a.type))
    return {arith::ShRSIOp::create(builder, loc, a.value, integer(a, count).value), a.type};
  return {arith::ShRUIOp::create(builder, loc, a.value, integer(a, count).value), a.type};
}

static arith::CmpFPredicate floatPredicate(Predicate predicate) {
  static constexpr arith::CmpFPredicate table[] = {
      arith::CmpFPredicate::OEQ, arith::CmpFPredicate::UNE, arith::CmpFPredicate::OLT, arith::CmpFPredicate::OLE,
      arith::CmpFPredicate::OGT, arith::CmpFPredicate::OGE, arith::CmpFPredicate::UEQ, arith::CmpFPredicate::ONE,
      arith::CmpFPredicate::ULT, arith::CmpFPredicate::ULE, arith::CmpFPredicate::UGT, arith::CmpFPredicate::UGE,
      arith::CmpFPredicate::ORD, arith::CmpFPredicate::UNO};
  return table[static_cast<unsigned>(predicate)];
}

static arith::CmpIPredicate integerPredicate(Predicate predicate, bool isSigned) {
  static constexpr arith::CmpIPredicate signedTable[] = {arith::CmpIPredicate::eq,  arith::CmpIPredicate::ne,
                                                         arith::CmpIPredicate::slt, arith::CmpIPredicate::sle,
                                                         arith::CmpIPredicate::sgt, arith::CmpIPredicate::sge};
  static constexpr arith::CmpIPredicate unsignedTable[] = {arith::CmpIPredicate::eq,  arith::CmpIPredicate::ne,
                                                           arith::CmpIPredicate::ult, arith::CmpIPredicate::ule,
                                                           arith::CmpIPredicate::ugt, arith::CmpIPredicate::uge};
  assert(predicate <= Predicate::Ge && "integers are never unordered");
  return (isSigned ? signedTable : unsignedTable)[static_cast<unsigned>(predicate)];
}

IRScalar IRScalarBuilder::cmp(Predicate predicate, Value a, Value b) const {
  assert(a.type == b.type && "operands of one operation have one type");
  if (isFloat(a.type))
    return {arith::CmpFOp::create(builder, loc, floatPredicate(predicate), widen(a).value, widen(b).value),
            DType::Bool};
  auto kind = integerPredicate(predicate, isSignedInt(a.type));
  return {arith::CmpIOp::create(builder, loc, kind, a.value, b.value), DType::Bool};
}

IRScalar IRScalarBuilder::select(Value condition, Value a, Value b) const {
  assert(a.type == b.type && "operands of one operation have one type");
  mlir::Value mask = condition.value;
  if (wordsOf(a.value) && isa<VectorType>(mask.getType())) {
    llvm::SmallVector<int64_t> twice;
    for (int64_t lane = 0; lane < llvm::cast<VectorType>(mask.getType()).getNumElements(); ++lane)
      twice.append({lane, lane});
    mask = vector::ShuffleOp::create(builder, loc, mask, mask, twice);
  }
  mlir::Value chosen =
      arith::SelectOp::create(builder, loc, mask, asWords(builder, loc, a.value), asWords(builder, loc, b.value));
  return {fromWords(builder, loc, chosen, a.value.getType()), a.type};
}

IRScalar IRScalarBuilder::bitcast(Value x, DType type) const {
  assert(bitWidth(x.type) == bitWidth(type) && "a bitcast keeps the width");
  if (isFourBits(type))
    return extendFourBits({x.value, type});
  Type result = typeLike(x.value, type);
  if (result == x.value.getType())
    return {x.value, type};
  return {arith::BitcastOp::create(builder, loc, result, x.value), type};
}

IRScalar IRScalarBuilder::isInf(Value x) const {
  if (!isFloat(x.type))
    return boolean(x, false);
  Value magnitude = abs(widen(x));
  return cmp(Predicate::Eq, magnitude, constant(magnitude, HUGE_VAL));
}

IRScalar IRScalarBuilder::isFinite(Value x) const {
  if (!isFloat(x.type))
    return boolean(x, true);
  Value magnitude = abs(widen(x));
  return cmp(Predicate::Lt, magnitude, constant(magnitude, HUGE_VAL));
}

} // namespace dlc::scalar
