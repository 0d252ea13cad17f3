//===- Signature.cpp - Checking what a caller hands to a program ----------===//
//
// Inputs are checked in order: count, dtype, rank; then symbols are bound, their ranges and the conditions on several
// of them checked; then every dim is compared with its expression. Messages name the tensor, the dimension and both
// values.
//
//===----------------------------------------------------------------------===//
#include "lib/Runtime/Frame.h"

#include <stdio.h>
#include <string.h>

using namespace dlc;
using namespace dlc::program;

Status Program::bindFrame(const TensorRef *inputs, size_t inputCount, size_t outputCount, Frame &frame) const {
  DLC_RETURN_IF_FAILED(checkInputs(inputs, inputCount, outputCount));
  DLC_RETURN_IF_FAILED(bindSymbols(inputs, frame.candidates.data()));
  DLC_RETURN_IF_FAILED(checkConditions(frame.candidates.data()));
  DLC_RETURN_IF_FAILED(frame.prepare(*this, /*forInit=*/false));
  for (size_t i = 0; i < inputCount; ++i)
    DLC_RETURN_IF_FAILED(checkDims(contents.inputs[i], false, inputs[i], frame.exprs.data()));
  return Status::ok();
}

Status Program::checkData(const TensorRef *inputs, const Frame &frame) const {
  for (size_t i = 0; i < contents.inputs.size; ++i)
    if (!inputs[i].data && frame.inputBytes[i] > 0)
      return Status::error(ErrorKind::Value, "expected data of input '%s', but got null", inputName(i));
  return Status::ok();
}

static Status checkKind(const char *what, const char *tensorName, const Tensor &expected, const TensorRef &ref) {
  if (static_cast<uint32_t>(ref.dtype) != expected.dtype)
    return Status::error(ErrorKind::Type, "expected %s '%s' to have dtype %s, but got %s", what, tensorName,
                         dlc::name(DType(expected.dtype)),
                         isValidDType(static_cast<uint64_t>(ref.dtype)) ? dlc::name(ref.dtype) : "an unknown one");
  if (ref.rank != expected.rank)
    return Status::error(ErrorKind::Value, "expected %s '%s' to have rank %u, but got %u", what, tensorName,
                         expected.rank, ref.rank);
  return Status::ok();
}

Status Program::checkInputs(const TensorRef *inputs, size_t inputCount, size_t outputCount) const {
  if (inputCount != contents.inputs.size)
    return Status::error(ErrorKind::Value, "expected %zu input%s to '%s', but got %zu", contents.inputs.size,
                         contents.inputs.size == 1 ? "" : "s", name(), inputCount);
  if (outputCount != contents.outputs.size)
    return Status::error(ErrorKind::Value, "expected %zu output%s of '%s', but got %zu", contents.outputs.size,
                         contents.outputs.size == 1 ? "" : "s", name(), outputCount);
  for (size_t i = 0; i < inputCount; ++i)
    DLC_RETURN_IF_FAILED(checkKind("input", inputName(i), contents.inputs[i], inputs[i]));
  return Status::ok();
}

Status Program::bindSymbols(const TensorRef *inputs, int64_t *values) const {
  for (size_t i = 0; i < contents.symbols.size; ++i) {
    const Symbol &symbol = contents.symbols[i];
    int64_t extent = inputs[symbol.input].dims[symbol.dim], scaled;
    bool isExact = !__builtin_sub_overflow(extent, symbol.offset, &scaled) && scaled % symbol.scale == 0;
    values[i] = isExact ? scaled / symbol.scale : 0;
    const char *tensor = inputName(symbol.input), *symbolName = contents.text(symbol.name);
    if (!isExact)
      return Status::error(ErrorKind::Value, "expected dimension %u of input '%s' to be %lld*%s + %lld, but got %lld",
                           symbol.dim, tensor, static_cast<long long>(symbol.scale), symbolName,
                           static_cast<long long>(symbol.offset), static_cast<long long>(extent));
    if (values[i] < symbol.min || values[i] > symbol.max) {
      char range[64];
      if (symbol.max == INT64_MAX)
        snprintf(range, sizeof(range), "at least %lld", static_cast<long long>(symbol.min));
      else
        snprintf(range, sizeof(range), "in %lld..%lld", static_cast<long long>(symbol.min),
                 static_cast<long long>(symbol.max));
      return Status::error(ErrorKind::Value,
                           "expected '%s', bound by dimension %u of input '%s', to be %s, but got %lld", symbolName,
                           symbol.dim, tensor, range, static_cast<long long>(values[i]));
    }
    if (values[i] % symbol.divisor != 0)
      return Status::error(ErrorKind::Value,
                           "expected '%s', bound by dimension %u of input '%s', to be a multiple of %lld, but got %lld",
                           symbolName, symbol.dim, tensor, static_cast<long long>(symbol.divisor),
                           static_cast<long long>(values[i]));
  }
  return Status::ok();
}

Status Program::checkConditions(const int64_t *values) const {
  for (size_t i = 0; i < contents.conditions.size; ++i) {
    const Condition &condition = contents.conditions[i];
    ExprOps ops = contents.expr(condition.expr);
    int64_t value;
    bool isKnown = evaluateExpr(ops, values, value);
    if (isKnown && (condition.kind == ConditionKind::NotZero ? value != 0 : value >= 0))
      continue;
    char text[512], symbols[256] = "";
    formatCondition(i, text, sizeof(text));
    size_t length = 0;
    for (size_t s = 0; s < contents.symbols.size && length < sizeof(symbols); ++s)
      for (const ExprOp &op : ops)
        if (op.opcode == ExprOpcode::Sym && size_t(op.value) == s) {
          length += size_t(snprintf(symbols + length, sizeof(symbols) - length, "%s%s = %lld", length ? ", " : "",
                                    contents.text(contents.symbols[s].name), static_cast<long long>(values[s])));
          break;
        }
    return Status::error(ErrorKind::Value, "expected extents for which %s, but got %s", text, symbols);
  }
  return Status::ok();
}

