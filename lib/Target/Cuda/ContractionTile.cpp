// The table of tiles and the model that picks one.
#include "lib/Target/Cuda/Contraction.h"

#include "lib/Target/Cuda/OrderedSum.h"

namespace dlc::cuda {

namespace {
struct TileRow {
  Tile tile;
  double speed; ///< share of the fma rate while all multiprocessors are busy
};
} // namespace

constexpr TileRow tileTable[] = {
    {{128, 128, 8, 8, 8}, 1.00}, {{128, 64, 8, 8, 4}, 0.85}, {{64, 64, 16, 4, 4}, 0.65},
    {{64, 32, 16, 4, 2}, 0.45},  {{32, 32, 16, 2, 2}, 0.30}, {{128, 16, 16, 8, 1}, 0.40},
    {{64, 16, 16, 4, 1}, 0.30},  {{16, 64, 16, 1, 4}, 0.30}, {{16, 16, 16, 1, 1}, 0.15},
};
constexpr int64_t multiprocessors = 108;     // of the smallest GPU in view
constexpr int64_t accumulatorRegisters = 64; // of a thread, without spills and with two blocks a multiprocessor
constexpr int64_t unknownRows = 4096;        // what a symbolic extent counts as

int64_t rowPadding(DType accumulator) { return 16 / byteWidth(accumulator); }

int64_t onChipBytes(const Tile &tile, DType accumulator) {
  int64_t rows = tile.m + tile.n + 2 * rowPadding(accumulator);
  return 2 * tile.k * rows * byteWidth(accumulator);
}

Tile chooseTile(const ContractionTerms &terms, DType accumulator) {
  int64_t m = terms.m().constant().value_or(unknownRows), n = terms.n().constant().value_or(unknownRows);
  int64_t batch = terms.batch().constant().value_or(multiprocessors);
  bool isOneBlock = terms.k().constant().value_or(INT64_MAX) <= blockTerms;
  // 64-bit integer products are sequences that need registers of their own.
  int64_t words = byteWidth(accumulator) <= 4 ? 1 : isFloat(accumulator) ? 2 : 4;
  const TileRow *best = nullptr;
  double least = 0;
  for (const TileRow &row : tileTable) {
    const Tile &tile = row.tile;
    // With several blocks of 1,024 terms the sum of the blocks before stays in registers, too.
    if (tile.threadM * tile.threadN * words * (isOneBlock ? 1 : 2) > accumulatorRegisters)
      continue;
    int64_t blocks = batch * ((m + tile.m - 1) / tile.m) * ((n + tile.n - 1) / tile.n);
    int64_t waves = (blocks + multiprocessors - 1) / multiprocessors;
    double time = double(waves) * double(tile.m * tile.n) / row.speed;
    if (!best || time < least) {
      best = &row;
      least = time;
    }
  }
  return best->tile;
}

} // namespace dlc::cuda
