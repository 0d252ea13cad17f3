//===- ProgramTest.cpp - Loading and running host programs ----------------===//
#include "ProgramFixture.h"

#include <cstring>
#include <thread>

using namespace dlc;
using namespace dlc::test;
using program::ArithOpcode;
using program::BufferKind;

namespace {
std::vector<float> iota(size_t n) {
  std::vector<float> values(n);
  for (size_t i = 0; i < n; ++i)
    values[i] = static_cast<float>(i);
  return values;
}

/// What makeAxpyProgram computes.
std::vector<float> axpyTwice(const std::vector<float> &x) {
  std::vector<float> y(x.size());
  for (size_t i = 0; i < x.size(); ++i) {
    float c = static_cast<float>(i % 4 + 1);
    y[i] = 2.0f * (2.0f * x[i] + c) + c;
  }
  return y;
}

void expectAxpy(Program &program, int64_t n) {
  std::vector<float> x = iota(n * 4), y(n * 4, -1);
  TensorRef input = refTo(DType::F32, x.data(), {n, 4}), output = refTo(DType::F32, y.data(), {n, 4});
  Status status = program.run(&input, 1, &output, 1);
  ASSERT_TRUE(status.isOk()) << status.message();
  EXPECT_EQ(y, axpyTwice(x));
}

std::string runError(Program &program, const TensorRef &input, TensorRef output, ErrorKind kind) {
  Status status = program.run(&input, 1, &output, 1);
  EXPECT_EQ(status.kind(), kind);
  return status.message();
}
} // namespace

TEST(ProgramTest, RunsForAnyThreadsDimsAndAlignment) {
  for (unsigned threads : {1u, 2u, 3u})
    for (size_t shift : {0, 8}) {
      Loaded loaded(makeAxpyProgram(), {{"axpy.0", axpyStage}}, threads, shift);
      ASSERT_TRUE(loaded.status.isOk()) << loaded.status.message();
      for (int64_t n : {5, 5, 1, 1000, 7}) // Vectors are 16-byte aligned at best, so most tensors are staged.
        expectAxpy(*loaded.program, n);
    }
}

TEST(ProgramTest, RunsWithoutCopiesOnAlignedMemory) {
  Loaded loaded(makeAxpyProgram(), {{"axpy.0", axpyStage}});
  alignas(64) float x[16], y[16];
  std::vector<float> values = iota(16);
  std::memcpy(x, values.data(), sizeof(x));
  TensorRef input = refTo(DType::F32, x, {4, 4}), output = refTo(DType::F32, y, {4, 4});
  ASSERT_TRUE(loaded->run(&input, 1, &output, 1).isOk());
  EXPECT_EQ(std::vector<float>(y, y + 16), axpyTwice(values));
}

TEST(ProgramTest, AllocatesOutputsThroughTheCaller) {
  Loaded loaded(makeAxpyProgram(), {{"axpy.0", axpyStage}});
  std::vector<float> x = iota(12), y(12);
  TensorRef input = refTo(DType::F32, x.data(), {3, 4}), output;
  RunOptions options;
  options.allocateContext = &y;
  options.allocate = [](void *context, uint32_t index, size_t bytes, void *&data) {
    EXPECT_EQ(index, 0u);
    EXPECT_EQ(bytes, 48u);
    data = static_cast<std::vector<float> *>(context)->data();
    return Status::ok();
  };
  ASSERT_TRUE(loaded->run(&input, 1, &output, 1, options).isOk());
  EXPECT_EQ(output.dtype, DType::F32);
  EXPECT_EQ(output.rank, 2u);
  EXPECT_EQ(output.dims[0], 3);
  EXPECT_EQ(y, axpyTwice(x));
  TensorRef shape;
  ASSERT_TRUE(loaded->inferOutputs(&input, 1, &shape, 1).isOk());
  EXPECT_EQ(shape.dims[0], 3);
  EXPECT_EQ(shape.dims[1], 4);
}

