//===- Program.cpp - Loading host programs and calling them ---------------===//
//
// load() copies and checks the table, then resolves stages and constants, so that a run finds everything by index.
// Frames wait in a fixed number of slots and are taken and put back by atomic exchange: no lock that a fork() could
// leave held.
//
//===----------------------------------------------------------------------===//
#include "lib/Runtime/Program.h"

#include "lib/Runtime/FloatEnv.h"
#include "lib/Runtime/Frame.h"
#include "lib/Runtime/ThreadPool.h"

#include <string.h>

using namespace dlc;
using namespace dlc::program;

static_assert(maxTensorRank == maxRank, "a TensorRef must hold every shape of the format");

static Status outOfMemory(const char *what) { return Status::error(ErrorKind::Io, "cannot allocate %s", what); }

Status Program::load(const void *bytes, size_t size, const LoadOptions &options, Program *&out) {
  DLC_RETURN_IF_FAILED(ProgramTable::checkHeader(bytes, size));
  Header header;
  memcpy(&header, bytes, sizeof(header));
  Program *program = create<Program>();
  if (!program)
    return outOfMemory("a program");
  auto fill = [&]() -> Status {
    DLC_RETURN_IF_FAILED(Buffer::allocate(header.tableBytes, program->tableBytes));
    memcpy(program->tableBytes.data(), bytes, header.tableBytes);
    // The bytes may be a file that changes under our feet: only the copy is checked and used.
    DLC_RETURN_IF_FAILED(ProgramTable::checkHeader(program->tableBytes.data(), size));
    if (static_cast<const Header *>(program->tableBytes.data())->tableBytes != header.tableBytes)
      return Status::error(ErrorKind::Corrupt,
                           "corrupt program: expected bytes that do not change while they are read");
    DLC_RETURN_IF_FAILED(program->contents.read(program->tableBytes.data()));
    program->pool = options.pool;
    program->workers = options.pool ? options.pool->workers() : 1;
    if (options.workers > 0 && options.workers < program->workers)
      program->workers = options.workers;
    DLC_RETURN_IF_FAILED(program->indexLaunches());
    DLC_RETURN_IF_FAILED(program->resolveKernels(options.kernels));
    DLC_RETURN_IF_FAILED(program->resolveConstants(bytes, options.constants));
    int64_t residentBytes = 0;
    if (!evaluateExpr(program->contents.expr(program->contents.header->residentBytes), nullptr, residentBytes) ||
        residentBytes < 0)
      return Status::error(ErrorKind::Corrupt, "corrupt program: expected a size of the resident region");
    return Buffer::allocate(static_cast<size_t>(residentBytes), program->resident);
  };
  if (Status status = fill(); status.failed()) {
    destroy(program);
    return status;
  }
  out = program;
  return Status::ok();
}

void Program::destroy(Program *program) { dlc::destroy(program); }

Program::~Program() {
  for (Frame *frame : frames)
    dlc::destroy(frame);
}

void Program::markDims(uint32_t first, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i)
    isProgramExpr[contents.lists[first + i]] = true;
}

Status Program::indexLaunches() {
  if (!launchIndex.resize(contents.commands.size) || !isProgramExpr.resize(contents.exprs.size))
    return outOfMemory("the index of a program");
  isProgramExpr[contents.header->arenaBytes] = isProgramExpr[contents.header->residentBytes] = true;
  for (const program::Buffer &buffer : contents.buffers)
    isProgramExpr[buffer.offset] = isProgramExpr[buffer.bytes] = true;
  for (const Tensor &tensor : contents.inputs)
    markDims(tensor.firstDim, tensor.rank);
  for (const Tensor &tensor : contents.outputs)
    markDims(tensor.firstDim, tensor.rank);
  for (const CallTensor &tensor : contents.callTensors)
    markDims(tensor.firstDim, tensor.rank);
  for (const CustomCall &call : contents.customCalls)
    if (size_t count = size_t(call.inputCount) + call.outputCount; count > maxCallTensors)
      maxCallTensors = count;
  for (size_t i = 0; i < contents.commands.size; ++i) {
    const Command &command = contents.commands[i];
    if (command.opcode == Opcode::SetRegister)
      isProgramExpr[command.args[1]] = true;
    if (command.opcode != Opcode::Launch)
      continue;
    const Kernel &kernel = contents.kernels[command.args[0]];
    launchIndex[i] = launchCount++;
    maxLaunchBuffers = kernel.bufferCount > maxLaunchBuffers ? kernel.bufferCount : maxLaunchBuffers;
    maxLaunchScalars = kernel.scalarCount > maxLaunchScalars ? kernel.scalarCount : maxLaunchScalars;
    for (uint32_t s = 0; s < kernel.scalarCount; ++s)
      if (uint32_t scalar = contents.lists[command.args[2] + s]; !(scalar & registerBit))
        isProgramExpr[scalar] = true;
  }
  return Status::ok();
}

Status Program::resolveKernels(const KernelResolver &resolver) {
  if (!stages.resize(contents.stages.size))
    return outOfMemory("the stages of a program");
  for (uint32_t k = 0; k < contents.kernels.size; ++k) {
    const Kernel &kernel = contents.kernels[k];
    for (uint32_t s = 0; s < kernel.stageCount; ++s) {
      const Stage &stage = contents.stages[kernel.firstStage + s];
      StageRef ref = {k, kernel.key, contents.text(kernel.name), s, contents.text(stage.name)};
      dlc_stage function = nullptr;
      if (resolver.resolve)
        DLC_RETURN_IF_FAILED(resolver.resolve(resolver.context, ref, function));
      if (!function)
        return Status::error(ErrorKind::Value, "expected code for stage %u of kernel '%s', but got none", s, ref.name);
      stages[kernel.firstStage + s] = function;
    }
  }
  return Status::ok();
}

