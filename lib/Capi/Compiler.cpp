// Opens libdlc-compiler beside libdlc at the first call that needs it, and forwards. Handles of traces and modules
// exist only after it was opened, so functions that take one need no check.
#include "dlc-c/trace.h"
#include "lib/Capi/CompilerTable.h"
#include "lib/Capi/Handles.h"
#include "lib/Capi/Process.h"

#include <dlfcn.h>
#include <mutex>

using namespace dlc;

namespace {

struct Compiler {
  std::once_flag once;
  const CompilerTable *table = nullptr;
  Status status;
};

Compiler &compiler() {
  static Compiler *instance = new Compiler;
  return *instance;
}

/// libdlc-compiler.so in the folder of the library that this function is in.
std::string compilerPath() {
  Dl_info info;
  std::string path;
  if (dladdr(reinterpret_cast<void *>(&compilerPath), &info) && info.dli_fname)
    path = info.dli_fname;
  size_t slash = path.rfind('/');
  return (slash == std::string::npos ? "" : path.substr(0, slash + 1)) + "libdlc-compiler.so";
}

void open(Compiler &state) {
  static const CompilerHost host = {processPool, processCacheDir, dlc_get_compile_options, countCode, findCustomCall};
  std::string path = compilerPath();
  void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    state.status = Status::error(ErrorKind::Io, "cannot open the compiler: %s", dlerror());
    return;
  }
  auto entry = reinterpret_cast<OpenCompiler>(dlsym(library, openCompilerName));
  state.table = entry ? entry(compilerTableVersion, &host) : nullptr;
  if (!state.table)
    state.status = Status::error(ErrorKind::Unsupported, "expected '%s' to have table version %u, but it has not",
                                 path.c_str(), compilerTableVersion);
}

const CompilerTable *opened() { return compiler().table; }

/// Calls a function of the table, opening the compiler first.
template <class Function, class... Args> dlc_status *forward(Function CompilerTable::*function, Args... args) {
  Compiler &state = compiler();
  std::call_once(state.once, [&] { open(state); });
  if (!state.table)
    return toHandle(state.status);
  return (state.table->*function)(args...);
}

} // namespace

dlc_status *dlc_set_compile_options(const dlc_compile_options *options) {
  if (uint32_t(options->tiers) > DLC_TIERS_BASELINE)
    return toHandle(
        Status::error(ErrorKind::Value, "expected 'tiers' to be one of dlc_tiers, but got %d", int(options->tiers)));
  bool isHost = !options->cpu || !*options->cpu; // needs no check, so the compiler stays closed
  dlc_status *status = isHost ? nullptr : forward(&CompilerTable::checkCompileOptions, options);
  if (!status)
    setProcessCompileOptions(*options);
  return status;
}

void dlc_finish_compiling(void) {
  if (const CompilerTable *table = opened())
    table->finishCompiling();
}

