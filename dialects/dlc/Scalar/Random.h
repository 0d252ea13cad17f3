//===- Random.h - Random numbers by counter -------------------------------===//
//
// Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011) and the maps of its bits to
// numbers. Element i of a random tensor made with state [seed, counter] owns one Philox block: key = the two words of
// `seed`, counter words = (low i, high i, low counter, high counter). Its output words are w0 to w3:
//   random_bits   w0
//   uniform       the top p bits of w0 (f64: of w1:w0) times 2^-p, p = 24, 53, 11, 8 for f32, f64, f16, bf16; never 1
//   normal        sqrt(-2 ln u) cos(2 pi v) (Box and Muller); f32: u = (w0 + 1/2) 2^-32, v = the uniform of w1;
//                 f64: u = the uniform of w1:w0 plus 2^-54, v = the uniform of w3:w2; f16, bf16: f32's, rounded
//
//===----------------------------------------------------------------------===//
#ifndef DLC_DIALECTS_DLC_SCALAR_RANDOM_H
#define DLC_DIALECTS_DLC_SCALAR_RANDOM_H

#include "dialects/dlc/Scalar/Logarithm.h"
#include "dialects/dlc/Scalar/Trigonometric.h"

namespace dlc::scalar {

/// Four 32-bit words, each in the low half of a U64.
template <class B> struct PhiloxBlock {
  Term<B> word[4];
};

/// Philox 4x32-10 of two 64-bit counters and a 64-bit key; operands are I64 or U64.
template <class B>
PhiloxBlock<B> philox(B &b, typename B::Value key, typename B::Value index, typename B::Value counter) {
  Term<B> k = Term<B>(b, b.bitcast(key, DType::U64)), i = Term<B>(b, b.bitcast(index, DType::U64));
  Term<B> c = Term<B>(b, b.bitcast(counter, DType::U64)), mask = i.integer(0xffffffff);
  Term<B> c0 = i & mask, c1 = i >> 32u, c2 = c & mask, c3 = c >> 32u;
  Term<B> k0 = k & mask, k1 = k >> 32u;
  for (int round = 0; round < 10; ++round) {
    Term<B> first = c0 * i.integer(0xd2511f53), second = c2 * i.integer(0xcd9e8d57);
    c0 = (second >> 32u) ^ c1 ^ k0;
    c2 = (first >> 32u) ^ c3 ^ k1;
    c1 = second & mask;
    c3 = first & mask;
    k0 = (k0 + i.integer(0x9e3779b9)) & mask;
    k1 = (k1 + i.integer(0xbb67ae85)) & mask;
  }
  return {{c0, c1, c2, c3}};
}

/// 32 random bits, U32, of element `index` under the state [seed, counter].
template <class B>
typename B::Value randomBits(B &b, typename B::Value seed, typename B::Value counter, typename B::Value index) {
  return philox(b, seed, index, counter).word[0].cast(DType::U32);
}

/// The top `digits` bits of a 32-bit word as a multiple of 2^-digits in f32.
template <class B> Term<B> uniformOfWord(Term<B> word, unsigned digits) {
  return (word >> (32 - digits)).cast(DType::I32).cast(DType::F32) * std::ldexp(1.0, -static_cast<int>(digits));
}

/// The top 53 bits of two words as a multiple of 2^-53 in f64.
template <class B> Term<B> uniformOfWords(Term<B> low, Term<B> high) {
  Term<B> bits = ((high << 32u) | low) >> 11u;
  // 53 bits are one more than smallToDouble takes: the last one is added on.
  return fma(smallToDouble(bits >> 1u), 0x1p-52, smallToDouble(bits & bits.integer(1)) * 0x1p-53);
}

/// A uniform number in [0, 1) of float `type`.
template <class B>
typename B::Value uniform(B &b, typename B::Value seed, typename B::Value counter, typename B::Value index,
                          DType type) {
  PhiloxBlock<B> block = philox(b, seed, index, counter);
  if (type == DType::F64)
    return uniformOfWords(block.word[0], block.word[1]).v;
  unsigned digits = type == DType::F32 ? 24 : type == DType::F16 ? 11 : 8;
  return b.cast(uniformOfWord(block.word[0], digits).v, type);
}

/// cos(2 pi v) for v in [0, 1): 4 v less the nearest integer is exact.
template <class B> Term<B> cosOfTurn(Term<B> v) {
  FloatFormat format = formatOf(v.type());
  Term<B> quarters = v * 4.0, shifted = quarters + format.roundToInteger;
  Term<B> rest = quarters - (shifted - format.roundToInteger);
  const double *p = v.isDouble() ? halfPiF64 : halfPiF32;
  Term<B> high = rest * p[0];
  Term<B> low = fma(rest, p[1], fma(rest, p[0], -high));
  return sinFromQuadrant(ReducedAngle<B>{shifted.bits(format.bits), high, low}, 1);
}

/// A number of the standard normal distribution, of float `type`.
template <class B>
typename B::Value normal(B &b, typename B::Value seed, typename B::Value counter, typename B::Value index, DType type) {
  PhiloxBlock<B> block = philox(b, seed, index, counter);
  bool isDouble = type == DType::F64;
  auto radius = [&] {
    if (isDouble)
      return uniformOfWords(block.word[0], block.word[1]) + 0x1p-54;
    // w0 + 1/2 is exact in f64; f32 rounds it once.
    return ((smallToDouble(block.word[0]) + 0.5) * 0x1p-32).cast(DType::F32);
  };
  Term<B> u = radius();
  Term<B> v = isDouble ? uniformOfWords(block.word[2], block.word[3]) : uniformOfWord(block.word[1], 24);
  auto [e, f] = splitLogarithm(u);
  return b.cast((squareRoot(logOfSplit(e, f) * -2.0) * cosOfTurn(v)).v, type);
}

} // namespace dlc::scalar

#endif // DLC_DIALECTS_DLC_SCALAR_RANDOM_H
