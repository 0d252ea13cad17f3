// How pointwise ops say what their value at an output index is, so that an emitter can inline them (contract C1).
//
// An emitter works on a pack of lanes at a time. A LaneIndex is one index for the whole pack: `base + lane * stride`
// with a known stride (0: all lanes alike, 1: neighbours), or one index a lane once the mapping breaks that form. The
// arithmetic below keeps the cheapest form, so an op writes its mapping once and contiguous reads stay vector loads.
//
// A guard is the set of lanes whose value will be used; reads outside of it do not touch memory. Pad and concat narrow
// the guard instead of clamping indices.
#ifndef DLC_DIALECT_POINTBUILDER_H
#define DLC_DIALECT_POINTBUILDER_H

#include "dialects/dlc/Scalar/IRScalarBuilder.h"
#include "lib/Support/DimExpr.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace dlc {

/// An index for each lane of a pack.
struct LaneIndex {
  mlir::Value base;   // of type index; null when `lanes` is set
  int64_t stride = 0; // step from one lane to the next
  mlir::Value lanes;  // vector<W x index>: one index a lane
  bool isUniform() const { return !lanes && stride == 0; }
};

/// A value for each lane: one scalar that all share, or a vector with an element a lane.
struct PointValue {
  scalar::IRScalarBuilder::Value value;
  bool isUniform = false;
};

/// Which lanes are used: a null `lanes` means all; else i1 (all lanes alike) or vector<W x i1>.
struct Guard {
  mlir::Value lanes;
};

using IRValue = scalar::IRScalarBuilder::Value;

class PointBuilder {
public:
  PointBuilder(mlir::OpBuilder &b, mlir::Location location, int64_t width, bool isFast = false)
      : b(b), location(location), width(width), scalars(b, location), sums(isFast ? scalars.fast() : scalars) {}
  virtual ~PointBuilder() = default;

  /// The value of a tensor at an index, for the lanes of `guard`; other lanes hold anything.
  virtual PointValue read(mlir::Value tensor, llvm::ArrayRef<LaneIndex> index) = 0;
  /// The extent of a dim of a tensor.
  virtual mlir::Value extent(const DimExpr &dim) = 0;
  /// Reports an index out of range at the op's row-major element `element` for the lanes where `bad` (numerics N9).
  virtual void report(mlir::Operation *op, PointValue bad, LaneIndex element, PointValue index, mlir::Value extent) = 0;

  /// The value of an elementwise op at `index`: its payload over its operands there.
  PointValue elementwise(mlir::Operation *op, llvm::ArrayRef<LaneIndex> index,
                         llvm::function_ref<IRValue(scalar::IRScalarBuilder &, llvm::ArrayRef<IRValue>)> payload);

  /// Evaluates `body` for the lanes where `condition` also holds.
  PointValue guarded(PointValue condition, llvm::function_ref<PointValue()> body);

  LaneIndex constant(int64_t value);
  LaneIndex uniform(mlir::Value value) { return {value, 0, {}}; }
  LaneIndex add(const LaneIndex &x, const LaneIndex &y);
  LaneIndex sub(const LaneIndex &x, const LaneIndex &y);
  LaneIndex mul(const LaneIndex &x, mlir::Value factor);
  LaneIndex mul(const LaneIndex &x, int64_t factor);
  LaneIndex floorDiv(const LaneIndex &x, mlir::Value divisor);
  LaneIndex mod(const LaneIndex &x, mlir::Value divisor);
  PointValue compare(mlir::arith::CmpIPredicate predicate, const LaneIndex &x, const LaneIndex &y);
  PointValue logicalAnd(const PointValue &x, const PointValue &y);
  PointValue select(const PointValue &condition, const PointValue &x, const PointValue &y);
  /// An index as a value of type i64, and back.
  PointValue indexToValue(const LaneIndex &x);
  LaneIndex valueToIndex(const PointValue &x);
  /// Row-major position of an index in a tensor of these extents.
  LaneIndex linearize(llvm::ArrayRef<LaneIndex> index, llvm::ArrayRef<DimExpr> dims);
  llvm::SmallVector<LaneIndex> delinearize(LaneIndex linear, llvm::ArrayRef<DimExpr> dims);

  /// The value as a vector with an element a lane.
  mlir::Value spread(const PointValue &value);
  mlir::Value spread(const LaneIndex &index);
  mlir::Value indexConstant(int64_t value);

  mlir::OpBuilder &b;
  mlir::Location location;
  int64_t width;
  scalar::IRScalarBuilder scalars;
  /// For the user's own sums, products and quotients, which in a fast kernel may change bits (numerics N11).
  scalar::IRScalarBuilder sums;
  Guard guard;
};

} // namespace dlc

#endif // DLC_DIALECT_POINTBUILDER_H
