//===- Executor.cpp - Running a command table -----------------------------===//
//
// One loop over commands. Everything it indexes was checked when the program was loaded; sizes were checked when the
// frame was prepared. It allocates nothing and makes no system call but the thread pool's and those of custom calls.
//
//===----------------------------------------------------------------------===//
#include "lib/Runtime/CustomCall.h"
#include "lib/Runtime/Frame.h"
#include "lib/Runtime/ThreadPool.h"

#include <string.h>
#include <time.h>

using namespace dlc;
using namespace dlc::program;

namespace {
/// The services of one launch: knows which position each error slot of its kernel stands for.
struct LaunchRt {
  dlc_rt services; ///< First, so that a kernel's pointer to it is a pointer to this.
  ErrorRecord *errors;
  const uint32_t *positions;
  uint32_t slotCount;
};

/// One stage of one launch, for the thread pool.
struct StageCall {
  dlc_stage function;
  void *const *buffers;
  const int64_t *scalars;
  char *shared;
  char *own;
  uint64_t ownStride;
  const LaunchRt *rt;
};
} // namespace

static void reportError(const dlc_rt *services, int64_t slot, int64_t element, int64_t index, int64_t extent) {
  const auto *rt = reinterpret_cast<const LaunchRt *>(services);
  bool isKnown = slot >= 0 && slot < rt->slotCount;
  rt->errors->report({isKnown ? int64_t(rt->positions[slot]) : INT64_MAX, element, index, extent});
}

static void runStage(void *context, unsigned worker, int64_t begin, int64_t end) {
  const StageCall &call = *static_cast<const StageCall *>(context);
  call.function(call.buffers, call.scalars, call.shared, call.own + worker * call.ownStride, &call.rt->services, begin,
                end);
}

static int64_t nanoseconds() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/// Integer arithmetic as N1 says: wraps; division by zero gives 0.
static int64_t compute(ArithOpcode opcode, int64_t a, int64_t b) {
  auto wrap = [](uint64_t value) { return static_cast<int64_t>(value); };
  bool isDivision = opcode == ArithOpcode::FloorDiv || opcode == ArithOpcode::CeilDiv || opcode == ArithOpcode::Rem;
  if (isDivision && b == 0)
    return 0;
  if (isDivision && b == -1)
    return opcode == ArithOpcode::Rem ? 0 : wrap(-uint64_t(a));
  switch (opcode) {
  case ArithOpcode::Add:
    return wrap(uint64_t(a) + uint64_t(b));
  case ArithOpcode::Sub:
    return wrap(uint64_t(a) - uint64_t(b));
  case ArithOpcode::Mul:
    return wrap(uint64_t(a) * uint64_t(b));
  case ArithOpcode::FloorDiv:
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
  case ArithOpcode::CeilDiv:
    return a / b + (a % b != 0 && (a < 0) == (b < 0));
  case ArithOpcode::Rem:
    return a % b;
  case ArithOpcode::Min:
    return a < b ? a : b;
  case ArithOpcode::Max:
    return a > b ? a : b;
  case ArithOpcode::Eq:
    return a == b;
  case ArithOpcode::Ne:
    return a != b;
  case ArithOpcode::Lt:
    return a < b;
  case ArithOpcode::Le:
    return a <= b;
  case ArithOpcode::And:
    return a & b;
  case ArithOpcode::Or:
    return a | b;
  case ArithOpcode::Xor:
    return a ^ b;
  }
  return 0;
}

static int64_t loadScalar(const void *data, DType dtype) {
  uint64_t bits = 0;
  uint32_t width = byteWidth(dtype);
  memcpy(&bits, data, width);
  if (dtype == DType::Bool)
    return bits != 0;
  uint32_t unused = 64 - 8 * width;
  return isSignedInt(dtype) ? static_cast<int64_t>(bits << unused) >> unused : static_cast<int64_t>(bits);
}

static void storeScalar(void *data, DType dtype, int64_t value) {
  if (dtype == DType::Bool)
    value = value != 0;
  memcpy(data, &value, byteWidth(dtype));
}

Status Program::errorOf(const Frame &frame) const {
  if (!frame.errors.isSet())
    return Status::ok();
  const ErrorReport &report = frame.errors.get();
  const char *op = "an unknown op", *location = "an unknown place";
  if (report.position < int64_t(contents.positions.size)) {
    op = contents.text(contents.positions[report.position].op);
    location = contents.text(contents.positions[report.position].location);
  }
  return Status::error(ErrorKind::Index,
                       "index %lld is out of range for dimension of extent %lld in '%s' at %s (element %lld)",
                       static_cast<long long>(report.index), static_cast<long long>(report.extent), op, location,
                       static_cast<long long>(report.element));
}

Status Program::stepError(uint32_t position, int64_t step) const {
  return Status::error(ErrorKind::Value, "expected a positive step, but got %lld in '%s' at %s",
                       static_cast<long long>(step), contents.text(contents.positions[position].op),
                       contents.text(contents.positions[position].location));
}

