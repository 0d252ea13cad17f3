// Arithmetic of permutations.
#include "passes/simplify/Permutation.h"

using namespace mlir;

namespace dlc {

Perm inverse(ArrayRef<int64_t> perm) {
  Perm result(perm.size());
  for (auto [i, dim] : llvm::enumerate(perm))
    result[dim] = int64_t(i);
  return result;
}

Perm composed(ArrayRef<int64_t> first, ArrayRef<int64_t> second) {
  Perm result;
  for (int64_t dim : second)
    result.push_back(first[dim]);
  return result;
}

bool isIdentity(ArrayRef<int64_t> perm) { return llvm::is_sorted(perm); }

SmallVector<int64_t> renamed(ArrayRef<int64_t> dims, ArrayRef<int64_t> perm) {
  SmallVector<int64_t> result;
  for (int64_t dim : dims)
    result.push_back(perm[dim]);
  return result;
}

SmallVector<int64_t> complement(int64_t rank, ArrayRef<int64_t> dims) {
  SmallVector<int64_t> result;
  for (int64_t dim = 0; dim < rank; ++dim)
    if (!llvm::is_contained(dims, dim))
      result.push_back(dim);
  return result;
}

Perm without(ArrayRef<int64_t> dims, ArrayRef<int64_t> perm) {
  int64_t rank = int64_t(perm.size());
  SmallVector<int64_t> kept = complement(rank, dims), keptInSource = complement(rank, renamed(dims, perm));
  Perm result;
  for (int64_t dim : kept)
    result.push_back(llvm::find(keptInSource, perm[dim]) - keptInSource.begin());
  return result;
}

} // namespace dlc
