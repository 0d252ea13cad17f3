// Traces through the C ABI: ops and builders, errors, functions inside a trace, and programs by both engines.
#include "dlc-c/trace.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace {

void ok(dlc_status *status) {
  EXPECT_EQ(status, nullptr) << dlc_status_message(status);
  dlc_status_release(status);
}

std::string messageOf(dlc_status *status, dlc_status_kind kind) {
  EXPECT_EQ(dlc_status_get_kind(status), kind) << dlc_status_message(status);
  std::string message = dlc_status_message(status);
  dlc_status_release(status);
  return message;
}

class TraceTest : public testing::TestWithParam<const char *> {
protected:
  void SetUp() override { trace = make(true); }
  void TearDown() override { dlc_trace_release(trace); }

  static dlc_trace *make(bool isLazy) {
    dlc_trace_options options = {uint8_t(isLazy), GetParam(), 0};
    dlc_trace *out = nullptr;
    ok(dlc_trace_create(&options, &out));
    return out;
  }
  static dlc_tensor *tensorOf(const std::vector<float> &values) {
    int64_t dims[1] = {int64_t(values.size())};
    dlc_tensor *tensor = nullptr;
    ok(dlc_tensor_create(DLC_F32, 1, dims, &tensor));
    memcpy(dlc_tensor_data(tensor), values.data(), values.size() * sizeof(float));
    return tensor;
  }
  uint32_t value(const std::vector<float> &values) {
    dlc_tensor *tensor = tensorOf(values);
    dlc_value_info info = {};
    ok(dlc_trace_tensor(trace, tensor, &info));
    dlc_tensor_release(tensor);
    return info.id;
  }
  dlc_status *apply(const char *name, std::vector<uint32_t> operands, const char *attributes, dlc_value_info &out) {
    size_t count = 0;
    return dlc_trace_op(trace, name, operands.data(), operands.size(), attributes, 0, &out, 1, &count);
  }
  std::vector<float> floats(uint32_t id) {
    dlc_tensor *tensor = nullptr;
    ok(dlc_trace_value_tensor(trace, id, &tensor));
    auto *data = static_cast<const float *>(dlc_tensor_data(tensor));
    std::vector<float> out(data, data + dlc_tensor_bytes(tensor) / sizeof(float));
    dlc_tensor_release(tensor);
    return out;
  }
  dlc_trace *trace = nullptr;
};

TEST_P(TraceTest, LazyTraceComputesWhatIsAlive) {
  uint32_t x = value({1, 2, 3});
  dlc_value_info two = {}, y = {}, dead = {};
  ok(dlc_trace_scalar(trace, 'f', 0, 2.0, &two));
  ok(apply("mul", {x, two.id}, nullptr, y));
  ok(apply("add", {y.id, y.id}, nullptr, dead));
  dlc_trace_value_release(trace, dead.id);
  EXPECT_EQ(y.dtype, DLC_F32);
  EXPECT_EQ(y.rank, 1u);
  EXPECT_EQ(y.dims[0], 3);
  EXPECT_EQ(floats(y.id), (std::vector<float>{2, 4, 6}));
  EXPECT_TRUE(dlc_trace_is_done(trace));
  EXPECT_NE(messageOf(apply("neg", {x}, nullptr, y), DLC_VALUE_ERROR).find("has ended"), std::string::npos);
}

TEST_P(TraceTest, ErrorsAreImmediateAndLeaveTheTraceUsable) {
  uint32_t x = value({1, 2, 3}), y = value({1, 2});
  dlc_value_info out = {};
  EXPECT_NE(messageOf(apply("add", {x, y}, nullptr, out), DLC_VALUE_ERROR).find("got [3] and [2]"), std::string::npos);
  EXPECT_NE(messageOf(apply("dlc.add", {x, y}, nullptr, out), DLC_VALUE_ERROR).find("shape of operand 0"),
            std::string::npos);
  EXPECT_NE(messageOf(apply("dlc.add", {x}, nullptr, out), DLC_VALUE_ERROR).find("number of operands"),
            std::string::npos);
  EXPECT_NE(messageOf(apply("dlc.nothing", {x}, nullptr, out), DLC_VALUE_ERROR).find("'dlc.nothing'"),
            std::string::npos);
  EXPECT_NE(messageOf(apply("nothing", {x}, nullptr, out), DLC_VALUE_ERROR).find("'nothing'"), std::string::npos);
  EXPECT_NE(messageOf(apply("dlc.transpose", {x}, nullptr, out), DLC_VALUE_ERROR).find("attribute 'perm'"),
            std::string::npos);
  EXPECT_NE(messageOf(apply("dlc.transpose", {x}, "{perm", out), DLC_VALUE_ERROR).find("expected"), std::string::npos);
  EXPECT_NE(messageOf(apply("dlc.transpose", {x}, "{perm = 3 : i64}", out), DLC_VALUE_ERROR).find("perm"),
            std::string::npos);
  EXPECT_NE(messageOf(apply("not", {x}, nullptr, out), DLC_TYPE_ERROR).find("integers or bool"), std::string::npos);
  EXPECT_NE(messageOf(apply("neg", {12345}, nullptr, out), DLC_VALUE_ERROR).find("12345"), std::string::npos);
  ok(apply("neg", {x}, nullptr, out));
  EXPECT_EQ(floats(out.id), (std::vector<float>{-1, -2, -3}));
}

