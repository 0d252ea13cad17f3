// Builds dlc ops with inferred types: what gradient rules, decompositions and passes write their formulas in.
#ifndef DLC_DIALECT_DLCBUILDER_H
#define DLC_DIALECT_DLCBUILDER_H

#include "dialects/dlc/Types.h"

#include "mlir/IR/Builders.h"

namespace dlc {

enum class ReduceKind : uint32_t;
enum class ComparePredicate : uint32_t;

class DlcBuilder {
public:
  DlcBuilder(mlir::OpBuilder &builder, mlir::Location location) : builder(builder), location(location) {}
  using Value = mlir::Value;

  /// Creates an op and returns its only result; types are inferred, and inference must succeed.
  template <class OpTy, class... Args> Value create(Args &&...args) {
    return OpTy::create(builder, location, std::forward<Args>(args)...)->getResult(0);
  }

  /// The same op over other operands: attributes stay, types are inferred, and inference must succeed.
  Value again(mlir::Operation *op, llvm::ArrayRef<Value> operands);
  /// x + y, where null is a symbolic zero; and a symbolic zero as zeros of the shape and type of `like`.
  Value sum(Value x, Value y);
  Value orZeros(Value x, Value like) { return x ? x : full(like, 0); }

  Value neg(Value x);
  Value sign(Value x);
  Value real(Value x);
  Value imag(Value x);
  Value conj(Value x);
  Value complex(Value re, Value im);
  Value exp(Value x);
  Value sigmoid(Value x);
  Value tanh(Value x);
  Value fma(Value x, Value y, Value z);
  Value log(Value x);
  Value sin(Value x);
  Value cos(Value x);
  Value sinh(Value x);
  Value cosh(Value x);
  Value rsqrt(Value x);
  Value digamma(Value x);
  Value trigamma(Value x);
  Value trunc(Value x);
  Value add(Value x, Value y);
  Value sub(Value x, Value y);
  Value mul(Value x, Value y);
  Value div(Value x, Value y);
  Value pow(Value x, Value y);
  Value select(Value condition, Value x, Value y);
  Value logicalAnd(Value x, Value y);
  Value compare(ComparePredicate predicate, Value x, Value y);
  Value eq(Value x, Value y);
  Value lt(Value x, Value y);
  Value le(Value x, Value y);
  Value gt(Value x, Value y);
  Value ge(Value x, Value y);
  Value cast(Value x, mlir::Type element);

  /// A rank-0 constant, and one of the shape and type of `like` that holds `value` everywhere.
  Value scalar(double value, mlir::Type element);
  Value full(Value like, double value);
  Value broadcast(Value x, llvm::ArrayRef<DimExpr> shape, llvm::ArrayRef<int64_t> dims);
  Value reshape(Value x, llvm::ArrayRef<DimExpr> shape);
  Value transpose(Value x, llvm::ArrayRef<int64_t> perm);
  /// Reduces in the default order (numerics N3).
  Value reduce(Value x, ReduceKind kind, llvm::ArrayRef<int64_t> dims);
  /// Reduces the dims of `x` but keeps them with extent 1.
  Value reduceKeep(Value x, ReduceKind kind, llvm::ArrayRef<int64_t> dims);
  /// An extent as a rank-0 value, computed in i64.
  Value extent(const DimExpr &value, mlir::Type element);
  /// How many elements are reduced into one, as a rank-0 float.
  Value count(Value x, llvm::ArrayRef<int64_t> dims);
  /// The sum divided by the count, of complex numbers by parts; with extents 1 if `keep`.
  Value mean(Value x, llvm::ArrayRef<int64_t> dims, bool keep);
  /// A value of the kept dims repeated along `dims` of the shape of `like`.
  Value spread(Value x, Value like, llvm::ArrayRef<int64_t> dims);
  /// The part [start, limit) of a dim.
  Value part(Value x, int64_t dim, const DimExpr &start, const DimExpr &limit);
  Value dot(Value lhs, Value rhs, llvm::ArrayRef<int64_t> lhsBatch, llvm::ArrayRef<int64_t> rhsBatch,
            llvm::ArrayRef<int64_t> lhsContract, llvm::ArrayRef<int64_t> rhsContract);
  Value pad(Value x, double value, llvm::ArrayRef<int64_t> low, llvm::ArrayRef<int64_t> high,
            llvm::ArrayRef<int64_t> interior);
  /// For each index the element of its own row along `dim`; and x with updates added there. Indices are in range,
  /// unless they may fail.
  Value gatherAlong(Value x, Value indices, int64_t dim, bool mayFail = false);
  Value scatterAlong(Value x, Value indices, Value updates, int64_t dim);
  /// Dim `from` becomes dim `to`; the others keep their order.
  Value moveDim(Value x, int64_t from, int64_t to);

  /// Parts of gradients: 1, 0 or (ties) 0.5 where x is the larger; those of pow, with its special cases.
  Value shareOfMax(Value x, Value y);
  Value powGradBase(Value x, Value y);
  Value powGradExponent(Value x, Value y, Value r);
  /// The derivative of acosh; of complex x its roots are taken apart, for the branch of acosh.
  Value acoshSlope(Value x);
  /// The cotangent of a cast: cast back, or nothing when either side is neither float nor complex.
  Value castGrad(Value ct, Value x);
  /// What |x| = r gives for a cotangent of r, and for a tangent of x.
  Value absGrad(Value ct, Value x, Value r);
  Value absTangent(Value ct, Value x, Value r);

  mlir::OpBuilder &builder;
  mlir::Location location;
  /// Whether broadcast and reshape to the shape that a value has are left out. Where uses are counted, as rules and
  /// decompositions are differentiated, they stay: extents must not decide in what order cotangents are added (N8).
  bool leavesOutIdentities = false;
};

} // namespace dlc

#endif // DLC_DIALECT_DLCBUILDER_H
