//===- ProgramWriter.cpp - Host programs as bytes -------------------------===//
//
// Sections are collected in vectors of the format's records and laid out one behind the other; embedded constants
// follow, 64-byte aligned. Equal expressions and equal texts are written once.
//
//===----------------------------------------------------------------------===//
#include "passes/object/ProgramWriter.h"

#include <cstring>
#include <map>
#include <string_view>

using namespace dlc;
using namespace dlc::program;

//===----------------------------------------------------------------------===//
// Descriptions
//===----------------------------------------------------------------------===//

ExprDesc ExprDesc::symbol(uint32_t index) {
  ExprDesc expr;
  expr.ops = {{ExprOpcode::Sym, 0, index}};
  return expr;
}

ExprDesc ExprDesc::combine(ExprDesc a, const ExprDesc &b, ExprOpcode opcode) {
  a.ops.insert(a.ops.end(), b.ops.begin(), b.ops.end());
  a.ops.push_back({opcode, 0, 0});
  return a;
}

ScalarDesc ScalarDesc::fromRegister(uint32_t reg) {
  ScalarDesc scalar(ExprDesc(0));
  scalar.reg = reg;
  return scalar;
}

static CommandDesc makeCommand(Opcode opcode, std::array<uint32_t, 5> args) {
  CommandDesc command;
  command.opcode = opcode;
  command.args = args;
  return command;
}

CommandDesc CommandDesc::launch(uint32_t kernel, std::vector<uint32_t> buffers, std::vector<ScalarDesc> scalars,
                                std::vector<uint32_t> slots) {
  CommandDesc command = makeCommand(Opcode::Launch, {kernel});
  command.buffers = std::move(buffers);
  command.scalars = std::move(scalars);
  command.slots = std::move(slots);
  return command;
}
CommandDesc CommandDesc::copy(uint32_t destination, uint32_t source) {
  return makeCommand(Opcode::Copy, {destination, source});
}
CommandDesc CommandDesc::swapBuffers(uint32_t a, uint32_t b) { return makeCommand(Opcode::SwapBuffers, {a, b}); }
CommandDesc CommandDesc::loadScalar(uint32_t reg, uint32_t buffer, DType dtype) {
  return makeCommand(Opcode::LoadScalar, {reg, buffer, static_cast<uint32_t>(dtype)});
}
CommandDesc CommandDesc::storeScalar(uint32_t buffer, uint32_t reg, DType dtype) {
  return makeCommand(Opcode::StoreScalar, {buffer, reg, static_cast<uint32_t>(dtype)});
}
CommandDesc CommandDesc::setRegister(uint32_t reg, ExprDesc expr) {
  CommandDesc command = makeCommand(Opcode::SetRegister, {reg});
  command.expr = std::move(expr);
  return command;
}
CommandDesc CommandDesc::arithmetic(uint32_t reg, ArithOpcode opcode, uint32_t a, uint32_t b) {
  return makeCommand(Opcode::Arithmetic, {reg, static_cast<uint32_t>(opcode), a, b});
}
CommandDesc CommandDesc::jump(uint32_t target) { return makeCommand(Opcode::Jump, {target}); }
CommandDesc CommandDesc::jumpIfZero(uint32_t reg, uint32_t target) {
  return makeCommand(Opcode::JumpIfZero, {reg, target});
}
CommandDesc CommandDesc::requirePositive(uint32_t reg, uint32_t position) {
  return makeCommand(Opcode::RequirePositive, {reg, position});
}
CommandDesc CommandDesc::callCustom(uint32_t call) { return makeCommand(Opcode::CallCustom, {call}); }
CommandDesc CommandDesc::end() { return makeCommand(Opcode::End, {}); }

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

namespace {
class Writer {
public:
  explicit Writer(const ProgramDesc &desc) : desc(desc) {}
  std::string write(std::string &out);

private:
  TextRef text(const std::string &value);
  uint32_t expr(const ExprDesc &value);
  Tensor tensor(const TensorDesc &value);
  void addKernel(const KernelDesc &value);
  void addCustomCall(const CustomCallDesc &value);
  std::string addCommands(const std::vector<CommandDesc> &list);
  std::string addLaunch(const CommandDesc &value, Command &command);
  void addConstants();
  template <typename T> void place(SectionKind kind, const std::vector<T> &records);
  uint32_t list(const std::vector<uint32_t> &values);

