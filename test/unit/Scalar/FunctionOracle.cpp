//===- FunctionOracle.cpp - The functions of numerics N2 beside MPFR ------===//
#include "FunctionOracle.h"

#include <algorithm>
#include <ostream>
#include <type_traits>

namespace dlc::scalar {

int sigmoidOracle(mpfr_ptr r, mpfr_srcptr x, mpfr_rnd_t mode) {
  Real t(200);
  mpfr_neg(t.value, x, mode);
  mpfr_exp(t.value, t.value, mode);
  mpfr_add_ui(t.value, t.value, 1, mode);
  return mpfr_ui_div(r, 1, t.value, mode);
}

int rsqrtOracle(mpfr_ptr r, mpfr_srcptr x, mpfr_rnd_t mode) {
  int inexact = mpfr_rec_sqrt(r, x, mode);
  if (mpfr_zero_p(x))
    mpfr_set_inf(r, mpfr_signbit(x) ? -1 : 1);
  return inexact;
}

int lgammaOracle(mpfr_ptr r, mpfr_srcptr x, mpfr_rnd_t mode) {
  int sign;
  return mpfr_lgamma(r, &sign, x, mode);
}

/// zeta(2 k), which MPFR takes long for.
static mpfr_srcptr zetaOfEven(unsigned k) {
  static Real *values = [] {
    auto *all = new Real[31];
    for (unsigned i = 1; i <= 30; ++i) {
      mpfr_set_prec(all[i].value, 300);
      mpfr_zeta_ui(all[i].value, 2 * i, MPFR_RNDN);
    }
    return all;
  }();
  return values[k].value;
}

/// sum of 1 / (x + k)^2 up to 60, then the asymptotic series, whose Bernoulli numbers come from zeta.
static void trigammaOfPositive(mpfr_ptr r, mpfr_srcptr x) {
  Real y(300), term(300), power(300), twoPi(300);
  mpfr_set(y.value, x, MPFR_RNDN);
  mpfr_set_zero(r, 1);
  for (; mpfr_cmp_ui(y.value, 60) < 0; mpfr_add_ui(y.value, y.value, 1, MPFR_RNDN)) {
    mpfr_sqr(term.value, y.value, MPFR_RNDN);
    mpfr_ui_div(term.value, 1, term.value, MPFR_RNDN);
    mpfr_add(r, r, term.value, MPFR_RNDN);
  }
  mpfr_ui_div(power.value, 1, y.value, MPFR_RNDN);
  mpfr_add(r, r, power.value, MPFR_RNDN);
  mpfr_sqr(term.value, power.value, MPFR_RNDN);
  mpfr_div_2ui(term.value, term.value, 1, MPFR_RNDN);
  mpfr_add(r, r, term.value, MPFR_RNDN);
  mpfr_const_pi(twoPi.value, MPFR_RNDN);
  mpfr_mul_2ui(twoPi.value, twoPi.value, 1, MPFR_RNDN);
  Real scaled(300), zeta(300);
  mpfr_div(scaled.value, power.value, twoPi.value, MPFR_RNDN);
  mpfr_set(term.value, power.value, MPFR_RNDN);
  for (unsigned k = 1; k <= 30; ++k) { // B_2k / y^(2k + 1) = +-2 zeta(2k) (2k)! / (2 pi y)^2k / y
    mpfr_mul_ui(term.value, term.value, 2 * k * (2 * k - 1), MPFR_RNDN);
    mpfr_mul(term.value, term.value, scaled.value, MPFR_RNDN);
    mpfr_mul(term.value, term.value, scaled.value, MPFR_RNDN);
    mpfr_mul(zeta.value, zetaOfEven(k), term.value, MPFR_RNDN);
    mpfr_mul_si(zeta.value, zeta.value, k % 2 ? 2 : -2, MPFR_RNDN);
    mpfr_add(r, r, zeta.value, MPFR_RNDN);
  }
}

int trigammaOracle(mpfr_ptr r, mpfr_srcptr x, mpfr_rnd_t mode) {
  Real whole(300), sine(1200), at(1200);
  bool isBelow = mpfr_sgn(x) < 0;
  if (mpfr_nan_p(x) || (isBelow && mpfr_inf_p(x))) {
    mpfr_set_nan(r);
    return 0;
  }
  if (mpfr_inf_p(x))
    return mpfr_set_ui(r, 0, mode);
  if (mpfr_sgn(x) <= 0 && mpfr_integer_p(x)) {
    mpfr_set_inf(r, 1);
    return 0;
  }
  if (!isBelow) {
    trigammaOfPositive(whole.value, x);
    return mpfr_set(r, whole.value, mode);
  }
  mpfr_rint(at.value, x, MPFR_RNDN);
  mpfr_sub(at.value, x, at.value, MPFR_RNDN); // exact
  mpfr_const_pi(sine.value, MPFR_RNDN);
  mpfr_mul(at.value, at.value, sine.value, MPFR_RNDN);
  Real ratio(1200);
  mpfr_sin(ratio.value, at.value, MPFR_RNDN);
  mpfr_div(ratio.value, sine.value, ratio.value, MPFR_RNDN);
  mpfr_sqr(ratio.value, ratio.value, MPFR_RNDN);
  mpfr_ui_sub(at.value, 1, x, MPFR_RNDN);
  trigammaOfPositive(whole.value, at.value);
  return mpfr_sub(r, ratio.value, whole.value, mode);
}

int erfinvOracle(mpfr_ptr r, mpfr_srcptr x, mpfr_rnd_t mode) {
  HostScalarBuilder b;
  double guess = erfinv(b, Scalar::ofDouble(mpfr_get_d(x, MPFR_RNDN))).f64;
  if (mpfr_nan_p(x) || mpfr_cmpabs_ui(x, 1) > 0) {
    mpfr_set_nan(r);
    return 0;
  }
  if (mpfr_cmp_si(x, 1) == 0 || mpfr_cmp_si(x, -1) == 0) {
    mpfr_set_inf(r, mpfr_sgn(x));
    return 0;
  }
  if (mpfr_zero_p(x))
    return mpfr_set(r, x, mode);
  Real error, slope;
  mpfr_set_d(r, guess, MPFR_RNDN);
  for (int step = 0; step < 2; ++step) {
    // (erf(r) - x) sqrt(pi) / 2 exp(r^2), with digits for what cancels.
    mpfr_set_prec(error.value, 400);
    mpfr_erf(error.value, r, MPFR_RNDN);
    mpfr_sub(error.value, error.value, x, MPFR_RNDN);
    mpfr_sqr(slope.value, r, MPFR_RNDN);
    mpfr_exp(slope.value, slope.value, MPFR_RNDN);
    mpfr_mul(error.value, error.value, slope.value, MPFR_RNDN);
    mpfr_const_pi(slope.value, MPFR_RNDN);
    mpfr_sqrt(slope.value, slope.value, MPFR_RNDN);
    mpfr_mul(error.value, error.value, slope.value, MPFR_RNDN);
    mpfr_div_2ui(error.value, error.value, 1, MPFR_RNDN);
    mpfr_sub(r, r, error.value, MPFR_RNDN);
  }
  return 1;
}

void PrintTo(const Function &function, std::ostream *stream) { *stream << function.name; }

const std::vector<Function> &allFunctions() {
  static const std::vector<Function> functions = [] {
    std::vector<Function> rows;
    visitFunctions([&](const char *name, auto program, auto oracle, double f32, double f64) {
      constexpr bool isUnary = std::is_invocable_v<decltype(oracle), mpfr_ptr, mpfr_srcptr, mpfr_rnd_t>;
      auto host = [program](const Scalar *x) {
        HostScalarBuilder b;
        if constexpr (isUnary)
          return program(b, x[0]);
        else
          return program(b, x[0], x[1]);
      };
      auto real = [oracle](mpfr_ptr result, const Scalar *x) {
        Real first(53);
        mpfr_set_d(first.value, x[0].toDouble(), MPFR_RNDN);
        if constexpr (isUnary) {
          oracle(result, first.value, MPFR_RNDN);
        } else {
          Real second(53);
          mpfr_set_d(second.value, x[1].toDouble(), MPFR_RNDN);
          oracle(result, first.value, second.value, MPFR_RNDN);
        }
      };
      rows.push_back({name, isUnary ? 1u : 2u, host, real, f32, f64});
    });
    return rows;
  }();
  return functions;
}

namespace {

struct Format {
  int digits, leastExponent, overflowExponent;
};
Format formatFor(DType type) {
  switch (type) {
  case DType::F64:
    return {53, -1074, 1024};
  case DType::F32:
    return {24, -149, 128};
  case DType::F16:
    return {11, -24, 16};
  default:
    return {8, -133, 128};
  }
}

} // namespace

double errorInUlp(Scalar got, mpfr_srcptr want, long leastExponent) {
  Format format = formatFor(got.type);
  double value = got.toDouble();
  if (mpfr_nan_p(want) || std::isnan(value))
    return mpfr_nan_p(want) && std::isnan(value) ? 0 : HUGE_VAL;
  if (mpfr_inf_p(want))
    return std::isinf(value) && (value > 0) == (mpfr_sgn(want) > 0) ? 0 : HUGE_VAL;
  if (value == 0 && std::signbit(value) != (mpfr_signbit(want) != 0))
    return HUGE_VAL;
  if (mpfr_zero_p(want))
    return value == 0 ? 0 : HUGE_VAL;
  Real difference(1200);
  long exponent =
      std::max<long>(std::max<long>(mpfr_get_exp(want), leastExponent) - format.digits, format.leastExponent);
  exponent = std::min<long>(exponent, format.overflowExponent - format.digits);
  if (std::isinf(value)) {
    mpfr_set_si_2exp(difference.value, value > 0 ? 1 : -1, format.overflowExponent, MPFR_RNDN);
    // Beyond the type every number is as good as infinity.
    if (mpfr_cmpabs(want, difference.value) >= 0)
      return (value > 0) == (mpfr_sgn(want) > 0) ? 0 : HUGE_VAL;
    mpfr_sub(difference.value, want, difference.value, MPFR_RNDN);
  } else {
    mpfr_sub_d(difference.value, want, value, MPFR_RNDN);
  }
  mpfr_mul_2si(difference.value, difference.value, -exponent, MPFR_RNDN);
  return std::fabs(mpfr_get_d(difference.value, MPFR_RNDN));
}

double errorAt(const Function &function, const Scalar *x, Scalar got) {
  Real want;
  function.oracle(want.value, x);
  bool cancels = function.isGamma() && x[0].type == DType::F64 && x[0].f64 < 0;
  return errorInUlp(got, want.value, cancels ? 1 : LONG_MIN);
}

double errorAt(const Function &function, const Scalar *x) { return errorAt(function, x, function.host(x)); }

} // namespace dlc::scalar
