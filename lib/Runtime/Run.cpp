//===- Run.cpp - Running a program on files -------------------------------===//
//
// All inputs are read and checked before anything runs; no output file is written unless the run succeeded.
//
//===----------------------------------------------------------------------===//
#include "lib/Runtime/Run.h"

#include "lib/Runtime/Element.h"
#include "lib/Runtime/File.h"
#include "lib/Runtime/Npy.h"

#include <string.h>
#include <time.h>

using namespace dlc;

static constexpr uint64_t shownElements = 8;

namespace {
/// The tensors of one run. Arrays of handles, hence made one by one.
class Tensors {
public:
  ~Tensors() {
    for (size_t i = 0; i < count; ++i)
      arrays[i].~HostArray();
    free(arrays);
  }
  Status make(size_t size) {
    arrays = static_cast<HostArray *>(malloc(sizeof(HostArray) * (size + 1)));
    if (!arrays || !refs.resize(size))
      return Status::error(ErrorKind::Io, "cannot allocate %zu tensors", size);
    for (; count < size; ++count)
      new (InPlace{&arrays[count]}) HostArray();
    return Status::ok();
  }
  HostArray &operator[](size_t i) { return arrays[i]; }
  TensorRef *references() {
    for (size_t i = 0; i < count; ++i)
      refs[i] = arrays[i].ref;
    return refs.data();
  }

private:
  HostArray *arrays = nullptr;
  PodArray<TensorRef> refs;
  size_t count = 0;
};
} // namespace

static Status readInputs(const Program &program, const RunRequest &request, Tensors &inputs) {
  for (const InputFile &file : request.inputs) {
    size_t index = 0;
    while (index < program.inputCount() && strcmp(program.inputName(index), file.name) != 0)
      ++index;
    if (index == program.inputCount())
      return Status::error(ErrorKind::Value, "expected the name of an input of '%s', but got '%s'", program.name(),
                           file.name);
    if (inputs[index].buffer)
      return Status::error(ErrorKind::Value, "expected one file for input '%s', but got two", file.name);
    DLC_RETURN_IF_FAILED(readNpy(file.path, inputs[index], DType(program.table().inputs[index].dtype)));
  }
  for (size_t i = 0; i < program.inputCount(); ++i)
    if (!inputs[i].buffer) {
      char text[256];
      program.formatTensor(program.table().inputs[i], text, sizeof(text));
      return Status::error(ErrorKind::Value, "expected a file for input %s: pass --input %s=FILE.npy", text,
                           program.inputName(i));
    }
  return Status::ok();
}

Status dlc::writeTensor(const char *tensorName, const TensorRef &tensor, const char *directory) {
  if (!*tensorName || *tensorName == '.' || strchr(tensorName, '/'))
    return Status::error(ErrorKind::Value, "expected an output name that can name a file, but got '%s'", tensorName);
  char path[4096];
  int length = snprintf(path, sizeof(path), "%s/%s.npy", directory, tensorName);
  if (length < 0 || static_cast<size_t>(length) >= sizeof(path))
    return Status::error(ErrorKind::Io, "expected a path of at most 4095 bytes for output '%s'", tensorName);
  return writeNpy(path, tensor);
}

void dlc::printSummary(const char *tensorName, const TensorRef &tensor, FILE *out) {
  fprintf(out, "%s: %s[", tensorName, name(tensor.dtype));
  for (uint32_t i = 0; i < tensor.rank; ++i)
    fprintf(out, i > 0 ? ", %lld" : "%lld", static_cast<long long>(tensor.dims[i]));
  uint64_t count = 0;
  (void)elementCount(tensor.dtype, tensor.rank, tensor.dims, count);
  fprintf(out, "] =");
  for (uint64_t i = 0; i < count && i < shownElements; ++i) {
    char text[64];
    formatElement(tensor.dtype, static_cast<const char *>(tensor.data) + i * byteWidth(tensor.dtype), text,
                  sizeof(text));
    fprintf(out, " %s", text);
  }
  fprintf(out, count > shownElements ? " ...\n" : "\n");
}

