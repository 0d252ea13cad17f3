// The functions of libdlc-compiler: a table of pointers that its one exported function returns. libdlc opens the
// library at the first call of one of them and forwards; the signatures are those of the public headers.
#ifndef DLC_CAPI_COMPILERTABLE_H
#define DLC_CAPI_COMPILERTABLE_H

#include "dlc-c/trace.h"
#include "lib/Runtime/CustomCall.h"

namespace dlc {

class ThreadPool;

/// Advanced with every change of CompilerTable or CompilerHost.
inline constexpr uint32_t compilerTableVersion = 5;

/// What the compiler gets from the library that opens it.
struct CompilerHost {
  /// The pool that programs loaded now run on.
  ThreadPool *(*pool)();
  const char *(*cacheDir)();
  void (*compileOptions)(dlc_compile_options *out);
  /// Told of each program that is compiled.
  void (*countCode)(const dlc_code_counts &more);
  CustomFunction (*findCustomCall)(const char *name);
};

struct CompilerTable {
  uint32_t version;
  /// Whether programs can be compiled so, and run here.
  dlc_status *(*checkCompileOptions)(const dlc_compile_options *options);
  decltype(&dlc_finish_compiling) finishCompiling;
  decltype(&dlc_location_intern) locationIntern;
  decltype(&dlc_trace_create) traceCreate;
  decltype(&dlc_trace_retain) traceRetain;
  decltype(&dlc_trace_release) traceRelease;
  decltype(&dlc_trace_input) traceInput;
  decltype(&dlc_trace_tensor) traceTensor;
  decltype(&dlc_trace_scalar) traceScalar;
  decltype(&dlc_trace_extent) traceExtent;
  decltype(&dlc_trace_as_weak) traceAsWeak;
  decltype(&dlc_trace_require_different) traceRequireDifferent;
  decltype(&dlc_trace_op) traceOp;
  decltype(&dlc_trace_value_retain) valueRetain;
  decltype(&dlc_trace_value_release) valueRelease;
  decltype(&dlc_trace_dim_text) dimText;
  decltype(&dlc_trace_length) traceLength;
  decltype(&dlc_trace_at_boundary) traceAtBoundary;
  decltype(&dlc_trace_flush) traceFlush;
  decltype(&dlc_trace_is_done) traceIsDone;
  decltype(&dlc_trace_value_tensor) valueTensor;
  decltype(&dlc_trace_begin_function) beginFunction;
  decltype(&dlc_trace_end_function) endFunction;
  decltype(&dlc_trace_abandon_function) abandonFunction;
  decltype(&dlc_trace_vjp) traceVjp;
  decltype(&dlc_trace_begin_batched) beginBatched;
  decltype(&dlc_trace_jvp) traceJvp;
  decltype(&dlc_trace_vmap) traceVmap;
  decltype(&dlc_trace_finish) traceFinish;
  decltype(&dlc_module_parse) moduleParse;
  decltype(&dlc_module_release) moduleRelease;
  decltype(&dlc_module_text) moduleText;
  decltype(&dlc_module_compile) moduleCompile;
  decltype(&dlc_module_emit) moduleEmit;
  decltype(&dlc_trace_if) traceIf;
  decltype(&dlc_trace_while) traceWhile;
  decltype(&dlc_trace_for) traceFor;
};

/// The one symbol that libdlc-compiler exports. Null if it cannot serve `version`.
using OpenCompiler = const CompilerTable *(*)(uint32_t version, const CompilerHost *host);
inline constexpr const char *openCompilerName = "dlc_open_compiler";

} // namespace dlc

#endif // DLC_CAPI_COMPILERTABLE_H
