//===- Float32Errors.cpp - f32 functions against f64 ones and MPFR --------===//
#include "Float32Errors.h"
#include "CompiledProgram.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <type_traits>

namespace dlc::scalar {

namespace {

constexpr size_t chunk = 4096;
/// Below this, left of 0, the reflection of lgamma and digamma leaves f64 too few digits.
constexpr double cancelsBelow = 0x1p-10;

/// The function `name` as IR, of f32 operands: computed in, and a result of, `type`.
IRScalar emit(const std::string &name, DType type, IRScalarBuilder &b, llvm::ArrayRef<IRScalar> x) {
  IRScalar result = x[0];
  visitFunctions([&](const char *candidate, auto program, auto, double, double) {
    if (name != candidate)
      return;
    if constexpr (std::is_invocable_v<decltype(program), IRScalarBuilder &, IRScalar>)
      result = program(b, b.cast(x[0], type));
    else
      result = program(b, b.cast(x[0], type), b.cast(x[1], type));
  });
  return result;
}

std::vector<DType> operandsOf(const Function &function) { return std::vector<DType>(function.operands, DType::F32); }

float floatOfBits(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

} // namespace

struct Float32Errors::Compiled {
  CompiledProgram f32, f64;
  float x[2][chunk], y[chunk];
  double reference[chunk], error[chunk];

  explicit Compiled(const Function &function)
      : f32(operandsOf(function), DType::F32, 16, "",
            [&](IRScalarBuilder &b, llvm::ArrayRef<IRScalar> v) { return emit(function.name, DType::F32, b, v); }),
        f64(operandsOf(function), DType::F64, 16, "",
            [&](IRScalarBuilder &b, llvm::ArrayRef<IRScalar> v) { return emit(function.name, DType::F64, b, v); }) {}

  void run(unsigned operands) {
    const void *inputs[] = {x[0], x[1]};
    f32.run(llvm::ArrayRef(inputs, operands), y, chunk);
    f64.run(llvm::ArrayRef(inputs, operands), reference, chunk);
  }
};

Float32Errors::Float32Errors(const Function &of) : function(of), compiled(std::make_unique<Compiled>(of)) {
  failure = compiled->f32.error.empty() ? compiled->f64.error : compiled->f32.error;
  for (const CompiledProgram *program : {&compiled->f32, &compiled->f64})
    for (const std::string &symbol : program->undefinedSymbols)
      failure += " undefined symbol " + symbol;
}

Float32Errors::~Float32Errors() = default;

void Float32Errors::placeSamples(uint64_t first) {
  for (size_t k = 0; k < chunk; ++k) {
    // An odd factor permutes the patterns; that of the golden ratio spreads any run of them.
    uint32_t index = static_cast<uint32_t>(first + k), bits = index * 0x9e3779b9;
    uint32_t other = (index ^ index >> 15) * 0x85ebca6b;
    other = (other ^ other >> 13) * 0xc2b2ae35;
    if (function.operands == 2 && index % 2) {
      // Sizes from 2^-4 to 2^4, for which powers and angles are ordinary numbers.
      bits = (bits & 0x807fffff) | (127 - 4 + (bits >> 23) % 8) << 23;
      other = (other & 0x807fffff) | (127 - 4 + (other >> 23) % 8) << 23;
      bits &= function.name == "pow" ? 0x7fffffff : ~0u;
    }
    compiled->x[0][k] = floatOfBits(bits);
    compiled->x[1][k] = floatOfBits(other);
  }
  compiled->run(function.operands);
}

void Float32Errors::askMpfr(const float *x, float got) {
  ++asked;
  Scalar operands[] = {Scalar::ofFloat(x[0]), Scalar::ofFloat(x[1])};
  double error = errorAt(function, operands, Scalar::ofFloat(got));
  if (error > worst) {
    worst = error;
    std::copy(x, x + 2, worstAt);
  }
}

void Float32Errors::tryPlaced() {
  Compiled &c = *compiled;
  double cancels = function.isGamma() ? cancelsBelow : 0;
  // The half ulp that rounding alone costs is of no interest.
  auto suspectFrom = [&] { return std::clamp(worst + worst * 0x1p-12, 0.49, function.f32 - 0x1p-10); };
  double suspect = suspectFrom();
  errorsInUlp(c.y, c.reference, c.error, chunk);
  for (size_t k = 0; k < chunk; ++k) {
    bool doubtful = (c.x[0][k] < 0) & (std::fabs(c.reference[k]) < cancels);
    if (!(doubtful | (c.error[k] > suspect)))
      continue;
    float x[] = {c.x[0][k], c.x[1][k]};
    askMpfr(x, c.y[k]);
    suspect = suspectFrom();
  }
}

void Float32Errors::trySamples(uint64_t count) {
  for (uint64_t first = 0; first < count && worst <= function.f32; first += chunk) {
    placeSamples(first);
    tryPlaced();
  }
}

void Float32Errors::tryAll() {
  for (uint64_t first = 0; first < uint64_t(1) << 32 && worst <= function.f32; first += chunk) {
    for (size_t k = 0; k < chunk; ++k)
      compiled->x[0][k] = floatOfBits(static_cast<uint32_t>(first + k));
    compiled->run(1);
    tryPlaced();
  }
}

void Float32Errors::checkReference(uint64_t count) {
  Compiled &c = *compiled;
  for (uint64_t first = 0; first < count; first += chunk) {
    placeSamples(first);
    for (size_t k = 0; k < chunk; ++k) {
      Scalar narrow[] = {Scalar::ofFloat(c.x[0][k]), Scalar::ofFloat(c.x[1][k])};
      Scalar wide[] = {Scalar::ofDouble(c.x[0][k]), Scalar::ofDouble(c.x[1][k])};
      float expected = function.host(narrow).f32, got = c.y[k];
      bool areNaN = std::isnan(expected) && std::isnan(got);
      unlikeInterpreter += !areNaN && std::memcmp(&expected, &got, sizeof got) != 0;
      double error = errorAt(function, wide, Scalar::ofDouble(c.reference[k]));
      if (error > worstOfReference) {
        worstOfReference = error;
        referenceAt[0] = wide[0].f64;
        referenceAt[1] = wide[1].f64;
      }
    }
  }
}

} // namespace dlc::scalar