Status Program::resolveConstants(const void *bytes, const ConstantResolver &resolver) {
  if (!constantData.resize(contents.constants.size))
    return outOfMemory("the constants of a program");
  uint64_t copyBytes = 0;
  for (size_t i = 0; i < contents.constants.size; ++i) {
    const Constant &constant = contents.constants[i];
    if (constant.kind == ConstantKind::Embedded)
      constantData[i] = static_cast<const char *>(bytes) + constant.offset;
    else if (resolver.resolve)
      DLC_RETURN_IF_FAILED(resolver.resolve(resolver.context, constant.hash, constant.bytes, constantData[i]));
    if (constant.bytes > 0 && !constantData[i])
      return Status::error(ErrorKind::Value, "expected the bytes of constant %zu, but got none", i);
    if (!isBufferAligned(constantData[i]) &&
        __builtin_add_overflow(copyBytes, alignToBuffer(constant.bytes), &copyBytes))
      return outOfMemory("the constants of a program");
  }
  if (copyBytes == 0)
    return Status::ok();
  DLC_RETURN_IF_FAILED(Buffer::allocate(copyBytes, constantCopies));
  char *next = static_cast<char *>(constantCopies.data());
  for (size_t i = 0; i < contents.constants.size; ++i) {
    if (isBufferAligned(constantData[i]))
      continue;
    constantData[i] = memcpy(next, constantData[i], contents.constants[i].bytes);
    next += alignToBuffer(contents.constants[i].bytes);
  }
  return Status::ok();
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

Status Program::acquireFrame(Frame *&frame) {
  for (Frame *&slot : frames)
    if (Frame *waiting = __atomic_exchange_n(&slot, nullptr, __ATOMIC_ACQ_REL)) {
      frame = waiting;
      return Status::ok();
    }
  frame = create<Frame>();
  if (!frame)
    return outOfMemory("the frame of a call");
  Status status = frame->allocate(*this);
  if (status.failed()) {
    dlc::destroy(frame);
    frame = nullptr;
  }
  return status;
}

void Program::releaseFrame(Frame *frame) {
  for (Frame *&slot : frames) {
    Frame *empty = nullptr;
    if (__atomic_compare_exchange_n(&slot, &empty, frame, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
      return;
  }
  dlc::destroy(frame);
}

const char *Program::name() const { return contents.text(contents.header->name); }

bool Program::hasInit() const { return contents.commands[contents.header->initCommand].opcode != Opcode::End; }

Status Program::init() {
  if (isInitialised)
    return Status::ok();
  FloatEnv environment;
  Frame frame;
  DLC_RETURN_IF_FAILED(frame.allocate(*this));
  DLC_RETURN_IF_FAILED(frame.prepare(*this, /*forInit=*/true));
  DLC_RETURN_IF_FAILED(frame.reserve());
  frame.bindBuffers(*this);
  DLC_RETURN_IF_FAILED(execute(frame, contents.header->initCommand, RunOptions()));
  isInitialised = true;
  return Status::ok();
}

Status Program::run(const TensorRef *inputs, size_t inputCount, TensorRef *outputs, size_t outputCount,
                    const RunOptions &options) {
  if (hasInit() && !isInitialised)
    return Status::error(ErrorKind::Internal, "expected the constants of '%s' to be initialised before a run", name());
  FloatEnv environment;
  Frame *frame;
  DLC_RETURN_IF_FAILED(acquireFrame(frame));
  auto call = [&]() -> Status {
    DLC_RETURN_IF_FAILED(bindFrame(inputs, inputCount, outputCount, *frame));
    DLC_RETURN_IF_FAILED(checkData(inputs, *frame));
    DLC_RETURN_IF_FAILED(placeOutputs(inputs, outputs, *frame, options));
    DLC_RETURN_IF_FAILED(frame->reserve());
    DLC_RETURN_IF_FAILED(frame->stageTensors(inputs, outputs));
    frame->bindBuffers(*this);
    DLC_RETURN_IF_FAILED(execute(*frame, 0, options));
    frame->unstageOutputs(outputs);
    return Status::ok();
  };
  Status status = call();
  releaseFrame(frame);
  return status;
}

Status Program::inferOutputs(const TensorRef *inputs, size_t inputCount, TensorRef *outputs, size_t outputCount) {
  Frame *frame;
  DLC_RETURN_IF_FAILED(acquireFrame(frame));
  Status status = bindFrame(inputs, inputCount, outputCount, *frame);
  if (status.isOk())
    for (size_t i = 0; i < outputCount; ++i)
      setShape(contents.outputs[i], frame->exprs.data(), outputs[i]);
  releaseFrame(frame);
  return status;
}

Status Program::estimateTime(const TensorRef *inputs, size_t inputCount, double &nanoseconds) {
  Frame *frame;
  DLC_RETURN_IF_FAILED(acquireFrame(frame));
  Status status = bindFrame(inputs, inputCount, outputCount(), *frame);
  nanoseconds = 0;
  if (status.isOk())
    for (size_t launch = 0; launch < size_t(launchCount) * maxStages; ++launch)
      nanoseconds += double(frame->stages[launch].tasks) * double(frame->stages[launch].cost);
  releaseFrame(frame);
  return status;
}

Status Program::planMemory(const int64_t *symbols, MemoryPlan &out) {
  Frame *frame;
  DLC_RETURN_IF_FAILED(acquireFrame(frame));
  memcpy(frame->candidates.data(), symbols, frame->candidates.size() * sizeof(int64_t));
  Status status = frame->prepare(*this, /*forInit=*/false);
  if (status.isOk())
    out = frame->plan;
  releaseFrame(frame);
  return status;
}
