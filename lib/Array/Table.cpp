// The functions of include/dlc-c/trace.h over Trace and Engine, and the table of them that libdlc opens.
#include "lib/Array/Table.h"
#include "lib/Array/Background.h"
#include "lib/Array/Trace.h"
#include "lib/Capi/CompilerTable.h"

#include <cstring>

using namespace mlir;
using namespace dlc;

struct dlc_module {
  std::shared_ptr<CompilerContext> engine;
  OwningOpRef<ModuleOp> module;
};

namespace {

ArrayRef<uint32_t> ids(const uint32_t *values, size_t count) { return {values, count}; }

/// Describes new values; what does not fit `capacity` is an error that drops them.
Status describeAll(dlc_trace *trace, ArrayRef<uint32_t> values, dlc_value_info *results, size_t capacity,
                   size_t *count) {
  if (values.size() > capacity) {
    for (uint32_t value : values)
      trace->releaseValue(value);
    return Status::error(ErrorKind::Value, "expected at most %zu results, but got %zu", capacity, values.size());
  }
  for (auto [i, value] : llvm::enumerate(values))
    trace->describe(value, results[i]);
  *count = values.size();
  return Status::ok();
}

/// Text on malloc's heap.
char *copyText(const std::string &text) {
  char *out = static_cast<char *>(malloc(text.size() + 1));
  memcpy(out, text.c_str(), text.size() + 1);
  return out;
}

dlc_status *checkCompileOptions(const dlc_compile_options *options) {
  return toHandle(CompilerContext::check(*options));
}

void finishCompiling() { Background::instance().finishAll(); }

dlc_status *locationIntern(const char *file, uint32_t line, uint32_t column, uint32_t *out) {
  *out = internLocation(file, line, column);
  return nullptr;
}

dlc_status *traceCreate(const dlc_trace_options *options, dlc_trace **out) {
  *out = new dlc_trace(options->lazy, options->engine, options->fast);
  return nullptr;
}
void traceRetain(dlc_trace *trace) { trace->references.fetch_add(1); }
void traceRelease(dlc_trace *trace) {
  if (trace && trace->references.fetch_sub(1) == 1)
    delete trace;
}

Status badExtent(const char *text) {
  return Status::error(ErrorKind::Value, "expected an extent such as 64 or 2*B + 1, but got '%s'", text);
}

dlc_status *traceInput(dlc_trace *trace, dlc_dtype dtype, uint32_t rank, const char *const *texts, const char *name,
                       int weak, dlc_value_info *out) {
  if (!isValidDType(dtype) || rank > DLC_MAX_RANK)
    return toHandle(Status::error(ErrorKind::Value, "expected an element type and a rank of at most %d", DLC_MAX_RANK));
  Dims dims;
  for (uint32_t i = 0; i < rank; ++i) {
    auto dim = DimExpr::parse(texts[i]);
    if (!dim)
      return toHandle(badExtent(texts[i]));
    dims.push_back(*dim);
  }
  uint32_t value;
  if (Status status = trace->input(DType(dtype), dims, name ? name : "", weak, value); status.failed())
    return toHandle(status);
  trace->describe(value, *out);
  return nullptr;
}

dlc_status *traceTensor(dlc_trace *trace, dlc_tensor *tensor, dlc_value_info *out) {
  uint32_t value;
  if (Status status = trace->tensor(tensor, value); status.failed())
    return toHandle(status);
  trace->describe(value, *out);
  return nullptr;
}

dlc_status *traceScalar(dlc_trace *trace, char kind, int64_t integer, double number, dlc_value_info *out) {
  WeakKind weak = kind == 'b' ? WeakKind::Bool : kind == 'i' ? WeakKind::Int : WeakKind::Float;
  trace->describe(trace->scalar(weak, integer, number), *out);
  return nullptr;
}

dlc_status *traceExtent(dlc_trace *trace, const char *text, dlc_value_info *out) {
  auto extent = DimExpr::parse(text);
  if (!extent)
    return toHandle(badExtent(text));
  uint32_t value;
  if (Status status = trace->extent(*extent, value); status.failed())
    return toHandle(status);
  trace->describe(value, *out);
  return nullptr;
}

dlc_status *traceAsWeak(dlc_trace *trace, uint32_t value, dlc_value_info *out) {
  uint32_t weak;
  if (Status status = trace->asWeak(value, weak); status.failed())
    return toHandle(status);
  trace->describe(weak, *out);
  return nullptr;
}

dlc_status *traceRequireDifferent(dlc_trace *trace, const char *one, const char *other) {
  auto left = DimExpr::parse(one), right = DimExpr::parse(other);
  if (!left || !right)
    return toHandle(badExtent(left ? other : one));
  return toHandle(trace->requireDifferent(*left, *right));
}

dlc_status *traceOp(dlc_trace *trace, const char *name, const uint32_t *operands, size_t operandCount,
                    const char *attributes, uint32_t location, dlc_value_info *results, size_t capacity,
                    size_t *count) {
  SmallVector<uint32_t> values;
  Status status = trace->append(name, ids(operands, operandCount), attributes ? attributes : "", location, values);
  return toHandle(status.failed() ? status : describeAll(trace, values, results, capacity, count));
}

void valueRetain(dlc_trace *trace, uint32_t value) { trace->retainValue(value); }
void valueRelease(dlc_trace *trace, uint32_t value) { trace->releaseValue(value); }

dlc_status *dimText(dlc_trace *trace, uint32_t value, uint32_t dim, char *out, size_t capacity) {
  std::string text;
  if (Status status = trace->dimText(value, dim, text); status.failed())
    return toHandle(status);
  if (text.size() >= capacity)
    return toHandle(Status::error(ErrorKind::Value, "expected an extent of fewer than %zu characters, but got %zu",
                                  capacity, text.size()));
  memcpy(out, text.c_str(), text.size() + 1);
  return nullptr;
}

uint64_t traceLength(dlc_trace *trace) { return trace->length(); }
int traceAtBoundary(dlc_trace *trace) { return trace->isAtBoundary(); }
dlc_status *traceFlush(dlc_trace *trace) { return toHandle(trace->flush()); }
int traceIsDone(dlc_trace *trace) { return trace->isDone(); }
dlc_status *valueTensor(dlc_trace *trace, uint32_t value, dlc_tensor **out) {
  return toHandle(trace->tensorOf(value, *out));
}

dlc_status *begin(dlc_trace *trace, ArrayRef<uint32_t> arguments, ArrayRef<int64_t> axes, dlc_value_info *inner) {
  SmallVector<uint32_t> values;
  if (Status status = trace->beginFunction(arguments, axes, values); status.failed())
    return toHandle(status);
  for (auto [i, value] : llvm::enumerate(values))
    trace->describe(value, inner[i]);
  return nullptr;
}
dlc_status *beginFunction(dlc_trace *trace, const uint32_t *arguments, size_t count, dlc_value_info *inner) {
  return begin(trace, ids(arguments, count), {}, inner);
}
dlc_status *beginBatched(dlc_trace *trace, const uint32_t *arguments, size_t count, const int64_t *axes,
                         dlc_value_info *inner) {
  return begin(trace, ids(arguments, count), {axes, count}, inner);
}
dlc_status *endFunction(dlc_trace *trace, const uint32_t *results, size_t count, uint32_t *function) {
  return toHandle(trace->endFunction(ids(results, count), *function));
}
void abandonFunction(dlc_trace *trace) { trace->abandonFunction(); }

dlc_status *traceVjp(dlc_trace *trace, uint32_t function, const uint32_t *arguments, size_t argumentCount,
                     const int64_t *wrt, size_t wrtCount, const int64_t *of, size_t ofCount, const uint32_t *cotangents,
                     uint32_t location, dlc_value_info *results, size_t capacity, size_t *count) {
  SmallVector<uint32_t> values;
  Status status = trace->vjp({function, ids(arguments, argumentCount), location},
                             {{wrt, wrtCount}, {of, ofCount}, ids(cotangents, ofCount)}, values);
  return toHandle(status.failed() ? status : describeAll(trace, values, results, capacity, count));
}
dlc_status *traceJvp(dlc_trace *trace, uint32_t function, const uint32_t *arguments, size_t argumentCount,
                     const int64_t *wrt, size_t wrtCount, const int64_t *of, size_t ofCount, const uint32_t *tangents,
                     uint32_t location, dlc_value_info *results, size_t capacity, size_t *count) {
  SmallVector<uint32_t> values;
  Status status = trace->jvp({function, ids(arguments, argumentCount), location},
                             {{wrt, wrtCount}, {of, ofCount}, ids(tangents, wrtCount)}, values);
  return toHandle(status.failed() ? status : describeAll(trace, values, results, capacity, count));
}
dlc_status *traceVmap(dlc_trace *trace, uint32_t function, const uint32_t *arguments, size_t argumentCount,
                      const int64_t *inAxes, const int64_t *outAxes, size_t outCount, uint32_t location,
                      dlc_value_info *results, size_t capacity, size_t *count) {
  SmallVector<uint32_t> values;
  Status status = trace->vmap({function, ids(arguments, argumentCount), location}, {inAxes, argumentCount},
                              {outAxes, outCount}, values);
  return toHandle(status.failed() ? status : describeAll(trace, values, results, capacity, count));
}

dlc_status *traceIf(dlc_trace *trace, uint32_t predicate, uint32_t whenTrue, uint32_t whenFalse,
                    const uint32_t *arguments, size_t argumentCount, uint32_t location, dlc_value_info *results,
                    size_t capacity, size_t *count) {
  SmallVector<uint32_t> values;
  Trace::BranchCall call{predicate, whenTrue, whenFalse, ids(arguments, argumentCount), location};
  Status status = trace->branch(call, values);
  return toHandle(status.failed() ? status : describeAll(trace, values, results, capacity, count));
}

dlc_status *traceWhile(dlc_trace *trace, uint32_t condition, uint32_t body, const uint32_t *inits, size_t initCount,
                       uint32_t location, dlc_value_info *results, size_t capacity, size_t *count) {
  SmallVector<uint32_t> values;
  Status status = trace->whileLoop(condition, body, ids(inits, initCount), location, values);
  return toHandle(status.failed() ? status : describeAll(trace, values, results, capacity, count));
}

dlc_status *traceFor(dlc_trace *trace, uint32_t lower, uint32_t upper, uint32_t body, const uint32_t *inits,
                     size_t initCount, uint32_t location, dlc_value_info *results, size_t capacity, size_t *count) {
  SmallVector<uint32_t> values;
  Status status = trace->forLoop(lower, upper, body, ids(inits, initCount), location, values);
  return toHandle(status.failed() ? status : describeAll(trace, values, results, capacity, count));
}

//===--- Modules ---===//

dlc_status *traceFinish(dlc_trace *trace, const uint32_t *outputs, size_t count, dlc_module **out) {
  OwningOpRef<ModuleOp> module;
  if (Status status = trace->finish(ids(outputs, count), module); status.failed())
    return toHandle(status);
  *out = new dlc_module{trace->engine(), std::move(module)};
  return nullptr;
}

dlc_status *moduleParse(const char *text, size_t size, const char *name, dlc_module **out) {
  std::shared_ptr<CompilerContext> engine = CompilerContext::current();
  OwningOpRef<ModuleOp> module;
  if (Status status = engine->parse(StringRef(text, size), name, module); status.failed())
    return toHandle(status);
  *out = new dlc_module{std::move(engine), std::move(module)};
  return nullptr;
}

void moduleRelease(dlc_module *module) {
  if (!module)
    return;
  module->module = nullptr;
  delete module;
}

dlc_status *moduleText(dlc_module *module, const char *phase, char **out) {
  std::string text;
  if (Status status = module->engine->text(*module->module, phase, text); status.failed())
    return toHandle(status);
  *out = copyText(text);
  return nullptr;
}

dlc_status *moduleCompile(dlc_module *module, const char *engine, dlc_program **out) {
  return toHandle(module->engine->compile(*module->module, engine, *out));
}

dlc_status *moduleEmit(dlc_module *module, const char *kind, const char *path, const char *target,
                       const char *const *link, size_t link_count) {
  std::vector<std::string> files(link, link + link_count);
  return toHandle(module->engine->emit(*module->module, kind, path, target ? target : "", files));
}

} // namespace

const CompilerTable *dlc::openCompiler(uint32_t version, const CompilerHost *host) {
  static const CompilerTable table = {
      compilerTableVersion,
      checkCompileOptions,
      finishCompiling,
      locationIntern,
      traceCreate,
      traceRetain,
      traceRelease,
      traceInput,
      traceTensor,
      traceScalar,
      traceExtent,
      traceAsWeak,
      traceRequireDifferent,
      traceOp,
      valueRetain,
      valueRelease,
      dimText,
      traceLength,
      traceAtBoundary,
      traceFlush,
      traceIsDone,
      valueTensor,
      beginFunction,
      endFunction,
      abandonFunction,
      traceVjp,
      beginBatched,
      traceJvp,
      traceVmap,
      traceFinish,
      moduleParse,
      moduleRelease,
      moduleText,
      moduleCompile,
      moduleEmit,
      traceIf,
      traceWhile,
      traceFor,
  };
  CompilerContext::setHost(host);
  return version == compilerTableVersion ? &table : nullptr;
}
