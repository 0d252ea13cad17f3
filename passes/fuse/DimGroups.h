// Which neighbouring dims of a kernel's tensors are always walked together: a kernel of [2, 4, 5] is then one of [40],
// with one index where there were three to take apart and to put together.
#ifndef DLC_PASSES_FUSE_DIMGROUPS_H
#define DLC_PASSES_FUSE_DIMGROUPS_H

#include "dialects/rt/Rt.h"

#include "llvm/ADT/IntEqClasses.h"

namespace dlc {

class DimGroups {
public:
  explicit DimGroups(rt::BodyOp body);

  /// The dims of a tensor of the value's rank, those of each group of the value's dims as one.
  Dims merged(mlir::Value value, llvm::ArrayRef<DimExpr> dims) const;
  /// Gives the tensors of the body their merged dims, and the ops attributes that say the same of those.
  void apply();

private:
  /// The dim of each of an op's tensors that one index of it walks; -1 where it walks none. Empty: a gap, over which
  /// nothing is one.
  using Column = llvm::SmallVector<int64_t, 3>;
  void visit(mlir::Operation *op);
  /// Where two columns that follow each other are neighbouring dims of all tensors that they walk, these dims are one
  /// in all of them or in none. All other dims of the tensors stay apart.
  void align(llvm::ArrayRef<mlir::Value> tensors, llvm::ArrayRef<Column> columns);
  void update(mlir::Operation *op);

  unsigned border(mlir::Value x, int64_t i) const { return firstBorder.lookup(x) + unsigned(i); }
  /// The group that a dim is in, and those of several dims, each once.
  int64_t groupOf(mlir::Value x, int64_t dim) const;
  llvm::SmallVector<int64_t> groupsOf(mlir::Value x, llvm::ArrayRef<int64_t> dims) const;

  rt::BodyOp body;
  llvm::DenseMap<mlir::Value, unsigned> firstBorder; ///< of a tensor's borders between neighbouring dims
  llvm::IntEqClasses ties;                           ///< of borders that are kept in all places or in none
  llvm::SmallVector<unsigned> kept;
  llvm::BitVector isKept; ///< by class
};

} // namespace dlc

#endif // DLC_PASSES_FUSE_DIMGROUPS_H
