//===- ProgramTrial.h - Loading and running untrusted programs ------------===//
//
// Shared by the test that damages a program byte by byte and by the fuzzer.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_TEST_UNIT_RUNTIME_PROGRAMTRIAL_H
#define DLC_TEST_UNIT_RUNTIME_PROGRAMTRIAL_H

#include "lib/Runtime/CustomCall.h"
#include "lib/Runtime/Program.h"
#include "test/unit/Runtime/AlignedBytes.h"
#include "test/unit/Runtime/SamplePrograms.h"

#include <cstring>

namespace dlc::test {

/// Touches nothing, for the stages of damaged programs may be launched with any buffers.
inline void touchNothing(void *const *, const int64_t *, void *, void *, const dlc_rt *, int64_t, int64_t) {}

inline Status resolveToNothing(void *, const StageRef &ref, dlc_stage &out) {
  if (strlen(ref.name) + strlen(ref.stageName) < SIZE_MAX) // Reads both names.
    out = touchNothing;
  return Status::ok();
}

/// Writes to every byte of the outputs what it read of the inputs: a tensor that does not lie in its memory shows.
inline int readAndWrite(const dlc_custom_call *call, void *) {
  auto bytesOf = [](const dlc_call_tensor &tensor) {
    TensorRef ref;
    ref.dtype = DType(tensor.dtype);
    ref.rank = tensor.rank;
    std::copy(tensor.dims, tensor.dims + tensor.rank, ref.dims);
    uint64_t bytes = 0;
    byteSize(ref, bytes);
    return bytes;
  };
  unsigned char sum = static_cast<unsigned char>(strlen(call->name) + strlen(call->attributes));
  for (size_t i = 0; i < call->input_count; ++i)
    for (uint64_t b = 0, size = bytesOf(call->inputs[i]); b < size; ++b)
      sum ^= static_cast<const unsigned char *>(call->inputs[i].data)[b];
  for (size_t i = 0; i < call->output_count; ++i)
    if (uint64_t size = bytesOf(call->outputs[i]))
      memset(call->outputs[i].data, sum, size);
  return 0;
}

/// Loads, initialises and runs; counts what went through.
struct ProgramTrial {
  int refused = 0, ran = 0;
  void operator()(const std::string &bytes) {
    AlignedBytes image(bytes);
    if (registerCustomCall("user", {readAndWrite, nullptr}).failed())
      return;
    LoadOptions options;
    options.kernels.resolve = resolveToNothing;
    options.constants.resolve = [](void *, const uint8_t *, uint64_t bytes, const void *&data) {
      alignas(64) static const char storage[256] = {};
      if (bytes > sizeof(storage))
        return Status::error(ErrorKind::Value, "too large");
      data = storage;
      return Status::ok();
    };
    Program *program = nullptr;
    if (Program::load(image.start, image.size, options, program).failed()) {
      ++refused;
      return;
    }
    char text[200];
    for (const program::Tensor &tensor : program->table().inputs)
      program->formatTensor(tensor, text, sizeof(text));
    for (size_t i = 0; i < program->table().symbols.size; ++i)
      program->formatSymbol(i, text, sizeof(text));
    std::vector<char> memory(4096);
    std::vector<TensorRef> inputs(program->inputCount()), outputs(program->outputCount());
    for (size_t i = 0; i < inputs.size(); ++i) {
      const program::Tensor &tensor = program->table().inputs[i];
      inputs[i].data = memory.data();
      inputs[i].dtype = DType(tensor.dtype);
      inputs[i].rank = tensor.rank;
      for (uint32_t d = 0; d < tensor.rank; ++d)
        inputs[i].dims[d] = 4;
      if (tensor.rank > 2)
        inputs[i].dims[0] = 0;
    }
    RunOptions runOptions;
    runOptions.maxIterations = 1000;
    std::vector<std::vector<char>> results(outputs.size());
    runOptions.allocateContext = &results;
    runOptions.allocate = [](void *context, uint32_t output, size_t bytes, void *&data) {
      if (bytes > 1 << 20)
        return Status::error(ErrorKind::Io, "too large");
      auto &result = (*static_cast<std::vector<std::vector<char>> *>(context))[output];
      result.resize(bytes + 1);
      data = result.data();
      return Status::ok();
    };
    Status init = program->init();
    if (init.isOk())
      ran += program->run(inputs.data(), inputs.size(), outputs.data(), outputs.size(), runOptions).isOk();
    Program::destroy(program);
  }
};

/// A program that has at least one of everything.
inline std::string makeRichProgram() {
  using program::ArithOpcode;
  using program::BufferKind;
  ProgramDesc desc = makeAxpyProgram();
  ExprDesc n = ExprDesc::symbol(0);
  desc.registerCount = 3;
  desc.inputs.push_back({"flag", DType::I64, {}, {}});
  desc.outputs.push_back({"count", DType::I64, {ExprDesc::floorDiv(n, 4)}, {}});
  desc.outputs[0].alias = 0;
  desc.constants.push_back({nullptr, 64, {}});
  desc.residentBytes = 128;
  desc.arenaBytes = ExprDesc::max(n * ExprDesc(16), 64) + ExprDesc(256);
  desc.buffers.push_back({BufferKind::Input, 1, 0, 8});
  desc.buffers.push_back({BufferKind::Output, 1, 0, ExprDesc::floorDiv(n, 4) * ExprDesc(8)});
  desc.buffers.push_back({BufferKind::Resident, 0, 64, 64});
  desc.buffers.push_back({BufferKind::Constant, 1, 0, 64});
  desc.buffers.push_back({BufferKind::Arena, 0, 0, 16});
  desc.buffers.push_back({BufferKind::Arena, 0, 64, 16});
  desc.positions = {{"dlc.gather", "a.py:1:2"}};
  desc.kernels[0].slotCount = 1;
  desc.kernels[0].stages = {{"pack", ExprDesc::ceilDiv(n, 2), 10, n * ExprDesc(4), 64}, {"compute", n, 10, 0, 0}};
  desc.init = {CommandDesc::copy(6, 7), CommandDesc::end()};
  desc.customCalls = {
      {"user", "text", {{0, DType::F32, {n, 4}}, {3, DType::F32, {4}}}, {{2, DType::F64, {n, 2}}}, 0, 0},
      {"user", "", {{0, DType::F32, {n, 4}}, {3, DType::F32, {1, 4}}}, {{2, DType::F64, {n, 2}}}, 0, 1}};
  desc.commands = {CommandDesc::loadScalar(0, 4, DType::I64),
                   CommandDesc::setRegister(1, n),
                   CommandDesc::arithmetic(2, ArithOpcode::Lt, 0, 1),
                   CommandDesc::jumpIfZero(2, 9),
                   CommandDesc::launch(0, {0, 3, 2}, {n}, {0}),
                   CommandDesc::swapBuffers(8, 9),
                   CommandDesc::setRegister(2, 1),
                   CommandDesc::arithmetic(0, ArithOpcode::Add, 0, 2),
                   CommandDesc::jump(1),
                   CommandDesc::storeScalar(5, 0, DType::I64),
                   CommandDesc::callCustom(0),
                   CommandDesc::callCustom(1),
                   CommandDesc::copy(1, 0),
                   CommandDesc::requirePositive(1, 0),
                   CommandDesc::end()};
  std::string bytes;
  return writeProgram(desc, bytes).empty() ? bytes : std::string();
}

} // namespace dlc::test

#endif // DLC_TEST_UNIT_RUNTIME_PROGRAMTRIAL_H
