// Float bits as a sign and a magnitude become two's complement.
#include "passes/lower/OrderKey.h"

namespace dlc {

DType orderKeyType(DType element) {
  if (isFloat(element))
    return element == DType::F64 ? DType::I64 : DType::I32;
  if (isUnsignedInt(element) || element == DType::Bool)
    return byteWidth(element) == 8 ? DType::U64 : DType::U32;
  return byteWidth(element) == 8 ? DType::I64 : DType::I32;
}

IRValue orderKey(scalar::IRScalarBuilder &b, IRValue x, bool largest) {
  DType type = orderKeyType(x.type);
  if (!isFloat(x.type)) {
    IRValue key = b.cast(x, type);
    return largest ? key : b.bitNot(key);
  }
  IRValue wide = x.type == DType::F64 ? x : b.cast(x, DType::F32);
  IRValue bits = b.bitcast(wide, type);
  int64_t most = type == DType::I64 ? INT64_MAX : INT32_MAX;
  IRValue sign = b.shr(bits, unsigned(8 * byteWidth(type) - 1)); // all ones for negative values
  IRValue key = b.bitXor(bits, b.bitAnd(sign, b.integer(bits, most)));
  if (!largest)
    key = b.bitNot(key);
  return b.select(b.isNaN(wide), b.integer(bits, most), key);
}

} // namespace dlc
