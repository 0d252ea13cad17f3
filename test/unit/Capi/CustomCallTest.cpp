// Custom calls through the C ABI, by both engines: the same function, the same bits, the same errors.
#include "dlc-c/trace.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace {

/// outputs[i] = inputs[i] * the number that the text says, in f32; "fail" fails.
int scale(const dlc_custom_call *call, void *data) {
  ++*static_cast<int *>(data);
  if (!strcmp(call->attributes, "fail"))
    return call->fail(call, DLC_TYPE_ERROR, "expected another text, but got fail");
  float factor = std::stof(call->attributes);
  for (int64_t i = 0; i < call->inputs[0].dims[0]; ++i)
    static_cast<float *>(call->outputs[0].data)[i] = static_cast<const float *>(call->inputs[0].data)[i] * factor;
  return 0;
}

void ok(dlc_status *status) {
  EXPECT_EQ(status, nullptr) << dlc_status_message(status);
  dlc_status_release(status);
}

std::string take(dlc_status *status, dlc_status_kind kind) {
  EXPECT_EQ(dlc_status_get_kind(status), kind) << dlc_status_message(status);
  std::string message = dlc_status_message(status);
  dlc_status_release(status);
  return message;
}

class CustomCallTest : public testing::TestWithParam<const char *> {
protected:
  void SetUp() override { ok(dlc_register_custom_call("scale", scale, &calls)); }
  void TearDown() override { ok(dlc_register_custom_call("scale", nullptr, nullptr)); }

  dlc_program *compile(const std::string &body) {
    std::string text = "func.func @main(%x: tensor<?xf32, #dlc.dims<[N]>>, %i: tensor<1xi32>) -> "
                       "tensor<?xf32, #dlc.dims<[N]>> {\n" +
                       body + "}\n";
    dlc_module *module = nullptr;
    dlc_program *program = nullptr;
    ok(dlc_module_parse(text.data(), text.size(), "m.mlir", &module));
    ok(dlc_module_compile(module, GetParam(), &program));
    dlc_module_release(module);
    return program;
  }
  /// Runs a program on x and an index; `out` gets the result.
  dlc_status *run(dlc_program *program, std::vector<float> x, int32_t index, std::vector<float> &out) {
    int64_t dims[1] = {int64_t(x.size())}, one[1] = {1};
    dlc_tensor *inputs[2] = {}, *output = nullptr;
    ok(dlc_tensor_create(DLC_F32, 1, dims, &inputs[0]));
    ok(dlc_tensor_create(DLC_I32, 1, one, &inputs[1]));
    memcpy(dlc_tensor_data(inputs[0]), x.data(), x.size() * sizeof(float));
    memcpy(dlc_tensor_data(inputs[1]), &index, sizeof(index));
    dlc_status *status = dlc_program_run(program, inputs, 2, &output, 1);
    if (!status) {
      auto *data = static_cast<const float *>(dlc_tensor_data(output));
      out.assign(data, data + x.size());
    }
    for (dlc_tensor *tensor : {inputs[0], inputs[1], output})
      dlc_tensor_release(tensor);
    return status;
  }
  std::string call(const char *result, const char *operand, const char *text) {
    return std::string("%") + result + " = dlc.custom_call \"scale\"(%" + operand + ") attributes \"" + text +
           "\" : (tensor<?xf32, #dlc.dims<[N]>>) -> tensor<?xf32, #dlc.dims<[N]>>\n";
  }
  const std::string ret = "return %r : tensor<?xf32, #dlc.dims<[N]>>\n";
  int calls = 0;
};

TEST_P(CustomCallTest, GivesTheFunctionsBits) {
  dlc_program *program = compile(call("0", "x", "0.1") + call("1", "0", "0.7") +
                                 "%r = dlc.add %1, %x : (tensor<?xf32, #dlc.dims<[N]>>, tensor<?xf32, #dlc.dims<[N]>>) "
                                 "-> tensor<?xf32, #dlc.dims<[N]>>\n" +
                                 ret);
  for (size_t n : {1, 2, 33}) {
    std::vector<float> x(n), y, expected(n);
    for (size_t i = 0; i < n; ++i) {
      x[i] = 1.0f / float(i + 3);
      expected[i] = x[i] * 0.1f;
      expected[i] = expected[i] * 0.7f;
      expected[i] = expected[i] + x[i];
    }
    ok(run(program, x, 0, y));
    EXPECT_EQ(y, expected);
  }
  EXPECT_EQ(calls, 6);
  dlc_program_release(program);
}

