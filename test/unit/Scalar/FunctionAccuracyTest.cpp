//===- FunctionAccuracyTest.cpp - The functions against MPFR --------------===//
//
// Every function of numerics N2 over host scalars, against MPFR on samples of every exponent: the largest error in
// units in the last place is bounded, f16 and bf16 are checked on every number. `--table` prints the errors as the
// table of docs/numerics/functions.md (`--table=exp` one row), `--samples=N` sets the number of f32 samples (f64 takes
// a quarter).
//
//===----------------------------------------------------------------------===//
#include "Samples.h"

#include "dialects/dlc/Scalar/Functions.h"

#include "gtest/gtest.h"

#include <climits>
#include <cstdio>
#include <cstdlib>
#include <mpfr.h>
#include <string>

using namespace dlc;
using namespace dlc::scalar;

namespace {

size_t sampleCount = 1 << 17;

using Host = Scalar (*)(HostScalarBuilder &, Scalar);
using Oracle = int (*)(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t);
using Host2 = Scalar (*)(HostScalarBuilder &, Scalar, Scalar);
using Oracle2 = int (*)(mpfr_ptr, mpfr_srcptr, mpfr_srcptr, mpfr_rnd_t);

/// A number of MPFR with enough digits that its own rounding does not show.
struct Real {
  explicit Real(mpfr_prec_t precision = 160) { mpfr_init2(value, precision); }
  ~Real() { mpfr_clear(value); }
  Real(const Real &) = delete;
  mpfr_t value;
};

int sigmoidOracle(mpfr_ptr r, mpfr_srcptr x, mpfr_rnd_t mode) {
  Real t(1400);
  mpfr_neg(t.value, x, mode);
  mpfr_exp(t.value, t.value, mode);
  mpfr_add_ui(t.value, t.value, 1, mode);
  return mpfr_ui_div(r, 1, t.value, mode);
}

/// MPFR has no sign at zero; IEEE 754's rSqrt(-0) is -inf.
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

/// erfinv by Newton's steps from `guess`, which is nearly right: each doubles the digits.
void erfinvOracle(mpfr_ptr r, mpfr_srcptr x, double guess) {
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
}

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

/// |got - want| in units of the last place of `want` in `type`; infinity counts as the first power of two beyond the
/// type, so that rounding to it is an ordinary error. NaNs must agree, zeros in sign where MPFR has one.
/// Numbers below 2^leastExponent are measured in units of that one.
double errorInUlp(Scalar got, mpfr_srcptr want, long leastExponent = LONG_MIN) {
  Format format = formatFor(got.type);
  double value = got.toDouble();
  if (mpfr_nan_p(want) || std::isnan(value))
    return mpfr_nan_p(want) && std::isnan(value) ? 0 : HUGE_VAL;
  if (mpfr_inf_p(want))
    return std::isinf(value) && (value > 0) == (mpfr_sgn(want) > 0) ? 0 : HUGE_VAL;
  if (mpfr_zero_p(want))
    return value == 0 && std::signbit(value) == (mpfr_signbit(want) != 0) ? 0 : HUGE_VAL;
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

struct Worst {
  double error = 0;
  Scalar at, at2;
  void take(double e, Scalar x, Scalar y = Scalar()) {
    if (e > error) {
      error = e;
      at = x;
      at2 = y;
    }
  }
};

#define UNARY(NAME, ORACLE, F32, F64)                                                                                  \
  {#NAME, [](HostScalarBuilder &b, Scalar x) { return NAME(b, x); }, ORACLE, F32, F64}

struct Function {
  const char *name;
  Host host;
  Oracle oracle;
  double f32, f64; ///< bounds in ulp
};
constexpr Function functions[] = {
    UNARY(exp, mpfr_exp, 1, 1),          UNARY(exp2, mpfr_exp2, 1, 1.5),     UNARY(expm1, mpfr_expm1, 1.5, 2),
    UNARY(log, mpfr_log, 1, 1),          UNARY(log2, mpfr_log2, 1, 1),       UNARY(log1p, mpfr_log1p, 1.5, 1.5),
    UNARY(sin, mpfr_sin, 1, 1),          UNARY(cos, mpfr_cos, 1, 1),         UNARY(tan, mpfr_tan, 1, 1),
    UNARY(asin, mpfr_asin, 1.5, 1.5),    UNARY(acos, mpfr_acos, 1.5, 1.5),   UNARY(atan, mpfr_atan, 2, 2),
    UNARY(sinh, mpfr_sinh, 2, 2),        UNARY(cosh, mpfr_cosh, 1.5, 1.5),   UNARY(tanh, mpfr_tanh, 1.5, 1.5),
    UNARY(asinh, mpfr_asinh, 1.5, 1.5),  UNARY(acosh, mpfr_acosh, 1.5, 1.5), UNARY(atanh, mpfr_atanh, 1.5, 1.5),
    UNARY(erf, mpfr_erf, 1, 1.5),        UNARY(erfinv, nullptr, 1, 2),       UNARY(sigmoid, sigmoidOracle, 1.5, 1.5),
    UNARY(rsqrt, rsqrtOracle, 1.5, 1.5), UNARY(lgamma, lgammaOracle, 1, 4),  UNARY(digamma, mpfr_digamma, 1, 4)};

/// lgamma and digamma of f64 below 0: their errors are of the size of the larger summand of the reflection.
long exponentOfReflection(const Function &function, Scalar x) {
  if (x.type != DType::F64 || !(x.f64 < 0) ||
      (function.oracle != lgammaOracle && function.oracle != static_cast<Oracle>(mpfr_digamma)))
    return LONG_MIN;
  Real positive;
  mpfr_set_d(positive.value, x.f64, MPFR_RNDN);
  mpfr_si_sub(positive.value, 1, positive.value, MPFR_RNDN);
  function.oracle(positive.value, positive.value, MPFR_RNDN);
  return mpfr_regular_p(positive.value) ? std::max<long>(mpfr_get_exp(positive.value), 1) + 1 : 2;
}

struct Function2 {
  const char *name;
  Host2 host;
  Oracle2 oracle;
  double f32, f64;
};
constexpr Function2 functions2[] = {
    {"pow", [](HostScalarBuilder &b, Scalar x, Scalar y) { return pow(b, x, y); }, mpfr_pow, 1, 1.5},
    {"atan2", [](HostScalarBuilder &b, Scalar y, Scalar x) { return atan2(b, y, x); }, mpfr_atan2, 1, 2}};

double boundOf(double f32, double f64, DType type) {
  // f16 and bf16 round the f32 result once more.
  return type == DType::F64 ? f64 : type == DType::F32 ? f32 : 0.51;
}

Worst measure(const Function &function, DType type, size_t samples) {
  HostScalarBuilder b;
  Real x, want;
  Worst worst;
  for (Scalar sample : sampleElements(type, samples)) {
    Scalar got = function.host(b, sample);
    mpfr_set_d(x.value, sample.toDouble(), MPFR_RNDN);
    if (function.oracle)
      function.oracle(want.value, x.value, MPFR_RNDN);
    else if (!std::isfinite(got.toDouble()) || got.toDouble() == 0)
      mpfr_set_d(want.value,
                 std::fabs(sample.toDouble()) == 1 ? sample.toDouble() * HUGE_VAL
                 : sample.toDouble() == 0          ? sample.toDouble()
                                                   : NAN,
                 MPFR_RNDN);
    else
      erfinvOracle(want.value, x.value, got.toDouble());
    worst.take(errorInUlp(got, want.value, exponentOfReflection(function, sample)), sample);
  }
  return worst;
}

/// Pairs of samples; for every other pair of pow, y is such that the result is a number of ordinary size.
Worst measure(const Function2 &function, DType type, size_t samples) {
  HostScalarBuilder b;
  Real x, y, want;
  Worst worst;
  std::vector<Scalar> xs = sampleElements(type, samples), ys = sampleElements(type, samples, 1);
  for (size_t k = 0; k < xs.size(); ++k) {
    Scalar first = xs[k], second = ys[k < 36 * 36 ? k / 36 : k];
    if (k < 36 * 36)
      first = xs[k % 36];
    else if (function.oracle == mpfr_pow && k % 2) {
      double logarithm = std::log2(std::fabs(first.toDouble())), range = formatFor(type).overflowExponent * 1.05;
      first = b.abs(first);
      if (std::isfinite(logarithm) && logarithm != 0)
        second = b.cast(Scalar::ofDouble(range / logarithm * std::sin(static_cast<double>(k))), type);
    }
    Scalar got = function.host(b, first, second);
    mpfr_set_d(x.value, first.toDouble(), MPFR_RNDN);
    mpfr_set_d(y.value, second.toDouble(), MPFR_RNDN);
    function.oracle(want.value, x.value, y.value, MPFR_RNDN);
    worst.take(errorInUlp(got, want.value), first, second);
  }
  return worst;
}

size_t samplesFor(const Function2 &, DType type) {
  return type == DType::F32 ? sampleCount : type == DType::F64 ? sampleCount / 4 : 1 << 16;
}

size_t samplesFor(const Function &function, DType type) {
  // MPFR's gamma functions are slow.
  bool isSlow = function.oracle == lgammaOracle || function.oracle == static_cast<Oracle>(mpfr_digamma);
  size_t samples = type == DType::F32 ? sampleCount : type == DType::F64 ? sampleCount / 4 : 1 << 16;
  return isSlow ? samples / 8 : samples;
}

template <class F> void expectAccurate(const F &function, DType type) {
  Worst worst = measure(function, type, samplesFor(function, type));
  std::printf("%s of %s: %.3f ulp at 0x%llx\n", function.name, name(type), worst.error,
              static_cast<unsigned long long>(worst.at.bits()));
  EXPECT_LE(worst.error, boundOf(function.f32, function.f64, type))
      << function.name << " of " << name(type) << " at 0x" << std::hex << worst.at.bits() << ", 0x" << worst.at2.bits();
}

class Accuracy : public testing::TestWithParam<size_t> {};
INSTANTIATE_TEST_SUITE_P(All, Accuracy, testing::Range<size_t>(0, std::size(functions)),
                         [](const auto &info) { return std::string(functions[info.param].name); });

TEST_P(Accuracy, againstMpfr) {
  for (DType type : {DType::F32, DType::F64, DType::F16, DType::BF16})
    expectAccurate(functions[GetParam()], type);
}

TEST(AccuracyOfPairs, againstMpfr) {
  for (const Function2 &function : functions2)
    for (DType type : {DType::F32, DType::F64, DType::BF16})
      expectAccurate(function, type);
}

// The f64 whose distance from a multiple of pi/2 is the smallest, and others close to one.
TEST(Angles, nearMultiplesOfHalfPi) {
  HostScalarBuilder b;
  Real x, want;
  for (double value : {0x1.6ac5b262ca1ffp+849, 0x1.921fb54442d18p+0, 0x1.921fb54442d18p+1, 0x1.6c6cbc45dc8dep+5,
                       0x1.2d97c7f3321d2p+2, 0x1p1023, 0x1.fffffffffffffp+1023}) {
    Scalar angle = Scalar::ofDouble(value);
    mpfr_set_d(x.value, value, MPFR_RNDN);
    mpfr_sin(want.value, x.value, MPFR_RNDN);
    EXPECT_LE(errorInUlp(sin(b, angle), want.value), 1) << value;
    mpfr_cos(want.value, x.value, MPFR_RNDN);
    EXPECT_LE(errorInUlp(cos(b, angle), want.value), 1) << value;
  }
}

// Numerics N2: a known range may specialise a program where the bits stay.
TEST(ExpNonPositive, hasTheBitsOfExp) {
  HostScalarBuilder b;
  for (DType type : {DType::F32, DType::F64})
    for (Scalar x : sampleElements(type, 100000)) {
      x = b.neg(b.abs(x));
      if (!b.isNaN(x).asBool()) {
        EXPECT_EQ(exp(b, x).bits(), expNonPositive(b, x).bits());
      }
    }
}

template <class F> void printRow(const F &function) {
  std::printf("| %s |", function.name);
  for (DType type : {DType::F32, DType::F64}) {
    Worst worst = measure(function, type, samplesFor(function, type));
    std::printf(" %.2f | %a |", worst.error, worst.at.toDouble());
  }
  std::printf("\n");
  std::fflush(stdout);
}

void printTable(const std::string &only) {
  std::printf("| function | f32: ulp | at | f64: ulp | at |\n|---|---|---|---|---|\n");
  for (const Function &function : functions)
    if (only.empty() || only == function.name)
      printRow(function);
  for (const Function2 &function : functions2)
    if (only.empty() || only == function.name)
      printRow(function);
}

} // namespace

int main(int argc, char **argv) {
  testing::InitGoogleTest(&argc, argv);
  bool table = false;
  std::string only;
  for (int k = 1; k < argc; ++k) {
    std::string argument = argv[k];
    if (argument.rfind("--samples=", 0) == 0) {
      sampleCount = std::strtoull(argument.c_str() + 10, nullptr, 10);
    } else if (argument.rfind("--table", 0) == 0 && (argument.size() == 7 || argument[7] == '=')) {
      table = true;
      only = argument.substr(std::min<size_t>(argument.size(), 8));
    } else {
      std::fprintf(stderr, "error: expected --table, --table=FUNCTION or --samples=N, but got %s\n", argv[k]);
      return 2;
    }
  }
  if (table)
    return printTable(only), 0;
  return RUN_ALL_TESTS();
}