TEST(ProgramTest, SaysWhatIsWrongWithTensors) {
  ProgramDesc desc = makeAxpyProgram();
  desc.symbols[0].divisor = 2;
  desc.symbols[0].min = 2;
  Loaded loaded(desc, {{"axpy.0", axpyStage}});
  ASSERT_TRUE(loaded.status.isOk()) << loaded.status.message();
  std::vector<float> x(100000);
  auto with = [&](DType dtype, std::vector<int64_t> dims) { return refTo(dtype, x.data(), dims); };
  TensorRef out = with(DType::F32, {2, 4});
  Program &p = *loaded.program;
  EXPECT_EQ(runError(p, with(DType::F64, {2, 4}), out, ErrorKind::Type),
            "expected input 'x' to have dtype f32, but got f64");
  EXPECT_EQ(runError(p, with(DType::F32, {2}), out, ErrorKind::Value), "expected input 'x' to have rank 2, but got 1");
  EXPECT_EQ(runError(p, with(DType::F32, {2, 5}), out, ErrorKind::Value),
            "expected dimension 1 of input 'x' to be 4, but got 5");
  EXPECT_EQ(runError(p, with(DType::F32, {0, 4}), out, ErrorKind::Value),
            "expected 'N', bound by dimension 0 of input 'x', to be in 2..1000, but got 0");
  EXPECT_EQ(runError(p, with(DType::F32, {3, 4}), out, ErrorKind::Value),
            "expected 'N', bound by dimension 0 of input 'x', to be a multiple of 2, but got 3");
  EXPECT_EQ(runError(p, with(DType::F32, {4, 4}), out, ErrorKind::Value),
            "expected dimension 0 of output 'y' to be 4 (N, bound by dimension 0 of input 'x'), but got 2");
  EXPECT_EQ(runError(p, refTo<float>(DType::F32, nullptr, {2, 4}), out, ErrorKind::Value),
            "expected data of input 'x', but got null");
  EXPECT_EQ(runError(p, with(DType::F32, {2, 4}), TensorRef(), ErrorKind::Value),
            "expected memory for output 'y', but got null");
  EXPECT_EQ(runError(p, with(DType::F32, {2, 4}), with(DType::F32, {2, 4}), ErrorKind::Value),
            "expected output 'y' to have memory of its own, but it overlaps input 'x'");
  Status status = p.run(nullptr, 0, nullptr, 0);
  EXPECT_STREQ(status.message(), "expected 1 input to 'f', but got 0");
  TensorRef input = with(DType::F32, {2, 4});
  status = p.run(&input, 1, nullptr, 0);
  EXPECT_STREQ(status.message(), "expected 1 output of 'f', but got 0");
}

TEST(ProgramTest, RefusesExtentsThatBreakAConditionOnThem) {
  ExprDesc n = ExprDesc::symbol(0);
  ProgramDesc desc = makeAxpyProgram();
  desc.conditions = {{program::ConditionKind::NotNegative, ExprDesc(6) + n * ExprDesc(-2)},
                     {program::ConditionKind::NotZero, n + ExprDesc(-1)}};
  Loaded loaded(desc, {{"axpy.0", axpyStage}});
  ASSERT_TRUE(loaded.status.isOk()) << loaded.status.message();
  std::vector<float> x(16), y(16);
  auto errorFor = [&](int64_t rows) {
    TensorRef in = refTo(DType::F32, x.data(), {rows, 4});
    return runError(*loaded.program, in, refTo(DType::F32, y.data(), {rows, 4}), ErrorKind::Value);
  };
  EXPECT_EQ(errorFor(4), "expected extents for which 6 - N*2 is at least 0, but got N = 4");
  EXPECT_EQ(errorFor(1), "expected extents for which N - 1 is not 0, but got N = 1");
  TensorRef in = refTo(DType::F32, x.data(), {3, 4}), out = refTo(DType::F32, y.data(), {3, 4});
  EXPECT_TRUE(loaded.program->run(&in, 1, &out, 1).isOk());

  desc.conditions = {{program::ConditionKind(2), n}};
  EXPECT_STREQ(Loaded(desc, {{"axpy.0", axpyStage}}).status.message(),
               "corrupt program: expected a kind and an expression over the symbols of condition 0");
}

