//===- ProgramFixture.h - Programs made by hand, for tests ----------------===//
//
// Writes a ProgramDesc, loads it with C++ functions as stages, and runs it on vectors.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_TEST_UNIT_RUNTIME_PROGRAMFIXTURE_H
#define DLC_TEST_UNIT_RUNTIME_PROGRAMFIXTURE_H

#include "lib/Runtime/Program.h"
#include "lib/Runtime/ThreadPool.h"
#include "passes/object/ProgramWriter.h"

#include "gtest/gtest.h"
#include <map>
#include <string>
#include <vector>

namespace dlc::test {

/// Stage functions by "<kernel>.<stage index>".
using StageMap = std::map<std::string, dlc_stage>;

inline Status resolveStage(void *context, const StageRef &ref, dlc_stage &out) {
  auto &stages = *static_cast<StageMap *>(context);
  auto it = stages.find(std::string(ref.name) + "." + std::to_string(ref.stage));
  if (it == stages.end())
    return Status::error(ErrorKind::Value, "no stage %u of '%s'", ref.stage, ref.name);
  out = it->second;
  return Status::ok();
}

/// Bytes that start at a multiple of 64 plus `shift`.
class AlignedBytes {
public:
  explicit AlignedBytes(const std::string &bytes, size_t shift = 0) : storage(bytes.size() + 128), size(bytes.size()) {
    auto address = reinterpret_cast<uintptr_t>(storage.data());
    start = storage.data() + (64 - address % 64) % 64 + shift;
    std::copy(bytes.begin(), bytes.end(), start);
  }
  std::vector<char> storage;
  char *start;
  size_t size;
};

/// A written and loaded program, with what it needs alive.
struct Loaded {
  Loaded(const ProgramDesc &desc, StageMap stageMap, unsigned threads = 1, size_t shift = 0)
      : stages(std::move(stageMap)) {
    std::string bytes;
    EXPECT_EQ(writeProgram(desc, bytes), "");
    image = std::make_unique<AlignedBytes>(bytes, shift);
    if (threads > 1)
      EXPECT_TRUE(ThreadPool::create(threads, pool).isOk());
    LoadOptions options;
    options.kernels = {&stages, resolveStage};
    options.pool = pool;
    status = Program::load(image->start, image->size, options, program);
  }
  ~Loaded() {
    Program::destroy(program);
    ThreadPool::destroy(pool);
  }
  Program *operator->() { return program; }

  StageMap stages;
  std::unique_ptr<AlignedBytes> image;
  ThreadPool *pool = nullptr;
  Program *program = nullptr;
  Status status;
};

template <typename T>
TensorRef refTo(DType dtype, const T *data, std::vector<int64_t> dims) {
  TensorRef ref;
  ref.data = const_cast<T *>(data);
  ref.dtype = dtype;
  ref.rank = static_cast<uint32_t>(dims.size());
  std::copy(dims.begin(), dims.end(), ref.dims);
  return ref;
}

/// y = a * x + c over f32[N, 4]: symbols are (N); one task a row.
inline void axpyStage(void *const *buffers, const int64_t *, void *, void *, const dlc_rt *, int64_t begin, int64_t end) {
  auto *x = static_cast<const float *>(buffers[0]), *c = static_cast<const float *>(buffers[1]);
  auto *y = static_cast<float *>(buffers[2]);
  for (int64_t i = begin * 4; i < end * 4; ++i)
    y[i] = 2.0f * x[i] + c[i % 4];
}

/// out[i] = table[indices[i]]; reports slot 0 and clamps.
inline void gatherStage(void *const *buffers, const int64_t *symbols, void *, void *, const dlc_rt *rt, int64_t begin,
                        int64_t end) {
  auto *table = static_cast<const float *>(buffers[0]);
  auto *indices = static_cast<const int64_t *>(buffers[1]);
  auto *out = static_cast<float *>(buffers[2]);
  int64_t extent = symbols[0];
  for (int64_t i = begin; i < end; ++i) {
    int64_t index = indices[i];
    if (index < 0 || index >= extent) {
      rt->report(rt, 0, i, index, extent);
      index = 0;
    }
    out[i] = table[index];
  }
}

/// The program f(x: f32[N, 4]) -> y: f32[N, 4]: t = 2x + c in the arena, y = 2t + c. `c` is an embedded constant.
inline ProgramDesc makeAxpyProgram() {
  static const float c[4] = {1, 2, 3, 4};
  ExprDesc n = ExprDesc::symbol(0);
  ProgramDesc desc;
  desc.name = "f";
  desc.symbols = {{"N", 1, 1000, 1, 0, 0, 1, 0}};
  desc.inputs = {{"x", DType::F32, {n, 4}, {}}};
  desc.outputs = {{"y", DType::F32, {n, 4}, {}}};
  desc.constants = {{c, sizeof(c), {}}};
  desc.arenaBytes = n * ExprDesc(16) + ExprDesc(64);
  desc.buffers = {{program::BufferKind::Input, 0, 0, n * ExprDesc(16)},
                  {program::BufferKind::Output, 0, 0, n * ExprDesc(16)},
                  {program::BufferKind::Arena, 0, 64, n * ExprDesc(16)},
                  {program::BufferKind::Constant, 0, 0, 16}};
  KernelDesc kernel;
  kernel.key[0] = 7;
  kernel.name = "axpy";
  kernel.bufferCount = 3;
  kernel.scalarCount = 1;
  kernel.stages = {{"compute", n, 5000, 0, 0}};
  desc.kernels = {kernel};
  desc.commands = {CommandDesc::launch(0, {0, 3, 2}, {n}), CommandDesc::launch(0, {2, 3, 1}, {n}), CommandDesc::end()};
  return desc;
}

} // namespace dlc::test

#endif // DLC_TEST_UNIT_RUNTIME_PROGRAMFIXTURE_H
