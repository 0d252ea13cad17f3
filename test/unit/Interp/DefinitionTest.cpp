// What ops mean, op by op: results worked out by hand or by a second reading of docs/numerics.md that shares no code.
#include "Modules.h"

#include "gtest/gtest.h"

#include <cmath>
#include <limits>
#include <random>

using namespace dlc;

namespace {

/// Runs one op, written over %a, %b, ..., on inputs whose types follow from them.
HostTensor apply(const std::string &op, const std::string &result, const std::vector<HostTensor> &inputs) {
  auto context = makeContext();
  context->loadAllAvailableDialects();
  std::string parameters, types;
  for (size_t i = 0; i < inputs.size(); ++i) {
    std::string type;
    llvm::raw_string_ostream(type) << mlir::RankedTensorType::get(inputs[i].shape,
                                                                  typeOf(inputs[i].type, context.get()));
    parameters += (i ? ", %" : "%") + std::string(1, char('a' + i)) + ": " + type;
    types += (i ? ", " : "") + type;
  }
  auto module = parse(*context, "func.func @main(" + parameters + ") -> " + result + " {\n%r = dlc." + op + " : (" +
                                    types + ") -> " + result + "\nreturn %r : " + result + "\n}");
  llvm::SmallVector<HostTensor> outputs;
  InterpError error;
  if (!module || mlir::failed(interpret(functionOf(*module), inputs, outputs, error))) {
    ADD_FAILURE() << error.status.message();
    return HostTensor(DType::F32, {0});
  }
  return outputs[0];
}

std::vector<float> randomFloats(size_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<float> values;
  for (size_t i = 0; i < count; ++i)
    values.push_back(float(double(random() >> 11) * 0x1p-52 - 1));
  return values;
}

using Floats = std::vector<float>;
using Longs = std::vector<int64_t>;
const float infinity = std::numeric_limits<float>::infinity();

/// N4, second reading: a list of partial sums is folded in half until one is left; odd ones out wait.
float foldHalves(std::vector<float> sums, size_t lanes) {
  for (size_t half = lanes / 2; half > 0; half /= 2) {
    for (size_t lane = 0; lane < half && lane + half < sums.size(); ++lane)
      sums[lane] += sums[lane + half];
    sums.resize(std::min(sums.size(), half));
  }
  return sums[0];
}
float sumOfBlock(const float *x, size_t count, size_t lanes) {
  std::vector<float> sums;
  for (size_t lane = 0; lane < std::min(lanes, count); ++lane) {
    float sum = x[lane];
    for (size_t i = lane + lanes; i < count; i += lanes)
      sum += x[i];
    sums.push_back(sum);
  }
  return foldHalves(sums, lanes);
}
float sumOfBlocks(const float *x, size_t count, size_t lanes) {
  size_t length = lanes == 1 ? 128 : 1024;
  if (count <= length)
    return sumOfBlock(x, count, lanes);
  size_t blocks = (count + length - 1) / length, left = 1;
  while (2 * left < blocks)
    left *= 2;
  return sumOfBlocks(x, left * length, lanes) + sumOfBlocks(x + left * length, count - left * length, lanes);
}

} // namespace

TEST(Definition, sumOrderIsBlocksLanesAndTrees) {
  for (size_t count : {1, 5, 31, 32, 33, 63, 128, 129, 1000, 1024, 1025, 3000, 5000, 9000}) {
    Floats x = randomFloats(count, count);
    std::string type = "tensor<" + std::to_string(count) + "xf32>";
    for (bool isLanes : {true, false}) {
      std::string op =
          std::string("reduce %a {kind = #dlc.reduce_kind<sum>, dims = array<i64: 0>, order = #dlc.order<") +
          (isLanes ? "lanes>}" : "chain>}");
      float got = apply(op, "tensor<f32>", {floats({int64_t(count)}, x)}).data<float>()[0];
      EXPECT_EQ(got, sumOfBlocks(x.data(), count, isLanes ? 32 : 1)) << count;
    }
  }
}