  const ProgramDesc &desc;
  Header header = {};
  std::string table; ///< The sections so far, with room for the header in front.
  std::string texts;
  std::map<std::string, TextRef> textIndex;
  std::map<std::vector<std::array<int64_t, 2>>, uint32_t> exprIndex;
  std::vector<Expr> exprs;
  std::vector<ExprOp> exprOps;
  std::vector<Kernel> kernels;
  std::vector<Stage> stages;
  std::vector<Command> commands;
  std::vector<uint32_t> lists;
  std::vector<Constant> constants;
  std::vector<CustomCall> customCalls;
  std::vector<CallTensor> callTensors;
};
} // namespace

TextRef Writer::text(const std::string &value) {
  auto [it, isNew] = textIndex.try_emplace(value);
  if (isNew) {
    it->second = {static_cast<uint32_t>(texts.size()), static_cast<uint32_t>(value.size())};
    texts.append(value.c_str(), value.size() + 1);
  }
  return it->second;
}

uint32_t Writer::expr(const ExprDesc &value) {
  std::vector<std::array<int64_t, 2>> key;
  for (const ExprOp &op : value.ops)
    key.push_back({static_cast<int64_t>(op.opcode), op.value});
  auto [it, isNew] = exprIndex.try_emplace(std::move(key), static_cast<uint32_t>(exprs.size()));
  if (isNew) {
    exprs.push_back({static_cast<uint32_t>(exprOps.size()), static_cast<uint32_t>(value.ops.size())});
    exprOps.insert(exprOps.end(), value.ops.begin(), value.ops.end());
  }
  return it->second;
}

uint32_t Writer::list(const std::vector<uint32_t> &values) {
  auto first = static_cast<uint32_t>(lists.size());
  lists.insert(lists.end(), values.begin(), values.end());
  return first;
}

Tensor Writer::tensor(const TensorDesc &value) {
  std::vector<uint32_t> dims;
  for (const ExprDesc &dim : value.dims)
    dims.push_back(expr(dim));
  return {text(value.name), static_cast<uint32_t>(value.dtype), static_cast<uint32_t>(dims.size()), list(dims),
          value.alias.value_or(none)};
}

void Writer::addKernel(const KernelDesc &value) {
  Kernel kernel = {};
  std::memcpy(kernel.key, value.key.data(), sizeof(kernel.key));
  kernel.name = text(value.name);
  kernel.firstStage = static_cast<uint32_t>(stages.size());
  kernel.stageCount = static_cast<uint32_t>(value.stages.size());
  kernel.bufferCount = value.bufferCount;
  kernel.scalarCount = value.scalarCount;
  kernel.slotCount = value.slotCount;
  kernels.push_back(kernel);
  for (const StageDesc &stage : value.stages)
    stages.push_back({text(stage.name), expr(stage.tasks), expr(stage.cost), expr(stage.shared), expr(stage.own)});
}

void Writer::addCustomCall(const CustomCallDesc &value) {
  customCalls.push_back({text(value.name), text(value.attributes), static_cast<uint32_t>(callTensors.size()),
                         static_cast<uint32_t>(value.inputs.size()), static_cast<uint32_t>(value.outputs.size()),
                         value.position, value.batchDims, 0});
  for (const auto *tensors : {&value.inputs, &value.outputs})
    for (const CallTensorDesc &tensor : *tensors) {
      std::vector<uint32_t> dims;
      for (const ExprDesc &dim : tensor.dims)
        dims.push_back(expr(dim));
      callTensors.push_back(
          {tensor.buffer, static_cast<uint32_t>(tensor.dtype), static_cast<uint32_t>(dims.size()), list(dims)});
    }
}

std::string Writer::addLaunch(const CommandDesc &value, Command &command) {
  if (value.args[0] >= desc.kernels.size())
    return "expected a launch of one of " + std::to_string(desc.kernels.size()) + " kernels, but got kernel " +
           std::to_string(value.args[0]);
  const KernelDesc &kernel = desc.kernels[value.args[0]];
  if (value.buffers.size() != kernel.bufferCount || value.scalars.size() != kernel.scalarCount ||
      value.slots.size() != kernel.slotCount)
    return "expected a launch of '" + kernel.name + "' to list " + std::to_string(kernel.bufferCount) + " buffers, " +
           std::to_string(kernel.scalarCount) + " scalars and " + std::to_string(kernel.slotCount) +
           " slots, but got " + std::to_string(value.buffers.size()) + ", " + std::to_string(value.scalars.size()) +
           " and " + std::to_string(value.slots.size());
  command.args[1] = list(value.buffers);
  std::vector<uint32_t> scalars;
  for (const ScalarDesc &scalar : value.scalars)
    scalars.push_back(scalar.reg ? *scalar.reg | registerBit : expr(scalar.expr));
  command.args[2] = list(scalars);
  command.args[3] = list(value.slots);
  return "";
}

