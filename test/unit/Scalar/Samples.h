//===- Samples.h - Elements to test scalar programs on --------------------===//
//
// Bit patterns that reach every exponent of a type and every special value, the same on every run.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_TEST_UNIT_SCALAR_SAMPLES_H
#define DLC_TEST_UNIT_SCALAR_SAMPLES_H

#include "dialects/dlc/Scalar/HostScalar.h"

#include <vector>

namespace dlc::scalar {

/// `count` elements of `type` or a few more, the special ones first; `stream` chooses the rest. All patterns where the
/// type has no more than `count`.
inline std::vector<Scalar> sampleElements(DType type, size_t count, uint64_t stream = 0) {
  std::vector<Scalar> samples;
  if (isComplex(type)) { // The special parts in all pairs, then others.
    std::vector<Scalar> re = sampleElements(partOf(type), count, 2 * stream + 1);
    std::vector<Scalar> im = sampleElements(partOf(type), count, 2 * stream + 2);
    for (size_t k = 0, specials = 36; k < count; ++k)
      samples.push_back(k < specials * specials ? Scalar::ofParts(re[k % specials], im[k / specials])
                                                : Scalar::ofParts(re[k % re.size()], im[k * 7 % im.size()]));
    return samples;
  }
  unsigned width = 8 * byteWidth(type);
  if (type == DType::Bool || (width <= 16 && (uint64_t(1) << width) <= count && stream == 0)) {
    for (uint64_t bits = 0; bits < (type == DType::Bool ? 2 : uint64_t(1) << width); ++bits)
      samples.push_back(Scalar::ofBits(type, bits));
    return samples;
  }
  HostScalarBuilder b;
  if (isFloat(type)) {
    for (double value : {0.0, 1.0, 0.5, 2.0, 3.0, 0x1p31, 0x1p32, 0x1p63, 0x1p64, 65504.0, 65520.0, 1e-310, 1e-40, 1e-8,
                         1e300, 1e38, double(HUGE_VAL), double(NAN)})
      for (double signedValue : {value, -value})
        samples.push_back(b.cast(Scalar::ofDouble(signedValue), type));
  } else {
    for (int64_t value : {int64_t(0), int64_t(1), int64_t(-1), int64_t(2), int64_t(31), int64_t(127), int64_t(-128)})
      samples.push_back(Scalar::ofInteger(type, static_cast<uint64_t>(value)));
    samples.push_back(Scalar::ofInteger(type, uint64_t(1) << (width - 1)));
    samples.push_back(Scalar::ofInteger(type, (uint64_t(1) << (width - 1)) - 1));
  }
  // Equal steps through the patterns, the low digits mixed (SplitMix64).
  for (uint64_t k = 0; samples.size() < count; ++k) {
    uint64_t mixed = (k + 1 + (stream << 32)) * 0x9e3779b97f4a7c15;
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
    mixed ^= mixed >> 31;
    // Every other number of a float type has a magnitude near 1, where functions do their work.
    uint64_t bits = mixed >> (64 - width);
    if (isFloat(type) && k % 2) {
      Scalar fraction = b.cast(Scalar::ofDouble(std::ldexp(double(mixed >> 12), -52) + 1.0), type);
      double scale = std::ldexp(mixed & 1 ? 1.0 : -1.0, int(k / 2 % 40) - 26);
      samples.push_back(b.mul(fraction, b.cast(Scalar::ofDouble(scale), type)));
      continue;
    }
    samples.push_back(Scalar::ofBits(type, bits));
  }
  return samples;
}

} // namespace dlc::scalar

#endif // DLC_TEST_UNIT_SCALAR_SAMPLES_H
