//===- UlpErrors.cpp - Errors in units of the last place, in bulk ---------===//
//
// Built for the floor of instruction sets, so that a compiler makes vector code of the loop.
//
//===----------------------------------------------------------------------===//
#include "Float32Errors.h"

#include <cmath>
#include <cstring>

namespace dlc::scalar {

static double fromBits(uint64_t bits) {
  double value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

static uint64_t toBits(double value) {
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

void errorsInUlp(const float *got, const double *want, double *error, size_t count) {
  constexpr double beyond = 0x1p128;
  for (size_t i = 0; i < count; ++i) {
    double y = got[i], r = want[i];
    uint64_t bits = toBits(r), field = bits >> 52 & 0x7ff;
    // The last place of a normal f32 is 2^(exponent - 23), of a subnormal one 2^-149.
    field = field < 1023 - 126 ? 1023 - 126 : field;
    field = field > 1023 + 127 ? 1023 + 127 : field;
    double places = fromBits((2 * 1023 + 23 - field) << 52);
    double value = std::fabs(y) > beyond ? std::copysign(beyond, y) : y;
    double exact = ((std::fabs(y) > beyond) & (std::fabs(r) > beyond)) ? std::copysign(beyond, r) : r;
    double e = std::fabs(value - exact) * places;
    bool signsDiffer = (toBits(y) ^ bits) >> 63;
    bool zerosDiffer = ((y == 0) & signsDiffer) | ((r == 0) & (y != 0));
    e = (zerosDiffer | (e != e)) ? HUGE_VAL : e;
    error[i] = ((y != y) & (r != r)) ? 0 : e;
  }
}

} // namespace dlc::scalar
