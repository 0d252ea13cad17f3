// Gradients by the autodiff pass against central finite differences in f64, first and second order, for every op that
// has a derivative. The interpreter computes both.
#include "test/unit/Passes/CaseProgram.h"

#include "gtest/gtest.h"

using namespace dlc;

namespace {

/// `dlc.vjp` of a function with one result, wrt all float arguments.
struct Derivative {
  std::vector<int64_t> wrt;
  std::vector<std::string> gradientTypes;

  explicit Derivative(const GradientCase &test) : wrt(floatArguments(test)) {
    for (int64_t i : wrt)
      gradientTypes.push_back(test.arguments[i]);
  }
  std::string attributes() const {
    std::string list;
    for (int64_t i : wrt)
      list += (list.empty() ? "" : ", ") + std::to_string(i);
    return "{wrt = array<i64: " + list + ">, of = array<i64: 0>}";
  }
};

/// @f, its derivative @main(arguments, cotangent) -> gradients, and @value, a call of @f.
std::string firstOrder(const GradientCase &test) {
  Derivative derivative(test);
  std::string results = joined(derivative.gradientTypes), count = std::to_string(derivative.wrt.size() + 1);
  std::string gradients;
  for (size_t i = 0; i < derivative.wrt.size(); ++i)
    gradients += (i ? ", %d#" : "%d#") + std::to_string(i + 1);
  return "func.func @value(" + parameters(test) + ") -> " + test.result + " {\n" + test.body +
         "\nreturn %r : " + test.result + "\n}\nfunc.func @main(" + parameters(test) + ", %ct: " + test.result +
         ") -> (" + results + ") {\n%d:" + count + " = dlc.vjp @value(" + values(test) + ", %ct) " +
         derivative.attributes() + " : (" + joined(test.arguments) + ", " + test.result + ") -> (" + test.result +
         ", " + results + ")\nreturn " + gradients + " : " + results + "\n}\n";
}

/// The case whose function is the gradient of a case wrt its first float argument: differentiating it is second order.
GradientCase gradientOf(const GradientCase &test) {
  GradientCase result = test;
  Derivative derivative(test);
  result.name += "_twice";
  result.arguments.push_back(test.result);
  result.result = derivative.gradientTypes[0];
  result.domain.resize(test.arguments.size(), test.domain[0]);
  for (size_t i = 0; i < test.arguments.size(); ++i)
    result.domain[i] = test.domain.size() == 1 ? test.domain[0] : test.domain[i];
  result.domain.push_back({-2, 2});
  std::string count = std::to_string(derivative.wrt.size() + 1);
  result.body = "%d:" + count + " = dlc.vjp @inner(" + values(result) + ") " + derivative.attributes() + " : (" +
                joined(result.arguments) + ") -> (" + test.result + ", " + joined(derivative.gradientTypes) + ")";
  return result;
}

std::string secondOrder(const GradientCase &test) {
  GradientCase outer = gradientOf(test);
  std::string inner = firstOrder(test);
  inner = inner.substr(0, inner.find("func.func @main"));
  inner.replace(inner.find("@value"), 6, "@inner");
  std::string text = firstOrder(outer);
  text.replace(text.find("return %r"), 9, "return %d#1");
  return inner + text;
}

/// Compares the gradients of @main with differences of @value along every element of every float argument.
void checkGradients(const GradientCase &test, const std::string &text) {
  SCOPED_TRACE(test.name);
  Program program(text);
  if (!program.isOk)
    return;
  std::mt19937_64 random(17);
  std::vector<HostTensor> inputs = sample(test, random), all = inputs;
  std::vector<int64_t> shape;
  extentsOf(test.result, shape);
  HostTensor ct(DType::F64, shape);
  for (int64_t i = 0; i < ct.size(); ++i)
    ct.data<double>()[i] = std::uniform_real_distribution<double>(-1, 1)(random);
  all.push_back(ct);
  auto gradients = program.run("main", all);
  size_t which = 0;
  for (const HostTensor &input : inputs) {
    if (input.type != DType::F64)
      continue;
    ASSERT_LT(which, gradients.size());
    const HostTensor &gradient = gradients[which++];
    for (int64_t k = 0; k < input.size(); ++k) {
      double &x = input.data<double>()[k], saved = x, h = 1e-5;
      x = saved + h;
      double above = dot(program.run("value", inputs)[0], ct);
      x = saved - h;
      double below = dot(program.run("value", inputs)[0], ct);
      x = saved;
      double expected = (above - below) / (2 * h), got = gradient.data<double>()[k];
      EXPECT_NEAR(got, expected, 2e-7 * (1 + std::abs(expected))) << "argument " << which - 1 << ", element " << k;
    }
  }
}

} // namespace

TEST(Gradient, everyOpAgainstDifferences) {
  for (const GradientCase &test : gradientCases())
    checkGradients(test, firstOrder(test));
}

TEST(Gradient, secondOrderAgainstDifferences) {
  for (const GradientCase &test : gradientCases())
    if (test.whyNotTwice.empty())
      checkGradients(gradientOf(test), secondOrder(test));
}

TEST(Gradient, conventionsWhereThereIsNoDerivative) {
  for (const KinkCase &kink : kinkCases()) {
    SCOPED_TRACE(kink.test.name);
    Program program(firstOrder(kink.test));
    ASSERT_TRUE(program.isOk);
    std::vector<HostTensor> inputs;
    for (auto [type, values] : llvm::zip_equal(kink.test.arguments, kink.inputs)) {
      std::vector<int64_t> shape;
      extentsOf(type, shape);
      inputs.push_back(tensorOf(DType::F64, shape, values));
    }
    std::vector<int64_t> shape;
    int64_t size = extentsOf(kink.test.result, shape);
    inputs.push_back(tensorOf(DType::F64, shape, std::vector<double>(size_t(size), 1.0)));
    auto gradients = program.run("main", inputs);
    ASSERT_EQ(gradients.size(), kink.gradients.size());
    for (auto [got, expected] : llvm::zip_equal(gradients, kink.gradients))
      EXPECT_EQ(valuesOf<double>(got), expected);
  }
}

TEST(Gradient, everyOpHasACaseOrAReason) { expectACaseOrAReasonForEveryOp(); }