TEST(Definition, reducedDimsAreFlattenedInTheListedOrder) {
  Floats x = randomFloats(6 * 7, 3), turned;
  for (int j = 0; j < 7; ++j)
    for (int i = 0; i < 6; ++i)
      turned.push_back(x[size_t(i * 7 + j)]);
  std::string end = ">, order = #dlc.order<chain>}";
  std::string op = "reduce %a {kind = #dlc.reduce_kind<sum>, dims = array<i64: ";
  EXPECT_EQ(apply(op + "1, 0" + end, "tensor<f32>", {floats({6, 7}, x)}).data<float>()[0],
            sumOfBlocks(turned.data(), 42, 1));
}

TEST(Definition, emptyReductions) {
  std::string end = ", dims = array<i64: 0>, order = #dlc.order<lanes>}";
  HostTensor sum = apply("reduce %a {kind = #dlc.reduce_kind<sum>" + end, "tensor<f32>", {floats({0}, {})});
  EXPECT_EQ(sum.data<float>()[0], 0);
  EXPECT_FALSE(std::signbit(sum.data<float>()[0]));
  EXPECT_EQ(apply("reduce %a {kind = #dlc.reduce_kind<prod>" + end, "tensor<f32>", {floats({0}, {})}).data<float>()[0],
            1);
}

TEST(Definition, extremesOrderZerosAndPropagateNaN) {
  auto reduce = [](const char *kind, const Floats &x) {
    return apply(std::string("reduce %a {kind = #dlc.reduce_kind<") + kind +
                     ">, dims = array<i64: 0>, order = #dlc.order<lanes>}",
                 "tensor<f32>", {floats({int64_t(x.size())}, x)})
        .data<float>()[0];
  };
  EXPECT_FALSE(std::signbit(reduce("max", {-0.0f, 0.0f, -0.0f})));
  EXPECT_TRUE(std::signbit(reduce("min", {0.0f, -0.0f, 0.0f})));
  EXPECT_TRUE(std::isnan(reduce("max", {1, NAN, infinity})));
  EXPECT_EQ(reduce("min", {3, -infinity, 2}), -infinity);
}

TEST(Definition, argmaxTakesNaNThenTheLowestIndex) {
  auto arg = [](const char *op, const Floats &x) {
    return *apply(std::string(op) + " %a {dim = 0 : i64}", "tensor<i64>", {floats({int64_t(x.size())}, x)})
                .data<int64_t>();
  };
  EXPECT_EQ(arg("argmax", {1, 3, 3, 2}), 1);
  EXPECT_EQ(arg("argmax", {1, NAN, 5, NAN}), 1);
  EXPECT_EQ(arg("argmax", {-0.0f, 0.0f}), 1);
  EXPECT_EQ(arg("argmin", {0.0f, -0.0f, -0.0f}), 1);
  EXPECT_EQ(arg("argmin", {2, NAN, 1}), 1);
}

TEST(Definition, contractionIsBlocksOfFmaChainsAddedLeftToRight) {
  for (size_t count : {1, 40, 1024, 1025, 2500}) {
    Floats x = randomFloats(count, count), y = randomFloats(count, count + 1);
    auto dot = [&](const char *order) {
      return apply(std::string("dot_general %a, %b {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = "
                               "array<i64: 0>, rhs_contract = array<i64: 0>, order = #dlc.order<") +
                       order + ">}",
                   "tensor<f32>", {floats({int64_t(count)}, x), floats({int64_t(count)}, y)})
          .data<float>()[0];
    };
    float chain = 0, lanes = 0;
    for (size_t begin = 0; begin < count; begin += 1024) {
      size_t size = std::min<size_t>(1024, count - begin);
      float sum = 0;
      std::vector<float> parts(std::min<size_t>(32, size), 0.0f);
      for (size_t i = begin; i < begin + size; ++i) {
        sum = std::fma(x[i], y[i], sum);
        parts[(i - begin) % 32] = std::fma(x[i], y[i], parts[(i - begin) % 32]);
      }
      chain = begin ? chain + sum : sum;
      lanes = begin ? lanes + foldHalves(parts, 32) : foldHalves(parts, 32);
    }
    EXPECT_EQ(dot("chain"), chain) << count;
    EXPECT_EQ(dot("lanes"), lanes) << count;
  }
}

