// Forward mode for every op that has a derivative, in f64: tangents against central differences and against reverse
// mode, and second order both ways, forward over reverse and reverse over forward, against each other and differences.
#include "test/unit/Passes/CaseProgram.h"

#include "gtest/gtest.h"

using namespace dlc;

namespace {

using Types = std::vector<std::string>;
using Tensors = std::vector<HostTensor>;

std::string list(const std::vector<int64_t> &numbers) {
  Types texts;
  for (int64_t number : numbers)
    texts.push_back(std::to_string(number));
  return "array<i64" + std::string(texts.empty() ? "" : ": ") + joined(texts) + ">";
}

/// A function that returns the last results of one op over all its arguments.
std::string wrapper(const std::string &name, const std::string &op, const std::string &callee, const Types &arguments,
                    const Types &dropped, const Types &returned, const std::vector<int64_t> &wrt,
                    const std::vector<int64_t> &of) {
  Types parameters, operands, all = dropped, results;
  for (size_t i = 0; i < arguments.size(); ++i) {
    operands.push_back("%a" + std::to_string(i));
    parameters.push_back(operands.back() + ": " + arguments[i]);
  }
  for (size_t i = 0; i < returned.size(); ++i)
    results.push_back("%r#" + std::to_string(dropped.size() + i));
  all.insert(all.end(), returned.begin(), returned.end());
  return "func.func @" + name + "(" + joined(parameters) + ") -> (" + joined(returned) +
         ") {\n  %r:" + std::to_string(all.size()) + " = " + op + " @" + callee + "(" + joined(operands) +
         ") {wrt = " + list(wrt) + ", of = " + list(of) + "} : (" + joined(arguments) + ") -> (" + joined(all) +
         ")\n  return " + joined(results) + " : " + joined(returned) + "\n}\n";
}

/// A case with its derivatives: @value, @tangent(arguments, tangents), @gradient(arguments, cotangent), and the
/// tangents of the gradients, @forward(arguments, cotangent, tangents), equal to @reverse(arguments, tangents,
/// cotangent).
std::string derivatives(const GradientCase &test) {
  std::vector<int64_t> wrt = floatArguments(test), each;
  Types arguments = test.arguments, floats, result = {test.result};
  for (int64_t i : wrt) {
    floats.push_back(test.arguments[i]);
    each.push_back(int64_t(each.size()));
  }
  auto with = [](Types types, const Types &more) {
    types.insert(types.end(), more.begin(), more.end());
    return types;
  };
  std::string text = "func.func @value(" + parameters(test) + ") -> " + test.result + " {\n" + test.body +
                     "\nreturn %r : " + test.result + "\n}\n";
  text += wrapper("tangent", "dlc.jvp", "value", with(arguments, floats), result, result, wrt, {0});
  text += wrapper("gradient", "dlc.vjp", "value", with(arguments, result), result, floats, wrt, {0});
  if (!test.whyNotTwice.empty())
    return text;
  text += wrapper("forward", "dlc.jvp", "gradient", with(with(arguments, result), floats), floats, floats, wrt, each);
  text += wrapper("reverse", "dlc.vjp", "tangent", with(with(arguments, floats), result), result, floats, wrt, {0});
  return text;
}

HostTensor randomLike(const HostTensor &x, std::mt19937_64 &random) {
  HostTensor tensor(x.type, x.shape);
  for (int64_t i = 0; i < tensor.size(); ++i)
    tensor.data<double>()[i] = std::uniform_real_distribution<double>(-1, 1)(random);
  return tensor;
}

/// The point with its float arguments moved along the tangents.
Tensors moved(const Tensors &point, const std::vector<int64_t> &wrt, const Tensors &tangents, double step) {
  Tensors result = point;
  for (size_t k = 0; k < wrt.size(); ++k) {
    const HostTensor &from = point[wrt[k]];
    HostTensor to(from.type, from.shape);
    for (int64_t i = 0; i < to.size(); ++i)
      to.data<double>()[i] = from.data<double>()[i] + step * tangents[k].data<double>()[i];
    result[wrt[k]] = to;
  }
  return result;
}

void expectNear(const HostTensor &got, const HostTensor &above, const HostTensor &below, double h, const char *what) {
  ASSERT_EQ(got.shape, above.shape);
  for (int64_t i = 0; i < got.size(); ++i) {
    double expected = (above.data<double>()[i] - below.data<double>()[i]) / (2 * h);
    EXPECT_NEAR(got.data<double>()[i], expected, 1e-6 * (1 + std::abs(expected))) << what << ", element " << i;
  }
}

void checkTangents(const GradientCase &test) {
  SCOPED_TRACE(test.name);
  Program program(derivatives(test));
  if (!program.isOk)
    return;
  std::mt19937_64 random(23);
  std::vector<int64_t> wrt = floatArguments(test);
  Tensors point = sample(test, random), tangents;
  for (int64_t i : wrt)
    tangents.push_back(randomLike(point[i], random));
  auto after = [](Tensors first, const Tensors &more) {
    first.insert(first.end(), more.begin(), more.end());
    return first;
  };
  const double h = 1e-5;
  Tensors up = moved(point, wrt, tangents, h), down = moved(point, wrt, tangents, -h);
  HostTensor tangent = program.run("tangent", after(point, tangents))[0];
  expectNear(tangent, program.run("value", up)[0], program.run("value", down)[0], h, "tangent");

  HostTensor ct = randomLike(tangent, random);
  auto gradients = program.run("gradient", after(point, {ct}));
  double forward = dot(tangent, ct), reverse = 0;
  for (size_t k = 0; k < wrt.size(); ++k)
    reverse += dot(gradients[k], tangents[k]);
  EXPECT_NEAR(forward, reverse, 1e-12 * (1 + std::abs(forward)) * double(1 + ct.size()));
  if (!test.whyNotTwice.empty())
    return;
  auto forwards = program.run("forward", after(after(point, {ct}), tangents));
  auto reverses = program.run("reverse", after(after(point, tangents), {ct}));
  auto above = program.run("gradient", after(up, {ct})), below = program.run("gradient", after(down, {ct}));
  for (size_t k = 0; k < wrt.size(); ++k) {
    expectNear(forwards[k], above[k], below[k], h, "tangent of the gradient");
    for (int64_t i = 0; i < forwards[k].size(); ++i) {
      double one = forwards[k].data<double>()[i], other = reverses[k].data<double>()[i];
      EXPECT_NEAR(one, other, 1e-11 * (1 + std::abs(one))) << "argument " << wrt[k] << ", element " << i;
    }
  }
}

} // namespace

TEST(Tangent, everyOpAgainstDifferencesAndReverseMode) {
  for (const GradientCase &test : gradientCases())
    checkTangents(test);
}

TEST(Tangent, everyOpHasACaseOrAReason) { expectACaseOrAReasonForEveryOp(); }
