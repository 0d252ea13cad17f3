//===- DType.h - Element types --------------------------------------------===//
//
// The element types that cross every boundary of dlc: runtime, artifacts, C ABI and compiler share this one list.
// The numeric values are part of the artifact format: append, never renumber. Everything here is header-only, allocates
// nothing and needs no C++ library.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_RUNTIME_DTYPE_H
#define DLC_RUNTIME_DTYPE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

namespace dlc {

/// An element type. `Bool` is one byte holding 0 or 1; `C64` and `C128` are pairs (re, im) of f32 and f64. `I4` and
/// `U4` are integers of 4 bits, one a byte, sign- and zero-extended.
enum class DType : uint8_t {
  Bool,
  I8,
  I16,
  I32,
  I64,
  U8,
  U16,
  U32,
  U64,
  F8E4M3,
  F8E5M2,
  F16,
  BF16,
  F32,
  F64,
  C64,
  C128,
  I4,
  U4
};

/// The number of element types; valid numeric values are [0, numDTypes).
inline constexpr unsigned numDTypes = 19;

/// True if `value` is the numeric value of an element type (for bytes read from artifacts).
constexpr bool isValidDType(uint64_t value) { return value < numDTypes; }

/// Bytes of one element.
constexpr uint32_t byteWidth(DType type) {
  constexpr uint8_t widths[numDTypes] = {1, 1, 2, 4, 8, 1, 2, 4, 8, 1, 1, 2, 2, 4, 8, 8, 16, 1, 1};
  return widths[static_cast<uint8_t>(type)];
}

/// The name of an element type as IR, messages and Python write it: "f32", "i64", "bool".
constexpr const char *name(DType type) {
  constexpr const char *names[numDTypes] = {"bool", "i8",  "i16",    "i32",    "i64", "u8",   "u16",
                                            "u32",  "u64", "f8e4m3", "f8e5m2", "f16", "bf16", "f32",
                                            "f64",  "c64", "c128",   "i4",     "u4"};
  return names[static_cast<uint8_t>(type)];
}

/// True for f8 to f64, not for complex.
constexpr bool isFloat(DType type) { return type >= DType::F8E4M3 && type <= DType::F64; }
/// True for i4 to i64.
constexpr bool isSignedInt(DType type) { return (type >= DType::I8 && type <= DType::I64) || type == DType::I4; }
/// True for u4 to u64.
constexpr bool isUnsignedInt(DType type) { return (type >= DType::U8 && type <= DType::U64) || type == DType::U4; }
/// True for i4 to u64, not for bool.
constexpr bool isInteger(DType type) { return isSignedInt(type) || isUnsignedInt(type); }
/// True for c64 and c128.
constexpr bool isComplex(DType type) { return type == DType::C64 || type == DType::C128; }
/// The type of the parts of c64 or c128.
constexpr DType partOf(DType type) { return type == DType::C64 ? DType::F32 : DType::F64; }
/// True for i4 and u4.
constexpr bool isFourBits(DType type) { return type == DType::I4 || type == DType::U4; }
/// True for f8 and integers of 4 bits: they are moved and cast, but nothing is computed in them.
constexpr bool isStorage(DType type) { return type == DType::F8E4M3 || type == DType::F8E5M2 || isFourBits(type); }

/// Bits of one element's value.
constexpr uint32_t bitWidth(DType type) { return isFourBits(type) ? 4 : 8 * byteWidth(type); }

/// Finds the element type named by `text[0, length)`; returns false, and leaves `out`, if there is none.
inline bool parseDType(const char *text, size_t length, DType &out) {
  for (unsigned i = 0; i < numDTypes; ++i) {
    const char *candidate = name(static_cast<DType>(i));
    if (strlen(candidate) == length && memcmp(candidate, text, length) == 0) {
      out = static_cast<DType>(i);
      return true;
    }
  }
  return false;
}

} // namespace dlc

#endif // DLC_RUNTIME_DTYPE_H
