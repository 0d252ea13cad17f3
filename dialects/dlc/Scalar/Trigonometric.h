//===- Trigonometric.h - sin, cos, tan ------------------------------------===//
//
// x = n pi/2 + r with r in two words: by three words of pi/2 for ordinary arguments (Cody and Waite), by the bits of
// 2/pi that matter for large ones (Payne and Hanek), which code evaluates only if some lane needs it. No tables are
// read. Infinite arguments give NaN.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_DIALECTS_DLC_SCALAR_TRIGONOMETRIC_H
#define DLC_DIALECTS_DLC_SCALAR_TRIGONOMETRIC_H

#include "dialects/dlc/Scalar/Exponential.h"
#include "dialects/dlc/Scalar/TwoWords.h"

#include <array>

namespace dlc::scalar {

/// x = n pi/2 + high + low; the low bits of the integer `quadrant` are those of n.
template <class B> struct ReducedAngle {
  Term<B> quadrant, high, low;
};

/// Where the three words of pi/2 suffice: n is exact and below 2^17 (f32), 2^30 (f64).
inline double largeAngle(bool isDouble) { return isDouble ? 0x1p30 : 0x1p17; }

template <class B> ReducedAngle<B> reduceSmallAngle(Term<B> x) {
  FloatFormat format = formatOf(x.type());
  const double *p = x.isDouble() ? halfPiF64 : halfPiF32;
  Term<B> shifted = fma(x, 0x1.45f306dc9c883p-1, format.roundToInteger);
  Term<B> n = shifted - format.roundToInteger;
  // p[0] is a full word, so the first difference, a multiple of its last place below 2, is exact.
  Term<B> first = fma(n, -p[0], x);
  // Near a multiple of pi/2 the next words cancel too: n p[1] is taken off with both of its words.
  Term<B> product = n * p[1], productLow = fma(n, p[1], -product);
  TwoWords<B> second = sum(first, -product);
  TwoWords<B> rest = fastSum(second.high, fma(n, -p[2], second.low - productLow));
  return {shifted.bits(format.bits), rest.high, rest.low};
}

/// Large f32 angles in f64: the products with 28-bit parts of 2/pi are exact, and each is taken modulo 4 exactly.
template <class B> ReducedAngle<B> reduceLargeAngleF32(Term<B> x) {
  Term<B> wide = x.cast(DType::F64), total = wide.constant(0.0), low = total;
  for (double part : twoOverPiParts) {
    Term<B> product = wide * part;
    Term<B> turns{*x.b, x.b->roundEven((product * 0.25).v)};
    Term<B> next = fma(turns, -4.0, product);
    TwoWords<B> grown = sum(total, next);
    low = low + grown.low;
    total = grown.high;
  }
  Term<B> shifted = total + formatOf(DType::F64).roundToInteger;
  Term<B> angle = ((total - (shifted - formatOf(DType::F64).roundToInteger)) + low) * halfPiF64[0];
  Term<B> high = angle.cast(DType::F32);
  return {shifted.bits(DType::U64).cast(DType::U32), high, (angle - high.cast(DType::F64)).cast(DType::F32)};
}

/// Four consecutive 64-bit words of 2/pi, from word `index` on (0 to 16) of the digits with a zero word before them.
template <class B> void selectWords(Term<B> index, Term<B> (&words)[4]) {
  constexpr int count = 19;
  auto word = [&](int k) { return index.integer(k == 0 ? 0 : static_cast<int64_t>(twoOverPiWords[k - 1])); };
  auto bit = [&](unsigned k) { return (index & index.integer(1 << k)) != index.integer(0); };
  Term<B> list[count] = {word(0),  word(1),  word(2),  word(3),  word(4),  word(5),  word(6),
                         word(7),  word(8),  word(9),  word(10), word(11), word(12), word(13),
                         word(14), word(15), word(16), word(17), word(18)};
  Term<B> far = bit(4);
  for (int k = 0; k < 4; ++k)
    list[k] = choose(far, word(16 + k), list[k]);
  for (unsigned step = 3; step != ~0u; --step) {
    // Later steps move at most 2^step - 1 words more, and four are wanted.
    Term<B> moves = bit(step);
    for (int k = 0; k < 3 + (1 << step); ++k)
      list[k] = choose(moves, list[k + (1 << step)], list[k]);
  }
  for (int k = 0; k < 4; ++k)
    words[k] = list[k];
}

/// The 32-bit limbs, lowest first, of X times the 192-bit number of `a` (highest word first) modulo 2^192: a round for
/// each half of X, the digits moving up by one between them.
template <class B> void multiplyLimbs(Term<B> x, const Term<B> (&a)[3], Term<B> (&limbs)[6]) {
  using Value = typename B::Value;
  B &b = *x.b;
  Value mask = x.integer(0xffffffff).v, zero = x.integer(0).v;
  Value state[13] = {x.v}; // what is left of X, six digits, six limbs
  for (int k = 0; k < 6; ++k) {
    const Term<B> &word = a[2 - k / 2];
    state[1 + k] = k % 2 == 0 ? b.bitAnd(word.v, mask) : b.shr(word.v, 32u);
    state[7 + k] = zero;
  }
  b.repeat(2, state, 13, [&](Value *v) {
    Value half = b.bitAnd(v[0], mask), carry = zero;
    for (int k = 0; k < 6; ++k) {
      Value product = b.add(b.add(b.mul(half, v[1 + k]), v[7 + k]), carry);
      v[7 + k] = b.bitAnd(product, mask);
      carry = b.shr(product, 32u);
    }
    v[0] = b.shr(v[0], 32u);
    for (int k = 6; k > 1; --k)
      v[k] = v[k - 1];
    v[1] = zero;
  });
  for (int k = 0; k < 6; ++k)
    limbs[k] = {b, state[7 + k]};
}

/// f64 of an unsigned integer below 2^52, by its bits.
template <class B> Term<B> smallToDouble(Term<B> n) {
  return (n | n.integer(0x4330000000000000)).bits(DType::F64) - 0x1p52;
}

/// Large f64 angles: |x| = X 2^e; of 2/pi only the 192 bits from weight 2^(1-e) on matter, and X times them modulo
/// 2^192 is |x| 2/pi modulo 4 with 190 digits after the point.
template <class B> ReducedAngle<B> reduceLargeAngleF64(Term<B> x) {
  Term<B> bits = magnitude(x).bits(DType::U64);
  Term<B> significand = (bits & bits.integer((int64_t(1) << 52) - 1)) | bits.integer(int64_t(1) << 52);
  // The first bit wanted, counted in the digits with a zero word before them: e + 62 = field - 1075 + 62.
  Term<B> offset = (bits >> 52u) - bits.integer(1013);
  Term<B> zero = bits.integer(0), words[4] = {zero, zero, zero, zero};
  selectWords(offset >> 6u, words);
  Term<B> shift = offset & bits.integer(63), back = bits.integer(63) - shift;
  Term<B> a[3] = {zero, zero, zero};
  B &b = *x.b;
  for (int k = 0; k < 3; ++k)
    a[k] = Term<B>(b, b.shl(words[k].v, shift.v)) | Term<B>(b, b.shr((words[k + 1] >> 1u).v, back.v));
  Term<B> limbs[6] = {zero, zero, zero, zero, zero, zero};
  multiplyLimbs(significand, a, limbs);

  // Adding half a quadrant makes the top two bits the nearest n; the half is taken off again as a float.
  Term<B> top = ((limbs[5] << 32u) | limbs[4]) + bits.integer(int64_t(1) << 61);
  Term<B> quadrant = top >> 62u;
  Term<B> first = (smallToDouble((top & bits.integer((int64_t(1) << 62) - 1)) >> 32u) - 0x1p29) * 0x1p-30;
  Term<B> second = smallToDouble(limbs[4]) * 0x1p-62;
  Term<B> third = smallToDouble(limbs[3]) * 0x1p-94, fourth = smallToDouble(limbs[2]) * 0x1p-126;
  Term<B> tail = second + (third + fourth);
  Term<B> turn = first + tail, turnLow = (first - turn) + tail;
  Term<B> high = turn * halfPiF64[0];
  Term<B> low = fma(turn, halfPiF64[0], -high) + fma(turn, halfPiF64[1], turnLow * halfPiF64[0]);
  Term<B> isNegative = x < 0.0;
  Term<B> valid = magnitude(x) < HUGE_VAL;
  return {choose(isNegative, zero - quadrant, quadrant), choose(valid, choose(isNegative, -high, high), NAN),
          choose(isNegative, -low, low)};
}

template <class B> Term<B> isLargeAngle(Term<B> x) {
  return magnitude(x).compare(Predicate::UGe, x.constant(largeAngle(x.isDouble())));
}
template <class B> ReducedAngle<B> reduceLargeAngle(Term<B> x) {
  return x.isDouble() ? reduceLargeAngleF64(x) : reduceLargeAngleF32(x);
}

template <class B> ReducedAngle<B> reduceAngle(Term<B> x) {
  ReducedAngle<B> small = reduceSmallAngle(x);
  typename B::Value values[] = {small.quadrant.v, small.high.v, small.low.v};
  B &b = *x.b;
  b.rare(isLargeAngle(x).v, values, 3, [&](typename B::Value *v) {
    ReducedAngle<B> large = reduceLargeAngle(x);
    v[0] = large.quadrant.v;
    v[1] = large.high.v;
    v[2] = large.low.v;
  });
  return {{b, values[0]}, {b, values[1]}, {b, values[2]}};
}

/// Two angles, with the code for large ones there once: each round reduces the first and puts it behind the second.
template <class B> std::array<ReducedAngle<B>, 2> reduceAngles(Term<B> x, Term<B> y) {
  using Value = typename B::Value;
  ReducedAngle<B> r = reduceSmallAngle(x), s = reduceSmallAngle(y);
  Value values[] = {r.quadrant.v, r.high.v, r.low.v, s.quadrant.v, s.high.v, s.low.v};
  B &b = *x.b;
  b.rare((isLargeAngle(x) | isLargeAngle(y)).v, values, 6, [&](Value *v) {
    Value state[] = {x.v, y.v, v[0], v[1], v[2], v[3], v[4], v[5]};
    b.repeat(2, state, 8, [&](Value *t) {
      Term<B> first{b, t[0]}, isLarge = isLargeAngle(first);
      ReducedAngle<B> large = reduceLargeAngle(first);
      Value reduced[] = {b.select(isLarge.v, large.quadrant.v, t[2]), b.select(isLarge.v, large.high.v, t[3]),
                         b.select(isLarge.v, large.low.v, t[4])};
      std::swap(t[0], t[1]);
      for (int k = 0; k < 3; ++k) {
        t[2 + k] = t[5 + k];
        t[5 + k] = reduced[k];
      }
    });
    std::copy(state + 2, state + 8, v);
  });
  return {ReducedAngle<B>{{b, values[0]}, {b, values[1]}, {b, values[2]}},
          ReducedAngle<B>{{b, values[3]}, {b, values[4]}, {b, values[5]}}};
}

/// sin(high + low) for |high| <= pi/4, as the sum of two words.
template <class B> TwoWords<B> sinReduced(Term<B> high, Term<B> low) {
  Term<B> z = high * high;
  Term<B> q = z.isDouble() ? polynomial(z, sinF64) : polynomial(z, sinF32);
  return {high, fma(high * z, q, fma(low * z, -0.5, low))};
}

/// cos(high + low) for |high| <= pi/4, as the sum of two words.
template <class B> TwoWords<B> cosReduced(Term<B> high, Term<B> low) {
  Term<B> z = high * high, half = z * 0.5, rounded = 1.0 - half;
  Term<B> q = z.isDouble() ? polynomial(z, cosF64) : polynomial(z, cosF32);
  return {rounded, ((1.0 - rounded) - half) + fma(z * z, q, -(high * low))};
}

/// Whether bit `k` of n is set.
template <class B> Term<B> quadrantBit(Term<B> quadrant, int k) {
  return (quadrant & quadrant.integer(1 << k)) != quadrant.integer(0);
}

/// sin(x + steps pi/2).
template <class B> Term<B> sinFromQuadrant(ReducedAngle<B> angle, int steps) {
  Term<B> n = angle.quadrant + angle.quadrant.integer(steps);
  TwoWords<B> c = cosReduced(angle.high, angle.low), s = sinReduced(angle.high, angle.low);
  Term<B> isOdd = quadrantBit(n, 0);
  Term<B> y = choose(isOdd, c.high, s.high) + choose(isOdd, c.low, s.low);
  return choose(quadrantBit(n, 1), -y, y);
}

/// Where x is the nearest number to its sine and its tangent, the sign of zero included.
template <class B> Term<B> isTinyAngle(Term<B> x) { return magnitude(x) < (x.isDouble() ? 0x1p-27 : 0x1p-13); }

/// The functions of x from its reduced angle, which several of them may share.
template <class B> Term<B> sinTerm(Term<B> x, ReducedAngle<B> angle) {
  return choose(isTinyAngle(x), x, sinFromQuadrant(angle, 0));
}
template <class B> Term<B> cosTerm(ReducedAngle<B> angle) { return sinFromQuadrant(angle, 1); }
/// sin / cos of the reduced angle, turned over in odd quadrants; a second quotient puts back what rounding the first
/// and its operands lost.
template <class B> Term<B> tanTerm(Term<B> x, ReducedAngle<B> angle) {
  TwoWords<B> sine = sinReduced(angle.high, angle.low), cosine = cosReduced(angle.high, angle.low);
  TwoWords<B> s = fastSum(sine.high, sine.low), c = fastSum(cosine.high, cosine.low);
  Term<B> isOdd = quadrantBit(angle.quadrant, 0);
  Term<B> top = choose(isOdd, -c.high, s.high), topLow = choose(isOdd, -c.low, s.low);
  Term<B> bottom = choose(isOdd, s.high, c.high), bottomLow = choose(isOdd, s.low, c.low);
  Term<B> y = top / bottom;
  Term<B> rest = fma(-y, bottom, top) + fma(-y, bottomLow, topLow);
  return choose(isTinyAngle(x), x, y + rest / bottom);
}

template <class B> typename B::Value sin(B &b, typename B::Value x) {
  return overFloat(b, x, [](Term<B> t) { return sinTerm(t, reduceAngle(t)); });
}
template <class B> typename B::Value cos(B &b, typename B::Value x) {
  return overFloat(b, x, [](Term<B> t) { return cosTerm(reduceAngle(t)); });
}
template <class B> typename B::Value tan(B &b, typename B::Value x) {
  return overFloat(b, x, [](Term<B> t) { return tanTerm(t, reduceAngle(t)); });
}

} // namespace dlc::scalar

#endif // DLC_DIALECTS_DLC_SCALAR_TRIGONOMETRIC_H