TEST(ProgramTest, ChecksThatInputsAgreeOnSymbols) {
  ExprDesc n = ExprDesc::symbol(0);
  ProgramDesc desc;
  desc.name = "g";
  desc.symbols = {{"N", 0, INT64_MAX, 1, 0, 0, 2, 1}}; // Dimension 0 of a is 2*N + 1.
  desc.inputs = {{"a", DType::F32, {n * ExprDesc(2) + ExprDesc(1)}, {}},
                 {"b", DType::F32, {n}, {}},
                 {"c", DType::F32, {ExprDesc::ceilDiv(n, 8)}, {}}};
  Loaded loaded(desc, {});
  ASSERT_TRUE(loaded.status.isOk()) << loaded.status.message();
  float data[64];
  auto run = [&](int64_t a, int64_t b, int64_t c) {
    TensorRef inputs[] = {refTo(DType::F32, data, {a}), refTo(DType::F32, data, {b}), refTo(DType::F32, data, {c})};
    return std::string(loaded->run(inputs, 3, nullptr, 0).message());
  };
  EXPECT_EQ(run(21, 10, 2), "");
  EXPECT_EQ(run(20, 10, 2), "expected dimension 0 of input 'a' to be 2*N + 1, but got 20");
  EXPECT_EQ(run(21, 9, 2),
            "expected dimension 0 of input 'b' to be 10 (N, bound by dimension 0 of input 'a'), but got 9");
  EXPECT_EQ(run(21, 10, 1), "expected dimension 0 of input 'c' to be 2 (ceildiv(N, 8)), but got 1");
  char text[64];
  loaded->formatTensor(loaded->table().inputs[0], text, sizeof(text));
  EXPECT_STREQ(text, "a: f32[N*2 + 1]");
  loaded->formatSymbol(0, text, sizeof(text));
  EXPECT_STREQ(text, "N in 0..");
  loaded->formatTensor(loaded->table().inputs[0], text, 6);
  EXPECT_STREQ(text, "a: f3");
}

TEST(ProgramTest, HugeDimsAreErrorsNotOverflows) {
  ExprDesc n = ExprDesc::symbol(0);
  ProgramDesc desc = makeAxpyProgram();
  desc.symbols[0].max = INT64_MAX;
  Loaded loaded(desc, {{"axpy.0", axpyStage}});
  for (int64_t extent : {INT64_MAX, INT64_MAX / 16, int64_t(1) << 58}) {
    float x = 0;
    TensorRef input = refTo(DType::F32, &x, {extent, 4}), output;
    Status status = loaded->run(&input, 1, &output, 1);
    EXPECT_TRUE(status.failed());
  }
  expectAxpy(*loaded.program, 3); // The frame recovers.
}

TEST(ProgramTest, ReportsTheLowestIndexError) {
  ExprDesc n = ExprDesc::symbol(0), m = ExprDesc::symbol(1);
  ProgramDesc desc;
  desc.name = "lookup";
  desc.symbols = {{"V", 1, INT64_MAX, 1, 0, 0, 1, 0}, {"M", 0, INT64_MAX, 1, 1, 0, 1, 0}};
  desc.inputs = {{"table", DType::F32, {n}, {}}, {"indices", DType::I64, {m}, {}}};
  desc.outputs = {{"late", DType::F32, {m}, {}}, {"early", DType::F32, {m}, {}}};
  desc.buffers = {{BufferKind::Input, 0, 0, n * ExprDesc(4)},
                  {BufferKind::Input, 1, 0, m * ExprDesc(8)},
                  {BufferKind::Output, 0, 0, m * ExprDesc(4)},
                  {BufferKind::Output, 1, 0, m * ExprDesc(4)}};
  KernelDesc kernel;
  kernel.name = "gather";
  kernel.bufferCount = 3;
  kernel.scalarCount = 2;
  kernel.slotCount = 1;
  kernel.stages = {{"compute", m, 100000, 0, 0}}; // Tasks: scalar 1 of the launch.
  desc.kernels = {kernel};
  desc.positions = {{"dlc.gather", "model.py:3:5"}, {"dlc.gather", "model.py:9:1"}};
  // The scheduler put position 1 first; position 0 still wins.
  desc.commands = {CommandDesc::launch(0, {0, 1, 2}, {n, m}, {1}), CommandDesc::launch(0, {0, 1, 3}, {n, m}, {0}),
                   CommandDesc::end()};
  for (unsigned threads : {1u, 4u}) {
    Loaded loaded(desc, {{"gather.0", gatherStage}}, threads);
    ASSERT_TRUE(loaded.status.isOk()) << loaded.status.message();
    float table[10] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    int64_t good[] = {9, 0, 3, 3, 1, 2, 4, 5, 0}, bad[] = {1, 2, 3, 4, 5, 6, 7, 12, -1};
    float late[9], early[9];
    auto run = [&](int64_t *indices) {
      TensorRef inputs[] = {refTo(DType::F32, table, {10}), refTo(DType::I64, indices, {9})};
      TensorRef outputs[] = {refTo(DType::F32, late, {9}), refTo(DType::F32, early, {9})};
      return loaded->run(inputs, 2, outputs, 2);
    };
    EXPECT_TRUE(run(good).isOk());
    EXPECT_EQ(early[0], 9.0f);
    Status status = run(bad);
    EXPECT_EQ(status.kind(), ErrorKind::Index);
    EXPECT_STREQ(status.message(),
                 "index 12 is out of range for dimension of extent 10 in 'dlc.gather' at model.py:3:5 (element 7)");
    EXPECT_TRUE(run(good).isOk()); // The record is cleared.
  }
}

