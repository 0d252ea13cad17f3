//===- Program.h - Writing scalar programs --------------------------------===//
//
// `Term` lets a program over an abstract builder read like its formula: a value with the builder that made it. Every
// operator is one builder call, hence one rounding; numbers beside a term become constants of its type.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_DIALECTS_DLC_SCALAR_PROGRAM_H
#define DLC_DIALECTS_DLC_SCALAR_PROGRAM_H

#include "dialects/dlc/Scalar/Predicate.h"
#include "lib/Runtime/DType.h"

#include <cmath>
#include <cstddef>

namespace dlc::scalar {

/// A value of builder `B` that knows its builder. Comparisons are ordered (C's), and give Bool terms.
template <class B> struct Term {
  using Value = typename B::Value;
  B *b;
  Value v;

  Term(B &builder, Value value) : b(&builder), v(value) {}
  operator Value() const { return v; }
  DType type() const { return b->dtype(v); }
  bool isDouble() const { return type() == DType::F64; }

  /// A constant of this term's type.
  Term constant(double value) const { return {*b, b->constant(v, value)}; }
  Term integer(int64_t value) const { return {*b, b->integer(v, value)}; }
  Term boolean(bool value) const { return {*b, b->boolean(v, value)}; }

  Term bits(DType type) const { return {*b, b->bitcast(v, type)}; }
  Term cast(DType type) const { return {*b, b->cast(v, type)}; }
  Term isNaN() const { return {*b, b->isNaN(v)}; }
  Term isInf() const { return {*b, b->isInf(v)}; }
  Term isFinite() const { return {*b, b->isFinite(v)}; }

  friend Term operator+(Term x, Term y) { return {*x.b, x.b->add(x.v, y.v)}; }
  friend Term operator-(Term x, Term y) { return {*x.b, x.b->sub(x.v, y.v)}; }
  friend Term operator*(Term x, Term y) { return {*x.b, x.b->mul(x.v, y.v)}; }
  friend Term operator/(Term x, Term y) { return {*x.b, x.b->div(x.v, y.v)}; }
  friend Term operator-(Term x) { return {*x.b, x.b->neg(x.v)}; }
  friend Term operator+(Term x, double y) { return x + x.constant(y); }
  friend Term operator-(Term x, double y) { return x - x.constant(y); }
  friend Term operator*(Term x, double y) { return x * x.constant(y); }
  friend Term operator/(Term x, double y) { return x / x.constant(y); }
  friend Term operator+(double x, Term y) { return y.constant(x) + y; }
  friend Term operator-(double x, Term y) { return y.constant(x) - y; }
  friend Term operator*(double x, Term y) { return y.constant(x) * y; }
  friend Term operator/(double x, Term y) { return y.constant(x) / y; }

  friend Term operator&(Term x, Term y) { return {*x.b, x.b->bitAnd(x.v, y.v)}; }
  friend Term operator|(Term x, Term y) { return {*x.b, x.b->bitOr(x.v, y.v)}; }
  friend Term operator^(Term x, Term y) { return {*x.b, x.b->bitXor(x.v, y.v)}; }
  friend Term operator~(Term x) { return {*x.b, x.b->bitNot(x.v)}; }
  /// Shifts by a constant; the term's signedness decides what shifts in.
  friend Term operator<<(Term x, unsigned n) { return {*x.b, x.b->shl(x.v, n)}; }
  friend Term operator>>(Term x, unsigned n) { return {*x.b, x.b->shr(x.v, n)}; }

  Term compare(Predicate p, Term y) const { return {*b, b->cmp(p, v, y.v)}; }
  friend Term operator==(Term x, Term y) { return x.compare(Predicate::Eq, y); }
  friend Term operator!=(Term x, Term y) { return x.compare(Predicate::Ne, y); }
  friend Term operator<(Term x, Term y) { return x.compare(Predicate::Lt, y); }
  friend Term operator<=(Term x, Term y) { return x.compare(Predicate::Le, y); }
  friend Term operator>(Term x, Term y) { return x.compare(Predicate::Gt, y); }
  friend Term operator>=(Term x, Term y) { return x.compare(Predicate::Ge, y); }
  friend Term operator==(Term x, double y) { return x == x.constant(y); }
  friend Term operator!=(Term x, double y) { return x != x.constant(y); }
  friend Term operator<(Term x, double y) { return x < x.constant(y); }
  friend Term operator<=(Term x, double y) { return x <= x.constant(y); }
  friend Term operator>(Term x, double y) { return x > x.constant(y); }
  friend Term operator>=(Term x, double y) { return x >= x.constant(y); }
};

/// a * b + c, rounded once.
template <class B> Term<B> fma(Term<B> a, Term<B> b, Term<B> c) { return {*a.b, a.b->fma(a.v, b.v, c.v)}; }
template <class B> Term<B> fma(Term<B> a, Term<B> b, double c) { return fma(a, b, a.constant(c)); }
template <class B> Term<B> fma(Term<B> a, double b, Term<B> c) { return fma(a, a.constant(b), c); }
template <class B> Term<B> fma(Term<B> a, double b, double c) { return fma(a, a.constant(b), a.constant(c)); }
template <class B> Term<B> fma(double a, Term<B> b, Term<B> c) { return fma(b.constant(a), b, c); }
template <class B> Term<B> magnitude(Term<B> x) { return {*x.b, x.b->abs(x.v)}; }
template <class B> Term<B> squareRoot(Term<B> x) { return {*x.b, x.b->sqrt(x.v)}; }
/// `x` with the sign of `y`.
template <class B> Term<B> withSign(Term<B> x, Term<B> y) { return {*x.b, x.b->copysign(x.v, y.v)}; }
/// `x` where `condition` holds, else `y`.
template <class B> Term<B> choose(Term<B> condition, Term<B> x, Term<B> y) {
  return {*x.b, x.b->select(condition.v, x.v, y.v)};
}
template <class B> Term<B> choose(Term<B> condition, double x, Term<B> y) {
  return choose(condition, y.constant(x), y);
}
template <class B> Term<B> choose(Term<B> condition, Term<B> x, double y) {
  return choose(condition, x, x.constant(y));
}
/// `x`, but at most `high`; NaN stays.
template <class B> Term<B> capAbove(Term<B> x, double high) { return choose(x > high, high, x); }
/// `x`, but at least `low`; NaN stays.
template <class B> Term<B> capBelow(Term<B> x, double low) { return choose(x < low, low, x); }

/// c[0] + c[1] x + ... by Horner's rule in fma, highest power first.
template <class B, std::size_t N> Term<B> polynomial(Term<B> x, const double (&c)[N]) {
  Term<B> sum = x.constant(c[N - 1]);
  for (std::size_t k = N - 1; k-- > 0;)
    sum = fma(sum, x, c[k]);
  return sum;
}

/// Runs a program that exists in f32 and f64 on any float: f16 and bf16 compute in f32 and round once at the end.
template <class B, class F> typename B::Value overFloat(B &b, typename B::Value x, F program) {
  DType type = b.dtype(x);
  if (type == DType::F32 || type == DType::F64)
    return program(Term<B>(b, x)).v;
  return b.cast(program(Term<B>(b, b.cast(x, DType::F32))).v, type);
}
template <class B, class F> typename B::Value overFloat(B &b, typename B::Value x, typename B::Value y, F program) {
  DType type = b.dtype(x);
  if (type == DType::F32 || type == DType::F64)
    return program(Term<B>(b, x), Term<B>(b, y)).v;
  return b.cast(program(Term<B>(b, b.cast(x, DType::F32)), Term<B>(b, b.cast(y, DType::F32))).v, type);
}

} // namespace dlc::scalar

#endif // DLC_DIALECTS_DLC_SCALAR_PROGRAM_H
