// Permutations of dims, as `transpose` writes them: dim i of the result is dim perm[i] of the operand.
#ifndef DLC_PASSES_SIMPLIFY_PERMUTATION_H
#define DLC_PASSES_SIMPLIFY_PERMUTATION_H

#include "dialects/dlc/Dlc.h"

namespace dlc {

using Perm = llvm::SmallVector<int64_t>;

Perm inverse(llvm::ArrayRef<int64_t> perm);
/// The permutation of transposing by `first`, then by `second`.
Perm composed(llvm::ArrayRef<int64_t> first, llvm::ArrayRef<int64_t> second);
bool isIdentity(llvm::ArrayRef<int64_t> perm);
/// Entries for the dims of a transposed tensor, put in the order of its source: result[perm[i]] = entries[i].
template <class T> llvm::SmallVector<T> inSource(llvm::ArrayRef<T> entries, llvm::ArrayRef<int64_t> perm) {
  llvm::SmallVector<T> result(entries.begin(), entries.end());
  for (size_t i = 0; i < entries.size(); ++i)
    result[perm[i]] = entries[i];
  return result;
}
/// Dims of a transposed tensor as dims of its source, in the listed order.
llvm::SmallVector<int64_t> renamed(llvm::ArrayRef<int64_t> dims, llvm::ArrayRef<int64_t> perm);
/// Where dims are taken out of a transposed tensor: the transpose that stays behind, when the same dims are taken out
/// of its source.
Perm without(llvm::ArrayRef<int64_t> dims, llvm::ArrayRef<int64_t> perm);
/// The dims in [0, rank) that are not in `dims`, ascending.
llvm::SmallVector<int64_t> complement(int64_t rank, llvm::ArrayRef<int64_t> dims);

} // namespace dlc

#endif // DLC_PASSES_SIMPLIFY_PERMUTATION_H
