//===- ProgramTable.cpp - A command table, checked ------------------------===//
//
// One check function per kind of record. Each refuses with Corrupt and says which record breaks which rule.
//
//===----------------------------------------------------------------------===//
#include "lib/Runtime/ProgramTable.h"

#include "lib/Runtime/DType.h"

#include <string.h>

using namespace dlc;
using namespace dlc::program;

static Status corrupt(const char *what, size_t index, const char *rule) {
  return Status::error(ErrorKind::Corrupt, "corrupt program: expected %s of %s %zu", rule, what, index);
}

Status ProgramTable::checkHeader(const void *bytes, size_t size) {
  Header header;
  if (size < sizeof(header))
    return Status::error(ErrorKind::Corrupt, "corrupt program: expected at least %zu bytes, but got %zu",
                         sizeof(header), size);
  memcpy(&header, bytes, sizeof(header));
  if (memcmp(header.magic, magic, sizeof(magic)) != 0)
    return Status::error(ErrorKind::Corrupt, "expected a dlc program, but got other bytes");
  if (header.version != version)
    return Status::error(ErrorKind::Unsupported, "expected a program of version %u, but got %u", version,
                         header.version);
  if (header.totalBytes != size || header.tableBytes > size || header.tableBytes < sizeof(header))
    return Status::error(ErrorKind::Corrupt, "corrupt program: expected %llu bytes, but got %zu",
                         static_cast<unsigned long long>(header.totalBytes), size);
  if (header.registerCount > maxRegisters)
    return Status::error(ErrorKind::Corrupt, "corrupt program: expected at most %u registers, but got %u", maxRegisters,
                         header.registerCount);
  return Status::ok();
}

namespace {
/// Checks the records of a table whose sections are known to lie inside of it.
class Checker {
public:
  Checker(const ProgramTable &table, const PodArray<uint32_t> &exprSymbols)
      : table(table), exprSymbols(exprSymbols), registers(table.header->registerCount) {}

  Status check() const;

private:
  bool isText(TextRef ref) const {
    return uint64_t(ref.offset) + ref.length < table.texts.size && table.texts[ref.offset + ref.length] == '\0';
  }
  /// An expression that reads at most the first `symbols` symbols.
  bool isExpr(uint32_t index, size_t symbols) const {
    return index < table.exprs.size && exprSymbols[index] <= symbols;
  }
  bool isList(uint32_t first, uint32_t count) const { return uint64_t(first) + count <= table.lists.size; }
  bool isScalarType(uint32_t dtype) const {
    return isValidDType(dtype) && (DType(dtype) == DType::Bool || isInteger(DType(dtype)));
  }

  Status checkSymbol(size_t index) const;
  Status checkTensor(const Tensor &tensor, size_t index, bool isOutput) const;
  Status checkBuffer(size_t index) const;
  Status checkConstant(size_t index) const;
  Status checkKernel(size_t index) const;
  Status checkCustomCall(size_t index) const;
  Status checkCallTensor(size_t index) const;
  Status checkCommandLists() const;
  Status checkCommand(size_t index, bool isInit) const;
  bool isGoodLaunch(const Command &command, bool isInit) const;
  bool isGoodScalar(const Kernel &kernel, uint32_t which, uint32_t scalar, bool isInit) const;
  bool isReadable(uint32_t buffer, bool isInit) const;
  bool isWritable(uint32_t buffer, bool isInit) const;
  bool isSwap(uint32_t a, uint32_t b) const;
  bool isTarget(uint32_t target, bool isInit) const;

  const ProgramTable &table;
  const PodArray<uint32_t> &exprSymbols;
  uint32_t registers;
};
} // namespace

Status Checker::checkSymbol(size_t index) const {
  const Symbol &symbol = table.symbols[index];
  if (!isText(symbol.name))
    return corrupt("symbol", index, "a text as the name");
  if (symbol.min < 0 || symbol.min > symbol.max || symbol.divisor < 1 || symbol.scale < 1)
    return corrupt("symbol", index, "a range, a divisor and a scale");
  if (symbol.input >= table.inputs.size || symbol.dim >= table.inputs[symbol.input].rank)
    return corrupt("symbol", index, "a dimension of an input as the binding");
  return Status::ok();
}

Status Checker::checkTensor(const Tensor &tensor, size_t index, bool isOutput) const {
  const char *what = isOutput ? "output" : "input";
  if (!isText(tensor.name))
    return corrupt(what, index, "a text as the name");
  if (!isValidDType(tensor.dtype) || tensor.rank > maxTensorRank || !isList(tensor.firstDim, tensor.rank))
    return corrupt(what, index, "a dtype and dims");
  for (uint32_t i = 0; i < tensor.rank; ++i)
    if (!isExpr(table.lists[tensor.firstDim + i], table.symbols.size))
      return corrupt(what, index, "expressions over the symbols as the dims");
  if (tensor.alias != none && (!isOutput || tensor.alias >= table.inputs.size))
    return corrupt(what, index, "an input as the alias");
  return Status::ok();
}

