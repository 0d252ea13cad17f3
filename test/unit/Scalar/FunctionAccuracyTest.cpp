//===- FunctionAccuracyTest.cpp - f64 functions and pairs against MPFR ----===//
//
// The functions of f64, and those of two operands in every type, over host scalars against MPFR on samples of every
// exponent: the largest error is bounded. (All f32 are in Float32AccuracyTest.cpp, all f16 and bf16 in
// SmallFloatAccuracyTest.cpp.) `--table` prints the errors of f64 as rows of docs/numerics/functions.md
// (`--table=exp` one row), `--samples=N` sets the number of samples.
//
//===----------------------------------------------------------------------===//
#include "FunctionOracle.h"
#include "Samples.h"

#include "gtest/gtest.h"

#include <cstdio>
#include <cstdlib>

using namespace dlc;
using namespace dlc::scalar;

namespace {

size_t sampleCount = 1 << 15;

struct Worst {
  double error = 0;
  Scalar at[2];
  void take(double e, const Scalar *x, unsigned operands) {
    if (e > error) {
      error = e;
      std::copy(x, x + operands, at);
    }
  }
};

/// Pairs of samples; for every other pair of pow, y is such that the result is a number of ordinary size.
void completePair(const Function &function, size_t k, const std::vector<Scalar> &xs, const std::vector<Scalar> &ys,
                  Scalar *x) {
  HostScalarBuilder b;
  x[1] = ys[k < 36 * 36 ? k / 36 : k];
  if (k < 36 * 36) {
    x[0] = xs[k % 36];
  } else if (function.name == "pow" && k % 2) {
    DType type = x[0].type;
    double logarithm = std::log2(std::fabs(x[0].toDouble()));
    double range = (type == DType::F64 ? 1024 : type == DType::F16 ? 16 : 128) * 1.05;
    x[0] = b.abs(x[0]);
    if (std::isfinite(logarithm) && logarithm != 0)
      x[1] = b.cast(Scalar::ofDouble(range / logarithm * std::sin(static_cast<double>(k))), type);
  }
}

Worst measure(const Function &function, DType type) {
  Worst worst;
  // MPFR's gamma functions are slow.
  size_t samples = type == DType::F16 || type == DType::BF16 ? 1 << 16 : sampleCount;
  samples = function.isGamma() ? samples / 8 : samples;
  std::vector<Scalar> xs = sampleElements(type, samples), ys = sampleElements(type, samples, 1);
  for (size_t k = 0; k < xs.size(); ++k) {
    Scalar x[2] = {xs[k], Scalar()};
    if (function.operands == 2)
      completePair(function, k, xs, ys, x);
    worst.take(errorAt(function, x), x, function.operands);
  }
  return worst;
}

class Accuracy : public testing::TestWithParam<Function> {};
INSTANTIATE_TEST_SUITE_P(All, Accuracy, testing::ValuesIn(allFunctions()),
                         [](const auto &info) { return info.param.name; });

TEST_P(Accuracy, againstMpfr) {
  const Function &function = GetParam();
  for (DType type : {DType::F64, DType::F32, DType::F16, DType::BF16}) {
    if (type != DType::F64 && function.operands == 1)
      continue;
    Worst worst = measure(function, type);
    std::printf("%s of %s: %.3f ulp at 0x%llx\n", function.name.c_str(), name(type), worst.error,
                static_cast<unsigned long long>(worst.at[0].bits()));
    // f16 and bf16 round the f32 result once more.
    double bound = type == DType::F64 || type == DType::F32 ? function.bound(type) : 0.51;
    EXPECT_LE(worst.error, bound) << function.name << " of " << name(type) << " at 0x" << std::hex << worst.at[0].bits()
                                  << ", 0x" << worst.at[1].bits();
  }
}

// The f64 whose distance from a multiple of pi/2 is the smallest, and others close to one.
TEST(Angles, nearMultiplesOfHalfPi) {
  for (const Function &function : allFunctions()) {
    if (function.name != "sin" && function.name != "cos" && function.name != "tan")
      continue;
    for (double value : {0x1.6ac5b262ca1ffp+849, 0x1.921fb54442d18p+0, 0x1.921fb54442d18p+1, 0x1.6c6cbc45dc8dep+5,
                         0x1.2d97c7f3321d2p+2, 0x1p1023, 0x1.fffffffffffffp+1023, 1e22}) {
      Scalar angle = Scalar::ofDouble(value);
      EXPECT_LE(errorAt(function, &angle), 1) << function.name << " of " << value;
    }
  }
}

// Between each two negative integers lgamma has two zeros, which come near to the integers at once, and digamma has
// one.
TEST(Gamma, nearNegativeZeros) {
  for (const Function &function : allFunctions()) {
    if (!function.isGamma())
      continue;
    double factorial = 1, worst = 0, at = 0;
    for (int n = 2; n <= 40; ++n) {
      factorial *= n;
      for (int step = 0; step < 50; ++step) {
        double near = (0.9999 + step * 4e-6) / factorial, spread = (0.5 + step) / 50;
        for (double x : {-n + near, -n - near, -n + spread, -n * 1e6 + spread}) {
          Scalar operand = Scalar::ofDouble(x);
          double error = errorAt(function, &operand);
          if (error > worst) {
            worst = error;
            at = x;
          }
        }
      }
    }
    EXPECT_LE(worst, 4) << function.name << " of " << at;
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

void printTable(const std::string &only) {
  std::printf("| function | f64: ulp | at |\n|---|---|---|\n");
  for (const Function &function : allFunctions()) {
    if (!only.empty() && only != function.name)
      continue;
    Worst worst = measure(function, DType::F64);
    std::printf("| %s | %.2f | %a", function.name.c_str(), worst.error, worst.at[0].f64);
    if (function.operands == 2)
      std::printf(", %a", worst.at[1].f64);
    std::printf(" |\n");
    std::fflush(stdout);
  }
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
