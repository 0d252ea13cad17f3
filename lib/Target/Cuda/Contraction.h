// Contractions on the GPU: a block of threads computes a tile of the result. The factors of a slice of k go through
// on-chip memory, twice buffered; a thread keeps a small tile of accumulators in registers and walks k in order, so
// each element is one fma chain a block of 1,024 terms, blocks added left to right (numerics N5).
#ifndef DLC_TARGET_CUDA_CONTRACTION_H
#define DLC_TARGET_CUDA_CONTRACTION_H

#include "passes/lower/ContractionTerms.h"

namespace dlc::cuda {

/// How a block's tile is cut: `m` x `n` elements in slices of `k` terms, `threadM` x `threadN` of them a thread.
struct Tile {
  int64_t m, n, k, threadM, threadN;
  int64_t threads() const { return (m / threadM) * (n / threadN); }
};

/// The tile that should be fastest: a model of waves over the multiprocessors and of registers.
Tile chooseTile(const ContractionTerms &terms, DType accumulator);
/// Elements of padding after a row of on-chip memory: rows stay aligned and fall into different banks.
int64_t rowPadding(DType accumulator);
int64_t onChipBytes(const Tile &tile, DType accumulator);

} // namespace dlc::cuda

#endif // DLC_TARGET_CUDA_CONTRACTION_H
