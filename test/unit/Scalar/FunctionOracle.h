//===- FunctionOracle.h - The functions of numerics N2 beside MPFR --------===//
//
// One list of the functions, each with its program, MPFR's function and the bounds that tests hold it to, and errors in
// units of the last place. MPFR is the only thing here that dlc's own programs do not take part in, but for the point
// from which Newton's steps for erfinv start.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_TEST_UNIT_SCALAR_FUNCTIONORACLE_H
#define DLC_TEST_UNIT_SCALAR_FUNCTIONORACLE_H

#include "dialects/dlc/Scalar/Functions.h"
#include "dialects/dlc/Scalar/HostScalar.h"

#include <climits>
#include <functional>
#include <iosfwd>
#include <mpfr.h>
#include <string>
#include <vector>

namespace dlc::scalar {

/// A number of MPFR with enough digits that its own rounding does not show.
struct Real {
  explicit Real(mpfr_prec_t precision = 160) { mpfr_init2(value, precision); }
  ~Real() { mpfr_clear(value); }
  Real(const Real &) = delete;
  mpfr_t value;
};

int sigmoidOracle(mpfr_ptr r, mpfr_srcptr x, mpfr_rnd_t mode);
/// MPFR has no sign at zero; IEEE 754's rSqrt(-0) is -inf.
int rsqrtOracle(mpfr_ptr r, mpfr_srcptr x, mpfr_rnd_t mode);
int lgammaOracle(mpfr_ptr r, mpfr_srcptr x, mpfr_rnd_t mode);
/// By the recurrence, the asymptotic series and the reflection.
int trigammaOracle(mpfr_ptr r, mpfr_srcptr x, mpfr_rnd_t mode);
/// Newton's steps from an f64 that is nearly right; `x` is an f64.
int erfinvOracle(mpfr_ptr r, mpfr_srcptr x, mpfr_rnd_t mode);

/// Calls visit(name, program over any builder, MPFR's function, bound of f32, bound of f64) for each function; bounds
/// are in ulp, and those of f32 are of all numbers, not only of samples.
template <class Visit> void visitFunctions(Visit visit) {
#define UNARY(NAME, ...) visit(#NAME, [](auto &b, auto x) { return NAME(b, x); }, __VA_ARGS__)
#define BINARY(NAME, ...) visit(#NAME, [](auto &b, auto x, auto y) { return NAME(b, x, y); }, __VA_ARGS__)
  UNARY(exp, mpfr_exp, 1.25, 1);
  UNARY(exp2, mpfr_exp2, 1, 1.5);
  UNARY(expm1, mpfr_expm1, 1.5, 2);
  UNARY(sigmoid, sigmoidOracle, 1.5, 1.5);
  UNARY(log, mpfr_log, 1, 1);
  UNARY(log2, mpfr_log2, 1.25, 1);
  UNARY(log1p, mpfr_log1p, 1.5, 1.5);
  UNARY(sin, mpfr_sin, 1, 1);
  UNARY(cos, mpfr_cos, 1, 1);
  UNARY(tan, mpfr_tan, 1, 1);
  UNARY(asin, mpfr_asin, 1.5, 1.5);
  UNARY(acos, mpfr_acos, 1.5, 1.5);
  UNARY(atan, mpfr_atan, 2, 2);
  UNARY(sinh, mpfr_sinh, 2, 2);
  UNARY(cosh, mpfr_cosh, 1.5, 1.5);
  UNARY(tanh, mpfr_tanh, 1.5, 1.5);
  UNARY(asinh, mpfr_asinh, 1.75, 1.5);
  UNARY(acosh, mpfr_acosh, 1.75, 1.5);
  UNARY(atanh, mpfr_atanh, 1.75, 1.5);
  UNARY(erf, mpfr_erf, 1.25, 1.5);
  UNARY(erfinv, erfinvOracle, 1, 2);
  UNARY(rsqrt, rsqrtOracle, 1.5, 1.5);
  UNARY(lgamma, lgammaOracle, 1, 4);
  UNARY(digamma, mpfr_digamma, 1, 4);
  UNARY(trigamma, trigammaOracle, 1, 4);
  BINARY(pow, mpfr_pow, 1, 1.5);
  BINARY(atan2, mpfr_atan2, 1, 2);
#undef UNARY
#undef BINARY
}

/// A function as the interpreter computes it, beside MPFR.
struct Function {
  std::string name;
  unsigned operands;
  std::function<Scalar(const Scalar *)> host;
  /// The value at `x` with the digits of the result.
  std::function<void(mpfr_ptr, const Scalar *)> oracle;
  double f32, f64; ///< bounds in ulp

  bool isGamma() const { return name == "lgamma" || name == "digamma"; }
  double bound(DType type) const { return type == DType::F64 ? f64 : f32; }
};
/// GoogleTest shows a function by its name.
void PrintTo(const Function &function, std::ostream *stream);
/// The functions in the order of visitFunctions.
const std::vector<Function> &allFunctions();

/// |got - want| in units of the last place of `want` in the type of `got`; infinity counts as the first power of two
/// beyond the type, so that rounding to it is an ordinary error. NaNs and signs of zeros must agree.
/// Numbers below 2^leastExponent are measured in units of that one.
double errorInUlp(Scalar got, mpfr_srcptr want, long leastExponent = LONG_MIN);

/// The error of `got`, or of the interpreter's result, as the value of `function` at `x`. Below 0, where the reflection
/// of lgamma and digamma cancels, units of f64 are at least 2^-52, so that 4 of them are 2^-50.
double errorAt(const Function &function, const Scalar *x, Scalar got);
double errorAt(const Function &function, const Scalar *x);

} // namespace dlc::scalar

#endif // DLC_TEST_UNIT_SCALAR_FUNCTIONORACLE_H
