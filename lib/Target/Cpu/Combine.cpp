// The operations of reduction kinds over accumulators.
#include "lib/Target/Cpu/Combine.h"

#include "dialects/dlc/Scalar/Complex.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace dlc::cpu {

DType accumulatorOf(DType type) { return type == DType::F16 || type == DType::BF16 ? DType::F32 : type; }

IRValue zeroOf(PointBuilder &b, DType type, int64_t width) {
  Type element = scalar::elementType(b.b.getContext(), type);
  Type shaped = width == 1 ? element : Type(VectorType::get({width}, element));
  return {arith::ConstantOp::create(b.b, b.location, cast<TypedAttr>(b.b.getZeroAttr(shaped))), type};
}

IRValue combine(PointBuilder &b, ReduceKind kind, IRValue x, IRValue y) {
  switch (kind) {
  case ReduceKind::sum:
    return b.sums.add(x, y);
  case ReduceKind::prod:
    return isComplex(x.type) ? scalar::factors(b.scalars, x, y) : b.sums.mul(x, y);
  case ReduceKind::max:
    return b.scalars.maximum(x, y);
  case ReduceKind::min:
    return b.scalars.minimum(x, y);
  case ReduceKind::all:
    return b.scalars.bitAnd(x, y);
  case ReduceKind::any:
    return b.scalars.bitOr(x, y);
  }
  return x;
}

IRValue neutral(PointBuilder &b, ReduceKind kind, DType accumulator, int64_t width) {
  IRValue like = zeroOf(b, accumulator, width);
  int64_t bits = 8 * byteWidth(accumulator);
  bool isUnsigned = isUnsignedInt(accumulator);
  switch (kind) {
  case ReduceKind::sum:
    return isFloat(accumulator) ? b.scalars.constant(like, -0.0) : like;
  case ReduceKind::prod:
    return b.scalars.constant(like, 1);
  case ReduceKind::max:
    return isFloat(accumulator) ? b.scalars.constant(like, -HUGE_VAL)
                                : b.scalars.integer(like, isUnsigned ? 0 : int64_t(uint64_t(1) << (bits - 1)));
  case ReduceKind::min:
    return isFloat(accumulator) ? b.scalars.constant(like, HUGE_VAL)
                                : b.scalars.integer(like, isUnsigned ? -1 : int64_t((uint64_t(1) << (bits - 1)) - 1));
  case ReduceKind::all:
    return b.scalars.boolean(like, true);
  case ReduceKind::any:
    return like;
  }
  return like;
}

} // namespace dlc::cpu
