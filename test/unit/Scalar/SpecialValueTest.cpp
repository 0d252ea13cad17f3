//===- SpecialValueTest.cpp - Functions at zeros, infinities and NaN ------===//
//
// What the functions give where the value is exact: at signed zeros, infinities, NaN, outside their domains, at poles,
// and where IEEE 754 defines a result; in every float type, as far as it has the argument and the result. Then their
// subnormal arguments and huge angles.
//
//===----------------------------------------------------------------------===//
#include "dialects/dlc/Scalar/Functions.h"
#include "dialects/dlc/Scalar/HostScalar.h"

#include "gtest/gtest.h"

#include <vector>

using namespace dlc;
using namespace dlc::scalar;

namespace {

constexpr double inf = HUGE_VAL, nan = NAN;
constexpr DType floats[] = {DType::F32, DType::F64, DType::F16, DType::BF16};
using Unary = Scalar (*)(HostScalarBuilder &, Scalar);
using Binary = Scalar (*)(HostScalarBuilder &, Scalar, Scalar);

bool same(double a, double b) { return std::isnan(a) ? std::isnan(b) : a == b && std::signbit(a) == std::signbit(b); }

/// The element of `type`, or NaN for a number that it does not have.
Scalar element(double value, DType type) {
  HostScalarBuilder b;
  Scalar rounded = b.cast(Scalar::ofDouble(value), type);
  return rounded.toDouble() == value ? rounded : b.cast(Scalar::ofDouble(nan), type);
}

struct Case {
  double x, expected;
};

struct Row {
  const char *name;
  Unary function;
  std::vector<Case> cases;
};
#define ROW(NAME, ...)                                                                                                 \
  {                                                                                                                    \
    #NAME, [](HostScalarBuilder &b, Scalar x) { return NAME(b, x); }, { __VA_ARGS__ }                                  \
  }

const std::vector<Row> rows = {
    ROW(exp, {0.0, 1}, {-0.0, 1}, {inf, inf}, {-inf, 0}, {2048, inf}, {-2048, 0}),
    ROW(exp2, {0.0, 1}, {-0.0, 1}, {inf, inf}, {-inf, 0}, {1, 2}, {10, 1024}, {-14, 0x1p-14}, {-24, 0x1p-24},
        {2048, inf}, {-2048, 0}),
    ROW(expm1, {0.0, 0.0}, {-0.0, -0.0}, {inf, inf}, {-inf, -1}, {2048, inf}, {-2048, -1}),
    ROW(sigmoid, {0.0, 0.5}, {-0.0, 0.5}, {inf, 1}, {-inf, 0}, {2048, 1}, {-2048, 0}),
    ROW(log, {1, 0.0}, {0.0, -inf}, {-0.0, -inf}, {inf, inf}, {-inf, nan}, {-1, nan}, {-0x1p-24, nan}),
    ROW(log2, {1, 0.0}, {0.0, -inf}, {-0.0, -inf}, {inf, inf}, {-inf, nan}, {-1, nan}, {2, 1}, {0.5, -1},
        {0x1p-14, -14}, {0x1p-24, -24}, {0x1p-133, -133}, {0x1p-149, -149}, {0x1p-1074, -1074}, {32768, 15}),
    ROW(log1p, {0.0, 0.0}, {-0.0, -0.0}, {-1, -inf}, {inf, inf}, {-inf, nan}, {-2, nan}),
    ROW(sin, {0.0, 0.0}, {-0.0, -0.0}, {inf, nan}, {-inf, nan}),
    ROW(cos, {0.0, 1}, {-0.0, 1}, {inf, nan}, {-inf, nan}),
    ROW(tan, {0.0, 0.0}, {-0.0, -0.0}, {inf, nan}, {-inf, nan}),
    ROW(asin, {0.0, 0.0}, {-0.0, -0.0}, {2, nan}, {-2, nan}, {inf, nan}, {-inf, nan}),
    ROW(acos, {1, 0.0}, {2, nan}, {-2, nan}, {inf, nan}, {-inf, nan}),
    ROW(atan, {0.0, 0.0}, {-0.0, -0.0}),
    ROW(sinh, {0.0, 0.0}, {-0.0, -0.0}, {inf, inf}, {-inf, -inf}, {2048, inf}, {-2048, -inf}),
    ROW(cosh, {0.0, 1}, {-0.0, 1}, {inf, inf}, {-inf, inf}, {2048, inf}, {-2048, inf}),
    ROW(tanh, {0.0, 0.0}, {-0.0, -0.0}, {inf, 1}, {-inf, -1}, {64, 1}, {-64, -1}),
    ROW(asinh, {0.0, 0.0}, {-0.0, -0.0}, {inf, inf}, {-inf, -inf}),
    ROW(acosh, {1, 0.0}, {0.5, nan}, {0.0, nan}, {-1, nan}, {-2, nan}, {inf, inf}, {-inf, nan}),
    ROW(atanh, {0.0, 0.0}, {-0.0, -0.0}, {1, inf}, {-1, -inf}, {2, nan}, {-2, nan}, {inf, nan}, {-inf, nan}),
    ROW(erf, {0.0, 0.0}, {-0.0, -0.0}, {inf, 1}, {-inf, -1}, {64, 1}, {-64, -1}),
    ROW(erfinv, {0.0, 0.0}, {-0.0, -0.0}, {1, inf}, {-1, -inf}, {2, nan}, {-2, nan}, {inf, nan}, {-inf, nan}),
    ROW(rsqrt, {1, 1}, {4, 0.5}, {0x1p-24, 4096}, {0x1p-132, 0x1p66}, {0x1p-148, 0x1p74}, {0x1p-1074, 0x1p537},
        {0.0, inf}, {-0.0, -inf}, {inf, 0}, {-inf, nan}, {-1, nan}),
    ROW(lgamma, {1, 0.0}, {2, 0.0}, {0.0, inf}, {-0.0, inf}, {-1, inf}, {-2, inf}, {-2048, inf}, {inf, inf},
        {-inf, inf}),
    ROW(digamma, {0.0, -inf}, {-0.0, inf}, {-1, nan}, {-2, nan}, {-2048, nan}, {inf, inf}, {-inf, nan}),
    ROW(trigamma, {0.0, inf}, {-0.0, inf}, {-1, inf}, {-2, inf}, {-2048, inf}, {inf, 0.0}, {-inf, nan}),
};

TEST(SpecialValues, ofOneOperand) {
  HostScalarBuilder b;
  for (const Row &row : rows)
    for (DType type : floats) {
      Scalar notANumber = b.cast(Scalar::ofDouble(nan), type);
      EXPECT_TRUE(b.isNaN(row.function(b, notANumber)).asBool()) << row.name << " of NaN in " << name(type);
      for (auto [x, expected] : row.cases) {
        Scalar operand = element(x, type);
        if (!std::isnan(x) && std::isnan(operand.toDouble()))
          continue;
        // A result that the type does not have is that number rounded.
        double rounded = b.cast(Scalar::ofDouble(expected), type).toDouble();
        double got = row.function(b, operand).toDouble();
        EXPECT_TRUE(same(got, rounded)) << row.name << " of " << x << " in " << name(type) << ": " << got;
      }
    }
}

/// Near 0 these are their argument, and the subnormal numbers are kept.
TEST(SpecialValues, subnormalArguments) {
  HostScalarBuilder b;
  struct {
    const char *name;
    Unary function;
  } identities[] = {
#define NEAR(NAME)                                                                                                     \
  {                                                                                                                    \
    #NAME, [](HostScalarBuilder &builder, Scalar x) { return NAME(builder, x); }                                       \
  }
      NEAR(expm1), NEAR(log1p), NEAR(sin),  NEAR(tan),   NEAR(asin),
      NEAR(atan),  NEAR(sinh),  NEAR(tanh), NEAR(asinh), NEAR(atanh)};
  for (auto [function, apply] : identities)
    for (DType type : floats)
      for (uint64_t bits : {1, 2, 3, 7, 64, 127}) // subnormal in each of the types
        for (bool isNegative : {false, true}) {
          Scalar x = Scalar::ofBits(type, bits);
          x = isNegative ? b.neg(x) : x;
          EXPECT_EQ(apply(b, x).bits(), x.bits()) << function << " of " << name(type) << " number " << bits;
        }
  for (uint64_t bits : {1, 5, 127}) {
    EXPECT_EQ(exp(b, Scalar::ofBits(DType::F32, bits)).f32, 1);
    EXPECT_EQ(cos(b, Scalar::ofBits(DType::F64, bits)).f64, 1);
    EXPECT_EQ(sigmoid(b, Scalar::ofBits(DType::F64, bits)).f64, 0.5);
  }
}

// Results below the normal numbers are rounded once.
TEST(SpecialValues, subnormalResults) {
  HostScalarBuilder b;
  auto exp2Of = [&](double x, DType type) { return exp2(b, b.cast(Scalar::ofDouble(x), type)).toDouble(); };
  EXPECT_EQ(exp2Of(-149, DType::F32), 0x1p-149);
  EXPECT_EQ(exp2Of(-150, DType::F32), 0); // a tie, to even
  EXPECT_EQ(exp2Of(-149.9, DType::F32), 0x1p-149);
  EXPECT_EQ(exp2Of(-1074, DType::F64), 0x1p-1074);
  EXPECT_EQ(exp2Of(-1075, DType::F64), 0);
  EXPECT_EQ(exp2Of(-1074.9, DType::F64), 0x1p-1074);
  EXPECT_EQ(exp2Of(-24, DType::F16), 0x1p-24);
  EXPECT_EQ(exp2Of(-25, DType::F16), 0);
  EXPECT_EQ(exp2Of(-133, DType::BF16), 0x1p-133);
  EXPECT_EQ(exp2Of(127, DType::F32), 0x1p127);
  EXPECT_EQ(exp2Of(1023, DType::F64), 0x1p1023);
}

// Values from MPFR, the f64 results to within an ulp.
TEST(SpecialValues, hugeAngles) {
  HostScalarBuilder b;
  struct {
    double x, sine, cosine, tangent;
  } cases[] = {
      {0x1p30, -0x1.3c12353728cafp-1, 0x1.92cb46a920144p-1, -0x1.91c3c126f9d13p-1},
      {0x1p64, 0x1.82a353118793dp-6, -0x1.ffdb7fa3fe34dp-1, -0x1.82bee572e2ac9p-6},
      {0x1.fffffep127, -0x1.0b33665089575p-1, 0x1.b4bf2c79bdfcep-1, -0x1.393d94b4988c2p-1},
      {-0x1.fffffep127, 0x1.0b33665089575p-1, 0x1.b4bf2c79bdfcep-1, 0x1.393d94b4988c2p-1},
      {0x1.86a0p16, 0x1.24daa9c527e96p-5, -0x1.ffac3841b3da7p-1, -0x1.250a9d503313dp-5},
      {0x1.6ac5b2p115, -0x1.6e7239dea41acp-1, 0x1.6593aacddf5f5p-1, -0x1.06598fb4780d1p+0},
      {0x1p100, -0x1.be8ed97ac1f59p-1, 0x1.f4eb3ff66e36dp-2, -0x1.c86fbfa8cecc3p+0},
      {0x1p1000, -0x1.460b8ae1c886ep-3, 0x1.f9785160c8815p-1, -0x1.4a41d560c08ccp-3},
      {0x1.6ac5b262ca1ffp+849, 0x1.0000000000000p+0, -0x1.14ae72e6ba22fp-61, -0x1.d9ba9a7975636p+60},
      {-0x1.fffffffffffffp+1023, -0x1.452fc98b34e97p-8, -0x1.fffe62ecfab75p-1, 0x1.4530cfe729484p-8},
      {1e22, -0x1.b453ab76bf397p-1, 0x1.0be2cef01c8f4p-1, -0x1.a0f79c1b6b257p+0},
      {0x1.2d97c7f3321d2p50, -0x1.a763452a23b3ep-5, 0x1.ff50d3bb58aa1p-1, -0x1.a7f451d3f3b02p-5},
  };
  for (auto [x, sine, cosine, tangent] : cases) {
    Scalar wide = Scalar::ofDouble(x);
    EXPECT_NEAR(sin(b, wide).f64, sine, std::fabs(sine) * 0x1p-52) << x;
    EXPECT_NEAR(cos(b, wide).f64, cosine, std::fabs(cosine) * 0x1p-52) << x;
    EXPECT_NEAR(tan(b, wide).f64, tangent, std::fabs(tangent) * 0x1p-52) << x;
    Scalar narrow = element(x, DType::F32);
    if (std::isnan(narrow.f32))
      continue;
    EXPECT_NEAR(sin(b, narrow).f32, sine, std::fabs(sine) * 0x1p-23) << x;
    EXPECT_NEAR(cos(b, narrow).f32, cosine, std::fabs(cosine) * 0x1p-23) << x;
    EXPECT_NEAR(tan(b, narrow).f32, tangent, std::fabs(tangent) * 0x1p-23) << x;
  }
}

struct PairCase {
  double x, y, expected;
};

void expectPairs(const char *function, Binary apply, const std::vector<PairCase> &cases) {
  HostScalarBuilder b;
  for (DType type : floats)
    for (auto [x, y, expected] : cases) {
      Scalar first = element(x, type), second = element(y, type);
      if (std::isnan(first.toDouble()) != std::isnan(x) || std::isnan(second.toDouble()) != std::isnan(y))
        continue;
      double rounded = b.cast(Scalar::ofDouble(expected), type).toDouble();
      double got = apply(b, first, second).toDouble();
      EXPECT_TRUE(same(got, rounded)) << function << " of " << x << ", " << y << " in " << name(type) << ": " << got;
    }
}

TEST(SpecialValues, pow) {
  expectPairs("pow", [](HostScalarBuilder &b, Scalar x, Scalar y) { return pow(b, x, y); },
              {{nan, 0.0, 1},     {nan, -0.0, 1},    {1, nan, 1},      {1, inf, 1},       {1, -inf, 1},
               {-1, inf, 1},      {-1, -inf, 1},     {nan, 1, nan},    {2, nan, nan},     {-1, nan, nan},
               {0.0, 3, 0.0},     {-0.0, 3, -0.0},   {-0.0, 2, 0.0},   {0.0, -3, inf},    {-0.0, -3, -inf},
               {-0.0, -2, inf},   {0.0, 0.5, 0.0},   {-0.0, 0.5, 0.0}, {-0.0, -0.5, inf}, {0.0, inf, 0.0},
               {0.0, -inf, inf},  {-0.0, -inf, inf}, {0.5, inf, 0},    {0.5, -inf, inf},  {-0.5, inf, 0},
               {2, inf, inf},     {2, -inf, 0},      {-2, inf, inf},   {inf, 2, inf},     {inf, -2, 0},
               {-inf, 3, -inf},   {-inf, 2, inf},    {-inf, -3, -0.0}, {-inf, -2, 0.0},   {-inf, 0.5, inf},
               {-2, 0.5, nan},    {-2, 3, -8},       {-2, 2, 4},       {-2, -1, -0.5},    {2, 10, 1024},
               {2, -24, 0x1p-24}, {4, 0.5, 2},       {3, 2, 9},        {2, 2048, inf},    {2, -2048, 0},
               {-2, 2047, -inf},  {-2, -2047, -0.0}, {inf, 0.0, 1},    {0.0, 0.0, 1},     {-2, -inf, 0}});
}

TEST(SpecialValues, atan2) {
  constexpr double pi = M_PI;
  expectPairs("atan2", [](HostScalarBuilder &b, Scalar y, Scalar x) { return atan2(b, y, x); },
              {{0.0, 1, 0.0},        {-0.0, 1, -0.0},         {0.0, 0.0, 0.0},
               {-0.0, 0.0, -0.0},    {0.0, inf, 0.0},         {-0.0, inf, -0.0},
               {0.0, -1, pi},        {-0.0, -1, -pi},         {0.0, -0.0, pi},
               {-0.0, -0.0, -pi},    {0.0, -inf, pi},         {-0.0, -inf, -pi},
               {1, 0.0, pi / 2},     {-1, 0.0, -pi / 2},      {1, -0.0, pi / 2},
               {inf, 1, pi / 2},     {-inf, 1, -pi / 2},      {inf, inf, pi / 4},
               {-inf, inf, -pi / 4}, {inf, -inf, 3 * pi / 4}, {-inf, -inf, -3 * pi / 4},
               {1, inf, 0.0},        {-1, inf, -0.0},         {1, -inf, pi},
               {-1, -inf, -pi},      {nan, 1, nan},           {1, nan, nan},
               {nan, inf, nan},      {1, 1, pi / 4},          {-1, 1, -pi / 4},
               {1, -1, 3 * pi / 4},  {-1, -1, -3 * pi / 4}});
}

// The ends of the ranges of atan and acos, as nearly as the types have them.
TEST(SpecialValues, multiplesOfPi) {
  HostScalarBuilder b;
  for (DType type : floats) {
    auto of = [&](double x) { return b.cast(Scalar::ofDouble(x), type); };
    EXPECT_EQ(atan(b, of(inf)).bits(), of(M_PI / 2).bits()) << name(type);
    EXPECT_EQ(atan(b, of(-inf)).bits(), of(-M_PI / 2).bits()) << name(type);
    EXPECT_EQ(asin(b, of(1)).bits(), of(M_PI / 2).bits()) << name(type);
    EXPECT_EQ(asin(b, of(-1)).bits(), of(-M_PI / 2).bits()) << name(type);
    EXPECT_EQ(acos(b, of(-1)).bits(), of(M_PI).bits()) << name(type);
    EXPECT_EQ(acos(b, of(0.0)).bits(), of(M_PI / 2).bits()) << name(type);
    EXPECT_EQ(acos(b, of(-0.0)).bits(), of(M_PI / 2).bits()) << name(type);
  }
}

} // namespace