Status Program::launch(Frame &frame, uint32_t index, const RunOptions &options) const {
  const Command &command = contents.commands[index];
  const Kernel &kernel = contents.kernels[command.args[0]];
  for (uint32_t i = 0; i < kernel.bufferCount; ++i)
    frame.pointers[i] = frame.addresses[contents.lists[command.args[1] + i]];
  bool readsRegisters = false;
  for (uint32_t i = 0; i < kernel.scalarCount; ++i) {
    uint32_t scalar = contents.lists[command.args[2] + i];
    readsRegisters |= (scalar & registerBit) != 0;
    frame.scalars[i] = scalar & registerBit ? frame.registers[scalar & ~registerBit] : frame.exprs[scalar];
  }
  LaunchRt rt = {{reportError}, &frame.errors, contents.lists.items + command.args[3], kernel.slotCount};
  char *memory = static_cast<char *>(frame.arena.data());
  StageCall call = {nullptr,
                    frame.pointers.data(),
                    frame.scalars.data(),
                    memory + frame.sharedOffset,
                    memory + frame.ownOffset,
                    frame.ownStride,
                    &rt};
  int64_t start = options.onLaunch ? nanoseconds() : 0;
  for (uint32_t i = 0; i < kernel.stageCount; ++i) {
    const Stage &stage = contents.stages[kernel.firstStage + i];
    StageSizes sizes = frame.stages[size_t(launchIndex[index]) * maxStages + i];
    if (readsRegisters && (!evaluateExpr(contents.expr(stage.tasks), call.scalars, sizes.tasks) ||
                           !evaluateExpr(contents.expr(stage.cost), call.scalars, sizes.cost)))
      return Status::error(ErrorKind::Value, "expected the tasks of kernel '%s' to fit 64 bits",
                           contents.text(kernel.name));
    if (sizes.tasks <= 0)
      continue;
    call.function = stages[kernel.firstStage + i];
    if (pool)
      pool->run(sizes.tasks, sizes.cost, runStage, &call, workers);
    else
      runStage(&call, 0, 0, sizes.tasks);
  }
  if (options.onLaunch)
    options.onLaunch(options.onLaunchContext,
                     {index, command.args[0], contents.text(kernel.name), start, nanoseconds()});
  return Status::ok();
}

Status Program::callCustom(Frame &frame, uint32_t index) const {
  const CustomCall &call = contents.customCalls[index];
  size_t count = size_t(call.inputCount) + call.outputCount;
  for (size_t i = 0; i < count; ++i) {
    const CallTensor &tensor = contents.callTensors[call.firstTensor + i];
    TensorRef &ref = frame.callTensors[i];
    ref.data = frame.addresses[tensor.buffer];
    ref.dtype = DType(tensor.dtype);
    ref.rank = tensor.rank;
    for (uint32_t d = 0; d < tensor.rank; ++d)
      ref.dims[d] = frame.exprs[contents.lists[tensor.firstDim + d]];
    uint64_t bytes;
    if (!byteSize(ref, bytes) || bytes != frame.bytes[tensor.buffer])
      return Status::error(ErrorKind::Corrupt, "corrupt program: expected buffers of fitting sizes in custom call %u",
                           index);
  }
  const TensorRef *tensors = frame.callTensors.data();
  const Position &position = contents.positions[call.position];
  return dlc::callCustom(contents.text(call.name), contents.text(call.attributes), {tensors, call.inputCount},
                         {tensors + call.inputCount, call.outputCount}, call.batchDims)
      .withContext("'%s' at %s", contents.text(position.op), contents.text(position.location));
}

Status Program::execute(Frame &frame, uint32_t firstCommand, const RunOptions &options) const {
  frame.errors.clear();
  memset(frame.registers.data(), 0, frame.registers.size() * sizeof(int64_t));
  uint64_t iterations = 0;
  auto corrupt = [](uint32_t command) {
    return Status::error(ErrorKind::Corrupt, "corrupt program: expected buffers of fitting sizes in command %u",
                         command);
  };
  for (uint32_t at = firstCommand, next;; at = next) {
    const Command &command = contents.commands[at];
    const uint32_t *args = command.args;
    next = at + 1;
    switch (command.opcode) {
    case Opcode::End:
      return errorOf(frame);
    case Opcode::Launch:
      DLC_RETURN_IF_FAILED(launch(frame, at, options));
      break;
    case Opcode::Copy:
      if (frame.bytes[args[0]] != frame.bytes[args[1]])
        return corrupt(at);
      memmove(frame.addresses[args[0]], frame.addresses[args[1]], frame.bytes[args[0]]);
      break;
    case Opcode::SwapBuffers: {
      void *first = frame.addresses[args[0]];
      frame.addresses[args[0]] = frame.addresses[args[1]];
      frame.addresses[args[1]] = first;
      break;
    }
    case Opcode::LoadScalar:
      if (frame.bytes[args[1]] < byteWidth(DType(args[2])))
        return corrupt(at);
      frame.registers[args[0]] = loadScalar(frame.addresses[args[1]], DType(args[2]));
      break;
    case Opcode::StoreScalar:
      if (frame.bytes[args[0]] < byteWidth(DType(args[2])))
        return corrupt(at);
      storeScalar(frame.addresses[args[0]], DType(args[2]), frame.registers[args[1]]);
      break;
    case Opcode::SetRegister:
      frame.registers[args[0]] = frame.exprs[args[1]];
      break;
    case Opcode::Arithmetic:
      frame.registers[args[0]] = compute(ArithOpcode(args[1]), frame.registers[args[2]], frame.registers[args[3]]);
      break;
    case Opcode::Jump:
      next = args[0];
      break;
    case Opcode::JumpIfZero:
      if (frame.registers[args[0]] == 0)
        next = args[1];
      break;
    case Opcode::RequirePositive:
      if (frame.registers[args[0]] <= 0)
        return frame.errors.isSet() ? errorOf(frame) : stepError(args[1], frame.registers[args[0]]);
      break;
    case Opcode::CallCustom:
      if (frame.errors.isSet()) // the first error in program order, and what follows would see clamped values
        return errorOf(frame);
      DLC_RETURN_IF_FAILED(callCustom(frame, args[0]));
      break;
    }
    if (next > at)
      continue;
    if (frame.errors.isSet())
      return errorOf(frame);
    if (++iterations > options.maxIterations)
      return Status::error(ErrorKind::Value, "expected at most %llu iterations of loops, but got more",
                           static_cast<unsigned long long>(options.maxIterations));
  }
}
