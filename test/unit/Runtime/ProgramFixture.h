//===- ProgramFixture.h - Programs made by hand, for tests ----------------===//
//
// Writes a ProgramDesc, loads it with C++ functions as stages, and runs it on vectors.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_TEST_UNIT_RUNTIME_PROGRAMFIXTURE_H
#define DLC_TEST_UNIT_RUNTIME_PROGRAMFIXTURE_H

#include "lib/Runtime/Program.h"
#include "lib/Runtime/ThreadPool.h"
#include "test/unit/Runtime/AlignedBytes.h"
#include "test/unit/Runtime/SamplePrograms.h"
#include "test/unit/Runtime/SampleStages.h"

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

template <typename T> TensorRef refTo(DType dtype, const T *data, std::vector<int64_t> dims) {
  TensorRef ref;
  ref.data = const_cast<T *>(data);
  ref.dtype = dtype;
  ref.rank = static_cast<uint32_t>(dims.size());
  std::copy(dims.begin(), dims.end(), ref.dims);
  return ref;
}

} // namespace dlc::test

#endif // DLC_TEST_UNIT_RUNTIME_PROGRAMFIXTURE_H