Status Checker::checkBuffer(size_t index) const {
  const program::Buffer &buffer = table.buffers[index];
  size_t limit = 1;
  switch (buffer.kind) {
  case BufferKind::Input:
    limit = table.inputs.size;
    break;
  case BufferKind::Output:
    limit = table.outputs.size;
    break;
  case BufferKind::Constant:
    limit = table.constants.size;
    break;
  case BufferKind::Arena:
  case BufferKind::Resident:
    break;
  default:
    return corrupt("buffer", index, "a known kind");
  }
  if (buffer.index >= limit)
    return corrupt("buffer", index, "an existing tensor or constant");
  size_t symbols = buffer.kind == BufferKind::Resident ? 0 : table.symbols.size;
  if (!isExpr(buffer.offset, symbols) || !isExpr(buffer.bytes, symbols))
    return corrupt("buffer", index, "expressions over the symbols as offset and bytes");
  return Status::ok();
}

Status Checker::checkConstant(size_t index) const {
  const Constant &constant = table.constants[index];
  if (constant.reserved != 0 || constant.kind > ConstantKind::External)
    return corrupt("constant", index, "a known kind");
  if (constant.kind == ConstantKind::External)
    return Status::ok();
  uint64_t total = table.header->totalBytes;
  if (constant.offset % 64 != 0 || constant.offset < table.header->tableBytes || constant.offset > total ||
      constant.bytes > total - constant.offset)
    return corrupt("constant", index, "bytes inside of the program");
  return Status::ok();
}

Status Checker::checkKernel(size_t index) const {
  const Kernel &kernel = table.kernels[index];
  if (!isText(kernel.name) || kernel.reserved != 0)
    return corrupt("kernel", index, "a text as the name");
  if (kernel.stageCount < 1 || kernel.stageCount > maxStages ||
      uint64_t(kernel.firstStage) + kernel.stageCount > table.stages.size)
    return corrupt("kernel", index, "1 to 3 stages");
  for (uint32_t i = 0; i < kernel.stageCount; ++i) {
    const Stage &stage = table.stages[kernel.firstStage + i];
    if (!isText(stage.name))
      return corrupt("kernel", index, "a text as the name of each stage");
    const uint32_t formulas[] = {stage.tasks, stage.cost, stage.shared, stage.own};
    for (uint32_t formula : formulas)
      if (!isExpr(formula, kernel.scalarCount))
        return corrupt("kernel", index, "expressions over its scalars as the formulas");
  }
  return Status::ok();
}

Status Checker::checkCustomCall(size_t index) const {
  const CustomCall &call = table.customCalls[index];
  if (!isText(call.name) || !isText(call.attributes))
    return corrupt("custom call", index, "texts as name and attributes");
  if (call.position >= table.positions.size)
    return corrupt("custom call", index, "a position");
  uint64_t count = uint64_t(call.inputCount) + call.outputCount;
  if (call.firstTensor + count > table.callTensors.size)
    return corrupt("custom call", index, "a run of tensors");
  for (uint64_t i = call.inputCount; i < count; ++i)
    if (!isWritable(table.callTensors[call.firstTensor + i].buffer, /*isInit=*/false))
      return corrupt("custom call", index, "outputs that can be written");
  bool fitsAll = call.batchDims <= maxTensorRank;
  for (uint64_t i = 0; i < count; ++i)
    fitsAll &= table.callTensors[call.firstTensor + i].rank >= call.batchDims;
  if (!fitsAll)
    return corrupt("custom call", index, "tensors that have its batch dims");
  return Status::ok();
}

Status Checker::checkCallTensor(size_t index) const {
  const CallTensor &tensor = table.callTensors[index];
  if (!isReadable(tensor.buffer, /*isInit=*/false))
    return corrupt("call tensor", index, "a buffer");
  if (!isValidDType(tensor.dtype) || tensor.rank > maxTensorRank || !isList(tensor.firstDim, tensor.rank))
    return corrupt("call tensor", index, "a dtype and dims");
  for (uint32_t d = 0; d < tensor.rank; ++d)
    if (!isExpr(table.lists[tensor.firstDim + d], table.symbols.size))
      return corrupt("call tensor", index, "expressions over the symbols as the dims");
  return Status::ok();
}

