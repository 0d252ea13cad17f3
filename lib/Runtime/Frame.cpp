//===- Frame.cpp - The state of one call of a program ---------------------===//
//
// Sizes first, then memory: prepare() checks with overflow-safe arithmetic that every arena and resident buffer lies
// inside its region and that inputs, outputs and constants have the bytes the table says.
//
//===----------------------------------------------------------------------===//
#include "lib/Runtime/Frame.h"

#include <string.h>

using namespace dlc;
using namespace dlc::program;

/// Sizes beyond this are errors, which keeps sums of a few of them from overflowing.
static constexpr int64_t maxBytes = INT64_C(1) << 60;
/// Distance of two workers' scratch: a pair of cache lines, so that they share none.
static constexpr uint64_t ownAlignment = 128;

/// The bytes of a Tensor or CallTensor; false on overflow or a negative dim.
template <class T>
static bool tensorBytes(const ProgramTable &table, const T &tensor, const int64_t *exprs, uint64_t &bytes) {
  TensorRef shape;
  shape.dtype = DType(tensor.dtype);
  shape.rank = tensor.rank;
  for (uint32_t i = 0; i < tensor.rank; ++i)
    shape.dims[i] = exprs[table.lists[tensor.firstDim + i]];
  return byteSize(shape, bytes);
}

Status Frame::allocate(const Program &program) {
  const ProgramTable &table = program.contents;
  if (!symbols.resize(table.symbols.size) || !candidates.resize(table.symbols.size) ||
      !exprs.resize(table.exprs.size) || !bytes.resize(table.buffers.size) || !addresses.resize(table.buffers.size) ||
      !stages.resize(size_t(program.launchCount) * maxStages) || !registers.resize(table.header->registerCount) ||
      !pointers.resize(program.maxLaunchBuffers) || !scalars.resize(program.maxLaunchScalars) ||
      !callTensors.resize(program.maxCallTensors) || !inputData.resize(table.inputs.size) ||
      !outputData.resize(table.outputs.size) || !inputBytes.resize(table.inputs.size) ||
      !outputBytes.resize(table.outputs.size))
    return Status::error(ErrorKind::Io, "cannot allocate the frame of a call");
  return Status::ok();
}

Status Frame::evaluateExprs(const Program &program, bool forInit) {
  const ProgramTable &table = program.contents;
  for (uint32_t i = 0; i < table.exprs.size; ++i) {
    if (!program.isProgramExpr[i] || (forInit && table.symbolsNeeded(i) > 0))
      continue;
    if (evaluateExpr(table.expr(i), symbols.data(), exprs[i]))
      continue;
    char text[256];
    table.format(i, text, sizeof(text));
    return Status::error(ErrorKind::Value,
                         "expected the size '%s' of '%s' to fit 64 bits, but it does not for these dims", text,
                         program.name());
  }
  return Status::ok();
}

Status Frame::sizeTensors(const Program &program) {
  const ProgramTable &table = program.contents;
  bool isGood = true;
  for (size_t i = 0; i < table.inputs.size; ++i)
    isGood &= tensorBytes(table, table.inputs[i], exprs.data(), inputBytes[i]);
  for (size_t i = 0; i < table.outputs.size; ++i)
    isGood &= tensorBytes(table, table.outputs[i], exprs.data(), outputBytes[i]);
  uint64_t ignored;
  for (const CallTensor &tensor : table.callTensors)
    isGood &= tensorBytes(table, tensor, exprs.data(), ignored);
  if (!isGood)
    return Status::error(ErrorKind::Value, "expected the tensors of '%s' to fit memory, but they do not for these dims",
                         program.name());
  return Status::ok();
}

Status Frame::sizeBuffer(const Program &program, uint32_t index) {
  const ProgramTable &table = program.contents;
  const program::Buffer &buffer = table.buffers[index];
  int64_t size = exprs[buffer.bytes], offset = exprs[buffer.offset];
  bool isGood = size >= 0 && size <= maxBytes;
  switch (buffer.kind) {
  case BufferKind::Input:
    isGood = isGood && inputBytes[buffer.index] == uint64_t(size);
    break;
  case BufferKind::Output:
    isGood = isGood && outputBytes[buffer.index] == uint64_t(size);
    break;
  case BufferKind::Constant:
    isGood = isGood && uint64_t(size) <= table.constants[buffer.index].bytes;
    break;
  case BufferKind::Arena:
  case BufferKind::Resident: {
    uint64_t region = buffer.kind == BufferKind::Arena ? plan.arena : plan.resident;
    isGood = isGood && offset >= 0 && offset % int64_t(bufferAlignment) == 0 && uint64_t(offset) <= region &&
             uint64_t(size) <= region - uint64_t(offset);
    break;
  }
  }
  if (!isGood)
    return Status::error(ErrorKind::Corrupt, "corrupt program: expected buffer %u to lie inside of its memory", index);
  bytes[index] = static_cast<uint64_t>(size);
  return Status::ok();
}

