// fma-peak ISA SECONDS: prints the f32 GFLOP/s that one core reaches with fused multiply-adds alone, as the mean over
// SECONDS, since what is held against it is a mean over as long a time.
//
// ISA is avx2 or avx512. Twelve independent chains in registers hide the latency of two units; each chain is fed
// values that stay finite and normal, and all of them reach the output, so that none is optimised away. Exit code 2:
// the arguments are wrong; 3: the machine lacks the ISA.
#include <immintrin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { Chains = 12, Steps = 100000 };

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

__attribute__((target("avx2,fma"))) static float chainsAvx2(float scale, float offset) {
  __m256 a = _mm256_set1_ps(scale), b = _mm256_set1_ps(offset), chain[Chains];
  for (int i = 0; i < Chains; ++i)
    chain[i] = _mm256_set1_ps((float)i);
  for (int step = 0; step < Steps; ++step)
#pragma GCC unroll 12
    for (int i = 0; i < Chains; ++i)
      chain[i] = _mm256_fmadd_ps(chain[i], a, b);
  float sum = 0;
  for (int i = 0; i < Chains; ++i)
    sum += _mm256_cvtss_f32(chain[i]);
  return sum;
}

__attribute__((target("avx512f"))) static float chainsAvx512(float scale, float offset) {
  __m512 a = _mm512_set1_ps(scale), b = _mm512_set1_ps(offset), chain[Chains];
  for (int i = 0; i < Chains; ++i)
    chain[i] = _mm512_set1_ps((float)i);
  for (int step = 0; step < Steps; ++step)
#pragma GCC unroll 12
    for (int i = 0; i < Chains; ++i)
      chain[i] = _mm512_fmadd_ps(chain[i], a, b);
  float sum = 0;
  for (int i = 0; i < Chains; ++i)
    sum += _mm512_cvtss_f32(chain[i]);
  return sum;
}

int main(int argc, char **argv) {
  double seconds = argc == 3 ? atof(argv[2]) : 0;
  int wide = argc == 3 && strcmp(argv[1], "avx512") == 0;
  if (seconds <= 0 || (!wide && strcmp(argv[1], "avx2") != 0)) {
    fprintf(stderr, "usage: fma-peak avx2|avx512 SECONDS\n");
    return 2;
  }
  if (wide ? !__builtin_cpu_supports("avx512f") : !__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) {
    fprintf(stderr, "error: expected a machine with %s, but got one without\n", argv[1]);
    return 3;
  }
  volatile float scale = 0.5f, offset = 1.0f, sink = 0;
  double start = now(), elapsed = 0, runs = 0;
  do {
    sink = sink + (wide ? chainsAvx512(scale, offset) : chainsAvx2(scale, offset));
    ++runs;
    elapsed = now() - start;
  } while (elapsed < seconds);
  printf("%.2f\n", 2.0 * Chains * Steps * (wide ? 16 : 8) * runs / elapsed * 1e-9);
  return 0;
}
