// One case an opcode.
#include "tools/dlc/Listing.h"

#include "lib/Runtime/DType.h"

#include "llvm/Support/FormatVariadic.h"

using namespace dlc::program;

namespace dlc::cli {

static std::string exprText(const ProgramTable &table, uint32_t expr) {
  char text[512];
  table.format(expr, text, sizeof text);
  return text;
}

static std::string bufferText(const ProgramTable &table, uint32_t index) {
  const program::Buffer &buffer = table.buffers[index];
  switch (buffer.kind) {
  case BufferKind::Input:
    return "input " + std::to_string(buffer.index);
  case BufferKind::Output:
    return "output " + std::to_string(buffer.index);
  case BufferKind::Arena:
    return "arena " + exprText(table, buffer.offset);
  case BufferKind::Constant:
    return "constant " + std::to_string(buffer.index);
  case BufferKind::Resident:
    return "resident " + exprText(table, buffer.offset);
  }
  return "";
}

static std::string launchText(const ProgramTable &table, const Command &command) {
  const Kernel &kernel = table.kernels[command.args[0]];
  std::string text = std::string("launch ") + table.text(kernel.name) + "(";
  for (uint32_t i = 0; i < kernel.bufferCount; ++i)
    text += (i ? ", " : "") + bufferText(table, table.lists[command.args[1] + i]);
  for (uint32_t i = 0; i < kernel.scalarCount; ++i) {
    uint32_t scalar = table.lists[command.args[2] + i];
    text += i ? ", " : "; ";
    text += scalar & registerBit ? "r" + std::to_string(scalar & ~registerBit) : exprText(table, scalar);
  }
  return text + ")";
}

static std::string customCallText(const ProgramTable &table, const CustomCall &call) {
  std::string text = std::string("call \"") + table.text(call.name) + "\"(";
  uint32_t count = call.inputCount + call.outputCount;
  for (uint32_t i = 0; i < count; ++i)
    text += (i == 0                 ? ""
             : i == call.inputCount ? "; "
                                    : ", ") +
            bufferText(table, table.callTensors[call.firstTensor + i].buffer);
  text += ")";
  if (call.batchDims)
    text += " for each index of " + std::to_string(call.batchDims) + " batch dims";
  return text;
}

static std::string operationText(const ProgramTable &table, const Command &command) {
  static const char *const arithmetic[] = {"+",  "-",  "*", "floordiv", "ceildiv", "rem", "min", "max",
                                           "==", "!=", "<", "<=",       "and",     "or",  "xor"};
  static_assert(std::size(arithmetic) == numArithOpcodes);
  const uint32_t *args = command.args;
  auto buffer = [&](int i) { return bufferText(table, args[i]); };
  switch (command.opcode) {
  case Opcode::End:
    return "end";
  case Opcode::Launch:
    return launchText(table, command);
  case Opcode::Copy:
    return "copy " + buffer(0) + " = " + buffer(1);
  case Opcode::SwapBuffers:
    return "swap " + buffer(0) + ", " + buffer(1);
  case Opcode::LoadScalar:
    return llvm::formatv("r{0} = {1} of {2}", args[0], dlc::name(DType(args[2])), buffer(1));
  case Opcode::StoreScalar:
    return llvm::formatv("{0} of {1} = r{2}", dlc::name(DType(args[2])), buffer(0), args[1]);
  case Opcode::SetRegister:
    return llvm::formatv("r{0} = {1}", args[0], exprText(table, args[1]));
  case Opcode::Arithmetic:
    if (ArithOpcode(args[1]) == ArithOpcode::Or && args[2] == args[3])
      return llvm::formatv("r{0} = r{1}", args[0], args[2]);
    return llvm::formatv("r{0} = r{1} {2} r{3}", args[0], args[2], arithmetic[args[1]], args[3]);
  case Opcode::Jump:
    return llvm::formatv("jump to {0}", args[0]);
  case Opcode::JumpIfZero:
    return llvm::formatv("unless r{0}, jump to {1}", args[0], args[1]);
  case Opcode::RequirePositive:
    return llvm::formatv("require r{0} > 0", args[0]);
  case Opcode::CallCustom:
    return customCallText(table, table.customCalls[args[0]]);
  }
  return "";
}

std::string commandText(const ProgramTable &table, size_t command) {
  return std::to_string(command) + ": " + operationText(table, table.commands[command]);
}

} // namespace dlc::cli