std::string Writer::addCommands(const std::vector<CommandDesc> &list) {
  auto start = static_cast<uint32_t>(commands.size());
  for (const CommandDesc &value : list) {
    Command command = {value.opcode, {}};
    std::memcpy(command.args, value.args.data(), sizeof(command.args));
    if (value.opcode == Opcode::Launch)
      if (std::string error = addLaunch(value, command); !error.empty())
        return error;
    if (value.opcode == Opcode::SetRegister)
      command.args[1] = expr(value.expr);
    if (value.opcode == Opcode::Jump)
      command.args[0] += start;
    if (value.opcode == Opcode::JumpIfZero)
      command.args[1] += start;
    commands.push_back(command);
  }
  if (list.empty())
    commands.push_back({Opcode::End, {}});
  if (commands.back().opcode != Opcode::End)
    return "expected the commands to finish with End";
  return "";
}

void Writer::addConstants() {
  for (const ConstantDesc &value : desc.constants) {
    Constant constant = {value.data ? ConstantKind::Embedded : ConstantKind::External, 0, 0, value.bytes, {}};
    std::memcpy(constant.hash, value.hash.data(), sizeof(constant.hash));
    constants.push_back(constant);
  }
}

template <typename T> void Writer::place(SectionKind kind, const std::vector<T> &records) {
  table.resize((table.size() + 7) / 8 * 8);
  header.sections[kind] = {table.size(), records.size()};
  table.append(reinterpret_cast<const char *>(records.data()), records.size() * sizeof(T));
}

std::string Writer::write(std::string &out) {
  std::vector<Symbol> symbols;
  for (const SymbolDesc &s : desc.symbols)
    symbols.push_back({text(s.name), s.min, s.max, s.divisor, s.input, s.dim, s.scale, s.offset});
  std::vector<Condition> conditions;
  for (const ConditionDesc &value : desc.conditions)
    conditions.push_back({value.kind, expr(value.expr)});
  std::vector<Tensor> inputs, outputs;
  for (const TensorDesc &value : desc.inputs)
    inputs.push_back(tensor(value));
  for (const TensorDesc &value : desc.outputs)
    outputs.push_back(tensor(value));
  std::vector<program::Buffer> buffers;
  for (const BufferDesc &value : desc.buffers)
    buffers.push_back({value.kind, value.index, expr(value.offset), expr(value.bytes)});
  for (const KernelDesc &value : desc.kernels)
    addKernel(value);
  for (const CustomCallDesc &value : desc.customCalls)
    addCustomCall(value);
  if (std::string error = addCommands(desc.commands); !error.empty())
    return error;
  header.initCommand = static_cast<uint32_t>(commands.size());
  if (std::string error = addCommands(desc.init); !error.empty())
    return error;
  std::vector<Position> positions;
  for (const PositionDesc &value : desc.positions)
    positions.push_back({text(value.op), text(value.location)});
  addConstants();

  std::memcpy(header.magic, magic, sizeof(magic));
  header.version = version;
  header.registerCount = desc.registerCount;
  header.name = text(desc.name);
  header.arenaBytes = expr(desc.arenaBytes);
  header.residentBytes = expr(desc.residentBytes);

  // Constants lie behind the table, whose size does not depend on where: fix their offsets before placing them.
  table.assign(sizeof(Header), '\0');
  place(TextSection, std::vector<char>(texts.begin(), texts.end()));
  place(SymbolSection, symbols);
  place(ExprSection, exprs);
  place(ExprOpSection, exprOps);
  place(InputSection, inputs);
  place(OutputSection, outputs);
  place(BufferSection, buffers);
  place(KernelSection, kernels);
  place(StageSection, stages);
  place(CommandSection, commands);
  place(ListSection, lists);
  place(PositionSection, positions);
  place(CustomCallSection, customCalls);
  place(CallTensorSection, callTensors);
  place(ConditionSection, conditions);
  uint64_t end = (table.size() + 7) / 8 * 8 + constants.size() * sizeof(Constant);
  header.tableBytes = end;
  for (size_t i = 0; i < constants.size(); ++i)
    if (constants[i].kind == ConstantKind::Embedded) {
      constants[i].offset = (end + 63) / 64 * 64;
      end = constants[i].offset + constants[i].bytes;
    }
  place(ConstantSection, constants);
  header.totalBytes = end;
  std::memcpy(table.data(), &header, sizeof(header));
  table.resize(end);
  for (size_t i = 0; i < constants.size(); ++i)
    if (constants[i].kind == ConstantKind::Embedded)
      std::memcpy(table.data() + constants[i].offset, desc.constants[i].data, constants[i].bytes);
  out = std::move(table);
  return "";
}

std::string dlc::writeProgram(const ProgramDesc &desc, std::string &out) { return Writer(desc).write(out); }
