/*===- dlc.h - The C ABI: status, tensors, programs -------------------------===*
 *
 * The only ABI of dlc. Objects are opaque handles with a count of references; every function may be called from any
 * thread, and one handle may be used by several at once unless its comment says otherwise. A function that can fail
 * returns a dlc_status: null for success, else an object that the caller releases. Strings are UTF-8, NUL-terminated,
 * and borrowed unless a comment says otherwise.
 *
 *===------------------------------------------------------------------------===*/
#ifndef DLC_C_DLC_H
#define DLC_C_DLC_H

#include "dlc-c/custom_call.h"

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define DLC_API
#else
#define DLC_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** Version of this ABI; a library answers dlc_abi_version() with the one it was built for. */
#define DLC_ABI_VERSION 2
/** No tensor has more dims. */
#define DLC_MAX_RANK 16

DLC_API uint32_t dlc_abi_version(void);
/** "0.1.0". */
DLC_API const char *dlc_version(void);

/*===--- Status ---===*/

typedef struct dlc_status dlc_status;

/** What kind of failure a status is; appended to, never renumbered. */
typedef enum dlc_status_kind {
  DLC_OK = 0,
  DLC_VALUE_ERROR = 1, /**< A user's value breaks a rule: shape, range, count. */
  DLC_TYPE_ERROR = 2,  /**< A user's dtype or kind of object breaks a rule. */
  DLC_INDEX_ERROR = 3, /**< An index is out of range, found by running code. */
  DLC_IO_ERROR = 4,    /**< The operating system refused: file, memory, thread. */
  DLC_CORRUPT = 5,     /**< Bytes of a file or artifact are not what their format says. */
  DLC_UNSUPPORTED = 6, /**< Well-formed, but outside of what this build does. */
  DLC_INTERNAL = 7     /**< A bug of dlc. */
} dlc_status_kind;

/** DLC_OK for null. */
DLC_API dlc_status_kind dlc_status_get_kind(const dlc_status *status);
/** "" for null; lives as long as the status. */
DLC_API const char *dlc_status_message(const dlc_status *status);
/** Null is allowed. */
DLC_API void dlc_status_release(dlc_status *status);

/*===--- Options of the process ---===*/

/** Sets how many threads compiled programs use, the caller included; 0: as many as CPUs are available. Programs that
 * were loaded before keep their pool. */
DLC_API dlc_status *dlc_set_num_threads(uint32_t count);
DLC_API uint32_t dlc_num_threads(void);
/** Sets the folder of the disk cache; "" turns it off. The default is "". */
DLC_API dlc_status *dlc_set_cache_dir(const char *path);
/** The folder; lives until the next dlc_set_cache_dir. */
DLC_API const char *dlc_cache_dir(void);

/** Which code programs run. A baseline program is compiled several times as fast and runs several times as long; the
 * bits are the same. */
typedef enum dlc_tiers {
  /** What takes long to compile runs as baseline code at first, while its optimized code is made in the background. */
  DLC_TIERS_BOTH,
  DLC_TIERS_OPTIMIZED,
  DLC_TIERS_BASELINE,
} dlc_tiers;

/** How programs are compiled. No option changes a bit of a result. */
typedef struct dlc_compile_options {
  uint8_t fuse;    /**< 0: every op is its own kernel; 1, the default: ops are fused. */
  const char *cpu; /**< An LLVM CPU name such as "haswell"; "", the default, or null: this machine's CPU. */
  dlc_tiers tiers; /**< The default is DLC_TIERS_BOTH. */
} dlc_compile_options;

/** Sets how programs that are traced from now on are compiled. Fails if the CPU is unknown, or has features that this
 * machine has not. */
DLC_API dlc_status *dlc_set_compile_options(const dlc_compile_options *options);
/** What is set; `cpu` lives as long as the process. */
DLC_API void dlc_get_compile_options(dlc_compile_options *out);
/** Returns when the code is made that was to be made in the background at the call: every program that this process has
 * compiled so far runs the best code that there will be. */
DLC_API void dlc_finish_compiling(void);

/*===--- Element types ---===*/

/** An element type, numbered as in artifacts: bool, i8 i16 i32 i64, u8 u16 u32 u64, f8e4m3 f8e5m2 f16 bf16 f32 f64,
 * c64 c128, i4 u4. f8 is f8E4M3FN and f8E5M2 of OCP. A bool is one byte, 0 or 1; an i4 or u4 is one byte too, the
 * number sign- or zero-extended. */
typedef uint8_t dlc_dtype;
#define DLC_BOOL 0
#define DLC_I32 3
#define DLC_I64 4
#define DLC_F32 13
#define DLC_F64 14

/** "f32", "bool", ...; null for a number that is no element type. */
DLC_API const char *dlc_dtype_name(dlc_dtype dtype);
/** Bytes of one element; 0 for a number that is no element type. */
DLC_API size_t dlc_dtype_size(dlc_dtype dtype);

/*===--- Tensors ---===*/

/** A dense, row-major tensor in host memory. */
typedef struct dlc_tensor dlc_tensor;

/** A new tensor with uninitialised elements, 64-byte aligned. */
DLC_API dlc_status *dlc_tensor_create(dlc_dtype dtype, uint32_t rank, const int64_t *dims, dlc_tensor **out);
/** A tensor over foreign memory, which is not copied; `release(context)`, if given, is called once when the last handle
 * goes, and not if this function fails. */