TEST_P(TraceTest, FunctionsAreDifferentiated) {
  uint32_t x = value({1, 2, 3}), scale = value({2, 2, 2});
  dlc_value_info inner = {}, y = {}, sum = {}, one = {};
  ok(dlc_trace_begin_function(trace, &x, 1, &inner));
  ok(apply("mul", {inner.id, inner.id}, nullptr, y));
  ok(apply("mul", {y.id, scale}, nullptr, y)); // a value from outside
  ok(apply("reduce", {y.id}, "{kind = \"sum\"}", sum));
  uint32_t function = 0;
  ok(dlc_trace_end_function(trace, &sum.id, 1, &function));
  ok(dlc_trace_scalar(trace, 'f', 0, 1.0, &one));
  int64_t wrt = 0, of = 0;
  dlc_value_info results[2] = {};
  size_t count = 0;
  ok(dlc_trace_vjp(trace, function, &x, 1, &wrt, 1, &of, 1, &one.id, 0, results, 2, &count));
  ASSERT_EQ(count, 2u);
  EXPECT_EQ(floats(results[0].id), (std::vector<float>{28}));
  EXPECT_EQ(floats(results[1].id), (std::vector<float>{4, 8, 12}));
}

TEST_P(TraceTest, FunctionsHaveTangents) {
  uint32_t x = value({1, 2, 3}), t = value({1, 0, 10});
  dlc_value_info inner = {}, y = {}, results[2] = {};
  ok(dlc_trace_begin_function(trace, &x, 1, &inner));
  ok(apply("mul", {inner.id, inner.id}, nullptr, y));
  uint32_t function = 0;
  ok(dlc_trace_end_function(trace, &y.id, 1, &function));
  int64_t wrt = 0, of = 0, wrong = 1;
  size_t count = 0;
  EXPECT_NE(
      messageOf(dlc_trace_jvp(trace, function, &x, 1, &wrong, 1, &of, 1, &t, 0, results, 2, &count), DLC_VALUE_ERROR)
          .find("expected entry 0 of 'wrt' to be in [0, 1), but got 1"),
      std::string::npos);
  ok(dlc_trace_jvp(trace, function, &x, 1, &wrt, 1, &of, 1, &t, 0, results, 2, &count));
  ASSERT_EQ(count, 2u);
  EXPECT_EQ(floats(results[0].id), (std::vector<float>{1, 4, 9}));
  EXPECT_EQ(floats(results[1].id), (std::vector<float>{2, 0, 60}));
}

TEST_P(TraceTest, FunctionsRunForEachExample) {
  uint32_t x = value({1, 2, 3}), scale = value({10, 20});
  dlc_value_info inner = {}, y = {}, result = {};
  int64_t axis = 0, wrong = 1;
  EXPECT_NE(messageOf(dlc_trace_begin_batched(trace, &x, 1, &wrong, &inner), DLC_VALUE_ERROR)
                .find("expected axis 0 to be in [-1, 1), but got 1"),
            std::string::npos);
  ok(dlc_trace_begin_batched(trace, &x, 1, &axis, &inner));
  EXPECT_EQ(inner.rank, 0u);
  ok(apply("mul", {inner.id, scale}, nullptr, y)); // a value from outside, shared by all
  uint32_t function = 0;
  ok(dlc_trace_end_function(trace, &y.id, 1, &function));
  size_t count = 0;
  int64_t far = 2;
  EXPECT_NE(messageOf(dlc_trace_vmap(trace, function, &x, 1, &axis, &far, 1, 0, &result, 1, &count), DLC_VALUE_ERROR)
                .find("expected entry 0 of 'out_axes' to be in [-1, 1], but got 2"),
            std::string::npos);
  int64_t shared = -1;
  EXPECT_NE(messageOf(dlc_trace_vmap(trace, function, &x, 1, &shared, &axis, 1, 0, &result, 1, &count), DLC_VALUE_ERROR)
                .find("expected an argument with a dimension that counts the examples, but got none"),
            std::string::npos);
  EXPECT_NE(messageOf(dlc_trace_vmap(trace, function, &x, 1, &axis, &axis, 0, 0, &result, 1, &count), DLC_VALUE_ERROR)
                .find("expected an entry of 'out_axes' for each of 1 results, but got 0"),
            std::string::npos);
  int64_t last = 1;
  ok(dlc_trace_vmap(trace, function, &x, 1, &axis, &last, 1, 0, &result, 1, &count));
  ASSERT_EQ(count, 1u);
  EXPECT_EQ(result.dims[0], 2);
  EXPECT_EQ(result.dims[1], 3);
  EXPECT_EQ(floats(result.id), (std::vector<float>{10, 20, 30, 20, 40, 60}));
}

