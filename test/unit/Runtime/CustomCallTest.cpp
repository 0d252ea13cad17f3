//===- CustomCallTest.cpp - Functions of the user's own, by name ----------===//
#include "lib/Runtime/CustomCall.h"
#include "ProgramFixture.h"

#include <cstring>
#include <thread>

using namespace dlc;
using namespace dlc::test;
using program::BufferKind;

namespace {

/// y = axpy(f(axpy(x))), where f is the custom call "f".
ProgramDesc makeCallingProgram() {
  ProgramDesc desc = makeAxpyProgram();
  ExprDesc n = ExprDesc::symbol(0);
  desc.arenaBytes = n * ExprDesc(64) + ExprDesc(128);
  desc.buffers.push_back(
      {BufferKind::Arena, 0, ExprDesc::ceilDiv(n, 4) * ExprDesc(64) + ExprDesc(64), n * ExprDesc(16)});
  desc.positions = {{"dlc.custom_call", "a.py:1:2"}};
  desc.customCalls = {{"f", "by=3", {{2, DType::F32, {n, 4}}}, {{4, DType::F32, {n, 4}}}, 0}};
  desc.commands = {CommandDesc::launch(0, {0, 3, 2}, {n}), CommandDesc::callCustom(0),
                   CommandDesc::launch(0, {4, 3, 1}, {n}), CommandDesc::end()};
  return desc;
}

struct Seen {
  std::string attributes;
  std::vector<int64_t> dims;
  bool isAligned = false;
  int result = 0;
  const char *message = nullptr;
};

int triple(const dlc_custom_call *call, void *data) {
  auto &seen = *static_cast<Seen *>(data);
  seen.attributes = call->attributes;
  seen.dims.assign(call->inputs[0].dims, call->inputs[0].dims + call->inputs[0].rank);
  seen.isAligned =
      isBufferAligned(call->inputs[0].data) && isBufferAligned(call->outputs[0].data) && call->inputs[0].dtype == 13;
  for (int64_t i = 0; i < seen.dims[0] * seen.dims[1]; ++i)
    static_cast<float *>(call->outputs[0].data)[i] = 3 * static_cast<const float *>(call->inputs[0].data)[i];
  if (seen.message)
    return call->fail(call, seen.result, seen.message);
  return seen.result;
}

Status runOn(Program &program, std::vector<float> &y) {
  std::vector<float> x(y.size(), 1);
  int64_t n = int64_t(y.size()) / 4;
  TensorRef input = refTo(DType::F32, x.data(), {n, 4}), output = refTo(DType::F32, y.data(), {n, 4});
  return program.run(&input, 1, &output, 1);
}

class CustomCallTest : public testing::Test {
protected:
  void SetUp() override { ASSERT_TRUE(registerCustomCall("f", {triple, &seen}).isOk()); }
  void TearDown() override { ASSERT_TRUE(registerCustomCall("f", {}).isOk()); }
  std::string failureOf(int result, const char *message, ErrorKind kind) {
    seen.result = result;
    seen.message = message;
    std::vector<float> y(8);
    Status status = runOn(*loaded.program, y);
    EXPECT_EQ(status.kind(), kind);
    return status.message();
  }
  Seen seen;
  Loaded loaded{makeCallingProgram(), {{"axpy.0", axpyStage}}, 2};
};

TEST_F(CustomCallTest, StandsBetweenKernels) {
  ASSERT_TRUE(loaded.status.isOk()) << loaded.status.message();
  for (size_t n : {1, 5, 100}) {
    std::vector<float> y(n * 4), expected(n * 4);
    for (size_t i = 0; i < y.size(); ++i) {
      float c = static_cast<float>(i % 4 + 1);
      expected[i] = 2 * (3 * (2 + c)) + c;
    }
    Status status = runOn(*loaded.program, y);
    ASSERT_TRUE(status.isOk()) << status.message();
    EXPECT_EQ(y, expected);
    EXPECT_EQ(seen.dims, (std::vector<int64_t>{int64_t(n), 4}));
  }
  EXPECT_EQ(seen.attributes, "by=3");
  EXPECT_TRUE(seen.isAligned);
}

TEST_F(CustomCallTest, FailsWithWhatTheFunctionSays) {
  const std::string prefix = "'dlc.custom_call' at a.py:1:2: custom call 'f' failed: ";
  EXPECT_EQ(failureOf(2, "expected f64", ErrorKind::Type), prefix + "expected f64");
  EXPECT_EQ(failureOf(3, "expected less", ErrorKind::Index), prefix + "expected less");
  EXPECT_EQ(failureOf(0, "a failure all the same", ErrorKind::Value), prefix + "a failure all the same");
  EXPECT_EQ(failureOf(7, "not a bug of dlc", ErrorKind::Value), prefix + "not a bug of dlc");
  EXPECT_EQ(failureOf(-4, nullptr, ErrorKind::Value), prefix + "it returned -4 without a message");
}

TEST_F(CustomCallTest, IsLookedUpWhenItIsCalled) {
  std::vector<float> y(4);
  ASSERT_TRUE(registerCustomCall("f", {}).isOk());
  Status status = runOn(*loaded.program, y);
  EXPECT_EQ(status.kind(), ErrorKind::Value);
  EXPECT_STREQ(status.message(), "'dlc.custom_call' at a.py:1:2: expected a registered function for custom call 'f', "
                                 "but found none: register it before the program runs");
  ASSERT_TRUE(registerCustomCall("f", {triple, &seen}).isOk());
  EXPECT_TRUE(runOn(*loaded.program, y).isOk());
  EXPECT_STREQ(registerCustomCall("", {triple, nullptr}).message(),
               "expected the name of a custom call, but got an empty text");
}

/// The first error in program order: the call does not see values of a program that failed before.
TEST_F(CustomCallTest, IsNotMadeAfterAnError) {
  ProgramDesc desc = makeCallingProgram();
  desc.kernels[0].slotCount = 1;
  desc.positions.insert(desc.positions.begin(), {"dlc.gather", "a.py:0:0"});
  desc.customCalls[0].position = 1;
  for (size_t i : {0, 2})
    desc.commands[i].slots = {0};
  auto report = [](void *const *, const int64_t *, void *, void *, const dlc_rt *rt, int64_t begin, int64_t) {
    rt->report(rt, 0, begin, 9, 4);
  };
  Loaded failing(desc, {{"axpy.0", report}});
  ASSERT_TRUE(failing.status.isOk()) << failing.status.message();
  std::vector<float> y(4);
  EXPECT_EQ(runOn(*failing.program, y).kind(), ErrorKind::Index);
  EXPECT_TRUE(seen.dims.empty());
}

TEST_F(CustomCallTest, ManyThreadsRegisterAndLookUp) {
  auto work = [](int first) {
    for (int i = 0; i < 200; ++i) {
      std::string name = "thread" + std::to_string((first + i) % 20);
      EXPECT_TRUE(registerCustomCall(name.c_str(), {triple, nullptr}).isOk());
      EXPECT_EQ(findCustomCall(name.c_str()).function, triple);
    }
  };
  std::thread other(work, 7);
  work(0);
  other.join();
}

void expectRefused(const ProgramDesc &desc, const char *message) {
  Loaded loaded(desc, {{"axpy.0", axpyStage}});
  EXPECT_EQ(loaded.status.kind(), ErrorKind::Corrupt);
  EXPECT_STREQ(loaded.status.message(), message);
}

TEST(CustomCallProgramTest, IsCheckedWhenItIsLoaded) {
  ProgramDesc good = makeCallingProgram(), bad = good;
  bad.customCalls[0].position = 1;
  expectRefused(bad, "corrupt program: expected a position of custom call 0");
  bad = good;
  bad.customCalls[0].outputs[0].buffer = 0; // an input
  expectRefused(bad, "corrupt program: expected outputs that can be written of custom call 0");
  bad = good;
  bad.customCalls[0].inputs[0].buffer = 99;
  expectRefused(bad, "corrupt program: expected a buffer of call tensor 0");
  bad = good;
  bad.customCalls[0].inputs[0].dims = {ExprDesc::symbol(1)};
  expectRefused(bad, "corrupt program: expected expressions over the symbols as the dims of call tensor 0");
  bad = good;
  bad.customCalls[0].inputs[0].dims.resize(17);
  expectRefused(bad, "corrupt program: expected a dtype and dims of call tensor 0");
  for (uint32_t dims : {3u, 17u, 1u << 31}) {
    bad = good;
    bad.customCalls[0].batchDims = dims;
    expectRefused(bad, "corrupt program: expected tensors that have its batch dims of custom call 0");
  }
  bad = good;
  bad.commands[1] = CommandDesc::callCustom(1);
  expectRefused(bad, "corrupt program: expected a known opcode and good operands of command 1");
  bad = good;
  bad.init = {CommandDesc::callCustom(0), CommandDesc::end()};
  expectRefused(bad, "corrupt program: expected a known opcode and good operands of command 4");
}

/// Notes the extents and adds up what it sees: outputs[0] = sum(inputs[0]) + inputs[1], each an example of any shape.
int noteAndAdd(const dlc_custom_call *call, void *data) {
  auto &calls = *static_cast<std::vector<std::string> *>(data);
  std::string text;
  int64_t size = 1;
  for (uint32_t d = 0; d < call->inputs[0].rank; ++d) {
    text += std::to_string(call->inputs[0].dims[d]) + ",";
    size *= call->inputs[0].dims[d];
  }
  float sum = static_cast<const float *>(call->inputs[1].data)[0];
  for (int64_t i = 0; i < size; ++i)
    sum += static_cast<const float *>(call->inputs[0].data)[i];
  calls.push_back(text + std::to_string(call->inputs[1].rank) + std::to_string(call->outputs[0].rank));
  static_cast<float *>(call->outputs[0].data)[0] = sum;
  return sum == 999 ? call->fail(call, 1, "it is 999") : 0;
}

Status callWithBatch(const std::vector<std::vector<int64_t>> &dims, uint32_t batchDims, std::vector<float> &x,
                     std::vector<float> &w, std::vector<float> &y) {
  TensorRef tensors[3];
  float *data[] = {x.data(), w.data(), y.data()};
  for (int i = 0; i < 3; ++i) {
    tensors[i].data = data[i];
    tensors[i].rank = uint32_t(dims[i].size());
    std::copy(dims[i].begin(), dims[i].end(), tensors[i].dims);
  }
  return callCustom("add", "", {tensors, 2}, {tensors + 2, 1}, batchDims);
}

TEST(CustomCallBatchTest, WalksExamplesInRowMajorOrder) {
  std::vector<std::string> calls;
  ASSERT_TRUE(registerCustomCall("add", {noteAndAdd, &calls}).isOk());
  std::vector<float> x = {1, 2, 10, 20, 100, 200}, w = {1000, 2000, 3000}, y(6);
  // One batch dim: three examples, the same w for all.
  ASSERT_TRUE(callWithBatch({{3, 2}, {1}, {3}}, 1, x, w, y).isOk());
  EXPECT_EQ(y, (std::vector<float>{1003, 1030, 1300, 0, 0, 0}));
  EXPECT_EQ(calls, (std::vector<std::string>(3, "2,00")));
  // Two: x counts the inner one alone, w the outer one.
  calls.clear();
  ASSERT_TRUE(callWithBatch({{1, 3, 2}, {2, 1}, {2, 3}}, 2, x, w, y).isOk());
  EXPECT_EQ(y, (std::vector<float>{1003, 1030, 1300, 2003, 2030, 2300}));
  // No example: no call.
  calls.clear();
  ASSERT_TRUE(callWithBatch({{0, 2}, {1}, {0}}, 1, x, w, y).isOk());
  EXPECT_TRUE(calls.empty());
  // The first failure ends the walk and names its example.
  w = {996, 969, 0};
  Status status = callWithBatch({{1, 3, 2}, {2, 1}, {2, 3}}, 2, x, w, y);
  EXPECT_STREQ(status.message(), "custom call 'add' failed: example [0, 0]: it is 999");
  EXPECT_EQ(calls.size(), 1u);
  w[0] = 0;
  EXPECT_STREQ(callWithBatch({{1, 3, 2}, {2, 1}, {2, 3}}, 2, x, w, y).message(),
               "custom call 'add' failed: example [1, 1]: it is 999");
  // What a damaged program could ask for.
  EXPECT_STREQ(callWithBatch({{3, 2}, {2}, {3}}, 1, x, w, y).message(),
               "custom call 'add' failed: corrupt program: expected batch dim 0 of tensor 1 of a custom call to be 3, "
               "but got 2");
  EXPECT_STREQ(callWithBatch({{3, 2}, {3}, {1}}, 1, x, w, y).message(),
               "custom call 'add' failed: corrupt program: expected batch dim 0 of tensor 2 of a custom call to be 3, "
               "but got 1");
  ASSERT_TRUE(registerCustomCall("add", {}).isOk());
}

TEST_F(CustomCallTest, IsCalledForEachExample) {
  ProgramDesc desc = makeCallingProgram();
  desc.customCalls[0].batchDims = 1;
  for (auto *tensors : {&desc.customCalls[0].inputs, &desc.customCalls[0].outputs})
    (*tensors)[0].dims = {ExprDesc::symbol(0), 2, 2};
  Loaded batched(desc, {{"axpy.0", axpyStage}}, 2);
  ASSERT_TRUE(batched.status.isOk()) << batched.status.message();
  std::vector<float> y(12), expected(12);
  ASSERT_TRUE(runOn(*loaded.program, expected).isOk());
  ASSERT_TRUE(runOn(*batched.program, y).isOk());
  EXPECT_EQ(y, expected);
  EXPECT_EQ(seen.dims, (std::vector<int64_t>{2, 2}));
}

TEST_F(CustomCallTest, BuffersOfOtherSizesAreRefused) {
  ProgramDesc desc = makeCallingProgram();
  desc.customCalls[0].inputs[0].dims = {ExprDesc::symbol(0), 5};
  Loaded wrong(desc, {{"axpy.0", axpyStage}});
  ASSERT_TRUE(wrong.status.isOk()) << wrong.status.message();
  std::vector<float> y(4);
  EXPECT_STREQ(runOn(*wrong.program, y).message(),
               "corrupt program: expected buffers of fitting sizes in custom call 0");
}

} // namespace