//===----------------------------------------------------------------------===//
// Stages and scratch
//===----------------------------------------------------------------------===//

namespace {
// pack: shared[i] = x[i] * 3; compute: own[] holds a running copy, partial sums to y.
void packStage(void *const *buffers, const int64_t *, void *shared, void *, const dlc_rt *, int64_t begin,
               int64_t end) {
  for (int64_t i = begin; i < end; ++i)
    static_cast<float *>(shared)[i] = static_cast<const float *>(buffers[0])[i] * 3;
}
void computeStage(void *const *buffers, const int64_t *symbols, void *shared, void *own, const dlc_rt *, int64_t begin,
                  int64_t end) {
  EXPECT_EQ(reinterpret_cast<uintptr_t>(shared) % 64, 0u);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(own) % 64, 0u);
  for (int64_t i = begin; i < end; ++i) {
    for (int64_t j = 0; j < 100; ++j)
      static_cast<float *>(own)[j] = static_cast<float *>(shared)[i];
    float last = static_cast<float *>(own)[99];
    static_cast<float *>(buffers[1])[i] = last + static_cast<float>(symbols[1]);
  }
}
} // namespace

TEST(ProgramTest, StagesShareScratchAndWorkersOwnTheirs) {
  ExprDesc n = ExprDesc::symbol(0);
  ProgramDesc desc;
  desc.name = "staged";
  desc.symbols = {{"N", 0, INT64_MAX, 1, 0, 0, 1, 0}};
  desc.inputs = {{"x", DType::F32, {n}, {}}};
  desc.outputs = {{"y", DType::F32, {n}, {}}};
  desc.buffers = {{BufferKind::Input, 0, 0, n * ExprDesc(4)}, {BufferKind::Output, 0, 0, n * ExprDesc(4)}};
  KernelDesc kernel;
  kernel.name = "staged";
  kernel.bufferCount = 2;
  kernel.scalarCount = 2;
  kernel.stages = {{"pack", n, 10000, n * ExprDesc(4), 0}, {"compute", n, 10000, 0, 400}};
  desc.kernels = {kernel};
  desc.commands = {CommandDesc::launch(0, {0, 1}, {n, ExprDesc(5)}), CommandDesc::end()};
  for (unsigned threads : {1u, 2u, 4u}) {
    Loaded loaded(desc, {{"staged.0", packStage}, {"staged.1", computeStage}}, threads);
    ASSERT_TRUE(loaded.status.isOk()) << loaded.status.message();
    for (int64_t size : {1000, 0, 3}) {
      std::vector<float> x = iota(size), y(size);
      TensorRef input = refTo(DType::F32, x.data(), {size}), output = refTo(DType::F32, y.data(), {size});
      float dummy;
      if (size == 0)
        output.data = &dummy;
      ASSERT_TRUE(loaded->run(&input, 1, &output, 1).isOk());
      for (int64_t i = 0; i < size; ++i)
        ASSERT_EQ(y[i], 3.0f * i + 5);
    }
    int64_t symbols[] = {1000};
    MemoryPlan plan;
    ASSERT_TRUE(loaded->planMemory(symbols, plan).isOk());
    EXPECT_EQ(plan.sharedScratch, 4000u);
    EXPECT_EQ(plan.ownScratch, 400u);
    EXPECT_EQ(plan.workers, threads);
    EXPECT_EQ(plan.total, 4096u + threads * 512u); // 4000 and 400 rounded up to 128.
  }
}