TEST_P(CustomCallTest, FailsWithTheFunctionsMessage) {
  dlc_program *program = compile(call("r", "x", "fail") + ret);
  std::vector<float> y;
  std::string message = take(run(program, {1}, 0, y), DLC_TYPE_ERROR);
  EXPECT_NE(message.find("m.mlir:2:"), std::string::npos) << message;
  EXPECT_NE(message.find("custom call 'scale' failed: expected another text, but got fail"), std::string::npos);
  ok(dlc_register_custom_call("scale", nullptr, nullptr));
  message = take(run(program, {1}, 0, y), DLC_VALUE_ERROR);
  EXPECT_NE(message.find("expected a registered function for custom call 'scale', but found none"), std::string::npos);
  EXPECT_NE(message.find("m.mlir:2:"), std::string::npos) << message;
  dlc_program_release(program);
}

TEST_P(CustomCallTest, TheFirstErrorWins) {
  const std::string gather = "%0 = dlc.gather %x, %i {axis = 0 : i64} : (tensor<?xf32, #dlc.dims<[N]>>, tensor<1xi32>) "
                             "-> tensor<1xf32>\n";
  const std::string use = "%s = dlc.reduce %0 {dims = array<i64: 0>, kind = #dlc.reduce_kind<sum>, order = "
                          "#dlc.order<lanes>} : (tensor<1xf32>) -> tensor<f32>\n"
                          "%b = dlc.broadcast %s {shape = #dlc.dims<[N]>, dims = array<i64>} : (tensor<f32>) -> "
                          "tensor<?xf32, #dlc.dims<[N]>>\n"
                          "%r = dlc.add %1, %b : (tensor<?xf32, #dlc.dims<[N]>>, tensor<?xf32, #dlc.dims<[N]>>) -> "
                          "tensor<?xf32, #dlc.dims<[N]>>\n";
  dlc_program *before = compile(gather + call("1", "x", "fail") + use + ret);
  dlc_program *after = compile(call("1", "x", "fail") + gather + use + ret);
  std::vector<float> y;
  take(run(before, {1, 2}, 7, y), DLC_INDEX_ERROR);
  EXPECT_EQ(calls, 0);
  take(run(after, {1, 2}, 7, y), DLC_TYPE_ERROR);
  take(run(before, {1, 2}, 0, y), DLC_TYPE_ERROR);
  EXPECT_EQ(calls, 2);
  dlc_program_release(before);
  dlc_program_release(after);
}

/// What nothing needs is no part of the program, a call as well as what can fail behind it.
TEST_P(CustomCallTest, UnusedCallsAreLeftOut) {
  const std::string dead =
      call("0", "x", "fail") + "%1 = dlc.neg %0 : (tensor<?xf32, #dlc.dims<[N]>>) -> tensor<?xf32, #dlc.dims<[N]>>\n";
  dlc_program *program = compile(dead + call("r", "x", "2") + ret);
  std::vector<float> y;
  ok(run(program, {1, 2}, 0, y));
  EXPECT_EQ(y, (std::vector<float>{2, 4}));
  EXPECT_EQ(calls, 1);
  dlc_program_release(program);
}

/// The builder, for frontends without types of their own.
TEST_P(CustomCallTest, TheBuilderTakesTypes) {
  dlc_trace_options options = {1, GetParam(), 0};
  dlc_trace *trace = nullptr;
  ok(dlc_trace_create(&options, &trace));
  dlc_value_info x = {}, y = {};
  size_t count = 0;
  ok(dlc_trace_scalar(trace, 'f', 0, 1.0, &x));
  auto apply = [&](const char *attributes) {
    return dlc_trace_op(trace, "custom_call", &x.id, 1, attributes, 0, &y, 1, &count);
  };
  EXPECT_EQ(take(apply("{target = \"scale\"}"), DLC_VALUE_ERROR),
            "'custom_call' expected attributes 'target', a text, and 'results', an array of types");
  EXPECT_EQ(take(apply("{target = \"scale\", results = [3 : i64]}"), DLC_VALUE_ERROR),
            "'custom_call' expected entries of 'results' to be types of tensors, but got 3 : i64");
  EXPECT_EQ(take(apply("{target = \"scale\", results = [tensor<?xf32, #dlc.dims<[-1]>>]}"), DLC_VALUE_ERROR),
            "'custom_call' expected extents of results of at least 0, but got -1");
  ok(apply("{target = \"scale\", results = [tensor<3xf32>], attributes = \"2\"}"));
  EXPECT_EQ(y.rank, 1u);
  EXPECT_EQ(y.dims[0], 3);
  dlc_trace_release(trace);
}

TEST(CustomCallRegistry, AnEmptyNameIsRefused) {
  int calls = 0;
  EXPECT_EQ(take(dlc_register_custom_call("", scale, &calls), DLC_VALUE_ERROR),
            "expected the name of a custom call, but got an empty text");
  EXPECT_EQ(take(dlc_register_custom_call(nullptr, scale, &calls), DLC_VALUE_ERROR),
            "expected the name of a custom call, but got an empty text");
}

INSTANTIATE_TEST_SUITE_P(Engines, CustomCallTest, testing::Values("interp", "jit"));

} // namespace
