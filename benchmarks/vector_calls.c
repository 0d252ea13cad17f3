// Calls a vector function of another library over an array: map_f32_16(function, x, y, count) writes f(x) to y, 16 f32
// at a time, and so on for f64, for 256-bit vectors, and for functions of two operands (pairs_...). `count` is a
// multiple of the lanes. The function follows the vector calling convention of x86-64, as those of libmvec and SLEEF
// do; benchmarks/functions.py finds it by name, so that nothing is linked.
#include <immintrin.h>

#define MAPS(SUFFIX, LANES, ELEMENT, VECTOR, LOAD, STORE, FEATURES)                                                    \
  __attribute__((target(FEATURES))) void map_##SUFFIX(VECTOR (*function)(VECTOR), const ELEMENT *x, ELEMENT *y,        \
                                                      long count) {                                                    \
    for (long i = 0; i < count; i += LANES)                                                                            \
      STORE(y + i, function(LOAD(x + i)));                                                                             \
  }                                                                                                                    \
  __attribute__((target(FEATURES))) void pairs_##SUFFIX(VECTOR (*function)(VECTOR, VECTOR), const ELEMENT *a,          \
                                                        const ELEMENT *b, ELEMENT *y, long count) {                    \
    for (long i = 0; i < count; i += LANES)                                                                            \
      STORE(y + i, function(LOAD(a + i), LOAD(b + i)));                                                                \
  }

MAPS(f32_16, 16, float, __m512, _mm512_loadu_ps, _mm512_storeu_ps, "avx512f")
MAPS(f64_8, 8, double, __m512d, _mm512_loadu_pd, _mm512_storeu_pd, "avx512f")
MAPS(f32_8, 8, float, __m256, _mm256_loadu_ps, _mm256_storeu_ps, "avx2")
MAPS(f64_4, 4, double, __m256d, _mm256_loadu_pd, _mm256_storeu_pd, "avx2")