TEST(Definition, contractionPairsBatchAndFreeDims) {
  Longs x, y, expected;
  for (int64_t i = 0; i < 2 * 3 * 4; ++i)
    x.push_back(i % 7 - 3);
  for (int64_t i = 0; i < 5 * 4 * 2; ++i)
    y.push_back(i % 5 - 2);
  for (int b = 0; b < 2; ++b) // x[b, m, k], y[n, k, b]
    for (int m = 0; m < 3; ++m)
      for (int n = 0; n < 5; ++n) {
        int64_t sum = 0;
        for (int k = 0; k < 4; ++k)
          sum += x[size_t((b * 3 + m) * 4 + k)] * y[size_t((n * 4 + k) * 2 + b)];
        expected.push_back(sum);
      }
  HostTensor got = apply("dot_general %a, %b {lhs_batch = array<i64: 0>, rhs_batch = array<i64: 2>, lhs_contract = "
                         "array<i64: 2>, rhs_contract = array<i64: 1>, order = #dlc.order<chain>}",
                         "tensor<2x3x5xi64>", {longs({2, 3, 4}, x), longs({5, 4, 2}, y)});
  EXPECT_EQ(valuesOf<int64_t>(got), expected);
}

TEST(Definition, convolutionWithStridesPaddingDilationAndGroups) {
  const int height = 6, width = 5, groups = 2, ins = 2, outs = 3; // channels of a group
  Floats x, w;
  for (int i = 0; i < height * width * groups * ins; ++i)
    x.push_back(float(i * 7 % 11 - 5));
  for (int i = 0; i < 3 * 2 * ins * groups * outs; ++i)
    w.push_back(float(i * 5 % 9 - 4));
  const int rows = (height + 1 + 1 - 3) / 2 + 1, columns = width + 2 - (1 * 2 + 1) + 1;
  Floats expected; // small integers: exact in any order
  for (int oy = 0; oy < rows; ++oy)
    for (int ox = 0; ox < columns; ++ox)
      for (int o = 0; o < groups * outs; ++o) {
        float sum = 0;
        for (int ky = 0; ky < 3; ++ky)
          for (int kx = 0; kx < 2; ++kx)
            for (int c = 0; c < ins; ++c) {
              int iy = oy * 2 + ky - 1, ix = ox + kx * 2;
              if (iy >= 0 && iy < height && ix >= 0 && ix < width)
                sum += x[size_t((iy * width + ix) * groups * ins + o / outs * ins + c)] *
                       w[size_t(((ky * 2 + kx) * ins + c) * groups * outs + o)];
            }
        expected.push_back(sum);
      }
  HostTensor got = apply("conv %a, %b {strides = array<i64: 2, 1>, low = array<i64: 1, 0>, high = array<i64: 1, 2>, "
                         "dilation = array<i64: 1, 2>, groups = 2 : i64}",
                         "tensor<1x" + std::to_string(rows) + "x" + std::to_string(columns) + "x6xf32>",
                         {floats({1, height, width, groups * ins}, x), floats({3, 2, ins, groups * outs}, w)});
  EXPECT_EQ(valuesOf<float>(got), expected);
}