bool Checker::isReadable(uint32_t index, bool isInit) const {
  if (index >= table.buffers.size)
    return false;
  const program::Buffer &buffer = table.buffers[index];
  if (!isInit)
    return true;
  return buffer.kind != BufferKind::Input && buffer.kind != BufferKind::Output && exprSymbols[buffer.offset] == 0 &&
         exprSymbols[buffer.bytes] == 0;
}

bool Checker::isWritable(uint32_t index, bool isInit) const {
  if (!isReadable(index, isInit))
    return false;
  BufferKind kind = table.buffers[index].kind;
  return kind == BufferKind::Arena || kind == BufferKind::Output || (isInit && kind == BufferKind::Resident);
}

bool Checker::isSwap(uint32_t a, uint32_t b) const {
  if (a >= table.buffers.size || b >= table.buffers.size)
    return false;
  const program::Buffer &first = table.buffers[a], &second = table.buffers[b];
  return first.kind == BufferKind::Arena && second.kind == BufferKind::Arena && first.bytes == second.bytes;
}

bool Checker::isTarget(uint32_t target, bool isInit) const {
  uint32_t init = table.header->initCommand;
  return isInit ? target >= init && target < table.commands.size : target < init;
}

bool Checker::isGoodScalar(const Kernel &kernel, uint32_t which, uint32_t scalar, bool isInit) const {
  if (!(scalar & registerBit))
    return isExpr(scalar, isInit ? 0 : table.symbols.size);
  if ((scalar & ~registerBit) >= registers)
    return false;
  // Scratch is reserved before the run, so it must not depend on a register.
  for (uint32_t i = 0; i < kernel.stageCount; ++i) {
    const Stage &stage = table.stages[kernel.firstStage + i];
    const uint32_t formulas[] = {stage.shared, stage.own};
    for (uint32_t formula : formulas)
      for (const ExprOp &op : table.expr(formula))
        if (op.opcode == ExprOpcode::Sym && op.value == which)
          return false;
  }
  return true;
}

bool Checker::isGoodLaunch(const Command &command, bool isInit) const {
  if (command.args[0] >= table.kernels.size || command.args[4] != 0)
    return false;
  const Kernel &kernel = table.kernels[command.args[0]];
  if (!isList(command.args[1], kernel.bufferCount) || !isList(command.args[2], kernel.scalarCount) ||
      !isList(command.args[3], kernel.slotCount))
    return false;
  for (uint32_t i = 0; i < kernel.bufferCount; ++i)
    if (!isReadable(table.lists[command.args[1] + i], isInit))
      return false;
  for (uint32_t i = 0; i < kernel.scalarCount; ++i)
    if (!isGoodScalar(kernel, i, table.lists[command.args[2] + i], isInit))
      return false;
  for (uint32_t i = 0; i < kernel.slotCount; ++i)
    if (table.lists[command.args[3] + i] >= table.positions.size)
      return false;
  return true;
}

Status Checker::checkCommand(size_t index, bool isInit) const {
  const Command &command = table.commands[index];
  const uint32_t *args = command.args;
  bool isGood = false;
  switch (command.opcode) {
  case Opcode::End:
    isGood = true;
    break;
  case Opcode::Launch:
    isGood = isGoodLaunch(command, isInit);
    break;
  case Opcode::Copy:
    isGood = isWritable(args[0], isInit) && isReadable(args[1], isInit);
    break;
  case Opcode::SwapBuffers:
    isGood = isSwap(args[0], args[1]) && isReadable(args[0], isInit) && isReadable(args[1], isInit);
    break;
  case Opcode::LoadScalar:
    isGood = args[0] < registers && isReadable(args[1], isInit) && isScalarType(args[2]);
    break;
  case Opcode::StoreScalar:
    isGood = isWritable(args[0], isInit) && args[1] < registers && isScalarType(args[2]);
    break;
  case Opcode::SetRegister:
    isGood = args[0] < registers && isExpr(args[1], isInit ? 0 : table.symbols.size);
    break;
  case Opcode::Arithmetic:
    isGood = args[0] < registers && args[1] < numArithOpcodes && args[2] < registers && args[3] < registers;
    break;
  case Opcode::Jump:
    isGood = isTarget(args[0], isInit);
    break;
  case Opcode::JumpIfZero:
    isGood = args[0] < registers && isTarget(args[1], isInit);
    break;
  case Opcode::RequirePositive:
    isGood = args[0] < registers && args[1] < table.positions.size;
    break;
  case Opcode::CallCustom:
    isGood = !isInit && args[0] < table.customCalls.size;
    break;
  }
  return isGood ? Status::ok() : corrupt("command", index, "a known opcode and good operands");
}

