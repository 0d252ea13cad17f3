// Comparison goes element by element through scalars, so that one definition of "is NaN" serves every dtype.
#include "lib/Check/Outcome.h"

#include "dialects/dlc/Scalar/HostScalar.h"

#include "llvm/ADT/STLExtras.h"

#include <cstring>

using namespace mlir;

namespace dlc::check {

/// Whether the bits of numbers that are not complex are equal, all NaNs being one.
static bool isOne(scalar::Scalar x, scalar::Scalar y) {
  scalar::HostScalarBuilder b;
  bool areNaN = isFloat(x.type) && b.isNaN(x).asBool() && b.isNaN(y).asBool();
  return areNaN || x.bits() == y.bits();
}

/// The first element whose bits differ; nothing when all agree.
static std::optional<int64_t> firstDifference(const HostTensor &x, const HostTensor &y) {
  if (std::memcmp(x.buffer.data(), y.buffer.data(), size_t(x.bytes())) == 0)
    return std::nullopt;
  for (int64_t i = 0, size = x.size(); i < size; ++i) {
    scalar::Scalar left = scalar::load(x.type, x.at(i)), right = scalar::load(y.type, y.at(i));
    bool isSame =
        isComplex(x.type) ? isOne(left.real(), right.real()) && isOne(left.imag(), right.imag()) : isOne(left, right);
    if (!isSame)
      return i;
  }
  return std::nullopt;
}

bool sameBits(const HostTensor &x, const HostTensor &y) {
  return x.type == y.type && x.shape == y.shape && !firstDifference(x, y);
}

static std::string scalarText(scalar::Scalar value) {
  if (isComplex(value.type))
    return "(" + scalarText(value.real()) + ", " + scalarText(value.imag()) + ")";
  char text[96];
  if (isFloat(value.type))
    std::snprintf(text, sizeof text, "%.9g (0x%llx)", value.toDouble(), (unsigned long long)value.bits());
  else
    std::snprintf(text, sizeof text, "0x%llx", (unsigned long long)value.bits());
  return text;
}

static std::string elementText(const HostTensor &tensor, int64_t i) {
  return scalarText(scalar::load(tensor.type, tensor.at(i)));
}

static std::string shapeText(const HostTensor &tensor) {
  std::string text = std::string(name(tensor.type)) + "[";
  for (int64_t extent : tensor.shape)
    text += (text.back() == '[' ? "" : ", ") + std::to_string(extent);
  return text + "]";
}

std::string differenceOf(const char *what, ArrayRef<HostTensor> expected, ArrayRef<HostTensor> got) {
  if (expected.size() != got.size())
    return "expected " + std::to_string(expected.size()) + " of " + what + ", but got " + std::to_string(got.size());
  for (auto [i, pair] : llvm::enumerate(llvm::zip(expected, got))) {
    const auto &[x, y] = pair;
    std::string place = std::string(what) + " " + std::to_string(i);
    if (x.type != y.type || x.shape != y.shape)
      return place + ": expected " + shapeText(x) + ", but got " + shapeText(y);
    if (auto element = firstDifference(x, y))
      return place + ", element " + std::to_string(*element) + " of " + shapeText(x) + ": expected " +
             elementText(x, *element) + ", but got " + elementText(y, *element);
  }
  return "";
}

/// Whether the message of compiled code tells of the interpreter's report: index, extent and element.
static bool tellsOf(const Status &status, const ErrorReport &report) {
  llvm::StringRef message = status.message();
  std::string head = "index " + std::to_string(report.index) + " is out of range for dimension of extent " +
                     std::to_string(report.extent) + " ";
  return message.starts_with(head) && message.ends_with("(element " + std::to_string(report.element) + ")");
}

std::string differenceOf(const Outcome &expected, const Outcome &got) {
  auto text = [](const Outcome &outcome) {
    return outcome.status.failed() ? std::string(name(outcome.status.kind())) + ": " + outcome.status.message()
                                   : std::string("no error");
  };
  bool isSame = expected.status.kind() == got.status.kind();
  if (isSame && expected.report && got.report)
    isSame = expected.report->index == got.report->index && expected.report->extent == got.report->extent &&
             expected.report->element == got.report->element;
  else if (isSame && expected.report)
    isSame = tellsOf(got.status, *expected.report);
  if (!isSame)
    return "expected " + text(expected) + ", but got " + text(got);
  return expected.status.failed() ? "" : differenceOf("output", expected.outputs, got.outputs);
}

Outcome interpretFunction(func::FuncOp function, ArrayRef<HostTensor> inputs, const InterpOptions &options) {
  Outcome outcome;
  InterpError error;
  SmallVector<HostTensor> outputs;
  if (failed(interpret(function, inputs, outputs, error, options))) {
    outcome.status = error.status;
    outcome.report = error.report;
  }
  outcome.outputs.assign(outputs.begin(), outputs.end());
  return outcome;
}

} // namespace dlc::check
