//===- ProgramWriter.h - Host programs as bytes (contract C3) -------------===//
//
// A ProgramDesc is a host program in plain structs, indices instead of pointers; writeProgram turns it into the blob
// that lib/Runtime/Program loads. Knows neither LLVM nor MLIR: whoever walks the IR fills the structs. Everything
// refers to earlier lists by index: symbols, tensors, buffers, constants, kernels, positions, custom calls.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_PASSES_OBJECT_PROGRAMWRITER_H
#define DLC_PASSES_OBJECT_PROGRAMWRITER_H

#include "lib/Runtime/DType.h"
#include "lib/Runtime/ProgramFormat.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dlc {

/// An integer expression over symbols, in postfix; a plain number converts to one.
struct ExprDesc {
  std::vector<program::ExprOp> ops;

  ExprDesc(int64_t value = 0) : ops{{program::ExprOpcode::Const, 0, value}} {}
  /// The value of symbol `index`: of the program, or of the launch's scalar `index` in a StageDesc.
  static ExprDesc symbol(uint32_t index);
  friend ExprDesc operator+(ExprDesc a, const ExprDesc &b) {
    return combine(std::move(a), b, program::ExprOpcode::Add);
  }
  friend ExprDesc operator*(ExprDesc a, const ExprDesc &b) {
    return combine(std::move(a), b, program::ExprOpcode::Mul);
  }
  /// Division that rounds down, or up; a divisor below 1 at run time is an error of the call.
  static ExprDesc floorDiv(ExprDesc a, const ExprDesc &b) {
    return combine(std::move(a), b, program::ExprOpcode::FloorDiv);
  }
  static ExprDesc ceilDiv(ExprDesc a, const ExprDesc &b) {
    return combine(std::move(a), b, program::ExprOpcode::CeilDiv);
  }
  static ExprDesc max(ExprDesc a, const ExprDesc &b) { return combine(std::move(a), b, program::ExprOpcode::Max); }
  static ExprDesc min(ExprDesc a, const ExprDesc &b) { return combine(std::move(a), b, program::ExprOpcode::Min); }

private:
  static ExprDesc combine(ExprDesc a, const ExprDesc &b, program::ExprOpcode opcode);
};

/// A named dim, bound from dimension `dim` of input `input`: extent = scale * value + offset.
struct SymbolDesc {
  std::string name;
  int64_t min = 0;
  int64_t max = INT64_MAX;
  int64_t divisor = 1;
  uint32_t input = 0;
  uint32_t dim = 0;
  int64_t scale = 1;
  int64_t offset = 0;
};

/// See program::Condition.
struct ConditionDesc {
  program::ConditionKind kind = program::ConditionKind::NotNegative;
  ExprDesc expr;
};

/// An input or output. `alias`: the input whose memory this output may share (the caller passes the same address).
struct TensorDesc {
  std::string name;
  DType dtype = DType::F32;
  std::vector<ExprDesc> dims;
  std::optional<uint32_t> alias;
};

/// Memory that commands refer to by its index in ProgramDesc::buffers. `index` is that of the input, output or
/// constant; `offset` (a multiple of 64) counts for Arena and Resident. `bytes` is the size for every kind, and for
/// inputs and outputs must be what their dims say.
struct BufferDesc {
  program::BufferKind kind = program::BufferKind::Arena;
  uint32_t index = 0;
  ExprDesc offset;
  ExprDesc bytes;
};

/// Bytes that come with the program (`data` non-null, copied by writeProgram) or are found by `hash` at load.
struct ConstantDesc {
  const void *data = nullptr;
  uint64_t bytes = 0;
  std::array<uint8_t, 32> hash = {};
};

/// One stage of a kernel; the expressions are over the launch's scalars. `cost` is nanoseconds per task, `shared` and
/// `own` scratch bytes (own: per worker). `shared` and `own` must not depend on a scalar that a launch takes from a
/// register.
struct StageDesc {
  std::string name;
  ExprDesc tasks = 1;
  ExprDesc cost = 0;
  ExprDesc shared = 0;
  ExprDesc own = 0;
};

