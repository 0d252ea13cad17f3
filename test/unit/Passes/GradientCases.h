// Small programs, one or more for each op that has a derivative, with the intervals that keep them off kinks and poles.
#ifndef DLC_TEST_PASSES_GRADIENTCASES_H
#define DLC_TEST_PASSES_GRADIENTCASES_H

#include <string>
#include <vector>

namespace dlc {

struct Interval {
  double low, high;
};

struct GradientCase {
  std::string name;
  /// The types of the arguments and of the only result; float arguments, all f64, are differentiated.
  std::vector<std::string> arguments;
  std::string result;
  /// The body: values %a0, %a1, ... to %r.
  std::string body;
  /// Where each float argument is sampled; one entry serves all.
  std::vector<Interval> domain = {{-2, 2}};
  /// Why the gradient has no gradient; empty if it has.
  std::string whyNotTwice = "";
};

std::vector<GradientCase> gradientCases();

/// An op without a case, and why it needs none.
struct WithoutGradient {
  const char *op, *reason;
};

const std::vector<WithoutGradient> &opsWithoutGradient();

/// Where a derivative does not exist: a case with one list of elements for each argument, and what its gradients are by
/// convention (docs/numerics.md), for cotangents of 1.
struct KinkCase {
  GradientCase test;
  std::vector<std::vector<double>> inputs, gradients;
};

std::vector<KinkCase> kinkCases();

} // namespace dlc

#endif // DLC_TEST_PASSES_GRADIENTCASES_H