Status Checker::checkCommandLists() const {
  uint32_t init = table.header->initCommand;
  if (init < 1 || init >= table.commands.size || table.commands[init - 1].opcode != Opcode::End ||
      table.commands[table.commands.size - 1].opcode != Opcode::End)
    return Status::error(ErrorKind::Corrupt, "corrupt program: expected two lists of commands that finish with End");
  for (size_t i = 0; i < table.commands.size; ++i)
    DLC_RETURN_IF_FAILED(checkCommand(i, i >= init));
  return Status::ok();
}

Status Checker::check() const {
  if (!isText(table.header->name) || !isExpr(table.header->arenaBytes, table.symbols.size) ||
      !isExpr(table.header->residentBytes, 0) || table.header->reserved != 0)
    return Status::error(ErrorKind::Corrupt, "corrupt program: expected a name and sizes in the header");
  for (size_t i = 0; i < table.inputs.size; ++i)
    DLC_RETURN_IF_FAILED(checkTensor(table.inputs[i], i, false));
  for (size_t i = 0; i < table.outputs.size; ++i)
    DLC_RETURN_IF_FAILED(checkTensor(table.outputs[i], i, true));
  for (size_t i = 0; i < table.symbols.size; ++i)
    DLC_RETURN_IF_FAILED(checkSymbol(i));
  for (size_t i = 0; i < table.conditions.size; ++i)
    if (table.conditions[i].kind > ConditionKind::NotZero || !isExpr(table.conditions[i].expr, table.symbols.size))
      return corrupt("condition", i, "a kind and an expression over the symbols");
  for (size_t i = 0; i < table.constants.size; ++i)
    DLC_RETURN_IF_FAILED(checkConstant(i));
  for (size_t i = 0; i < table.buffers.size; ++i)
    DLC_RETURN_IF_FAILED(checkBuffer(i));
  for (size_t i = 0; i < table.kernels.size; ++i)
    DLC_RETURN_IF_FAILED(checkKernel(i));
  for (size_t i = 0; i < table.positions.size; ++i)
    if (!isText(table.positions[i].op) || !isText(table.positions[i].location))
      return corrupt("position", i, "texts as op and location");
  for (size_t i = 0; i < table.callTensors.size; ++i)
    DLC_RETURN_IF_FAILED(checkCallTensor(i));
  for (size_t i = 0; i < table.customCalls.size; ++i)
    DLC_RETURN_IF_FAILED(checkCustomCall(i));
  return checkCommandLists();
}

/// Makes `out` a view of section `kind`; false if it does not lie inside the table.
template <typename T> static bool readSection(const Header &header, SectionKind kind, Span<T> &out) {
  Section section = header.sections[kind];
  if (section.offset % 8 != 0 || section.offset < sizeof(Header) || section.offset > header.tableBytes ||
      section.count > (header.tableBytes - section.offset) / sizeof(T) || section.count >= registerBit)
    return false;
  out = {reinterpret_cast<const T *>(reinterpret_cast<const char *>(&header) + section.offset), section.count};
  return true;
}

Status ProgramTable::read(const void *bytes) {
  header = static_cast<const Header *>(bytes);
  if (!readSection(*header, TextSection, texts) || !readSection(*header, SymbolSection, symbols) ||
      !readSection(*header, ExprSection, exprs) || !readSection(*header, ExprOpSection, exprOps) ||
      !readSection(*header, InputSection, inputs) || !readSection(*header, OutputSection, outputs) ||
      !readSection(*header, BufferSection, buffers) || !readSection(*header, ConstantSection, constants) ||
      !readSection(*header, KernelSection, kernels) || !readSection(*header, StageSection, stages) ||
      !readSection(*header, CommandSection, commands) || !readSection(*header, ListSection, lists) ||
      !readSection(*header, PositionSection, positions) || !readSection(*header, CustomCallSection, customCalls) ||
      !readSection(*header, CallTensorSection, callTensors) || !readSection(*header, ConditionSection, conditions))
    return Status::error(ErrorKind::Corrupt, "corrupt program: expected every section inside of the table");
  if (!exprSymbols.resize(exprs.size))
    return Status::error(ErrorKind::Io, "cannot allocate memory for %zu expressions", exprs.size);
  for (size_t i = 0; i < exprs.size; ++i)
    if (uint64_t(exprs[i].first) + exprs[i].count > exprOps.size ||
        !verifyExpr(expr(static_cast<uint32_t>(i)), exprSymbols[i]))
      return corrupt("expression", i, "a well-formed postfix form");
  return Checker(*this, exprSymbols).check();
}

void ProgramTable::format(uint32_t index, char *out, size_t capacity) const {
  auto nameOf = [](const void *self, uint32_t symbol) {
    const auto &table = *static_cast<const ProgramTable *>(self);
    return table.text(table.symbols[symbol].name);
  };
  formatExpr(expr(index), nameOf, this, out, capacity);
}