dlc_status *dlc_location_intern(const char *file, uint32_t line, uint32_t column, uint32_t *out) {
  return forward(&CompilerTable::locationIntern, file, line, column, out);
}
dlc_status *dlc_trace_create(const dlc_trace_options *options, dlc_trace **out) {
  return forward(&CompilerTable::traceCreate, options, out);
}
void dlc_trace_retain(dlc_trace *trace) { opened()->traceRetain(trace); }
void dlc_trace_release(dlc_trace *trace) { opened()->traceRelease(trace); }
dlc_status *dlc_trace_input(dlc_trace *trace, dlc_dtype dtype, uint32_t rank, const char *const *dims, const char *name,
                            int weak, dlc_value_info *out) {
  return forward(&CompilerTable::traceInput, trace, dtype, rank, dims, name, weak, out);
}
dlc_status *dlc_trace_tensor(dlc_trace *trace, dlc_tensor *tensor, dlc_value_info *out) {
  return forward(&CompilerTable::traceTensor, trace, tensor, out);
}
dlc_status *dlc_trace_scalar(dlc_trace *trace, char kind, int64_t integer, double number, dlc_value_info *out) {
  return forward(&CompilerTable::traceScalar, trace, kind, integer, number, out);
}
dlc_status *dlc_trace_extent(dlc_trace *trace, const char *extent, dlc_value_info *out) {
  return forward(&CompilerTable::traceExtent, trace, extent, out);
}
dlc_status *dlc_trace_as_weak(dlc_trace *trace, uint32_t value, dlc_value_info *out) {
  return forward(&CompilerTable::traceAsWeak, trace, value, out);
}
dlc_status *dlc_trace_require_different(dlc_trace *trace, const char *one, const char *other) {
  return forward(&CompilerTable::traceRequireDifferent, trace, one, other);
}
dlc_status *dlc_trace_op(dlc_trace *trace, const char *name, const uint32_t *operands, size_t operand_count,
                         const char *attributes, uint32_t location, dlc_value_info *results, size_t capacity,
                         size_t *result_count) {
  return forward(&CompilerTable::traceOp, trace, name, operands, operand_count, attributes, location, results, capacity,
                 result_count);
}
void dlc_trace_value_retain(dlc_trace *trace, uint32_t value) { opened()->valueRetain(trace, value); }
void dlc_trace_value_release(dlc_trace *trace, uint32_t value) { opened()->valueRelease(trace, value); }
dlc_status *dlc_trace_dim_text(dlc_trace *trace, uint32_t value, uint32_t dim, char *out, size_t capacity) {
  return forward(&CompilerTable::dimText, trace, value, dim, out, capacity);
}
uint64_t dlc_trace_length(dlc_trace *trace) { return opened()->traceLength(trace); }
int dlc_trace_at_boundary(dlc_trace *trace) { return opened()->traceAtBoundary(trace); }
dlc_status *dlc_trace_flush(dlc_trace *trace) { return forward(&CompilerTable::traceFlush, trace); }
int dlc_trace_is_done(dlc_trace *trace) { return opened()->traceIsDone(trace); }
dlc_status *dlc_trace_value_tensor(dlc_trace *trace, uint32_t value, dlc_tensor **out) {
  return forward(&CompilerTable::valueTensor, trace, value, out);
}
dlc_status *dlc_trace_begin_function(dlc_trace *trace, const uint32_t *arguments, size_t argument_count,
                                     dlc_value_info *inner) {
  return forward(&CompilerTable::beginFunction, trace, arguments, argument_count, inner);
}
dlc_status *dlc_trace_end_function(dlc_trace *trace, const uint32_t *results, size_t result_count, uint32_t *function) {
  return forward(&CompilerTable::endFunction, trace, results, result_count, function);
}
void dlc_trace_abandon_function(dlc_trace *trace) { opened()->abandonFunction(trace); }
dlc_status *dlc_trace_vjp(dlc_trace *trace, uint32_t function, const uint32_t *arguments, size_t argument_count,
                          const int64_t *wrt, size_t wrt_count, const int64_t *of, size_t of_count,
                          const uint32_t *cotangents, uint32_t location, dlc_value_info *results, size_t capacity,
                          size_t *result_count) {
  return forward(&CompilerTable::traceVjp, trace, function, arguments, argument_count, wrt, wrt_count, of, of_count,
                 cotangents, location, results, capacity, result_count);
}
dlc_status *dlc_trace_begin_batched(dlc_trace *trace, const uint32_t *arguments, size_t argument_count,
                                    const int64_t *axes, dlc_value_info *inner) {
  return forward(&CompilerTable::beginBatched, trace, arguments, argument_count, axes, inner);
}
dlc_status *dlc_trace_jvp(dlc_trace *trace, uint32_t function, const uint32_t *arguments, size_t argument_count,
                          const int64_t *wrt, size_t wrt_count, const int64_t *of, size_t of_count,
                          const uint32_t *tangents, uint32_t location, dlc_value_info *results, size_t capacity,
                          size_t *result_count) {
  return forward(&CompilerTable::traceJvp, trace, function, arguments, argument_count, wrt, wrt_count, of, of_count,
                 tangents, location, results, capacity, result_count);
}
dlc_status *dlc_trace_vmap(dlc_trace *trace, uint32_t function, const uint32_t *arguments, size_t argument_count,
                           const int64_t *in_axes, const int64_t *out_axes, size_t out_count, uint32_t location,
                           dlc_value_info *results, size_t capacity, size_t *result_count) {
  return forward(&CompilerTable::traceVmap, trace, function, arguments, argument_count, in_axes, out_axes, out_count,
                 location, results, capacity, result_count);
}
dlc_status *dlc_trace_if(dlc_trace *trace, uint32_t predicate, uint32_t when_true, uint32_t when_false,
                         const uint32_t *arguments, size_t argument_count, uint32_t location, dlc_value_info *results,
                         size_t capacity, size_t *result_count) {
  return forward(&CompilerTable::traceIf, trace, predicate, when_true, when_false, arguments, argument_count, location,
                 results, capacity, result_count);
}
dlc_status *dlc_trace_while(dlc_trace *trace, uint32_t condition, uint32_t body, const uint32_t *inits,
                            size_t init_count, uint32_t location, dlc_value_info *results, size_t capacity,
                            size_t *result_count) {
  return forward(&CompilerTable::traceWhile, trace, condition, body, inits, init_count, location, results, capacity,
                 result_count);
}
dlc_status *dlc_trace_for(dlc_trace *trace, uint32_t lower, uint32_t upper, uint32_t body, const uint32_t *inits,
                          size_t init_count, uint32_t location, dlc_value_info *results, size_t capacity,
                          size_t *result_count) {
  return forward(&CompilerTable::traceFor, trace, lower, upper, body, inits, init_count, location, results, capacity,
                 result_count);
}
dlc_status *dlc_trace_finish(dlc_trace *trace, const uint32_t *outputs, size_t output_count, dlc_module **out) {
  return forward(&CompilerTable::traceFinish, trace, outputs, output_count, out);
}
dlc_status *dlc_module_parse(const char *text, size_t size, const char *name, dlc_module **out) {
  return forward(&CompilerTable::moduleParse, text, size, name, out);
}
void dlc_module_release(dlc_module *module) { opened()->moduleRelease(module); }
dlc_status *dlc_module_text(dlc_module *module, const char *phase, char **out) {
  return forward(&CompilerTable::moduleText, module, phase, out);
}
dlc_status *dlc_module_compile(dlc_module *module, const char *engine, dlc_program **out) {
  return forward(&CompilerTable::moduleCompile, module, engine, out);
}
dlc_status *dlc_module_emit(dlc_module *module, const char *kind, const char *path, const char *target,
                            const char *const *link, size_t link_count) {
  return forward(&CompilerTable::moduleEmit, module, kind, path, target, link, link_count);
}
