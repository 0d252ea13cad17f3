// A contraction as a map of indices, the same for dot_general and the three convolutions: element (batch, m, n) of the
// result is the sum over k, in order, of left(batch, m, k) * right(batch, n, k) (numerics N5, N6). Emitters tile over
// batch, m, n and k and ask here which elements of the operands a term multiplies.
//
// Terms in a convolution's padding are +0 times the weight. Holes of strides are no terms: conv_input_grad splits the
// result into classes of positions that read the same part of the window (`batch` counts groups, then classes), so
// every element of a batch has the same number of terms.
#ifndef DLC_PASSES_LOWER_CONTRACTIONTERMS_H
#define DLC_PASSES_LOWER_CONTRACTIONTERMS_H

#include "dialects/dlc/Dlc.h"
#include "dialects/dlc/PointBuilder.h"

namespace dlc {

class ContractionTerms {
public:
  /// `op` is dot_general, conv, conv_input_grad or conv_weight_grad.
  explicit ContractionTerms(mlir::Operation *op);
  static bool isContraction(mlir::Operation *op);

  DimExpr batch() const { return size(batchDims); }
  DimExpr m() const { return size(mDims); }
  DimExpr n() const { return size(nDims); }
  /// The number of terms of an element; with holes, the most that any has.
  DimExpr k() const { return size(kDims); }
  Order order() const { return termOrder; }
  /// The number of terms of the elements of a batch.
  mlir::Value terms(PointBuilder &b, mlir::Value batch) const;

  /// The factors of a term. A pack of lanes along one index starts at a multiple of its width.
  PointValue left(PointBuilder &b, mlir::Value batch, const LaneIndex &m, const LaneIndex &k) const;
  PointValue right(PointBuilder &b, mlir::Value batch, const LaneIndex &n, const LaneIndex &k) const;
  /// The index of an element in the result's tensor.
  llvm::SmallVector<LaneIndex> resultIndex(PointBuilder &b, mlir::Value batch, const LaneIndex &m,
                                           const LaneIndex &n) const;
  /// Whether rows of m may lie outside of the result, and whether row `m` of a batch lies inside.
  bool isRagged() const { return !classes.empty(); }
  PointValue isInside(PointBuilder &b, mlir::Value batch, const LaneIndex &m) const;

  /// Along which index neighbours of an operand (or of the result) are neighbours in memory, and for how many: packs
  /// may run along it if their width divides `run`.
  enum class Along { none, outer, inner };
  struct Contiguity {
    Along along = Along::none; // outer: m (left) or n (right, result); inner: k
    DimExpr run = 1;
  };
  Contiguity leftContiguity() const;
  Contiguity rightContiguity() const;
  Contiguity resultContiguity() const;

  mlir::Operation *op;

private:
  /// A residue class of positions along a spatial dim, modulo the stride: which part of the window it reads.
  struct ResidueClass {
    int64_t firstWindow, count, firstOutput;
  };
  /// The classes of a spatial dim and, from one term of the window to the next, the steps of window and output.
  struct StridedDim {
    llvm::SmallVector<ResidueClass> residues;
    int64_t windowStep, outputStep;
  };
  static DimExpr size(llvm::ArrayRef<DimExpr> dims);
  void describeDot();
  void describeConv();
  void describeInputGrad();
  void describeWeightGrad();
  mlir::Value pick(PointBuilder &b, mlir::Value residue, const StridedDim &dim, int64_t ResidueClass::*field) const;
  /// Extents of k in a batch: they differ between residue classes.
  llvm::SmallVector<mlir::Value> termExtents(PointBuilder &b, llvm::ArrayRef<LaneIndex> batchIndex) const;
  llvm::SmallVector<LaneIndex> split(PointBuilder &b, const LaneIndex &linear, llvm::ArrayRef<DimExpr> dims) const;
  PointValue readPadded(PointBuilder &b, mlir::Value x, llvm::ArrayRef<LaneIndex> index,
                        llvm::ArrayRef<int64_t> dims) const;

  Order termOrder = Order::chain;
  Dims batchDims, mDims, nDims, kDims;
  llvm::SmallVector<StridedDim> classes; // conv_input_grad with strides only
};

} // namespace dlc

#endif // DLC_PASSES_LOWER_CONTRACTIONTERMS_H
