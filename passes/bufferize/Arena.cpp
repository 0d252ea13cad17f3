// Placement of slices in the arena.
#include "passes/bufferize/Arena.h"

#include <algorithm>
#include <map>

namespace dlc {

static constexpr int64_t alignment = 64;

static bool overlap(const Slice &a, const Slice &b) { return a.first <= b.last && b.first <= a.last; }

DimExpr planArena(std::vector<Slice> &slices) {
  for (Slice &slice : slices)
    slice.bytes = DimExpr::ceilDiv(slice.bytes, alignment) * DimExpr(alignment);
  std::vector<Slice *> known, symbolic, placed;
  for (Slice &slice : slices)
    (slice.bytes.isConstant() ? known : symbolic).push_back(&slice);
  std::sort(known.begin(), known.end(), [](Slice *a, Slice *b) { // ties in the order given: slices are one array
    int64_t left = *a->bytes.constant(), right = *b->bytes.constant();
    return left != right ? left > right : a < b;
  });
  int64_t total = 0;
  for (Slice *slice : known) {
    std::vector<std::pair<int64_t, int64_t>> taken;
    for (Slice *other : placed)
      if (overlap(*slice, *other))
        taken.push_back({*other->offset.constant(), *other->offset.constant() + *other->bytes.constant()});
    std::sort(taken.begin(), taken.end());
    int64_t at = 0, size = *slice->bytes.constant();
    for (auto [begin, end] : taken) {
      if (begin >= at + size)
        break;
      at = std::max(at, end);
    }
    slice->offset = DimExpr(at);
    total = std::max(total, at + size);
    placed.push_back(slice);
  }
  DimExpr end(total);
  std::map<std::string, std::vector<Slice *>> bySize;
  for (Slice *slice : symbolic) {
    std::vector<Slice *> &same = bySize[slice->bytes.str()];
    auto isFree = [&](Slice *candidate) {
      return std::none_of(same.begin(), same.end(),
                          [&](Slice *other) { return other->offset == candidate->offset && overlap(*other, *slice); });
    };
    auto reused = std::find_if(same.begin(), same.end(), isFree);
    if (reused != same.end()) {
      slice->offset = (*reused)->offset;
    } else {
      slice->offset = end;
      end = end + slice->bytes;
    }
    same.push_back(slice);
  }
  return end;
}

} // namespace dlc