DLC_API dlc_status *dlc_tensor_wrap(void *data, dlc_dtype dtype, uint32_t rank, const int64_t *dims,
                                    void (*release)(void *context), void *context, dlc_tensor **out);
DLC_API void dlc_tensor_retain(dlc_tensor *tensor);
/** Null is allowed. */
DLC_API void dlc_tensor_release(dlc_tensor *tensor);
DLC_API void *dlc_tensor_data(const dlc_tensor *tensor);
DLC_API dlc_dtype dlc_tensor_dtype(const dlc_tensor *tensor);
DLC_API uint32_t dlc_tensor_rank(const dlc_tensor *tensor);
/** `rank` extents; lives as long as the tensor. */
DLC_API const int64_t *dlc_tensor_dims(const dlc_tensor *tensor);
/** Bytes of all elements. */
DLC_API size_t dlc_tensor_bytes(const dlc_tensor *tensor);

/*===--- Programs ---===*/

/** Something that runs: a loaded program or an interpreted module. */
typedef struct dlc_program dlc_program;

DLC_API void dlc_program_retain(dlc_program *program);
/** Null is allowed. */
DLC_API void dlc_program_release(dlc_program *program);
DLC_API size_t dlc_program_input_count(const dlc_program *program);
DLC_API size_t dlc_program_output_count(const dlc_program *program);
/** Runs the program; `outputs` receives one new tensor a result. On failure no output is set. */
DLC_API dlc_status *dlc_program_run(dlc_program *program, dlc_tensor *const *inputs, size_t input_count,
                                    dlc_tensor **outputs, size_t output_count);

/** Reads a package (`.dlc`) and loads its program. */
DLC_API dlc_status *dlc_program_open(const char *path, dlc_program **out);

/** 64 hexadecimal digits that differ between builds of dlc and between CPUs: part of every key of a program. */
DLC_API const char *dlc_build_id(void);
/** The program that the disk cache has for a key of 32 bytes, and the note kept with it (the caller frees it with
 * dlc_string_free); null, and no failure, if there is none. */
DLC_API dlc_status *dlc_program_find(const uint8_t *key, dlc_program **out, char **note);
/** Keeps a compiled program and a note in the disk cache. Does nothing if there is no cache or the program is
 * interpreted. That the cache cannot be written is no failure. `label` is what `dlc cache list` shows. */
DLC_API dlc_status *dlc_program_store(dlc_program *program, const uint8_t *key, const char *label, const char *note);
DLC_API void dlc_string_free(char *text);

/** Where this process has its code from so far. A program that the disk cache had counts with each of its kernels;
 * those of a program that was compiled are counted one by one. */
typedef struct dlc_code_counts {
  uint64_t programs_found;    /**< had by the disk cache: neither traced nor compiled */
  uint64_t programs_compiled; /**< compiled, from kernels that were compiled or not */
  uint64_t kernels_found;     /**< had by the disk cache */
  uint64_t kernels_shared;    /**< had by another program of this process */
  uint64_t kernels_compiled;  /**< compiled to machine code */
} dlc_code_counts;

DLC_API void dlc_code_counts_get(dlc_code_counts *out);

/*===--- Custom calls ---===*/

/** Registers the function that programs of this process call by that name (the op `dlc.custom_call`), also those that
 * were loaded before; null takes the name back. `user_data`, which the function gets, and what it replaces must live as
 * long as a call may run. Fails if the name is empty. */
DLC_API dlc_status *dlc_register_custom_call(const char *name, dlc_custom_function function, void *user_data);

/*===--- Files of named tensors (safetensors) ---===*/

typedef struct dlc_tensor_file dlc_tensor_file;

/** Opens a .safetensors file and checks its header. */
DLC_API dlc_status *dlc_tensor_file_open(const char *path, dlc_tensor_file **out);
/** Null is allowed. */
DLC_API void dlc_tensor_file_release(dlc_tensor_file *file);
DLC_API size_t dlc_tensor_file_count(const dlc_tensor_file *file);
/** The name of tensor `i`; they are sorted. Lives as long as the file. Null if there is no such tensor. */
DLC_API const char *dlc_tensor_file_name(const dlc_tensor_file *file, size_t i);
/** A copy of tensor `i`. */
DLC_API dlc_status *dlc_tensor_file_read(const dlc_tensor_file *file, size_t i, dlc_tensor **out);
/** Writes tensors to a new .safetensors file, all or nothing. */
DLC_API dlc_status *dlc_tensor_file_write(const char *path, const char *const *names, dlc_tensor *const *tensors,
                                          size_t count);

/*===--- Extents ---===*/

/** Extents of traced arrays are integer polynomials over named symbols, as text in normal form: "64", "2*B + 1".
 * `operation` is one of + - * and / (floor division by a positive constant). Writes the text of the result to
 * `out[0, capacity)`. Fails on malformed text, division by a symbol, or a text that does not fit. */
DLC_API dlc_status *dlc_dim_combine(char operation, const char *lhs, const char *rhs, char *out, size_t capacity);

#ifdef __cplusplus
}
#endif

#endif /* DLC_C_DLC_H */
