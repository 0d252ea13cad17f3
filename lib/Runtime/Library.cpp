//===- Library.cpp - The C functions of a model as object or library ------===//
//
// What Main.cpp is to an executable: the entry points that the compiler merges with a program and its kernels. It
// renames dlc_model to the model's name and hides everything else, so that one process may link many models.
//
//===----------------------------------------------------------------------===//
#pragma GCC visibility push(default)
#include "lib/Runtime/Model.h"
#pragma GCC visibility pop

#include "lib/Runtime/Create.h"
#include "lib/Runtime/CustomCall.h"
#include "lib/Runtime/Embedded.h"
#include "lib/Runtime/Program.h"
#include "lib/Runtime/ThreadPool.h"

#include <stdio.h>

using namespace dlc;

struct dlc_model {
  ThreadPool *pool;
  Program *program;
};

static_assert(sizeof(dlc_model_tensor) == sizeof(TensorRef) &&
                  offsetof(dlc_model_tensor, dtype) == offsetof(TensorRef, dtype) &&
                  offsetof(dlc_model_tensor, rank) == offsetof(TensorRef, rank) &&
                  offsetof(dlc_model_tensor, dims) == offsetof(TensorRef, dims) && maxRank == 16,
              "the C tensor is a TensorRef");
static_assert(dlc_model_value_error == int(ErrorKind::Value) && dlc_model_internal_error == int(ErrorKind::Internal),
              "results are kinds of errors");

static Status findStage(void *, const StageRef &ref, dlc_stage &out) {
  for (const dlc_stage_entry *entry = dlc_stage_table; entry->function; ++entry)
    if (entry->kernel == ref.kernel && entry->stage == ref.stage)
      out = entry->function;
  return Status::ok();
}

static int result(const Status &status, char *message, size_t capacity) {
  if (message && capacity > 0)
    snprintf(message, capacity, "%s", status.message());
  return int(status.kind());
}

static Status open(unsigned threads, dlc_model &model) {
  DLC_RETURN_IF_FAILED(registerLinkedCalls());
  DLC_RETURN_IF_FAILED(ThreadPool::create(threads ? threads : ThreadPool::availableCpus(), model.pool));
  LoadOptions options;
  options.kernels.resolve = findStage;
  options.pool = model.pool;
  DLC_RETURN_IF_FAILED(Program::load(dlc_program_begin, static_cast<size_t>(dlc_program_end - dlc_program_begin),
                                     options, model.program));
  return model.program->hasInit() ? model.program->init() : Status::ok();
}

int dlc_model_register_custom_call(const char *name, dlc_custom_function function, void *user_data, char *message,
                                   size_t capacity) {
  return result(registerCustomCall(name, {function, user_data}), message, capacity);
}

int dlc_model_open(unsigned threads, dlc_model **model, char *message, size_t capacity) {
  auto *made = create<dlc_model>(dlc_model{nullptr, nullptr});
  Status status = made ? open(threads, *made) : Status::error(ErrorKind::Io, "cannot allocate a model");
  *model = made;
  if (status.failed()) {
    dlc_model_close(made);
    *model = nullptr;
  }
  return result(status, message, capacity);
}

void dlc_model_close(dlc_model *model) {
  if (!model)
    return;
  Program::destroy(model->program);
  ThreadPool::destroy(model->pool);
  destroy(model);
}

size_t dlc_model_input_count(const dlc_model *model) { return model->program->inputCount(); }
size_t dlc_model_output_count(const dlc_model *model) { return model->program->outputCount(); }
const char *dlc_model_input_name(const dlc_model *model, size_t index) { return model->program->inputName(index); }
const char *dlc_model_output_name(const dlc_model *model, size_t index) { return model->program->outputName(index); }

int dlc_model_infer(dlc_model *model, const dlc_model_tensor *inputs, dlc_model_tensor *outputs, char *message,
                    size_t capacity) {
  Program &program = *model->program;
  return result(program.inferOutputs(reinterpret_cast<const TensorRef *>(inputs), program.inputCount(),
                                     reinterpret_cast<TensorRef *>(outputs), program.outputCount()),
                message, capacity);
}

int dlc_model_run(dlc_model *model, const dlc_model_tensor *inputs, dlc_model_tensor *outputs, char *message,
                  size_t capacity) {
  Program &program = *model->program;
  for (size_t i = 0; i < program.outputCount(); ++i)
    if (!outputs[i].data)
      return result(
          Status::error(ErrorKind::Value, "expected memory for output '%s', but got null", program.outputName(i)),
          message, capacity);
  return result(program.run(reinterpret_cast<const TensorRef *>(inputs), program.inputCount(),
                            reinterpret_cast<TensorRef *>(outputs), program.outputCount()),
                message, capacity);
}