//===----------------------------------------------------------------------===//
// Control flow
//===----------------------------------------------------------------------===//

namespace {
// out = in + index; one f32 each.
void addIndexStage(void *const *buffers, const int64_t *symbols, void *, void *, const dlc_rt *, int64_t, int64_t) {
  *static_cast<float *>(buffers[1]) = *static_cast<const float *>(buffers[0]) * 2 + static_cast<float>(symbols[0]);
}

/// for i in 0..trips: t = 2*t + i, with t in two arena slices that swap; trips is an i64 input.
ProgramDesc makeLoopProgram() {
  ProgramDesc desc;
  desc.name = "loop";
  desc.registerCount = 4;
  desc.inputs = {{"x", DType::F32, {}, {}}, {"trips", DType::I64, {}, {}}};
  desc.outputs = {{"y", DType::F32, {}, {}}, {"count", DType::I32, {}, {}}};
  desc.arenaBytes = 128;
  desc.buffers = {{BufferKind::Input, 0, 0, 4},  {BufferKind::Input, 1, 0, 8}, {BufferKind::Output, 0, 0, 4},
                  {BufferKind::Output, 1, 0, 4}, {BufferKind::Arena, 0, 0, 4}, {BufferKind::Arena, 0, 64, 4}};
  KernelDesc kernel;
  kernel.name = "add";
  kernel.bufferCount = 2;
  kernel.scalarCount = 1;
  kernel.stages = {{"compute", 1, 10, 0, 0}};
  desc.kernels = {kernel};
  desc.commands = {CommandDesc::copy(4, 0),
                   CommandDesc::loadScalar(0, 1, DType::I64),
                   CommandDesc::setRegister(1, 0),
                   CommandDesc::setRegister(2, 1),
                   CommandDesc::arithmetic(3, ArithOpcode::Lt, 1, 0),
                   CommandDesc::jumpIfZero(3, 10),
                   CommandDesc::launch(0, {4, 5}, {ScalarDesc::fromRegister(1)}),
                   CommandDesc::swapBuffers(4, 5),
                   CommandDesc::arithmetic(1, ArithOpcode::Add, 1, 2),
                   CommandDesc::jump(4),
                   CommandDesc::copy(2, 4),
                   CommandDesc::storeScalar(3, 1, DType::I32),
                   CommandDesc::end()};
  return desc;
}
} // namespace

TEST(ProgramTest, LoopsSwapAndCount) {
  Loaded loaded(makeLoopProgram(), {{"add.0", addIndexStage}});
  ASSERT_TRUE(loaded.status.isOk()) << loaded.status.message();
  for (int64_t trips : {0, 1, 2, 5}) {
    float x = 1, y = 0, expected = 1;
    int32_t count = -1;
    for (int64_t i = 0; i < trips; ++i)
      expected = expected * 2 + i;
    TensorRef inputs[] = {refTo(DType::F32, &x, {}), refTo(DType::I64, &trips, {})};
    TensorRef outputs[] = {refTo(DType::F32, &y, {}), refTo(DType::I32, &count, {})};
    ASSERT_TRUE(loaded->run(inputs, 2, outputs, 2).isOk());
    EXPECT_EQ(y, expected);
    EXPECT_EQ(count, trips);
  }
}

TEST(ProgramTest, StepsArePositive) {
  ProgramDesc desc;
  desc.name = "steps";
  desc.registerCount = 1;
  desc.inputs = {{"s", DType::I64, {}, {}}};
  desc.buffers = {{BufferKind::Input, 0, 0, 8}};
  desc.positions = {{"scf.for", "m.mlir:3:4"}};
  desc.commands = {CommandDesc::loadScalar(0, 0, DType::I64), CommandDesc::requirePositive(0, 0), CommandDesc::end()};
  Loaded loaded(desc, {});
  ASSERT_TRUE(loaded.status.isOk()) << loaded.status.message();
  int64_t step = 1;
  TensorRef input = refTo(DType::I64, &step, {});
  EXPECT_TRUE(loaded->run(&input, 1, nullptr, 0).isOk());
  step = 0;
  EXPECT_STREQ(loaded->run(&input, 1, nullptr, 0).message(),
               "expected a positive step, but got 0 in 'scf.for' at m.mlir:3:4");
  for (CommandDesc bad : {CommandDesc::requirePositive(1, 0), CommandDesc::requirePositive(0, 1)}) {
    desc.commands[1] = bad;
    EXPECT_EQ(Loaded(desc, {}).status.kind(), ErrorKind::Corrupt);
  }
}

