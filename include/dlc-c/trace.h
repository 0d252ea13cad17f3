/*===- trace.h - The C ABI: traces and modules ------------------------------===*
 *
 * A trace records ops as dlc IR. These functions live in libdlc-compiler, which libdlc opens at the first call of one
 * of them; a failure to open it is an ordinary status. One trace must not be used by two threads at once.
 *
 *===------------------------------------------------------------------------===*/
#ifndef DLC_C_TRACE_H
#define DLC_C_TRACE_H

#include "dlc-c/dlc.h"

#ifdef __cplusplus
extern "C" {
#endif

/*===--- Source locations ---===*/

/** A source position as a small number, the same for every trace; 0 is an unknown position. */
DLC_API dlc_status *dlc_location_intern(const char *file, uint32_t line, uint32_t column, uint32_t *out);

/*===--- Traces ---===*/

typedef struct dlc_trace dlc_trace;

/** What a traced value is: its number in the trace, and its type. */
typedef struct dlc_value_info {
  uint32_t id;
  dlc_dtype dtype;
  uint8_t weak; /**< 1 for a rank-0 value whose dtype gives way to that of arrays. */
  uint32_t rank;
  int64_t dims[DLC_MAX_RANK]; /**< -1 for an extent that is symbolic: see dlc_trace_dim_text. */
} dlc_value_info;

/** How a trace treats literals, what runs it, and its numerics. Zero is the default of what is not named. */
typedef struct dlc_trace_options {
  uint8_t lazy;       /**< 1: scalars and tensors become inputs, and dlc_trace_flush runs what is alive. */
  const char *engine; /**< "jit" or "interp". */
  /** 1: the program is `dlc.fast` (docs/numerics.md). Compiled code may contract, reorder and approximate: its bits may
   * differ between CPUs, batch sizes and thread counts, and from those of the engine "interp", which stays exact. */
  uint8_t fast;
} dlc_trace_options;

DLC_API dlc_status *dlc_trace_create(const dlc_trace_options *options, dlc_trace **out);
DLC_API void dlc_trace_retain(dlc_trace *trace);
DLC_API void dlc_trace_release(dlc_trace *trace);

/** A new input. `dims` are extents as text. A weak one is rank-0 and gives way in promotion. */
DLC_API dlc_status *dlc_trace_input(dlc_trace *trace, dlc_dtype dtype, uint32_t rank, const char *const *dims,
                                    const char *name, int weak, dlc_value_info *out);
/** A tensor as a value: an input bound to it in a lazy trace (one for each tensor), else a constant. */
DLC_API dlc_status *dlc_trace_tensor(dlc_trace *trace, dlc_tensor *tensor, dlc_value_info *out);
/** A scalar literal: weak, its dtype chosen where it is used. `kind` is 'b', 'i' or 'f'. */
DLC_API dlc_status *dlc_trace_scalar(dlc_trace *trace, char kind, int64_t integer, double number, dlc_value_info *out);
/** An extent of the inputs as a value, such as "2*B + 1": a weak integer, as a literal would be. */
DLC_API dlc_status *dlc_trace_extent(dlc_trace *trace, const char *extent, dlc_value_info *out);

/** The same value, whose dtype gives way to that of arrays as a literal's does. Of rank 0, and bool, i64 or f64. */
DLC_API dlc_status *dlc_trace_as_weak(dlc_trace *trace, uint32_t value, dlc_value_info *out);
/** The program is for extents alone for which two differ, each as text: it refuses others. Extents that the inputs do
 * not have are left out. */
DLC_API dlc_status *dlc_trace_require_different(dlc_trace *trace, const char *one, const char *other);

/** Appends an op. `name` is that of an op ("dlc.add": strict, nothing promoted), or of a builder ("add", "matmul",
 * "softmax": broadcasts and promotes as documented in docs/python.md). `attributes` is an MLIR dictionary as text, or
 * null. Writes at most `capacity` results. A shape or dtype that breaks a rule is a value or type error. */
DLC_API dlc_status *dlc_trace_op(dlc_trace *trace, const char *name, const uint32_t *operands, size_t operand_count,
                                 const char *attributes, uint32_t location, dlc_value_info *results, size_t capacity,
                                 size_t *result_count);

/** Values are counted: a new one has one reference. A lazy trace computes the values that have one. */
DLC_API void dlc_trace_value_retain(dlc_trace *trace, uint32_t value);
DLC_API void dlc_trace_value_release(dlc_trace *trace, uint32_t value);
/** Writes an extent of a value as text. */
DLC_API dlc_status *dlc_trace_dim_text(dlc_trace *trace, uint32_t value, uint32_t dim, char *out, size_t capacity);
/** How many ops were appended so far. */
DLC_API uint64_t dlc_trace_length(dlc_trace *trace);
/** 1 where a lazy trace may be cut: a place that depends on content alone, so that loops are cut alike. */
DLC_API int dlc_trace_at_boundary(dlc_trace *trace);

/** Computes every value of a lazy trace that has a reference. Afterwards nothing can be appended. */
DLC_API dlc_status *dlc_trace_flush(dlc_trace *trace);
/** 1 if the trace was flushed or finished. */
DLC_API int dlc_trace_is_done(dlc_trace *trace);
/** The computed tensor of a value of a flushed trace; the caller releases it. */
DLC_API dlc_status *dlc_trace_value_tensor(dlc_trace *trace, uint32_t value, dlc_tensor **out);

/*===--- Functions inside a trace ---===*/

/** Starts a private function whose arguments have the types of `arguments`; ops go there until it ends. Values from
 * outside that its ops use become further arguments. */
DLC_API dlc_status *dlc_trace_begin_function(dlc_trace *trace, const uint32_t *arguments, size_t argument_count,
                                             dlc_value_info *inner);
/** The same for a function that will run for each example of a batch (dlc_trace_vmap): it sees one example, so the dim
 * `axes[i]` of argument i, which counts the examples, is left out. -1: the argument is shared by all. */
DLC_API dlc_status *dlc_trace_begin_batched(dlc_trace *trace, const uint32_t *arguments, size_t argument_count,
                                            const int64_t *axes, dlc_value_info *inner);
/** Ends the innermost function. */
DLC_API dlc_status *dlc_trace_end_function(dlc_trace *trace, const uint32_t *results, size_t result_count,
                                           uint32_t *function);
/** Drops the innermost function after an error in it. */
DLC_API void dlc_trace_abandon_function(dlc_trace *trace);
/** Calls an ended function and its vector-Jacobian product (op dlc.vjp). `wrt` are positions of arguments, `of` those
 * of results, which must have float types; one cotangent for each entry of `of`. `results` receives the function's
 * results, then the cotangents of `wrt`. */
DLC_API dlc_status *dlc_trace_vjp(dlc_trace *trace, uint32_t function, const uint32_t *arguments, size_t argument_count,
                                  const int64_t *wrt, size_t wrt_count, const int64_t *of, size_t of_count,
                                  const uint32_t *cotangents, uint32_t location, dlc_value_info *results,
                                  size_t capacity, size_t *result_count);
/** Calls an ended function and its Jacobian-vector product (op dlc.jvp): one tangent for each entry of `wrt`. `results`
 * receives the function's results, then the tangents of those listed in `of`. */
DLC_API dlc_status *dlc_trace_jvp(dlc_trace *trace, uint32_t function, const uint32_t *arguments, size_t argument_count,
                                  const int64_t *wrt, size_t wrt_count, const int64_t *of, size_t of_count,
                                  const uint32_t *tangents, uint32_t location, dlc_value_info *results, size_t capacity,
                                  size_t *result_count);
/** Calls a function that dlc_trace_begin_batched began, for each example (op dlc.vmap). `in_axes` are the axes that it
 * began with. `out_axes` has an entry for each result: where the dim is put that counts the examples; -1 for a result
 * that does not depend on the example. */
DLC_API dlc_status *dlc_trace_vmap(dlc_trace *trace, uint32_t function, const uint32_t *arguments,
                                   size_t argument_count, const int64_t *in_axes, const int64_t *out_axes,
                                   size_t out_count, uint32_t location, dlc_value_info *results, size_t capacity,
                                   size_t *result_count);

/*===--- Control flow ---===*/

/* Ended functions become the regions of a branch or loop (upstream scf ops). Each serves once. Their arguments are
 * those given when they were begun; what they took from outside is read where it stands. Types never change: `results`
 * receives values of the types that the functions give. */

/** The results of one of two functions of the same arguments and results, by a bool of rank 0. */
DLC_API dlc_status *dlc_trace_if(dlc_trace *trace, uint32_t predicate, uint32_t when_true, uint32_t when_false,
                                 const uint32_t *arguments, size_t argument_count, uint32_t location,
                                 dlc_value_info *results, size_t capacity, size_t *result_count);
/** Runs `body`, from what is carried to what is carried next, as long as `condition` of it, a bool of rank 0, holds.
 * The results are what is carried then. */
DLC_API dlc_status *dlc_trace_while(dlc_trace *trace, uint32_t condition, uint32_t body, const uint32_t *inits,
                                    size_t init_count, uint32_t location, dlc_value_info *results, size_t capacity,
                                    size_t *result_count);
/** Runs `body`, which takes a counter, a signed integer of rank 0, and then what is carried, for each counter in
 * [lower, upper). Bounds are signed integers of rank 0. */
DLC_API dlc_status *dlc_trace_for(dlc_trace *trace, uint32_t lower, uint32_t upper, uint32_t body,
                                  const uint32_t *inits, size_t init_count, uint32_t location, dlc_value_info *results,
                                  size_t capacity, size_t *result_count);

/*===--- Modules ---===*/

/** A finished trace: dlc IR whose entry function is @main. */
typedef struct dlc_module dlc_module;

/** Ends the trace with these results. */
DLC_API dlc_status *dlc_trace_finish(dlc_trace *trace, const uint32_t *outputs, size_t output_count, dlc_module **out);
/** Reads a module from text; bytecode, whose reader does not bear damage, is refused. */
DLC_API dlc_status *dlc_module_parse(const char *text, size_t size, const char *name, dlc_module **out);
DLC_API void dlc_module_release(dlc_module *module);
/** The IR after a phase ("trace", "autodiff", "simplify", ...); the caller frees `out` with dlc_string_free. */
DLC_API dlc_status *dlc_module_text(dlc_module *module, const char *phase, char **out);
/** Compiles a module for `engine`. The module stays as it is. */
DLC_API dlc_status *dlc_module_compile(dlc_module *module, const char *engine, dlc_program **out);
/** Writes an artifact: `kind` is "mlir", "obj", "shared", "exe", "package", "asm" or "ptx"; `target` a CPU name, or
 * null for the host's. `link` are paths of object files and static libraries for obj, shared and exe, which define the
 * C functions of custom calls (custom_call.h). */
DLC_API dlc_status *dlc_module_emit(dlc_module *module, const char *kind, const char *path, const char *target,
                                    const char *const *link, size_t link_count);

#ifdef __cplusplus
}
#endif

#endif /* DLC_C_TRACE_H */