TEST_P(TraceTest, FunctionsAreRegionsOfLoopsAndBranches) {
  uint32_t x = value({1, 2, 3}), w = value({2, 2, 2});
  dlc_value_info counter = {}, inner[2] = {}, y = {}, zero = {}, four = {}, ten = {}, holds = {};
  ok(dlc_trace_scalar(trace, 'i', 0, 0, &zero));
  ok(apply("full", {zero.id}, "{shape = #dlc.dims<[]>, element = i64}", counter));
  ok(dlc_trace_scalar(trace, 'i', 4, 0, &four));
  uint32_t arguments[2] = {counter.id, x};
  ok(dlc_trace_begin_function(trace, arguments, 2, inner));
  ok(apply("mul", {inner[1].id, w}, nullptr, y)); // a value from outside
  uint32_t body = 0, test = 0, step = 0;
  ok(dlc_trace_end_function(trace, &y.id, 1, &body));
  dlc_value_info result = {}, twice = {};
  size_t count = 0;
  EXPECT_NE(messageOf(dlc_trace_for(trace, zero.id, x, body, &x, 1, 0, &result, 1, &count), DLC_TYPE_ERROR)
                .find("expected the upper bound to be a signed integer of rank 0, but got tensor<3xf32>"),
            std::string::npos);
  ok(dlc_trace_for(trace, zero.id, four.id, body, &x, 1, 0, &result, 1, &count));
  EXPECT_NE(messageOf(dlc_trace_for(trace, zero.id, four.id, body, &x, 1, 0, &result, 1, &count), DLC_VALUE_ERROR)
                .find("expected a function of the trace that is no region yet, but got 0"),
            std::string::npos);
  EXPECT_NE(messageOf(apply("neg", {y.id}, nullptr, twice), DLC_VALUE_ERROR).find("that has ended"), std::string::npos);

  ok(dlc_trace_begin_function(trace, &result.id, 1, inner));
  ok(apply("reduce", {inner[0].id}, "{kind = \"sum\"}", y));
  ok(dlc_trace_scalar(trace, 'f', 0, 1000, &ten));
  ok(apply("dlc.compare", {y.id, ten.id}, "{predicate = #dlc.predicate<lt>}", holds));
  ok(dlc_trace_end_function(trace, &holds.id, 1, &test));
  ok(dlc_trace_begin_function(trace, &result.id, 1, inner));
  ok(apply("add", {inner[0].id, inner[0].id}, nullptr, y));
  ok(dlc_trace_end_function(trace, &y.id, 1, &step));
  EXPECT_NE(messageOf(dlc_trace_while(trace, step, test, &result.id, 1, 0, &twice, 1, &count), DLC_TYPE_ERROR)
                .find("expected result 0 of the loop's body to be tensor<3xf32>, but got tensor<i1>"),
            std::string::npos);
  ok(dlc_trace_while(trace, test, step, &result.id, 1, 0, &twice, 1, &count));

  uint32_t sides[2] = {};
  for (uint32_t &side : sides) {
    ok(dlc_trace_begin_function(trace, nullptr, 0, nullptr));
    ok(apply(&side == sides ? "neg" : "abs", {twice.id}, nullptr, y));
    ok(dlc_trace_end_function(trace, &y.id, 1, &side));
  }
  ok(apply("dlc.compare", {counter.id, counter.id}, "{predicate = #dlc.predicate<eq>}", holds));
  dlc_value_info chosen = {};
  EXPECT_NE(
      messageOf(dlc_trace_if(trace, twice.id, sides[0], sides[1], nullptr, 0, 0, &chosen, 1, &count), DLC_TYPE_ERROR)
          .find("expected the predicate to be a bool of rank 0, but got tensor<3xf32>"),
      std::string::npos);
  EXPECT_NE(
      messageOf(dlc_trace_if(trace, holds.id, sides[0], sides[0], nullptr, 0, 0, &chosen, 1, &count), DLC_VALUE_ERROR)
          .find("expected a function for each branch"),
      std::string::npos);
  ok(dlc_trace_if(trace, holds.id, sides[0], sides[1], nullptr, 0, 0, &chosen, 1, &count));
  EXPECT_EQ(floats(chosen.id), (std::vector<float>{-256, -512, -768}));
  EXPECT_EQ(floats(result.id), (std::vector<float>{16, 32, 48}));
}