Status Frame::sizeLaunch(const Program &program, const Command &command, uint32_t launch) {
  const ProgramTable &table = program.contents;
  const Kernel &kernel = table.kernels[command.args[0]];
  bool readsRegisters = false;
  for (uint32_t i = 0; i < kernel.scalarCount; ++i) {
    uint32_t scalar = table.lists[command.args[2] + i];
    readsRegisters |= (scalar & registerBit) != 0;
    scalars[i] = scalar & registerBit ? 0 : exprs[scalar];
  }
  for (uint32_t i = 0; i < kernel.stageCount; ++i) {
    const Stage &stage = table.stages[kernel.firstStage + i];
    StageSizes &sizes = stages[size_t(launch) * maxStages + i];
    int64_t shared, own;
    bool isGood = evaluateExpr(table.expr(stage.shared), scalars.data(), shared) &&
                  evaluateExpr(table.expr(stage.own), scalars.data(), own) && shared >= 0 && shared <= maxBytes &&
                  own >= 0 && own <= maxBytes;
    if (isGood && !readsRegisters)
      isGood = evaluateExpr(table.expr(stage.tasks), scalars.data(), sizes.tasks) &&
               evaluateExpr(table.expr(stage.cost), scalars.data(), sizes.cost);
    if (!isGood)
      return Status::error(ErrorKind::Value,
                           "expected the sizes of kernel '%s' to fit memory, but they do not for these dims",
                           table.text(kernel.name));
    if (uint64_t(shared) > plan.sharedScratch)
      plan.sharedScratch = static_cast<uint64_t>(shared);
    if (uint64_t(own) > plan.ownScratch)
      plan.ownScratch = static_cast<uint64_t>(own);
  }
  return Status::ok();
}

Status Frame::placeScratch(const Program &program) {
  sharedOffset = alignToBuffer(plan.arena);
  ownOffset = sharedOffset + alignToBuffer(plan.sharedScratch);
  ownOffset = (ownOffset + ownAlignment - 1) / ownAlignment * ownAlignment;
  ownStride = (plan.ownScratch + ownAlignment - 1) / ownAlignment * ownAlignment;
  plan.workers = program.workers;
  uint64_t own;
  if (__builtin_mul_overflow(ownStride, uint64_t(program.workers), &own) || own > uint64_t(maxBytes))
    return Status::error(ErrorKind::Value, "expected the scratch of '%s' to fit memory, but it does not for these dims",
                         program.name());
  plan.total = ownOffset + own;
  return Status::ok();
}

Status Frame::sizeRegions(const Program &program, bool forInit) {
  const ProgramTable &table = program.contents;
  uint32_t arenaExpr = table.header->arenaBytes;
  int64_t arenaBytes = exprs[arenaExpr], residentBytes = exprs[table.header->residentBytes];
  // @init may run before any symbol is known: its arena is as large as its own buffers need.
  if (forInit && table.symbolsNeeded(arenaExpr) > 0) {
    arenaBytes = 0;
    for (const program::Buffer &buffer : table.buffers) {
      if (buffer.kind != BufferKind::Arena ||
          table.symbolsNeeded(buffer.offset) + table.symbolsNeeded(buffer.bytes) > 0)
        continue;
      int64_t end;
      if (!__builtin_add_overflow(exprs[buffer.offset], exprs[buffer.bytes], &end) && end > arenaBytes)
        arenaBytes = end;
    }
  }
  if (arenaBytes < 0 || arenaBytes > maxBytes || residentBytes < 0 || residentBytes > maxBytes)
    return Status::error(ErrorKind::Value, "expected the arena of '%s' to fit memory, but it does not for these dims",
                         program.name());
  plan = {};
  plan.arena = static_cast<uint64_t>(arenaBytes);
  plan.resident = static_cast<uint64_t>(residentBytes);
  return Status::ok();
}