TEST(ProgramTest, EndlessLoopsCanBeBounded) {
  Loaded loaded(makeLoopProgram(), {{"add.0", addIndexStage}});
  float x = 1, y = 0;
  int32_t count = 0;
  int64_t trips = INT64_MAX;
  TensorRef inputs[] = {refTo(DType::F32, &x, {}), refTo(DType::I64, &trips, {})};
  TensorRef outputs[] = {refTo(DType::F32, &y, {}), refTo(DType::I32, &count, {})};
  RunOptions options;
  options.maxIterations = 100;
  Status status = loaded->run(inputs, 2, outputs, 2, options);
  EXPECT_STREQ(status.message(), "expected at most 100 iterations of loops, but got more");
}

TEST(ProgramTest, ALoopLeavesAtItsBackEdgeOnceAnErrorIsReported) {
  ProgramDesc desc = makeLoopProgram();
  desc.kernels[0].slotCount = 1;
  desc.positions = {{"dlc.gather", "loop.py:1:1"}};
  desc.commands[6] = CommandDesc::launch(0, {4, 5}, {ScalarDesc::fromRegister(1)}, {0});
  static int calls;
  calls = 0;
  auto stage = [](void *const *, const int64_t *symbols, void *, void *, const dlc_rt *rt, int64_t, int64_t) {
    ++calls;
    if (symbols[0] == 3)
      rt->report(rt, 0, 0, 3, 3);
  };
  Loaded loaded(desc, {{"add.0", stage}});
  ASSERT_TRUE(loaded.status.isOk()) << loaded.status.message();
  float x = 1, y = 0;
  int32_t count = 0;
  int64_t trips = 1000;
  TensorRef inputs[] = {refTo(DType::F32, &x, {}), refTo(DType::I64, &trips, {})};
  TensorRef outputs[] = {refTo(DType::F32, &y, {}), refTo(DType::I32, &count, {})};
  EXPECT_EQ(loaded->run(inputs, 2, outputs, 2).kind(), ErrorKind::Index);
  EXPECT_EQ(calls, 4);
}

TEST(ProgramTest, RegisterArithmetic) {
  struct Case {
    ArithOpcode opcode;
    int64_t a, b, expected;
  } cases[] = {{ArithOpcode::Add, INT64_MAX, 1, INT64_MIN},
               {ArithOpcode::Sub, 3, 5, -2},
               {ArithOpcode::Mul, -3, 5, -15},
               {ArithOpcode::FloorDiv, -7, 2, -4},
               {ArithOpcode::FloorDiv, 7, 2, 3},
               {ArithOpcode::FloorDiv, 7, 0, 0},
               {ArithOpcode::FloorDiv, INT64_MIN, -1, INT64_MIN},
               {ArithOpcode::CeilDiv, -7, 2, -3},
               {ArithOpcode::CeilDiv, 7, 2, 4},
               {ArithOpcode::Rem, -7, 2, -1},
               {ArithOpcode::Rem, 7, 0, 0},
               {ArithOpcode::Rem, INT64_MIN, -1, 0},
               {ArithOpcode::Min, -1, 2, -1},
               {ArithOpcode::Max, -1, 2, 2},
               {ArithOpcode::Eq, 4, 4, 1},
               {ArithOpcode::Ne, 4, 4, 0},
               {ArithOpcode::Lt, -1, 0, 1},
               {ArithOpcode::Le, 0, 0, 1},
               {ArithOpcode::And, 6, 3, 2},
               {ArithOpcode::Or, 6, 3, 7},
               {ArithOpcode::Xor, 6, 3, 5}};
  for (const Case &c : cases) {
    ProgramDesc desc;
    desc.name = "arith";
    desc.registerCount = 2;
    desc.outputs = {{"y", DType::I64, {}, {}}};
    desc.buffers = {{BufferKind::Output, 0, 0, 8}};
    desc.commands = {CommandDesc::setRegister(0, c.a), CommandDesc::setRegister(1, c.b),
                     CommandDesc::arithmetic(0, c.opcode, 0, 1), CommandDesc::storeScalar(0, 0, DType::I64),
                     CommandDesc::end()};
    Loaded loaded(desc, {});
    ASSERT_TRUE(loaded.status.isOk()) << loaded.status.message();
    int64_t y = 99;
    TensorRef output = refTo(DType::I64, &y, {});
    ASSERT_TRUE(loaded->run(nullptr, 0, &output, 1).isOk());
    EXPECT_EQ(y, c.expected) << static_cast<int>(c.opcode) << " " << c.a << " " << c.b;
  }
}

