//===- SamplePrograms.h - Programs made by hand, for tests ----------------===//
//
// Descriptions that go with SampleStages.h.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_TEST_UNIT_RUNTIME_SAMPLEPROGRAMS_H
#define DLC_TEST_UNIT_RUNTIME_SAMPLEPROGRAMS_H

#include "passes/object/ProgramWriter.h"

namespace dlc::test {

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

#endif // DLC_TEST_UNIT_RUNTIME_SAMPLEPROGRAMS_H
