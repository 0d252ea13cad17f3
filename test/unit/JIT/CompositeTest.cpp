// Composites, end to end: what they decompose into gives one answer, and rows that are hard are right.
#include "test/unit/JIT/Comparison.h"

namespace dlc {
namespace {

/// A function of one op on operands of these types.
std::string program(const std::string &op, const std::vector<std::string> &operands,
                    const std::vector<std::string> &results) {
  auto join = [](const std::vector<std::string> &parts) {
    std::string all;
    for (const std::string &part : parts)
      all += (all.empty() ? "" : ", ") + part;
    return all;
  };
  std::vector<std::string> parameters, values, names;
  for (size_t i = 0; i < operands.size(); ++i) {
    values.push_back("%a" + std::to_string(i));
    parameters.push_back(values.back() + ": " + operands[i]);
  }
  for (size_t i = 0; i < results.size(); ++i)
    names.push_back("%r" + std::to_string(i));
  size_t space = op.find(' ');
  return "func.func @main(" + join(parameters) + ") -> (" + join(results) + ") { " + join(names) + " = dlc." +
         op.substr(0, space) + " " + join(values) + op.substr(space) + " : (" + join(operands) + ") -> (" +
         join(results) + ") return " + join(names) + " : " + join(results) + " }";
}

/// All variants for f32; for other types fused on the host and on x86-64-v3, each with 2 threads.
void check(const std::string &op, const std::vector<std::string> &operands, const std::vector<std::string> &results) {
  std::string text = program(op, operands, results);
  std::vector<Variant> all = allVariants(), few = {all[1], all[3]};
  bool isF32 = results[0].find("xf32") != std::string::npos;
  expectOneAnswer(text, {randomInputs(text, 3)}, isF32 ? all : few);
}

TEST(Composite, OneAnswer) {
  for (std::string element : {"f32", "f64", "f16", "bf16"}) {
    auto tensor = [&](const std::string &shape) { return "tensor<" + shape + "x" + element + ">"; };
    std::string x = tensor("5x37"), v = tensor("37"), rows = tensor("5"), norm = ", epsilon = 1.0e-5 : f64}";
    check("softmax {dim = 1 : i64}", {x}, {x});
    check("log_softmax {dim = 0 : i64}", {x}, {x});
    check("logsumexp {dims = array<i64: 1>}", {x}, {rows});
    check("gelu {}", {x}, {x});
    check("gelu {approximate = #dlc.gelu_form<tanh>}", {x}, {x});
    check("cross_entropy {dim = 1 : i64}", {x, "tensor<5xi64>"}, {rows});
    check("layer_norm {normalized = 1 : i64" + norm, {x, v, v}, {x});
    check("layer_norm {normalized = 2 : i64" + norm, {x}, {x});
    check("rms_norm {normalized = 1 : i64" + norm, {x, v}, {x});
    check("batch_norm {dim = 1 : i64" + norm, {x, v, v, v, v}, {x});
    check("batch_norm_training {dim = 1 : i64" + norm, {x, v, v}, {x, v, v});
    check("attention {scale = 0.3 : f64, causal = true}",
          {tensor("2x4x5x7"), tensor("2x2x9x7"), tensor("2x2x9x6"), tensor("1x1x5x9")}, {tensor("2x4x5x6")});
    check("attention {scale = 0.3 : f64}", {tensor("4x5x7"), tensor("4x9x7"), tensor("4x9x6"), "tensor<1x5x9xi1>"},
          {tensor("4x5x6")});
    std::string in = tensor("3x5"), h = tensor("3x6");
    check("lstm_cell {}", {in, h, h, tensor("24x5"), tensor("24x6"), tensor("24"), tensor("24")}, {h, h});
    check("gru_cell {}", {in, h, tensor("18x5"), tensor("18x6")}, {h});
    check("quantize {to = i8, dim = 1 : i64}", {x, v, "tensor<37xi8>"}, {"tensor<5x37xi8>"});
    check("quantize {to = ui8}", {x, "tensor<" + element + ">", "tensor<ui8>"}, {"tensor<5x37xui8>"});
    check("dequantize {dim = 0 : i64}", {"tensor<5x37xi8>", rows, "tensor<5xi8>"}, {x});
  }
}

TEST(Composite, SymbolicExtents) {
  std::string x = "tensor<?x?xf32, #dlc.dims<[B, N]>>", v = "tensor<?xf32, #dlc.dims<[N]>>";
  for (const std::string &text :
       {program("softmax {dim = 1 : i64}", {x}, {x}),
        program("layer_norm {normalized = 1 : i64, epsilon = 1.0e-5 : f64}", {x, v, v}, {x}),
        program("batch_norm_training {dim = 1 : i64, epsilon = 1.0e-5 : f64}", {x}, {x, v, v}),
        program("cross_entropy {dim = 1 : i64}", {x, "tensor<?xi32, #dlc.dims<[B]>>"},
                {"tensor<?xf32, #dlc.dims<[B]>>"})})
    expectOneAnswer(text, {randomInputs(text, 3, {{"B", 4}, {"N", 11}})});
  std::string q = "tensor<?x4x?x8xf32, #dlc.dims<[B, 4, L, 8]>>", k = "tensor<?x2x?x8xf32, #dlc.dims<[B, 2, S, 8]>>";
  std::string text = program("attention {scale = 0.3 : f64, causal = true}", {q, k, k}, {q});
  expectOneAnswer(text, {randomInputs(text, 3, {{"B", 2}, {"L", 5}, {"S", 6}})});
}

HostTensor floats(std::vector<int64_t> shape, const std::vector<float> &values) {
  HostTensor tensor(DType::F32, std::move(shape));
  std::copy(values.begin(), values.end(), tensor.data<float>());
  return tensor;
}

TEST(Composite, LargeLogits) {
  std::string x = "tensor<2x3xf32>";
  HostTensor logits = floats({2, 3}, {3e38f, 3e38f, -3e38f, -1e4f, -1e4f, -2e4f});
  Outcome softmax = interpretText(program("softmax {dim = 1 : i64}", {x}, {x}), {logits});
  for (int64_t row = 0; row < 2; ++row) {
    const float *r = softmax.outputs[0].data<float>() + 3 * row;
    EXPECT_EQ(r[0], 0.5f);
    EXPECT_EQ(r[1], 0.5f);
    EXPECT_EQ(r[2], 0.0f);
  }
  Outcome sum = interpretText(program("logsumexp {dims = array<i64: 1>}", {x}, {"tensor<2xf32>"}), {logits});
  EXPECT_EQ(sum.outputs[0].data<float>()[0], 3e38f);
  EXPECT_NEAR(sum.outputs[0].data<float>()[1], -1e4f + 0.6931472f, 1e-3f);
}

TEST(Composite, RowsThatSeeNothing) {
  std::string q = "tensor<1x2x2xf32>", mask = "tensor<1x2x2xi1>";
  HostTensor x = floats({1, 2, 2}, {1, 2, 3, 4}), seen(DType::Bool, {1, 2, 2});
  for (int64_t i = 0; i < 4; ++i)
    seen.data<uint8_t>()[i] = i >= 2;
  Outcome r = interpretText(program("attention {scale = 1.0 : f64}", {q, q, q, mask}, {q}), {x, x, x, seen});
  EXPECT_EQ(r.outputs[0].data<float>()[0], 0.0f);
  EXPECT_EQ(r.outputs[0].data<float>()[1], 0.0f);
  EXPECT_GT(r.outputs[0].data<float>()[2], 2.9f);
}

TEST(Composite, QuantizeSaturatesHalfToEven) {
  std::string text = program("quantize {to = i8}", {"tensor<8xf32>", "tensor<f32>", "tensor<i8>"}, {"tensor<8xi8>"});
  HostTensor x = floats({8}, {0.5f, 1.5f, -0.5f, 2.5f, 1e9f, -1e9f, NAN, 63.4f}), scale = floats({}, {1}),
             zero(DType::I8, {});
  *zero.data<int8_t>() = 3;
  Outcome r = interpretText(text, {x, scale, zero});
  const int8_t expected[] = {3, 5, 3, 5, 127, -128, 0, 66};
  for (int64_t i = 0; i < 8; ++i)
    EXPECT_EQ(r.outputs[0].data<int8_t>()[i], expected[i]) << i;
}

TEST(Composite, LabelsOutOfRange) {
  std::string text = program("cross_entropy {dim = 1 : i64}", {"tensor<2x3xf32>", "tensor<2xi64>"}, {"tensor<2xf32>"});
  HostTensor x = floats({2, 3}, {1, 2, 3, 4, 5, 6}), labels(DType::I64, {2});
  for (int64_t bad : {-1, 3}) {
    labels.data<int64_t>()[0] = 2;
    labels.data<int64_t>()[1] = bad;
    EXPECT_EQ(interpretText(text, {x, labels}).status.kind(), ErrorKind::Index);
    expectOneAnswer(text, {{x, labels}});
  }
}

} // namespace
} // namespace dlc