Status Frame::prepare(const Program &program, bool forInit) {
  const ProgramTable &table = program.contents;
  size_t symbolBytes = symbols.size() * sizeof(int64_t);
  if (isPrepared && memcmp(symbols.data(), candidates.data(), symbolBytes) == 0)
    return Status::ok();
  isPrepared = false;
  memcpy(symbols.data(), candidates.data(), symbolBytes);
  DLC_RETURN_IF_FAILED(evaluateExprs(program, forInit));
  DLC_RETURN_IF_FAILED(sizeRegions(program, forInit));
  if (!forInit)
    DLC_RETURN_IF_FAILED(sizeTensors(program));
  for (uint32_t i = 0; i < table.buffers.size; ++i) {
    const program::Buffer &buffer = table.buffers[i];
    bool isUnknown = buffer.kind == BufferKind::Input || buffer.kind == BufferKind::Output ||
                     table.symbolsNeeded(buffer.offset) + table.symbolsNeeded(buffer.bytes) > 0;
    if (!forInit || !isUnknown)
      DLC_RETURN_IF_FAILED(sizeBuffer(program, i));
  }
  uint32_t first = forInit ? table.header->initCommand : 0;
  uint32_t last = forInit ? static_cast<uint32_t>(table.commands.size) : table.header->initCommand;
  for (uint32_t i = first; i < last; ++i)
    if (table.commands[i].opcode == Opcode::Launch)
      DLC_RETURN_IF_FAILED(sizeLaunch(program, table.commands[i], program.launchIndex[i]));
  DLC_RETURN_IF_FAILED(placeScratch(program));
  isPrepared = true;
  return Status::ok();
}

Status Frame::reserve() {
  if (arena && arena.size() >= plan.total)
    return Status::ok();
  arena = Buffer();
  return Buffer::allocate(plan.total, arena);
}

/// A stand-in for the address of an empty tensor.
static void *nowhere() {
  alignas(bufferAlignment) static char line[bufferAlignment];
  return line;
}

Status Frame::stageTensors(const TensorRef *inputs, const TensorRef *outputs) {
  auto stagedBytes = [](const void *data, uint64_t size) { return isBufferAligned(data) ? 0 : alignToBuffer(size); };
  uint64_t needed = 0;
  for (size_t i = 0; i < inputBytes.size(); ++i)
    needed += stagedBytes(inputs[i].data, inputBytes[i]);
  for (size_t i = 0; i < outputBytes.size(); ++i)
    needed += stagedBytes(outputs[i].data, outputBytes[i]);
  if (needed > staging.size()) {
    staging = Buffer();
    DLC_RETURN_IF_FAILED(Buffer::allocate(needed, staging));
  }
  char *next = static_cast<char *>(staging.data());
  auto place = [&](void *data, uint64_t size) -> void * {
    if (size == 0)
      return nowhere();
    if (isBufferAligned(data))
      return data;
    char *staged = next;
    next += alignToBuffer(size);
    return staged;
  };
  for (size_t i = 0; i < inputBytes.size(); ++i) {
    inputData[i] = place(inputs[i].data, inputBytes[i]);
    if (inputBytes[i] > 0 && inputData[i] != inputs[i].data)
      memcpy(inputData[i], inputs[i].data, inputBytes[i]);
  }
  for (size_t i = 0; i < outputBytes.size(); ++i)
    outputData[i] = place(outputs[i].data, outputBytes[i]);
  return Status::ok();
}

/// In integers: @init binds buffers that it never uses and whose offset nobody checked.
static void *addressAt(const dlc::Buffer &region, int64_t offset) {
  return reinterpret_cast<void *>(reinterpret_cast<uintptr_t>(region.data()) + static_cast<uint64_t>(offset));
}

void Frame::bindBuffers(const Program &program) {
  const ProgramTable &table = program.contents;
  for (size_t i = 0; i < table.buffers.size; ++i) {
    const program::Buffer &buffer = table.buffers[i];
    switch (buffer.kind) {
    case BufferKind::Input:
      addresses[i] = inputData[buffer.index];
      break;
    case BufferKind::Output:
      addresses[i] = outputData[buffer.index];
      break;
    case BufferKind::Arena:
      addresses[i] = addressAt(arena, exprs[buffer.offset]);
      break;
    case BufferKind::Constant:
      addresses[i] = const_cast<void *>(program.constantData[buffer.index]);
      break;
    case BufferKind::Resident:
      addresses[i] = addressAt(program.resident, exprs[buffer.offset]);
      break;
    }
  }
}

void Frame::unstageOutputs(TensorRef *outputs) {
  for (size_t i = 0; i < outputBytes.size(); ++i)
    if (outputBytes[i] > 0 && outputData[i] != outputs[i].data)
      memcpy(outputs[i].data, outputData[i], outputBytes[i]);
}
