//===- Rt.h - What compiled code sees of the runtime (contracts C4, C9) ---===//
//
// The ABI between kernels and whoever runs them. Plain C: it is also what the generated header of `--emit=obj` shows.
// Fields are only ever appended to dlc_rt: compiled kernels know their offsets.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_RUNTIME_RT_H
#define DLC_RUNTIME_RT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The services passed to every stage.
typedef struct dlc_rt dlc_rt;
struct dlc_rt {
  /// Reports an error that depends on data: the op that owns `slot` of this kernel found `index` outside of [0, extent)
  /// at its row-major output element `element`. The kernel goes on with the index clamped. Any thread.
  void (*report)(const dlc_rt *rt, int64_t slot, int64_t element, int64_t index, int64_t extent);
};

/// One stage of a kernel: does the tasks [begin, end). `buffers` are dense, row-major and 64-byte aligned; `symbols`
/// are the launch's scalars in the kernel's order (dims, then index arguments); `shared` is the launch's scratch, the
/// same for all stages and workers; `own` is this worker's scratch, undefined at entry.
typedef void (*dlc_stage)(void *const *buffers, const int64_t *symbols, void *shared, void *own, const dlc_rt *rt,
                          int64_t begin, int64_t end);

#ifdef __cplusplus
}
#endif

#endif // DLC_RUNTIME_RT_H
