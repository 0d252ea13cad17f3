/* Custom calls: functions of the user's own that programs call by name, between their kernels.
 *
 * The same types in dlc.h and in the header of every model that dlc compiles. A function may be called from any number
 * of threads at once, one call a thread, always on the thread that runs the program.
 */
#ifndef DLC_C_CUSTOM_CALL_H
#define DLC_C_CUSTOM_CALL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A dense, row-major tensor, valid until the function returns. `data` of a tensor without elements is not to be read.
 * `dtype`: 0 bool, 1-4 i8 i16 i32 i64, 5-8 u8 u16 u32 u64, 9 f8e4m3fn, 10 f8e5m2, 11 f16, 12 bf16, 13 f32, 14 f64,
 * 15-16 complex of f32, f64 (re, im), 17-18 i4 u4 (a byte each). */
typedef struct dlc_call_tensor {
  void *data;
  uint8_t dtype;
  uint32_t rank;
  int64_t dims[16];
} dlc_call_tensor;

/* One call. Inputs are only to be read; outputs, which have no defined elements before, to be written completely. No
 * output shares memory with another tensor. */
typedef struct dlc_custom_call dlc_custom_call;
struct dlc_custom_call {
  const char *name;
  const char *attributes; /* the text that the program has for the call; "" if it has none */
  const dlc_call_tensor *inputs;
  const dlc_call_tensor *outputs;
  size_t input_count;
  size_t output_count;
  /* Says why the call fails; `kind` is 1 for a value, 2 for a type, 3 for an index, 4 for the operating system, 6 for
   * what is not supported. The message is copied. Gives `kind` back, so that a function can end with
   * `return call->fail(call, 1, "...");`. The last message counts. */
  int (*fail)(const dlc_custom_call *call, int kind, const char *message);
};

/* Does the call; gives 0, or anything else if it failed. It must return: it may neither throw nor jump out. `user_data`
 * is what was registered with the function.
 *
 * An artifact that is linked with the user's files (`dlc compile --link FILE`) calls, for a custom call "NAME", the
 * C function NAME of these files, with null as the user data:
 *
 *   int NAME(const dlc_custom_call *call, void *user_data);
 */
typedef int (*dlc_custom_function)(const dlc_custom_call *call, void *user_data);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* DLC_C_CUSTOM_CALL_H */