TEST(ProgramTest, ScalarsKeepTheirTypes) {
  ProgramDesc desc;
  desc.name = "scalars";
  desc.registerCount = 1;
  desc.inputs = {{"a", DType::I8, {}, {}}, {"b", DType::U8, {}, {}}, {"c", DType::Bool, {}, {}}};
  desc.outputs = {{"ya", DType::I64, {}, {}}, {"yb", DType::I64, {}, {}}, {"yc", DType::Bool, {}, {}}};
  desc.buffers = {{BufferKind::Input, 0, 0, 1},  {BufferKind::Input, 1, 0, 1},  {BufferKind::Input, 2, 0, 1},
                  {BufferKind::Output, 0, 0, 8}, {BufferKind::Output, 1, 0, 8}, {BufferKind::Output, 2, 0, 1}};
  desc.commands = {CommandDesc::loadScalar(0, 0, DType::I8),    CommandDesc::storeScalar(3, 0, DType::I64),
                   CommandDesc::loadScalar(0, 1, DType::U8),    CommandDesc::storeScalar(4, 0, DType::I64),
                   CommandDesc::storeScalar(5, 0, DType::Bool), CommandDesc::end()};
  Loaded loaded(desc, {});
  int8_t a = -3;
  uint8_t b = 200, c = 1, yc = 7;
  int64_t ya = 0, yb = 0;
  TensorRef inputs[] = {refTo(DType::I8, &a, {}), refTo(DType::U8, &b, {}), refTo(DType::Bool, &c, {})};
  TensorRef outputs[] = {refTo(DType::I64, &ya, {}), refTo(DType::I64, &yb, {}), refTo(DType::Bool, &yc, {})};
  ASSERT_TRUE(loaded->run(inputs, 3, outputs, 3).isOk());
  EXPECT_EQ(ya, -3);
  EXPECT_EQ(yb, 200);
  EXPECT_EQ(yc, 1);
}

//===----------------------------------------------------------------------===//
// @init, constants, aliases, profiler, concurrency
//===----------------------------------------------------------------------===//

TEST(ProgramTest, InitFillsResidentMemoryOnce) {
  ProgramDesc desc = makeAxpyProgram();
  ExprDesc n = ExprDesc::symbol(0);
  desc.residentBytes = 64;
  desc.buffers.push_back({BufferKind::Resident, 0, 0, 16});
  desc.buffers.push_back({BufferKind::Arena, 0, 0, 16});
  KernelDesc pack;
  pack.name = "pack";
  pack.bufferCount = 2;
  pack.stages = {{"pack", 1, 1, 0, 0}};
  desc.kernels.push_back(pack);
  desc.init = {CommandDesc::launch(1, {3, 5}), CommandDesc::copy(4, 5), CommandDesc::end()};
  desc.commands = {CommandDesc::launch(0, {0, 4, 2}, {n}), CommandDesc::launch(0, {2, 4, 1}, {n}), CommandDesc::end()};
  static int packs;
  packs = 0;
  auto packStage = [](void *const *buffers, const int64_t *, void *, void *, const dlc_rt *, int64_t, int64_t) {
    ++packs;
    std::memcpy(buffers[1], buffers[0], 16);
  };
  Loaded loaded(desc, {{"axpy.0", axpyStage}, {"pack.0", packStage}});
  ASSERT_TRUE(loaded.status.isOk()) << loaded.status.message();
  EXPECT_TRUE(loaded->hasInit());
  float x[4], y[4];
  TensorRef input = refTo(DType::F32, x, {1, 4}), output = refTo(DType::F32, y, {1, 4});
  EXPECT_EQ(loaded->run(&input, 1, &output, 1).kind(), ErrorKind::Internal);
  ASSERT_TRUE(loaded->init().isOk());
  ASSERT_TRUE(loaded->init().isOk());
  EXPECT_EQ(packs, 1);
  expectAxpy(*loaded.program, 9);
}