TEST(Definition, windows) {
  HostTensor x = floats({5}, {1, 5, NAN, 2, 4});
  std::string how = "window = array<i64: 2>, strides = array<i64: 2>, low = array<i64: 1>, high = array<i64: 0>}";
  EXPECT_EQ(valuesOf<float>(apply("reduce_window %a {kind = #dlc.reduce_kind<sum>, " + how, "tensor<3xf32>",
                                  {floats({5}, {1, 5, 7, 2, 4})})),
            (Floats{1, 12, 6}));
  HostTensor largest = apply("reduce_window %a {kind = #dlc.reduce_kind<max>, " + how, "tensor<3xf32>", {x});
  EXPECT_EQ(largest.data<float>()[0], 1);
  EXPECT_TRUE(std::isnan(largest.data<float>()[1]));
  EXPECT_EQ(valuesOf<int32_t>(apply("window_argmax %a {" + how, "tensor<3xi32>", {x})),
            (std::vector<int32_t>{1, 1, 1}));
}

TEST(Definition, gatherCountsFromTheEndAndClamps) {
  HostTensor x = floats({2, 3}, {0, 1, 2, 10, 11, 12});
  EXPECT_EQ(valuesOf<float>(apply("gather %a, %b {axis = 1 : i64, mode = #dlc.index_mode<clamp>}", "tensor<2x4xf32>",
                                  {x, longs({4}, {-1, 0, 9, -9})})),
            (Floats{2, 0, 2, 0, 12, 10, 12, 10}));
  EXPECT_EQ(valuesOf<float>(apply("gather %a, %b {axis = 1 : i64, batch_dims = 1 : i64}", "tensor<2xf32>",
                                  {x, longs({2}, {2, 0})})),
            (Floats{2, 10}));
}

TEST(Definition, scatterAddsInTheOrderOfUpdates) {
  HostTensor got = apply("scatter %a, %b, %c {axis = 0 : i64}", "tensor<2xf32>",
                         {floats({2}, {1, 0x1p24f}), longs({4}, {1, 0, 1, -2}), floats({4}, {1, 2, 1, 3})});
  EXPECT_EQ(valuesOf<float>(got), (Floats{6, 0x1p24f})); // 2^24 + 1 rounds back, twice
}

TEST(Definition, moves) {
  HostTensor x = longs({2, 3}, {0, 1, 2, 3, 4, 5}), nine = longs({}, {9});
  auto got = [](const HostTensor &tensor) { return valuesOf<int64_t>(tensor); };
  EXPECT_EQ(got(apply("transpose %a {perm = array<i64: 1, 0>}", "tensor<3x2xi64>", {x})), (Longs{0, 3, 1, 4, 2, 5}));
  EXPECT_EQ(got(apply("reverse %a {dims = array<i64: 1>}", "tensor<2x3xi64>", {x})), (Longs{2, 1, 0, 5, 4, 3}));
  EXPECT_EQ(got(apply("slice %a {starts = array<i64: 1, 0>, limits = #dlc.dims<[2, 3]>, strides = array<i64: 1, 2>}",
                      "tensor<1x2xi64>", {x})),
            (Longs{3, 5}));
  EXPECT_EQ(got(apply("pad %a, %b {low = array<i64: 0, -1>, high = array<i64: 1, 1>, interior = array<i64: 0, 1>}",
                      "tensor<3x5xi64>", {x, nine})),
            (Longs{9, 1, 9, 2, 9, 9, 4, 9, 5, 9, 9, 9, 9, 9, 9}));
  EXPECT_EQ(got(apply("concat %a, %b {dim = 1 : i64}", "tensor<2x4xi64>", {x, longs({2, 1}, {7, 8})})),
            (Longs{0, 1, 2, 7, 3, 4, 5, 8}));
  EXPECT_EQ(got(apply("broadcast %a {shape = #dlc.dims<[2, 2, 2]>, dims = array<i64: 0, 2>}", "tensor<2x2x2xi64>",
                      {longs({2, 1}, {3, 4})})),
            (Longs{3, 3, 3, 3, 4, 4, 4, 4}));
}

