// The schedule of a contraction: read from the body and the machine by describe, and again from the descriptor by emit.
#ifndef DLC_TARGET_CPU_CONTRACTIONSCHEDULE_H
#define DLC_TARGET_CPU_CONTRACTIONSCHEDULE_H

#include "lib/Target/Cpu/Contraction.h"

namespace dlc::cpu {

struct ContractionSchedule {
  int64_t rows;         ///< rows of a tile
  int64_t width;        ///< lanes of a tile, a power of two
  int64_t rowBlock;     ///< rows of a task, a multiple of `rows`
  int64_t columnBlock;  ///< columns of a task, a multiple of `width`
  int64_t lanes;        ///< lanes of one register
  int64_t unroll;       ///< terms of a round of the chains
  bool copiesA;         ///< the pack stage makes a copy of a
  bool packsA, packsB;  ///< the pack stage makes panels of that side
  bool isEpilogueSmall; ///< the epilogue is computed on the registers of a tile, else from a tile in memory

  static ContractionSchedule choose(rt::BodyOp body, const Contraction &c, const Machine &machine);
  static ContractionSchedule read(rt::KernelOp kernel, const Contraction &c);
  llvm::SmallVector<std::pair<llvm::StringRef, int64_t>> parameters() const;

  /// Heights of tiles for the rows that are left after whole tiles, each used as often as it fits.
  llvm::SmallVector<int64_t> tailHeights(const Problem &problem) const;
  DimExpr tasks(const Problem &problem) const;
};

/// Offsets in the shared scratch: the copy of a, then the panels of each problem.
struct SharedScratch {
  DimExpr copy = 0, size = 0;
  llvm::SmallVector<DimExpr> aPanels, bPanels;
  SharedScratch(const Contraction &c, const ContractionSchedule &schedule);
};

/// Offsets in a worker's own scratch: partial sums of a task's results, then one tile.
struct OwnScratch {
  int64_t partials = 0, tile = 0, size = 0;
  OwnScratch(const Contraction &c, const ContractionSchedule &schedule);
};

/// Whether a contraction has terms for more than one block.
bool hasSeveralBlocks(const Contraction &c);

/// Contractions whose terms are lanes (`order` is lanes).
mlir::DictionaryAttr describeLanes(rt::KernelOp kernel, const Contraction &c, const Machine &machine);
void emitLanes(mlir::OpBuilder &b, rt::KernelOp kernel, const Contraction &c);

} // namespace dlc::cpu

#endif // DLC_TARGET_CPU_CONTRACTIONSCHEDULE_H
