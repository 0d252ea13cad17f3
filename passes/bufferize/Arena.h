// Offsets for buffers that live for a while: slices whose lives overlap never share memory.
//
// Slices of known size are placed largest first, each at the lowest offset that is free during its life. A slice whose
// size is a formula comes after all of those, and is reused by later slices of the same formula.
#ifndef DLC_PASSES_BUFFERIZE_ARENA_H
#define DLC_PASSES_BUFFERIZE_ARENA_H

#include "lib/Support/DimExpr.h"

#include <vector>

namespace dlc {

struct Slice {
  DimExpr bytes;       ///< rounded up to the alignment by the plan
  int64_t first, last; ///< the steps between which it lives, both included
  DimExpr offset;      ///< the answer
};

/// Fills in offsets (multiples of 64); returns the bytes of the whole arena.
DimExpr planArena(std::vector<Slice> &slices);

} // namespace dlc

#endif // DLC_PASSES_BUFFERIZE_ARENA_H