TEST_P(TraceTest, FinishedModulesCompileAndRun) {
  dlc_trace_release(trace);
  trace = make(false);
  const char *dims[1] = {"B"};
  dlc_value_info x = {}, half = {}, y = {};
  ok(dlc_trace_input(trace, DLC_F32, 1, dims, "x", 0, &x));
  EXPECT_EQ(x.dims[0], -1);
  char text[16];
  ok(dlc_trace_dim_text(trace, x.id, 0, text, sizeof(text)));
  EXPECT_STREQ(text, "B");
  ok(dlc_trace_scalar(trace, 'f', 0, 0.5, &half));
  ok(apply("mul", {x.id, half.id}, nullptr, y));
  dlc_module *module = nullptr;
  ok(dlc_trace_finish(trace, &y.id, 1, &module));
  char *ir = nullptr;
  ok(dlc_module_text(module, "trace", &ir));
  EXPECT_NE(std::string(ir).find("dlc.mul"), std::string::npos);
  dlc_string_free(ir);
  EXPECT_NE(messageOf(dlc_module_text(module, "never", &ir), DLC_VALUE_ERROR).find("'never'"), std::string::npos);
  dlc_program *program = nullptr;
  ok(dlc_module_compile(module, GetParam(), &program));
  dlc_module_release(module);
  for (size_t n : {size_t(1), size_t(3), size_t(70)}) {
    dlc_tensor *input = tensorOf(std::vector<float>(n, 3)), *output = nullptr;
    ok(dlc_program_run(program, &input, 1, &output, 1));
    ASSERT_EQ(dlc_tensor_dims(output)[0], int64_t(n));
    EXPECT_EQ(static_cast<float *>(dlc_tensor_data(output))[n - 1], 1.5f);
    dlc_tensor_release(input);
    dlc_tensor_release(output);
  }
  dlc_program_release(program);
}

TEST_P(TraceTest, FastIsAnOptionOfATraceAndPartOfItsKey) {
  bool isInterpreted = std::string(GetParam()) == "interp";
  std::vector<float> values;
  for (int i = 0; i < 1000; ++i)
    values.push_back(float(i) / 7);
  auto thirds = [&](bool isFast) {
    dlc_trace_release(trace);
    dlc_trace_options options = {1, GetParam(), isFast};
    ok(dlc_trace_create(&options, &trace));
    uint32_t x = value(values);
    dlc_value_info three = {}, square = {}, sum = {}, quotient = {};
    ok(dlc_trace_scalar(trace, 'f', 0, 3.0, &three));
    ok(apply("mul", {x, x}, nullptr, square));
    ok(apply("add", {square.id, x}, nullptr, sum));
    ok(apply("div", {sum.id, three.id}, nullptr, quotient));
    dlc_trace_value_release(trace, square.id); // a product that is a result is not contracted
    dlc_trace_value_release(trace, sum.id);
    return floats(quotient.id);
  };
  std::vector<float> exact = thirds(false), fast = thirds(true);
  EXPECT_EQ(exact == fast, isInterpreted);
  for (size_t i = 0; i < values.size(); ++i)
    EXPECT_NEAR(fast[i], exact[i], 1e-6f * exact[i]);
  EXPECT_EQ(thirds(false), exact);
}

INSTANTIATE_TEST_SUITE_P(Engines, TraceTest, testing::Values("interp", "jit"),
                         [](const auto &info) { return std::string(info.param); });

TEST(ModuleTest, ParsesTextAndRefusesOther) {
  const char *text = "func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {\n"
                     "  %0 = dlc.neg %x : (tensor<2xf32>) -> tensor<2xf32>\n  return %0 : tensor<2xf32>\n}\n";
  dlc_module *module = nullptr;
  ok(dlc_module_parse(text, strlen(text), "m.mlir", &module));
  dlc_module_release(module);
  EXPECT_NE(messageOf(dlc_module_parse("func.func", 9, "m.mlir", &module), DLC_CORRUPT).find("m.mlir"),
            std::string::npos);
  EXPECT_NE(messageOf(dlc_module_parse("ML\xefR\x07", 5, "m.mlir", &module), DLC_UNSUPPORTED).find("as text"),
            std::string::npos);
  std::string deep = "module " + std::string(100000, '{');
  EXPECT_NE(messageOf(dlc_module_parse(deep.data(), deep.size(), "m.mlir", &module), DLC_CORRUPT).find("256 deep"),
            std::string::npos);
}

} // namespace