/// A kernel. Every launch lists exactly these numbers of buffers, scalars and error slots.
struct KernelDesc {
  std::array<uint8_t, 32> key = {};
  std::string name;
  std::vector<StageDesc> stages;
  uint32_t bufferCount = 0;
  uint32_t scalarCount = 0;
  uint32_t slotCount = 0;
};

/// A scalar that a launch passes: an expression over the program's symbols, or the value of a register.
struct ScalarDesc {
  ExprDesc expr;
  std::optional<uint32_t> reg;

  ScalarDesc(ExprDesc expr) : expr(std::move(expr)) {}
  static ScalarDesc fromRegister(uint32_t reg);
};

/// An op of the program as written, for messages: 'dlc.gather', "model.py:3:5".
struct PositionDesc {
  std::string op;
  std::string location;
};

/// A tensor of a custom call: a buffer and what it holds.
struct CallTensorDesc {
  uint32_t buffer = 0;
  DType dtype = DType::F32;
  std::vector<ExprDesc> dims;
};

/// A call of a function of the user's own.
struct CustomCallDesc {
  std::string name;
  std::string attributes;
  std::vector<CallTensorDesc> inputs, outputs;
  uint32_t position = 0;
  uint32_t batchDims = 0;
};

/// One command; make it with one of the functions. Jump targets are indices into the list the command is in.
struct CommandDesc {
  program::Opcode opcode = program::Opcode::End;
  std::array<uint32_t, 5> args = {};
  std::vector<uint32_t> buffers;
  std::vector<ScalarDesc> scalars;
  std::vector<uint32_t> slots;
  ExprDesc expr;

  /// Runs a kernel. `slots[i]` is the position (index in ProgramDesc::positions) of error slot i.
  static CommandDesc launch(uint32_t kernel, std::vector<uint32_t> buffers, std::vector<ScalarDesc> scalars = {},
                            std::vector<uint32_t> slots = {});
  static CommandDesc copy(uint32_t destination, uint32_t source);
  /// From here on each of two arena buffers of one size means the other's memory.
  static CommandDesc swapBuffers(uint32_t a, uint32_t b);
  /// Reads the first element of a bool or integer buffer; stores it back.
  static CommandDesc loadScalar(uint32_t reg, uint32_t buffer, DType dtype);
  static CommandDesc storeScalar(uint32_t buffer, uint32_t reg, DType dtype);
  static CommandDesc setRegister(uint32_t reg, ExprDesc expr);
  static CommandDesc arithmetic(uint32_t reg, program::ArithOpcode opcode, uint32_t a, uint32_t b);
  static CommandDesc jump(uint32_t target);
  static CommandDesc jumpIfZero(uint32_t reg, uint32_t target);
  /// Ends the run with an error that names `position`, unless the register is above 0.
  static CommandDesc requirePositive(uint32_t reg, uint32_t position);
  static CommandDesc callCustom(uint32_t call);
  static CommandDesc end();
};

/// A host program. `commands` and `init` end with CommandDesc::end(); an empty list stands for just that.
struct ProgramDesc {
  std::string name;
  std::vector<SymbolDesc> symbols;
  std::vector<ConditionDesc> conditions;
  std::vector<TensorDesc> inputs;
  std::vector<TensorDesc> outputs;
  std::vector<BufferDesc> buffers;
  std::vector<ConstantDesc> constants;
  std::vector<KernelDesc> kernels;
  std::vector<PositionDesc> positions; ///< In the order of the program as written; lower wins among errors.
  std::vector<CustomCallDesc> customCalls;
  std::vector<CommandDesc> commands;
  std::vector<CommandDesc> init; ///< Fills Resident buffers once, from constants; knows no symbols, inputs or outputs.
  ExprDesc arenaBytes = 0;       ///< Without scratch, which the runtime adds.
  ExprDesc residentBytes = 0;
  uint32_t registerCount = 0;
};

/// Writes `desc` to `out` as the bytes of a program. Returns "" or what is wrong with the description (a bug of whoever
/// filled it). Deterministic: equal descriptions give equal bytes.
std::string writeProgram(const ProgramDesc &desc, std::string &out);

} // namespace dlc

#endif // DLC_PASSES_OBJECT_PROGRAMWRITER_H
