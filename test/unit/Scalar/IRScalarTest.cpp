//===- IRScalarTest.cpp - Host and code give equal bits -------------------===//
//
// Every scalar program, compiled over vectors and over scalars, against the same program over host scalars: equal bits
// (NaNs count as equal) on samples of every exponent, and no symbol imported.
//
//===----------------------------------------------------------------------===//
#include "CompiledProgram.h"
#include "Samples.h"

#include "dialects/dlc/Scalar/Functions.h"

#include "gtest/gtest.h"

#include <set>
#include <string>

using namespace dlc;
using namespace dlc::scalar;

namespace {

template <class B, class V, class P> V apply(B &b, llvm::ArrayRef<V> x, P program) {
  if constexpr (std::is_invocable_v<P, B &, V>)
    return program(b, x[0]);
  else if constexpr (std::is_invocable_v<P, B &, V, V>)
    return program(b, x[0], x[1]);
  else
    return program(b, x[0], x[1], x[2]);
}

bool sameElement(Scalar a, Scalar b) {
  if (isComplex(a.type))
    return sameElement(a.real(), b.real()) && sameElement(a.imag(), b.imag());
  if (isFloat(a.type) && HostScalarBuilder().isNaN(a).asBool())
    return HostScalarBuilder().isNaN(b).asBool();
  return a.bits() == b.bits();
}

/// Samples of `inputs` as rows of operands; small types are paired with each other in full.
std::vector<std::vector<Scalar>> makeOperands(llvm::ArrayRef<DType> inputs, size_t count) {
  std::vector<std::vector<Scalar>> columns;
  for (size_t k = 0; k < inputs.size(); ++k) {
    std::vector<Scalar> values = sampleElements(inputs[k], inputs.size() == 1 ? count : count + 37 * k, k);
    std::vector<Scalar> column;
    for (size_t row = 0; column.size() < count; ++row) {
      // The first rows hold all pairs of the special values.
      size_t specials = std::min<size_t>(values.size(), 40);
      size_t index = row < specials * specials ? (k == 0 ? row % specials : row / specials) : row * (k + 1);
      column.push_back(values[index % values.size()]);
    }
    columns.push_back(inputs.size() == 1 && values.size() >= count ? values : column);
    columns.back().resize(count, values[0]);
  }
  return columns;
}

struct Form {
  unsigned lanes;
  const char *cpu;
};
/// Vectors with every feature of this machine and with those of the floor, and scalars.
constexpr Form forms[] = {{8, ""}, {8, "x86-64-v3"}, {0, "x86-64-v3"}};

/// Checks `program` on operands of `inputs` in each form.
template <class P> void expectEqualBits(const char *name, llvm::ArrayRef<DType> inputs, P program) {
  // One operand of 16 bits is tried in full.
  const size_t count = inputs.size() == 1 ? 1 << 16 : 1 << 14;
  std::vector<std::vector<Scalar>> operands = makeOperands(inputs, count);
  HostScalarBuilder host;
  std::vector<Scalar> expected;
  for (size_t row = 0; row < count; ++row) {
    std::vector<Scalar> x;
    for (const auto &column : operands)
      x.push_back(column[row]);
    expected.push_back(apply<HostScalarBuilder, Scalar>(host, x, program));
  }
  DType output = expected[0].type;
  std::vector<std::vector<char>> buffers;
  std::vector<const void *> pointers;
  for (size_t k = 0; k < inputs.size(); ++k) {
    buffers.emplace_back(count * byteWidth(inputs[k]));
    for (size_t row = 0; row < count; ++row)
      store(operands[k][row], buffers[k].data() + row * byteWidth(inputs[k]));
  }
  for (auto &buffer : buffers)
    pointers.push_back(buffer.data());
  for (auto [lanes, cpu] : forms) {
    SCOPED_TRACE(std::string(name) + " of " + dlc::name(inputs[0]) + ", lanes " + std::to_string(lanes) + ' ' + cpu);
    CompiledProgram compiled(inputs, output, lanes, cpu, [&](IRScalarBuilder &b, llvm::ArrayRef<IRScalar> x) {
      return apply<IRScalarBuilder, IRScalar>(b, x, program);
    });
    ASSERT_EQ(compiled.undefinedSymbols, std::vector<std::string>());
    ASSERT_EQ(compiled.error, "");
    ASSERT_EQ(compiled.rejected, std::set<std::string>());
    std::vector<char> result(count * byteWidth(output));
    compiled.run(pointers, result.data(), count);
    size_t wrong = 0;
    for (size_t row = 0; row < count; ++row) {
      Scalar got = load(output, result.data() + row * byteWidth(output));
      if (sameElement(got, expected[row]) || ++wrong > 3)
        continue;
      std::string message = "at";
      for (const auto &column : operands)
        message += " 0x" + llvm::utohexstr(column[row].bits());
      ADD_FAILURE() << message << ": expected 0x" << llvm::utohexstr(expected[row].bits()) << ", but got 0x"
                    << llvm::utohexstr(got.bits());
    }
    ASSERT_EQ(wrong, 0u);
  }
}

constexpr DType floats[] = {DType::F32, DType::F64, DType::F16, DType::BF16};
constexpr DType integers[] = {DType::I8, DType::I16, DType::I32, DType::I64,
                              DType::U8, DType::U16, DType::U32, DType::U64};
constexpr DType storage[] = {DType::F8E4M3, DType::F8E5M2, DType::I4, DType::U4};

#define UNARY(NAME) expectEqualBits(#NAME, {type}, [](auto &b, auto x) { return NAME(b, x); })
#define BINARY(NAME) expectEqualBits(#NAME, {type, type}, [](auto &b, auto x, auto y) { return NAME(b, x, y); })

class FloatPrograms : public testing::TestWithParam<DType> {};
class IntegerPrograms : public testing::TestWithParam<DType> {};
std::string typeName(const testing::TestParamInfo<DType> &info) { return name(info.param); }
INSTANTIATE_TEST_SUITE_P(All, FloatPrograms, testing::ValuesIn(floats), typeName);
INSTANTIATE_TEST_SUITE_P(All, IntegerPrograms, testing::ValuesIn(integers), typeName);

TEST_P(FloatPrograms, arithmetic) {
  DType type = GetParam();
  BINARY(add);
  BINARY(sub);
  BINARY(mul);
  BINARY(div);
  BINARY(max);
  BINARY(min);
  UNARY(neg);
  UNARY(abs);
  UNARY(sqrt);
  expectEqualBits("fma", {type, type, type}, [](auto &b, auto x, auto y, auto z) { return b.fma(x, y, z); });
}

TEST_P(FloatPrograms, remainder) {
  DType type = GetParam();
  BINARY(rem);
}

TEST_P(FloatPrograms, rounding) {
  DType type = GetParam();
  UNARY(floor);
  UNARY(ceil);
  UNARY(trunc);
  UNARY(round);
}

TEST_P(FloatPrograms, payloads) {
  DType type = GetParam();
  UNARY(relu);
  UNARY(sign);
  UNARY(rsqrt);
  UNARY(isNaN);
  UNARY(isInf);
  UNARY(isFinite);
  expectEqualBits("clamp", {type, type, type}, [](auto &b, auto x, auto y, auto z) { return clamp(b, x, y, z); });
  DType bits = byteWidth(type) == 8 ? DType::I64 : byteWidth(type) == 4 ? DType::U32 : DType::I16;
  expectEqualBits("bitcast", {type}, [=](auto &b, auto x) { return bitcast(b, x, bits); });
  expectEqualBits("bitcast", {bits}, [=](auto &b, auto x) { return bitcast(b, x, type); });
}

TEST_P(FloatPrograms, compare) {
  DType type = GetParam();
  for (unsigned p = 0; p <= static_cast<unsigned>(Predicate::Uno); ++p)
    expectEqualBits("compare", {type, type},
                    [=](auto &b, auto x, auto y) { return b.cmp(static_cast<Predicate>(p), x, y); });
}

TEST_P(FloatPrograms, exponential) {
  DType type = GetParam();
  UNARY(exp);
  UNARY(expNonPositive);
  UNARY(exp2);
  UNARY(expm1);
  UNARY(sigmoid);
}

TEST_P(FloatPrograms, logarithm) {
  DType type = GetParam();
  UNARY(log);
  UNARY(log2);
  UNARY(log1p);
}

TEST_P(FloatPrograms, hyperbolic) {
  DType type = GetParam();
  UNARY(tanh);
  UNARY(sinh);
  UNARY(cosh);
  UNARY(asinh);
  UNARY(acosh);
  UNARY(atanh);
}

TEST_P(FloatPrograms, errorFunction) {
  DType type = GetParam();
  UNARY(erf);
  UNARY(erfinv);
}

TEST_P(FloatPrograms, trigonometric) {
  DType type = GetParam();
  UNARY(sin);
  UNARY(cos);
  UNARY(tan);
  UNARY(asin);
  UNARY(acos);
  UNARY(atan);
  BINARY(atan2);
}

TEST_P(FloatPrograms, gamma) {
  DType type = GetParam();
  UNARY(lgamma);
  UNARY(digamma);
  UNARY(trigamma);
}

TEST_P(FloatPrograms, power) {
  DType type = GetParam();
  BINARY(pow);
}

TEST_P(FloatPrograms, random) {
  DType type = GetParam();
  std::vector<DType> state(3, DType::I64);
  expectEqualBits("uniform", state, [=](auto &b, auto s, auto c, auto i) { return uniform(b, s, c, i, type); });
  expectEqualBits("normal", state, [=](auto &b, auto s, auto c, auto i) { return normal(b, s, c, i, type); });
}

TEST(RandomBits, equalOnHostAndInCode) {
  std::vector<DType> state(3, DType::I64);
  expectEqualBits("randomBits", state, [](auto &b, auto s, auto c, auto i) { return randomBits(b, s, c, i); });
}

TEST_P(FloatPrograms, cast) {
  DType type = GetParam();
  for (DType to : floats)
    expectEqualBits(name(to), {type}, [=](auto &b, auto x) { return b.cast(x, to); });
  for (DType to : integers)
    expectEqualBits(name(to), {type}, [=](auto &b, auto x) { return b.cast(x, to); });
  expectEqualBits("bool", {type}, [](auto &b, auto x) { return b.cast(x, DType::Bool); });
}

TEST_P(IntegerPrograms, arithmetic) {
  DType type = GetParam();
  BINARY(add);
  BINARY(sub);
  BINARY(mul);
  BINARY(div);
  BINARY(rem);
  BINARY(max);
  BINARY(min);
  UNARY(neg);
  UNARY(abs);
  UNARY(relu);
  UNARY(sign);
}

TEST_P(IntegerPrograms, bits) {
  DType type = GetParam();
  BINARY(bitAnd);
  BINARY(bitOr);
  BINARY(bitXor);
  UNARY(bitNot);
  BINARY(shl);
  BINARY(shr);
}

TEST_P(IntegerPrograms, compare) {
  DType type = GetParam();
  for (unsigned p = 0; p <= static_cast<unsigned>(Predicate::Ge); ++p)
    expectEqualBits("compare", {type, type},
                    [=](auto &b, auto x, auto y) { return b.cmp(static_cast<Predicate>(p), x, y); });
}

TEST_P(IntegerPrograms, cast) {
  DType type = GetParam();
  for (DType to : floats)
    expectEqualBits(name(to), {type}, [=](auto &b, auto x) { return b.cast(x, to); });
  for (DType to : integers)
    expectEqualBits(name(to), {type}, [=](auto &b, auto x) { return b.cast(x, to); });
  expectEqualBits("bool", {type}, [](auto &b, auto x) { return b.cast(x, DType::Bool); });
}

class StoragePrograms : public testing::TestWithParam<DType> {};
INSTANTIATE_TEST_SUITE_P(All, StoragePrograms, testing::ValuesIn(storage), typeName);

TEST_P(StoragePrograms, cast) {
  DType type = GetParam();
  auto both = [&](DType other) {
    expectEqualBits(name(other), {type}, [=](auto &b, auto x) { return b.cast(x, other); });
    expectEqualBits(name(other), {other}, [=](auto &b, auto x) { return b.cast(x, type); });
  };
  both(DType::Bool);
  for (DType other : floats)
    both(other);
  for (DType other : integers)
    both(other);
  for (DType other : storage)
    both(other);
}

TEST_P(StoragePrograms, bits) {
  DType type = GetParam();
  for (DType other : {DType::I4, DType::U4, DType::I8, DType::U8, DType::F8E4M3, DType::F8E5M2})
    if (bitWidth(other) == bitWidth(type))
      expectEqualBits(name(other), {type}, [=](auto &b, auto x) { return bitcast(b, x, other); });
  expectEqualBits("select", {DType::Bool, type, type},
                  [](auto &b, auto c, auto x, auto y) { return b.select(c, x, y); });
}

class ComplexPrograms : public testing::TestWithParam<DType> {};
INSTANTIATE_TEST_SUITE_P(All, ComplexPrograms, testing::Values(DType::C64, DType::C128), typeName);

TEST_P(ComplexPrograms, arithmetic) {
  DType type = GetParam(), part = partOf(type);
  BINARY(add);
  BINARY(sub);
  BINARY(mul);
  BINARY(div);
  UNARY(neg);
  UNARY(conj);
  UNARY(complexAbs);
  UNARY(complexIsNaN);
  UNARY(complexIsInf);
  UNARY(complexIsFinite);
  BINARY(factors);
  for (Predicate p : {Predicate::Eq, Predicate::Ne})
    expectEqualBits("compare", {type, type}, [=](auto &b, auto x, auto y) { return compare(b, p, x, y); });
  expectEqualBits("real", {type}, [](auto &b, auto x) { return b.real(x); });
  expectEqualBits("imag", {type}, [](auto &b, auto x) { return b.imag(x); });
  expectEqualBits("complex", {part, part}, [](auto &b, auto x, auto y) { return b.complex(x, y); });
  expectEqualBits("select", {DType::Bool, type, type},
                  [](auto &b, auto c, auto x, auto y) { return b.select(c, x, y); });
}

TEST_P(ComplexPrograms, functions) {
  DType type = GetParam();
  UNARY(complexExp);
  UNARY(complexLog);
  UNARY(complexSqrt);
  UNARY(complexRsqrt);
  UNARY(complexExp2);
  UNARY(complexExpm1);
  UNARY(complexLog2);
  UNARY(complexLog1p);
  BINARY(complexPow);
}

TEST_P(ComplexPrograms, trigonometric) {
  DType type = GetParam();
  UNARY(complexSin);
  UNARY(complexCos);
  UNARY(complexTan);
  UNARY(complexSinh);
  UNARY(complexCosh);
  UNARY(complexTanh);
}

TEST_P(ComplexPrograms, inverseTrigonometric) {
  DType type = GetParam();
  UNARY(complexAsin);
  UNARY(complexAcos);
  UNARY(complexAtan);
  UNARY(complexAsinh);
  UNARY(complexAcosh);
  UNARY(complexAtanh);
}

TEST_P(ComplexPrograms, cast) {
  DType type = GetParam();
  for (DType from : {DType::C64, DType::C128, DType::F32, DType::F64, DType::BF16, DType::I64, DType::Bool, DType::I4})
    expectEqualBits(name(from), {from}, [=](auto &b, auto x) { return b.cast(x, type); });
}

TEST(BoolPrograms, all) {
  DType type = DType::Bool;
  BINARY(bitAnd);
  BINARY(bitOr);
  BINARY(bitXor);
  UNARY(bitNot);
  BINARY(max);
  BINARY(min);
  for (DType to : floats)
    expectEqualBits(name(to), {type}, [=](auto &b, auto x) { return b.cast(x, to); });
  for (DType to : integers)
    expectEqualBits(name(to), {type}, [=](auto &b, auto x) { return b.cast(x, to); });
  expectEqualBits("select", {DType::Bool, DType::F32, DType::F32},
                  [](auto &b, auto c, auto x, auto y) { return b.select(c, x, y); });
}

} // namespace