Status Program::checkDims(const Tensor &tensor, bool isOutput, const TensorRef &ref, const int64_t *exprs) const {
  const char *what = isOutput ? "output" : "input";
  for (uint32_t i = 0; i < tensor.rank; ++i) {
    uint32_t expr = contents.lists[tensor.firstDim + i];
    if (exprs[expr] == ref.dims[i])
      continue;
    auto expected = static_cast<long long>(exprs[expr]), got = static_cast<long long>(ref.dims[i]);
    const char *tensorName = contents.text(tensor.name);
    if (contents.symbolsNeeded(expr) == 0)
      return Status::error(ErrorKind::Value, "expected dimension %u of %s '%s' to be %lld, but got %lld", i, what,
                           tensorName, expected, got);
    char text[256];
    contents.format(expr, text, sizeof(text));
    ExprOps ops = contents.expr(expr);
    if (ops.size > 1)
      return Status::error(ErrorKind::Value, "expected dimension %u of %s '%s' to be %lld (%s), but got %lld", i, what,
                           tensorName, expected, text, got);
    const Symbol &symbol = contents.symbols[ops[0].value];
    return Status::error(
        ErrorKind::Value,
        "expected dimension %u of %s '%s' to be %lld (%s, bound by dimension %u of input '%s'), but got %lld", i, what,
        tensorName, expected, text, symbol.dim, inputName(symbol.input), got);
  }
  return Status::ok();
}

void Program::setShape(const Tensor &tensor, const int64_t *exprs, TensorRef &ref) const {
  ref.dtype = DType(tensor.dtype);
  ref.rank = tensor.rank;
  for (uint32_t i = 0; i < tensor.rank; ++i)
    ref.dims[i] = exprs[contents.lists[tensor.firstDim + i]];
}

Status Program::checkOverlap(const TensorRef *inputs, const TensorRef &output, uint32_t index,
                             const Frame &frame) const {
  const char *begin = static_cast<const char *>(output.data), *end = begin + frame.outputBytes[index];
  for (uint32_t i = 0; i < contents.inputs.size; ++i) {
    const char *inputBegin = static_cast<const char *>(inputs[i].data), *inputEnd = inputBegin + frame.inputBytes[i];
    if (begin == end || inputBegin == inputEnd || end <= inputBegin || inputEnd <= begin)
      continue;
    if (contents.outputs[index].alias == i && begin == inputBegin && end == inputEnd)
      continue;
    return Status::error(ErrorKind::Value, "expected output '%s' to have memory of its own, but it overlaps input '%s'",
                         outputName(index), inputName(i));
  }
  return Status::ok();
}

Status Program::placeOutputs(const TensorRef *inputs, TensorRef *outputs, const Frame &frame,
                             const RunOptions &options) const {
  for (uint32_t i = 0; i < contents.outputs.size; ++i) {
    const Tensor &tensor = contents.outputs[i];
    if (outputs[i].data) {
      DLC_RETURN_IF_FAILED(checkKind("output", outputName(i), tensor, outputs[i]));
      DLC_RETURN_IF_FAILED(checkDims(tensor, true, outputs[i], frame.exprs.data()));
      DLC_RETURN_IF_FAILED(checkOverlap(inputs, outputs[i], i, frame));
      continue;
    }
    setShape(tensor, frame.exprs.data(), outputs[i]);
    if (options.allocate)
      DLC_RETURN_IF_FAILED(options.allocate(options.allocateContext, i, frame.outputBytes[i], outputs[i].data));
    if (!outputs[i].data && frame.outputBytes[i] > 0)
      return Status::error(ErrorKind::Value, "expected memory for output '%s', but got null", outputName(i));
  }
  return Status::ok();
}

void Program::formatTensor(const Tensor &tensor, char *out, size_t capacity) const {
  size_t used = 0;
  auto put = [&](const char *text) {
    size_t length = strlen(text), room = capacity - used - 1;
    snprintf(out + used, capacity - used, "%s", text);
    used += length < room ? length : room;
  };
  put(contents.text(tensor.name));
  put(": ");
  put(dlc::name(DType(tensor.dtype)));
  put("[");
  for (uint32_t i = 0; i < tensor.rank; ++i) {
    char dim[128];
    contents.format(contents.lists[tensor.firstDim + i], dim, sizeof(dim));
    put(i > 0 ? ", " : "");
    put(dim);
  }
  put("]");
}

void Program::formatCondition(size_t index, char *out, size_t capacity) const {
  const Condition &condition = contents.conditions[index];
  char text[256];
  contents.format(condition.expr, text, sizeof(text));
  snprintf(out, capacity, "%s is %s", text, condition.kind == ConditionKind::NotZero ? "not 0" : "at least 0");
}

void Program::formatSymbol(size_t index, char *out, size_t capacity) const {
  const Symbol &symbol = contents.symbols[index];
  char high[32] = "", multiple[64] = "";
  if (symbol.max != INT64_MAX)
    snprintf(high, sizeof(high), "%lld", static_cast<long long>(symbol.max));
  if (symbol.divisor != 1)
    snprintf(multiple, sizeof(multiple), ", a multiple of %lld", static_cast<long long>(symbol.divisor));
  snprintf(out, capacity, "%s in %lld..%s%s", contents.text(symbol.name), static_cast<long long>(symbol.min), high,
           multiple);
}
