// Random numbers: a function of state and index, whatever the shape, with the distributions they are named after.
#include "Modules.h"

#include "gtest/gtest.h"

#include <cmath>

using namespace dlc;

static HostTensor draw(const std::string &op, const std::string &shape, const std::string &element,
                       std::vector<int64_t> state) {
  auto context = makeContext();
  std::string type = "tensor<" + shape + (op == "random_bits" ? "ui32" : element) + ">", dims = shape;
  for (char &c : dims)
    c = c == 'x' ? ',' : c;
  dims.pop_back();
  std::string attributes =
      "{shape = #dlc.dims<[" + dims + "]>" + (op == "random_bits" ? std::string("}") : ", element = " + element + "}");
  auto module = parse(*context, "func.func @main(%s: tensor<2xi64>) -> " + type + " {\n%0 = dlc." + op + " %s " +
                                    attributes + " : (tensor<2xi64>) -> " + type + "\nreturn %0 : " + type + "\n}");
  llvm::SmallVector<HostTensor> outputs;
  InterpError error;
  if (!module || mlir::failed(interpret(functionOf(*module), {longs({2}, state)}, outputs, error))) {
    ADD_FAILURE() << error.status.message();
    return {};
  }
  return outputs[0];
}

TEST(Random, stateAndIndexDecide) {
  auto bits = valuesOf<uint32_t>(draw("random_bits", "6x", "", {7, 3}));
  EXPECT_EQ(bits, valuesOf<uint32_t>(draw("random_bits", "2x3x", "", {7, 3})));
  auto longer = valuesOf<uint32_t>(draw("random_bits", "8x", "", {7, 3}));
  EXPECT_TRUE(std::equal(bits.begin(), bits.end(), longer.begin()));
  EXPECT_NE(bits, valuesOf<uint32_t>(draw("random_bits", "6x", "", {7, 4})));
  EXPECT_NE(bits, valuesOf<uint32_t>(draw("random_bits", "6x", "", {8, 3})));
}

TEST(Random, uniformFillsItsInterval) {
  for (uint64_t seed = 0; seed < 3; ++seed) {
    auto numbers = valuesOf<float>(draw("uniform", "10000x", "f32", {int64_t(seed), 0}));
    double sum = 0;
    for (float number : numbers) {
      ASSERT_GE(number, 0.0f);
      ASSERT_LT(number, 1.0f);
      sum += number;
    }
    EXPECT_NEAR(sum / 10000, 0.5, 0.015);
  }
}

TEST(Random, normalHasMeanAndVariance) {
  auto numbers = valuesOf<double>(draw("normal", "20000x", "f64", {5, 1}));
  double sum = 0, squares = 0;
  for (double number : numbers) {
    ASSERT_TRUE(std::isfinite(number));
    sum += number;
    squares += number * number;
  }
  EXPECT_NEAR(sum / 20000, 0, 0.03);
  EXPECT_NEAR(squares / 20000, 1, 0.04);
}
