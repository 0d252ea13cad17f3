//===- ProgramFormat.h - The bytes of a command table (contract C3) -------===//
//
// A program is one little-endian, position-independent blob: a header, then sections of fixed-size records, then the
// bytes of embedded constants. Records refer to each other by index, never by address. passes/object writes it, Program
// reads it; the structs below are the format itself, so a change of any of them is a new version.
//
// Symbols are the named dims; expressions are postfix over them. A kernel's formulas (tasks, cost, scratch) are
// expressions whose symbol i is scalar i of the launch, so that one kernel serves launches under different names.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_RUNTIME_PROGRAMFORMAT_H
#define DLC_RUNTIME_PROGRAMFORMAT_H

#include <stdint.h>

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "programs are little-endian and read in place");

namespace dlc {
namespace program {

inline constexpr char magic[8] = {'d', 'l', 'c', 'p', 'r', 'o', 'g', '\0'};
inline constexpr uint32_t version = 4;
inline constexpr uint32_t none = UINT32_MAX;
inline constexpr uint32_t maxTensorRank = 16;
inline constexpr uint32_t maxRegisters = 4096;
inline constexpr uint32_t maxStages = 3;
inline constexpr uint32_t maxExprStack = 32;
inline constexpr uint32_t maxExprOps = 1024;

/// Characters of the text section; a NUL follows them there.
struct TextRef {
  uint32_t offset;
  uint32_t length;
};

/// A named dim. Its value is (extent of dimension `dim` of input `input` - offset) / scale, which must be exact.
struct Symbol {
  TextRef name;
  int64_t min, max;
  int64_t divisor;
  uint32_t input, dim;
  int64_t scale, offset;
};

enum class ExprOpcode : uint32_t { Const, Sym, Add, Mul, FloorDiv, CeilDiv, Max, Min };

/// One step of a postfix expression. `value` is the constant of Const and the index of Sym.
struct ExprOp {
  ExprOpcode opcode;
  uint32_t reserved;
  int64_t value;
};

/// An expression: a run of the ExprOps section.
struct Expr {
  uint32_t first, count;
};

enum class ConditionKind : uint32_t { NotNegative, NotZero };

/// What an expression over the symbols must be for the program to have a meaning.
struct Condition {
  ConditionKind kind;
  uint32_t expr;
};

/// An input or output; its dims are `rank` expression indices in Lists from `firstDim`. `alias`: for an output, the
/// input whose memory it may share, or none.
struct Tensor {
  TextRef name;
  uint32_t dtype;
  uint32_t rank;
  uint32_t firstDim;
  uint32_t alias;
};

enum class BufferKind : uint32_t {
  Input,    ///< The memory of input `index`.
  Output,   ///< The memory of output `index`.
  Arena,    ///< At `offset` of this call's arena.
  Constant, ///< The bytes of constant `index`.
  Resident  ///< At `offset` of the region that @init fills once; offset and bytes know no symbols.
};

/// Memory that commands refer to. `offset` is an expression (Arena, Resident), `bytes` is one for every kind; offsets
/// are multiples of 64.
struct Buffer {
  BufferKind kind;
  uint32_t index;
  uint32_t offset;
  uint32_t bytes;
};

enum class ConstantKind : uint32_t { Embedded, External };

/// Embedded: `bytes` bytes at `offset` of the blob, a multiple of 64. External: resolved at load by its hash.
struct Constant {
  ConstantKind kind;
  uint32_t reserved;
  uint64_t offset;
  uint64_t bytes;
  uint8_t hash[32];
};

/// A kernel: its key and symbol, its stages, and how many buffers, scalars and error slots a launch of it lists.
struct Kernel {
  uint8_t key[32];
  TextRef name;
  uint32_t firstStage, stageCount;
  uint32_t bufferCount, scalarCount, slotCount;
  uint32_t reserved;
};

/// One stage: expressions over the launch's scalars. `cost` is nanoseconds per task.
struct Stage {
  TextRef name;
  uint32_t tasks, cost, shared, own;
};

/// A tensor of a custom call: a buffer, and what it holds. Its dims are `rank` expression indices in Lists from
/// `firstDim`.
struct CallTensor {
  uint32_t buffer;
  uint32_t dtype;
  uint32_t rank;
  uint32_t firstDim;
};

/// A call of a function of the user's own: its name, a text for it, and its tensors, a run of CallTensors: the inputs,
/// then the outputs. The function is called once for each index of their first `batchDims` dims.
struct CustomCall {
  TextRef name;
  TextRef attributes;
  uint32_t firstTensor;
  uint32_t inputCount, outputCount;
  uint32_t position;
  uint32_t batchDims;
  uint32_t reserved;
};

/// A position of the program as written: the op and where the user wrote it.
struct Position {
  TextRef op;
  TextRef location;
};

enum class Opcode : uint32_t {
  End,             ///< Ends the run.
  Launch,          ///< kernel, first buffer, first scalar, first slot: the last three in Lists.
  Copy,            ///< destination buffer, source buffer: equal bytes.
  SwapBuffers,     ///< buffer, buffer: both Arena with the same `bytes`; exchanges what the two indices mean.
  LoadScalar,      ///< register, buffer, dtype (bool or integer): the buffer's first element.
  StoreScalar,     ///< buffer, register, dtype (bool or integer).
  SetRegister,     ///< register, expression.
  Arithmetic,      ///< register, ArithOpcode, register, register.
  Jump,            ///< command. A jump backwards ends the run if an error was reported.
  JumpIfZero,      ///< register, command.
  RequirePositive, ///< register, position: the step of a loop. An error unless above 0.
  CallCustom       ///< custom call. Ends the run if an error was reported before, or if the call fails; not in @init.
};

enum class ArithOpcode : uint32_t { Add, Sub, Mul, FloorDiv, CeilDiv, Rem, Min, Max, Eq, Ne, Lt, Le, And, Or, Xor };
inline constexpr uint32_t numArithOpcodes = 15;

struct Command {
  Opcode opcode;
  uint32_t args[5];
};

/// A scalar of a launch, in Lists: an expression index, or a register index with this bit.
inline constexpr uint32_t registerBit = UINT32_C(1) << 31;

enum SectionKind : uint32_t {
  TextSection,       // char
  SymbolSection,     // Symbol
  ExprSection,       // Expr
  ExprOpSection,     // ExprOp
  InputSection,      // Tensor
  OutputSection,     // Tensor
  BufferSection,     // Buffer
  ConstantSection,   // Constant
  KernelSection,     // Kernel
  StageSection,      // Stage
  CommandSection,    // Command
  ListSection,       // uint32_t: dims, buffers, scalars and slots
  PositionSection,   // Position
  CustomCallSection, // CustomCall
  CallTensorSection, // CallTensor
  ConditionSection,  // Condition
  numSections
};

/// Where a section's records lie; `offset` is a multiple of 8.
struct Section {
  uint64_t offset;
  uint64_t count;
};

/// `tableBytes` covers header and sections, `totalBytes` the embedded constants too. Commands from `initCommand` on are
/// @init; both lists end with End.
struct Header {
  char magic[8];
  uint32_t version;
  uint32_t registerCount;
  uint64_t tableBytes;
  uint64_t totalBytes;
  TextRef name;
  uint32_t arenaBytes;    ///< Expression over the symbols: A of the plan, without scratch.
  uint32_t residentBytes; ///< Expression without symbols.
  uint32_t initCommand;
  uint32_t reserved;
  Section sections[numSections];
};

} // namespace program
} // namespace dlc

#endif // DLC_RUNTIME_PROGRAMFORMAT_H
