//===- SampleStages.h - Kernels written by hand, for tests ----------------===//
//
// Stage functions in the ABI of Rt.h, for tests in this process and for the sample executable.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_TEST_UNIT_RUNTIME_SAMPLESTAGES_H
#define DLC_TEST_UNIT_RUNTIME_SAMPLESTAGES_H

#include "lib/Runtime/Rt.h"

namespace dlc::test {

/// y = 2 * x + c over f32[N, 4] with c: f32[4]; one task a row.
inline void axpyStage(void *const *buffers, const int64_t *, void *, void *, const dlc_rt *, int64_t begin,
                      int64_t end) {
  auto *x = static_cast<const float *>(buffers[0]), *c = static_cast<const float *>(buffers[1]);
  auto *y = static_cast<float *>(buffers[2]);
  for (int64_t i = begin * 4; i < end * 4; ++i)
    y[i] = 2.0f * x[i] + c[i % 4];
}

/// out[i] = table[indices[i]]; symbols[0] is the extent of table; reports slot 0 and clamps.
inline void gatherStage(void *const *buffers, const int64_t *symbols, void *, void *, const dlc_rt *rt, int64_t begin,
                        int64_t end) {
  auto *table = static_cast<const float *>(buffers[0]);
  auto *indices = static_cast<const int64_t *>(buffers[1]);
  auto *out = static_cast<float *>(buffers[2]);
  int64_t extent = symbols[0];
  for (int64_t i = begin; i < end; ++i) {
    int64_t index = indices[i];
    if (index < 0 || index >= extent) {
      rt->report(rt, 0, i, index, extent);
      index = 0;
    }
    out[i] = table[index];
  }
}

} // namespace dlc::test

#endif // DLC_TEST_UNIT_RUNTIME_SAMPLESTAGES_H
