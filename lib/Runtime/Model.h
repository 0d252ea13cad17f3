/* dlc_model: a model compiled by dlc, as C functions.
 *
 * Tensors are dense and row-major. Every function but dlc_model_close may be called from any number of threads at once.
 * A function that can fail returns 0 for success, else a kind of error, and writes one line about it to `message`,
 * cut to `capacity` bytes (null and 0: no message). Link the object with -pthread.
 */
#ifndef DLC_MODEL_H
#define DLC_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include "include/dlc-c/custom_call.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A model that is ready to run: its weights and threads. */
typedef struct dlc_model dlc_model;

/* A tensor in the caller's memory. Data that start at a multiple of 64 bytes save a copy. */
typedef struct dlc_model_tensor {
  void *data;
  uint8_t dtype; /* 0 bool, 1-4 i8 i16 i32 i64, 5-8 u8 u16 u32 u64, 9 f8e4m3, 10 f8e5m2,
                    11 f16, 12 bf16, 13 f32, 14 f64, 15 c64, 16 c128, 17 i4, 18 u4 */
  uint32_t rank;
  int64_t dims[16];
} dlc_model_tensor;

/* What a non-zero result says. */
enum {
  dlc_model_value_error = 1,       /* a shape, range or count breaks a rule */
  dlc_model_type_error = 2,        /* a dtype breaks a rule */
  dlc_model_index_error = 3,       /* an index is out of range, found while running */
  dlc_model_io_error = 4,          /* the operating system refused: memory, threads */
  dlc_model_corrupt_error = 5,     /* the model's bytes are damaged */
  dlc_model_unsupported_error = 6, /* this machine cannot do it */
  dlc_model_internal_error = 7     /* a bug of dlc */
};

/* Registers the function that the model calls by that name, for all models in this library or executable; null takes
 * the name back. `user_data`, which the function gets, and what it replaces must live as long as a call may run. */
int dlc_model_register_custom_call(const char *name, dlc_custom_function function, void *user_data, char *message,
                                   size_t capacity);

/* Opens the model with `threads` threads, the caller's included; 0: as many as this process has CPUs. */
int dlc_model_open(unsigned threads, dlc_model **model, char *message, size_t capacity);
/* Ends it; nothing may be running. Null is allowed. */
void dlc_model_close(dlc_model *model);

/* The signature. Names live as long as the model. */
size_t dlc_model_input_count(const dlc_model *model);
size_t dlc_model_output_count(const dlc_model *model);
const char *dlc_model_input_name(const dlc_model *model, size_t index);
const char *dlc_model_output_name(const dlc_model *model, size_t index);

/* Sets dtype, rank and dims of every output for inputs whose data are not looked at. */
int dlc_model_infer(dlc_model *model, const dlc_model_tensor *inputs, dlc_model_tensor *outputs, char *message,
                    size_t capacity);
/* Runs the model. The outputs hold memory of the caller's, and their dtype, rank and dims as dlc_model_infer sets them.
 * After a failure the outputs' contents are undefined. */
int dlc_model_run(dlc_model *model, const dlc_model_tensor *inputs, dlc_model_tensor *outputs, char *message,
                  size_t capacity);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* DLC_MODEL_H */
