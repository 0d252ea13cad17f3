// Batches of every op, bit for bit: each example of a batch equals a run of its own, whichever operands have a batch,
// wherever their batch dim lies, with static and with symbolic extents.
#include "test/unit/Passes/BatchCases.h"
#include "test/unit/Passes/CaseProgram.h"

#include "gtest/gtest.h"

using namespace dlc;

namespace {

constexpr int64_t examples = 3;

std::string insertExtent(const std::string &type, int64_t at, const std::string &extent) {
  std::vector<int64_t> shape;
  extentsOf(type, shape);
  std::string dims, named, element = type.substr(type.find_last_of("x<") + 1);
  element.pop_back();
  for (int64_t i = 0; i <= int64_t(shape.size()); ++i) {
    std::string entry = i == at ? extent : std::to_string(shape[i < at ? i : i - 1]);
    dims += (entry == "B" ? "?" : entry) + "x";
    named += (named.empty() ? "" : ", ") + entry;
  }
  return "tensor<" + dims + element + (extent == "B" ? ", #dlc.dims<[" + named + "]>>" : ">");
}

/// One way to batch a case: the axis of each argument, -1 for none, and that of the result.
struct Axes {
  std::vector<int64_t> in;
  int64_t out;
};

std::string text(const GradientCase &test, const Axes &axes, const std::string &extent) {
  std::vector<std::string> types, names, parameters, in;
  for (size_t i = 0; i < test.arguments.size(); ++i) {
    types.push_back(axes.in[i] < 0 ? test.arguments[i] : insertExtent(test.arguments[i], axes.in[i], extent));
    names.push_back("%a" + std::to_string(i));
    parameters.push_back(names.back() + ": " + types.back());
    in.push_back(std::to_string(axes.in[i]));
  }
  std::string result = insertExtent(test.result, axes.out, extent);
  return "func.func @one(" + dlc::parameters(test) + ") -> " + test.result + " {\n" + test.body +
         "\nreturn %r : " + test.result + "\n}\nfunc.func @all(" + joined(parameters) + ") -> " + result +
         " {\n%r = dlc.vmap @one(" + joined(names) + ") {in_axes = array<i64: " + joined(in) +
         ">, out_axes = array<i64: " + std::to_string(axes.out) + ">} : (" + joined(types) + ") -> " + result +
         "\nreturn %r : " + result + "\n}\n";
}

/// Copies between the example `n` along `axis` of `all` and `one`.
void copyExample(HostTensor &all, int64_t axis, int64_t n, HostTensor &one, bool intoAll) {
  int64_t width = byteWidth(one.type), inner = 1, outer = 1;
  for (int64_t i = 0; i < one.rank(); ++i)
    (i < axis ? outer : inner) *= one.shape[i];
  for (int64_t i = 0; i < outer; ++i) {
    char *apart = one.at(i * inner), *among = all.at((i * examples + n) * inner);
    std::memcpy(intoAll ? among : apart, intoAll ? apart : among, size_t(inner * width));
  }
}

bool sameBits(const HostTensor &x, const HostTensor &y) {
  return x.type == y.type && x.shape == y.shape && std::memcmp(x.at(0), y.at(0), size_t(x.bytes())) == 0;
}

void checkBatch(const GradientCase &test, const Axes &axes, const std::string &extent) {
  std::string program = text(test, axes, extent);
  Program module(program);
  if (!module.isOk)
    return;
  std::mt19937_64 random(31);
  std::vector<std::vector<HostTensor>> points;
  for (int64_t n = 0; n < examples; ++n)
    points.push_back(sample(test, random));
  std::vector<HostTensor> inputs = points[0];
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (axes.in[i] < 0) {
      for (auto &point : points)
        point[i] = points[0][i];
      continue;
    }
    std::vector<int64_t> shape = inputs[i].shape;
    shape.insert(shape.begin() + axes.in[i], examples);
    inputs[i] = HostTensor(inputs[i].type, shape);
    for (int64_t n = 0; n < examples; ++n)
      copyExample(inputs[i], axes.in[i], n, points[n][i], true);
  }
  auto results = module.run("all", inputs);
  if (results.empty())
    return;
  for (int64_t n = 0; n < examples; ++n) {
    HostTensor expected = module.run("one", points[n])[0], got(expected.type, expected.shape);
    copyExample(results[0], axes.out, n, got, false);
    EXPECT_TRUE(sameBits(expected, got)) << "example " << n << "\n" << program;
  }
}

int64_t rankOf(const std::string &type) {
  std::vector<int64_t> shape;
  extentsOf(type, shape);
  return int64_t(shape.size());
}

/// Every non-empty set of arguments, its batch dims in front, at the back, and in the middle in turn.
std::vector<Axes> allAxes(const GradientCase &test) {
  std::vector<Axes> all;
  size_t count = test.arguments.size();
  for (size_t set = 1; set < size_t(1) << count; ++set)
    for (int64_t way = 0; way < 3; ++way) {
      Axes axes{std::vector<int64_t>(count, -1), 0};
      for (size_t i = 0; i < count; ++i)
        if (set >> i & 1) {
          int64_t rank = rankOf(test.arguments[i]);
          axes.in[i] = way == 0 ? 0 : way == 1 ? rank : (rank + int64_t(i % 2)) / 2;
        }
      axes.out = way == 0 ? 0 : way == 1 ? rankOf(test.result) : rankOf(test.result) / 2;
      all.push_back(axes);
    }
  return all;
}

} // namespace

TEST(Batch, everyOpHasTheBitsOfItsExamples) {
  for (const GradientCase &test : batchCases())
    for (const Axes &axes : allAxes(test)) {
      SCOPED_TRACE(test.name);
      checkBatch(test, axes, std::to_string(examples));
    }
}

TEST(Batch, symbolicExtents) {
  for (const GradientCase &test : batchCases())
    for (const Axes &axes : allAxes(test)) {
      SCOPED_TRACE(test.name);
      bool hasGroups = test.name == "conv_input_grad"; // a number: a batch of both operands must be a constant
      if (!hasGroups || llvm::is_contained(axes.in, -1))
        checkBatch(test, axes, "B");
    }
}

TEST(Batch, everyOpHasACase) {
  std::string all;
  for (const GradientCase &test : batchCases())
    all += test.body + "\n";
  auto context = makeContext();
  context->loadAllAvailableDialects();
  for (mlir::RegisteredOperationName name : context->getRegisteredOperations()) {
    if (name.getDialectNamespace() != "dlc" || !name.hasInterface<EvaluateOpInterface>())
      continue;
    bool isComposite = name.hasInterface<DecomposeOpInterface>(); // batched as what it decomposes into
    EXPECT_TRUE(isComposite || name.hasInterface<BatchableOpInterface>()) << name.getStringRef().str();
    EXPECT_NE(all.find(name.getStringRef().str() + " "), std::string::npos) << name.getStringRef().str();
    RecordProperty(name.stripDialect().str(), "case");
  }
}