TEST(Definition, integers) {
  const int64_t lowest = std::numeric_limits<int64_t>::min();
  HostTensor x = longs({4}, {7, -7, 5, lowest}), y = longs({4}, {-2, 2, 0, -1});
  auto got = [&](const char *op) {
    return valuesOf<int64_t>(apply(std::string(op) + " %a, %b", "tensor<4xi64>", {x, y}));
  };
  EXPECT_EQ(got("div"), (Longs{-3, -3, 0, lowest}));
  EXPECT_EQ(got("rem"), (Longs{1, -1, 0, 0}));
  EXPECT_EQ(got("mul"), (Longs{-14, -14, 0, lowest}));
  EXPECT_EQ(valuesOf<uint8_t>(
                apply("shl %a, %b", "tensor<2xui8>",
                      {tensorOf<uint8_t>(DType::U8, {2}, {129, 1}), tensorOf<uint8_t>(DType::U8, {2}, {1, 9})})),
            (std::vector<uint8_t>{2, 2}));
  EXPECT_EQ(valuesOf<int8_t>(apply("shr %a, %b", "tensor<1xi8>",
                                   {tensorOf<int8_t>(DType::I8, {1}, {-4}), tensorOf<int8_t>(DType::I8, {1}, {1})})),
            (std::vector<int8_t>{-2}));
}

TEST(Definition, casts) {
  HostTensor x = floats({6}, {2.9f, -2.9f, NAN, infinity, 300, -0.0f});
  EXPECT_EQ(valuesOf<int32_t>(apply("cast %a {to = i32}", "tensor<6xi32>", {x})),
            (std::vector<int32_t>{2, -2, 0, std::numeric_limits<int32_t>::max(), 300, 0}));
  EXPECT_EQ(valuesOf<uint8_t>(apply("cast %a {to = ui8}", "tensor<6xui8>", {x})),
            (std::vector<uint8_t>{2, 0, 0, 255, 255, 0}));
  EXPECT_EQ(valuesOf<uint8_t>(apply("cast %a {to = i1}", "tensor<6xi1>", {x})),
            (std::vector<uint8_t>{1, 1, 1, 1, 1, 0}));
  // Once from f64 to bf16: by way of f32 these would be ties, and go to 0x3f80 and 0x3f82.
  HostTensor above = tensorOf<double>(DType::F64, {1}, {1 + 0x1p-8 + 0x1p-40});
  EXPECT_EQ(*apply("cast %a {to = bf16}", "tensor<1xbf16>", {above}).data<uint16_t>(), 0x3f81);
  HostTensor below = tensorOf<double>(DType::F64, {1}, {1 + 3 * 0x1p-8 - 0x1p-40});
  EXPECT_EQ(*apply("cast %a {to = bf16}", "tensor<1xbf16>", {below}).data<uint16_t>(), 0x3f81);
}

TEST(Definition, halfPrecisionAccumulatesInFloat) {
  // 1 + 2,047 * 2^-11 in f16 alone would stay 1.
  std::vector<uint16_t> x(2048, 0x1000); // 2^-11
  x[0] = 0x3c00;                         // 1
  HostTensor sum = apply("reduce %a {kind = #dlc.reduce_kind<sum>, dims = array<i64: 0>, order = #dlc.order<chain>}",
                         "tensor<f16>", {tensorOf<uint16_t>(DType::F16, {2048}, x)});
  EXPECT_EQ(*sum.data<uint16_t>(), 0x4000); // 2 - 2^-11 rounds to 2
}

TEST(Definition, zerosOfReluAndSign) {
  HostTensor x = floats({4}, {-0.0f, NAN, -3, 2});
  HostTensor relu = apply("relu %a", "tensor<4xf32>", {x}), sign = apply("sign %a", "tensor<4xf32>", {x});
  EXPECT_FALSE(std::signbit(relu.data<float>()[0]));
  EXPECT_TRUE(std::isnan(relu.data<float>()[1]));
  EXPECT_TRUE(std::signbit(sign.data<float>()[0]));
  EXPECT_TRUE(std::isnan(sign.data<float>()[1]));
  EXPECT_EQ(sign.data<float>()[2], -1);
}