TEST(ProgramTest, ExternalConstantsAreResolvedByHash) {
  ProgramDesc desc = makeAxpyProgram();
  desc.constants[0].data = nullptr;
  desc.constants[0].hash[31] = 9;
  std::string bytes;
  ASSERT_EQ(writeProgram(desc, bytes), "");
  AlignedBytes image(bytes);
  StageMap stages = {{"axpy.0", axpyStage}};
  LoadOptions options;
  options.kernels = {&stages, resolveStage};
  Program *program = nullptr;
  EXPECT_STREQ(Program::load(image.start, image.size, options, program).message(),
               "expected the bytes of constant 0, but got none");
  static const float c[5] = {0, 1, 2, 3, 4};
  options.constants.resolve = [](void *, const uint8_t *hash, uint64_t size, const void *&data) {
    EXPECT_EQ(hash[31], 9);
    EXPECT_EQ(size, 16u);
    data = c + 1;
    return Status::ok();
  };
  ASSERT_TRUE(Program::load(image.start, image.size, options, program).isOk());
  expectAxpy(*program, 2);
  Program::destroy(program);
}

TEST(ProgramTest, MissingCodeIsAnError) {
  Loaded loaded(makeAxpyProgram(), {});
  EXPECT_STREQ(loaded.status.message(), "no stage 0 of 'axpy'");
  EXPECT_EQ(loaded.program, nullptr);
}

TEST(ProgramTest, OutputsMayShareInputsWhereTheSignatureSaysSo) {
  ProgramDesc desc = makeAxpyProgram();
  desc.outputs[0].alias = 0;
  Loaded loaded(desc, {{"axpy.0", axpyStage}});
  std::vector<float> x = iota(8), expected = axpyTwice(x);
  TensorRef ref = refTo(DType::F32, x.data(), {2, 4}), output = ref;
  ASSERT_TRUE(loaded->run(&ref, 1, &output, 1).isOk());
  EXPECT_EQ(x, expected);
}

TEST(ProgramTest, ProfilerSeesEveryLaunch) {
  Loaded loaded(makeAxpyProgram(), {{"axpy.0", axpyStage}});
  std::vector<float> x = iota(8), y(8);
  TensorRef input = refTo(DType::F32, x.data(), {2, 4}), output = refTo(DType::F32, y.data(), {2, 4});
  std::vector<LaunchEvent> events;
  RunOptions options;
  options.onLaunchContext = &events;
  options.onLaunch = [](void *context, const LaunchEvent &event) {
    static_cast<std::vector<LaunchEvent> *>(context)->push_back(event);
  };
  ASSERT_TRUE(loaded->run(&input, 1, &output, 1, options).isOk());
  ASSERT_EQ(events.size(), 2u);
  EXPECT_STREQ(events[1].name, "axpy");
  EXPECT_EQ(events[1].command, 1u);
  EXPECT_LE(events[0].startTime, events[0].endTime);
  EXPECT_LE(events[0].endTime, events[1].startTime);
}

TEST(ProgramTest, ConcurrentCallsHaveFramesOfTheirOwn) {
  Loaded loaded(makeAxpyProgram(), {{"axpy.0", axpyStage}}, 2);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i)
        expectAxpy(*loaded.program, 1 + (i * 37 + t * 11) % 100);
    });
  for (std::thread &thread : threads)
    thread.join();
}

TEST(ProgramWriterTest, RefusesLaunchesThatDoNotFit) {
  ProgramDesc desc = makeAxpyProgram();
  desc.commands[0].buffers.pop_back();
  std::string bytes;
  EXPECT_EQ(writeProgram(desc, bytes),
            "expected a launch of 'axpy' to list 3 buffers, 1 scalars and 0 slots, but got 2, 1 and 0");
  desc = makeAxpyProgram();
  desc.commands.pop_back();
  EXPECT_EQ(writeProgram(desc, bytes), "expected the commands to finish with End");
  desc = makeAxpyProgram();
  desc.commands[0].args[0] = 1;
  EXPECT_EQ(writeProgram(desc, bytes), "expected a launch of one of 1 kernels, but got kernel 1");
}
