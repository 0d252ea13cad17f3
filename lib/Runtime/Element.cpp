//===- Element.cpp - Single elements as text ------------------------------===//
//
// Narrow floats are widened through their fields; integers and floats go through snprintf.
//
//===----------------------------------------------------------------------===//
#include "lib/Runtime/Element.h"

#include <stdio.h>

using namespace dlc;

template <typename T> static T read(const void *element) {
  T value;
  memcpy(&value, element, sizeof(value));
  return value;
}

static float fromBits(uint32_t bits) { return read<float>(&bits); }

/// Widens sign, `exponentBits` and `mantissaBits` of an IEEE-like format with infinities.
static float widen(uint32_t bits, int exponentBits, int mantissaBits) {
  uint32_t sign = bits >> (exponentBits + mantissaBits) << 31;
  uint32_t exponent = bits >> mantissaBits & ((1u << exponentBits) - 1);
  uint32_t mantissa = bits & ((1u << mantissaBits) - 1);
  int bias = (1 << (exponentBits - 1)) - 1;
  if (exponent == (1u << exponentBits) - 1)
    return fromBits(sign | 0x7f800000 | mantissa << (23 - mantissaBits));
  if (exponent != 0)
    return fromBits(sign | (exponent + 127 - bias) << 23 | mantissa << (23 - mantissaBits));
  float unit = fromBits(uint32_t(127 + 1 - bias - mantissaBits) << 23);
  float magnitude = static_cast<float>(mantissa) * unit;
  return sign ? -magnitude : magnitude;
}

float dlc::widenToF32(DType dtype, const void *element) {
  switch (dtype) {
  case DType::F8E4M3: { // No infinities; the largest exponent holds numbers, all mantissa bits set is NaN.
    uint32_t bits = read<uint8_t>(element);
    if ((bits & 0x7f) == 0x7f)
      return fromBits(0x7fc00000);
    if ((bits >> 3 & 15) == 15)
      return fromBits((bits >> 7) << 31 | uint32_t(15 + 127 - 7) << 23 | (bits & 7) << 20);
    return widen(bits, 4, 3);
  }
  case DType::F8E5M2:
    return widen(read<uint8_t>(element), 5, 2);
  case DType::F16:
    return widen(read<uint16_t>(element), 5, 10);
  case DType::BF16:
    return fromBits(uint32_t(read<uint16_t>(element)) << 16);
  default:
    return read<float>(element);
  }
}

void dlc::formatElement(DType dtype, const void *element, char *out, size_t capacity) {
  switch (dtype) {
  case DType::Bool:
    snprintf(out, capacity, "%s", read<uint8_t>(element) ? "true" : "false");
    return;
  case DType::I8:
  case DType::I4:
    snprintf(out, capacity, "%d", read<int8_t>(element));
    return;
  case DType::I16:
    snprintf(out, capacity, "%d", read<int16_t>(element));
    return;
  case DType::I32:
    snprintf(out, capacity, "%d", read<int32_t>(element));
    return;
  case DType::I64:
    snprintf(out, capacity, "%lld", static_cast<long long>(read<int64_t>(element)));
    return;
  case DType::U8:
  case DType::U4:
    snprintf(out, capacity, "%u", read<uint8_t>(element));
    return;
  case DType::U16:
    snprintf(out, capacity, "%u", read<uint16_t>(element));
    return;
  case DType::U32:
    snprintf(out, capacity, "%u", read<uint32_t>(element));
    return;
  case DType::U64:
    snprintf(out, capacity, "%llu", static_cast<unsigned long long>(read<uint64_t>(element)));
    return;
  case DType::F8E4M3:
  case DType::F8E5M2:
  case DType::F16:
  case DType::BF16:
  case DType::F32:
    snprintf(out, capacity, "%.9g", static_cast<double>(widenToF32(dtype, element)));
    return;
  case DType::F64:
    snprintf(out, capacity, "%.17g", read<double>(element));
    return;
  case DType::C64: {
    float parts[2];
    memcpy(parts, element, sizeof(parts));
    snprintf(out, capacity, "%.9g%+.9gi", static_cast<double>(parts[0]), static_cast<double>(parts[1]));
    return;
  }
  case DType::C128: {
    double parts[2];
    memcpy(parts, element, sizeof(parts));
    snprintf(out, capacity, "%.17g%+.17gi", parts[0], parts[1]);
    return;
  }
  }
}