static int64_t nanoseconds() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static int compareTimes(const void *a, const void *b) {
  int64_t first = *static_cast<const int64_t *>(a), second = *static_cast<const int64_t *>(b);
  return first < second ? -1 : first > second;
}

static Status runRepeatedly(Program &program, Tensors &inputs, Tensors &outputs, unsigned repeat, FILE *out) {
  PodArray<int64_t> times;
  if (!times.resize(repeat))
    return Status::error(ErrorKind::Io, "cannot allocate %u times", repeat);
  for (unsigned i = 0; i < repeat; ++i) {
    int64_t start = nanoseconds();
    DLC_RETURN_IF_FAILED(
        program.run(inputs.references(), program.inputCount(), outputs.references(), program.outputCount()));
    times[i] = nanoseconds() - start;
  }
  if (repeat == 1)
    return Status::ok();
  double first = static_cast<double>(times[0]) * 1e-6;
  qsort(times.data(), repeat, sizeof(int64_t), compareTimes);
  fprintf(out, "%u runs: first %.4f ms, median %.4f ms, best %.4f ms\n", repeat, first,
          static_cast<double>(times[repeat / 2]) * 1e-6, static_cast<double>(times[0]) * 1e-6);
  return Status::ok();
}

Status dlc::runOnFiles(Program &program, const RunRequest &request, FILE *out) {
  Tensors inputs, outputs;
  DLC_RETURN_IF_FAILED(inputs.make(program.inputCount()));
  DLC_RETURN_IF_FAILED(outputs.make(program.outputCount()));
  DLC_RETURN_IF_FAILED(readInputs(program, request, inputs));
  if (request.outputDir) // before the work, not after it
    DLC_RETURN_IF_FAILED(makeFolders(request.outputDir));
  PodArray<TensorRef> shapes;
  if (!shapes.resize(program.outputCount()))
    return Status::error(ErrorKind::Io, "cannot allocate %zu tensors", program.outputCount());
  DLC_RETURN_IF_FAILED(
      program.inferOutputs(inputs.references(), program.inputCount(), shapes.data(), program.outputCount()));
  for (size_t i = 0; i < program.outputCount(); ++i)
    DLC_RETURN_IF_FAILED(allocateArray(shapes[i].dtype, shapes[i].rank, shapes[i].dims, outputs[i]));
  DLC_RETURN_IF_FAILED(runRepeatedly(program, inputs, outputs, request.repeat, out));
  for (size_t i = 0; i < program.outputCount(); ++i) {
    if (request.outputDir)
      DLC_RETURN_IF_FAILED(writeTensor(program.outputName(i), outputs[i].ref, request.outputDir));
    else
      printSummary(program.outputName(i), outputs[i].ref, out);
  }
  return Status::ok();
}

void dlc::printSignature(const Program &program, FILE *out) {
  const ProgramTable &table = program.table();
  char text[512];
  auto printTensors = [&](const char *title, Span<program::Tensor> tensors) {
    fprintf(out, "%s:\n", title);
    for (const program::Tensor &tensor : tensors) {
      program.formatTensor(tensor, text, sizeof(text));
      fprintf(out, "  %s\n", text);
    }
  };
  printTensors("inputs", table.inputs);
  printTensors("outputs", table.outputs);
  if (table.symbols.size > 0)
    fprintf(out, "where:\n");
  for (size_t i = 0; i < table.symbols.size; ++i) {
    program.formatSymbol(i, text, sizeof(text));
    fprintf(out, "  %s\n", text);
  }
  for (size_t i = 0; i < table.conditions.size; ++i) {
    program.formatCondition(i, text, sizeof(text));
    fprintf(out, "  %s\n", text);
  }
}