TEST(Definition, cumulativeBlocksAreChainsAfterTheTotalBefore) {
  for (size_t count : {1, 5, 1024, 1025, 3000}) {
    Floats x = randomFloats(count, count), expected(count);
    float before = 0;
    for (size_t i = 0; i < count; ++i) {
      size_t begin = i - i % 1024;
      float sum = x[begin];
      for (size_t k = begin + 1; k <= i; ++k)
        sum += x[k];
      expected[i] = begin == 0 ? sum : before + sum;
      if (i % 1024 == 1023)
        before = expected[i];
    }
    std::string type = "tensor<" + std::to_string(count) + "xf32>";
    HostTensor r =
        apply("cumulative %a {kind = #dlc.reduce_kind<sum>, dim = 0 : i64}", type, {floats({int64_t(count)}, x)});
    EXPECT_EQ(valuesOf<float>(r), expected) << count;
  }
}

TEST(Definition, cumulativeOfHalvesRoundsOnce) {
  // 2048 + 1 + 1 is 2050 in f32; rounding each step to f16 would stay at 2048.
  HostTensor x = tensorOf<uint16_t>(DType::F16, {3}, {0x6800, 0x3c00, 0x3c00});
  HostTensor r = apply("cumulative %a {kind = #dlc.reduce_kind<sum>, dim = 0 : i64}", "tensor<3xf16>", {x});
  EXPECT_EQ(valuesOf<uint16_t>(r), (std::vector<uint16_t>{0x6800, 0x6800, 0x6801}));
}

TEST(Definition, scattersMeetUpdatesInOrder) {
  HostTensor x = floats({3}, {1, 2, 3}), places = longs({4}, {1, 1, -1, 1}), u = floats({4}, {5, 9, -7, 4});
  auto scatter = [&](const std::string &kind) {
    return valuesOf<float>(apply("scatter %a, %b, %c {axis = 0 : i64, kind = #dlc.scatter_kind<" + kind + ">}",
                                 "tensor<3xf32>", {x, places, u}));
  };
  EXPECT_EQ(scatter("set"), (Floats{1, 4, -7}));
  EXPECT_EQ(scatter("max"), (Floats{1, 9, 3}));
  EXPECT_EQ(scatter("min"), (Floats{1, 2, -7}));
  EXPECT_EQ(scatter("add"), (Floats{1, 20, -4}));
}

TEST(Definition, dynamicSlices) {
  HostTensor x = floats({5}, {0, 1, 2, 3, 4}), start = longs({}, {9}), u = floats({2}, {7, 8});
  HostTensor part = apply("dynamic_slice %a, %b {sizes = #dlc.dims<[2]>, mode = #dlc.index_mode<clamp>}",
                          "tensor<2xf32>", {x, start});
  EXPECT_EQ(valuesOf<float>(part), (Floats{3, 4}));
  HostTensor all = apply("dynamic_update_slice %a, %b, %c {mode = #dlc.index_mode<clamp>}", "tensor<5xf32>",
                         {x, u, longs({}, {-4})});
  EXPECT_EQ(valuesOf<float>(all), (Floats{7, 8, 2, 3, 4}));
}

TEST(Definition, bitcastMakesNaNCanonical) {
  HostTensor x = tensorOf<uint32_t>(DType::F32, {2}, {0xffc12345u, 0x3f800000u});
  HostTensor r = apply("bitcast %a {to = ui32}", "tensor<2xui32>", {x});
  EXPECT_EQ(valuesOf<uint32_t>(r), (std::vector<uint32_t>{0x7fc00000u, 0x3f800000u}));
}
