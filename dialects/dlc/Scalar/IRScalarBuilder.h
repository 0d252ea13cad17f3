//===- IRScalarBuilder.h - Scalar operations as IR ------------------------===//
//
// The interface of HostScalarBuilder over arith and math: every call emits ops whose results have the bits that the
// host computes. Values are scalars or vectors alike; MLIR's integers are signless, so a value carries its DType. Only
// ops that numerics N10 admits are emitted.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_DIALECTS_DLC_SCALAR_IRSCALARBUILDER_H
#define DLC_DIALECTS_DLC_SCALAR_IRSCALARBUILDER_H

#include "dialects/dlc/Scalar/Predicate.h"
#include "lib/Runtime/DType.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Value.h"

namespace dlc::scalar {

/// An SSA value, scalar or vector, of the elements of `type`, as elementType says: floats below f32 are their bits.
struct IRScalar {
  mlir::Value value;
  DType type = DType::Bool;
};

/// The type of one element in IR: i1 for Bool, f32 and f64, and for others the integer that holds their bytes: f16 and
/// bf16 are i16, f8 is i8 (numerics N10), and so are integers of 4 bits, extended; c64 is i64 and c128 is i128, the
/// real part in the low half, as in memory.
mlir::Type elementType(mlir::MLIRContext *context, DType type);
/// The type of one element in memory: i8 for Bool, else as elementType.
mlir::Type memoryType(mlir::MLIRContext *context, DType type);

/// What the arithmetic of a function that is `dlc.fast` may do (numerics N11): fuse, take other orders, multiply by
/// reciprocals, approximate. NaN, infinities and the sign of zero mean what they always do.
inline constexpr auto fastMath = mlir::arith::FastMathFlags::contract | mlir::arith::FastMathFlags::reassoc |
                                 mlir::arith::FastMathFlags::arcp | mlir::arith::FastMathFlags::afn;

/// Vectors of c128 as vectors of 64-bit words, two a lane; other values as they are. Loops carry those: LLVM takes
/// vectors of 128-bit integers apart.
mlir::Value asWords(mlir::OpBuilder &b, mlir::Location location, mlir::Value x);
/// The value of type `type` whose words these are.
mlir::Value fromWords(mlir::OpBuilder &b, mlir::Location location, mlir::Value words, mlir::Type type);
/// The places of the words of some lanes of `x`.
llvm::SmallVector<int64_t> placesOfWords(mlir::Value x, llvm::ArrayRef<int64_t> lanes);

/// The scalar operations as IR. Emits at the insertion point of the builder it was given; operands of one operation
/// have one DType and one shape; comparisons give Bool.
class IRScalarBuilder {
public:
  using Value = IRScalar;

  IRScalarBuilder(mlir::OpBuilder &builder, mlir::Location loc) : builder(builder), loc(loc) {}

  /// The same, whose sums, products and quotients of floats have the flags of fastMath. Not for programs of functions,
  /// which rely on every rounding.
  IRScalarBuilder fast() const {
    IRScalarBuilder other(*this);
    other.flags = fastMath;
    return other;
  }

  DType dtype(Value x) const { return x.type; }

  /// A value read from memory (memoryType) as a scalar, and back: Bool changes its type, and of 4-bit integers the low
  /// bits count alone.
  Value fromMemory(mlir::Value value, DType type) const;
  mlir::Value toMemory(Value x) const;

  Value constant(Value like, double value) const;
  Value integer(Value like, int64_t value) const { return integerOf(like, like.type, static_cast<uint64_t>(value)); }
  Value boolean(Value like, bool value) const { return integerOf(like, DType::Bool, value); }

  Value add(Value a, Value b) const;
  Value sub(Value a, Value b) const;
  Value mul(Value a, Value b) const;
  Value div(Value a, Value b) const;
  Value rem(Value a, Value b) const;
  Value neg(Value x) const;
  Value abs(Value x) const;
  Value fma(Value a, Value b, Value c) const;
  Value sqrt(Value x) const;
  Value floor(Value x) const;
  Value ceil(Value x) const;
  Value trunc(Value x) const;
  Value roundEven(Value x) const;
  Value copysign(Value a, Value b) const;
  Value maximum(Value a, Value b) const;
  Value minimum(Value a, Value b) const;

  Value bitAnd(Value a, Value b) const;
  Value bitOr(Value a, Value b) const;
  Value bitXor(Value a, Value b) const;
  Value bitNot(Value x) const;
  Value shl(Value a, Value count) const;
  Value shr(Value a, Value count) const;
  /// Shifts by a constant below the width.
  Value shl(Value a, unsigned count) const;
  Value shr(Value a, unsigned count) const;

  Value cmp(Predicate predicate, Value a, Value b) const;
  Value select(Value condition, Value a, Value b) const;
  Value bitcast(Value x, DType type) const;
  Value cast(Value x, DType type) const;
  Value real(Value x) const { return part(x, 0); }
  Value imag(Value x) const { return part(x, 1); }
  Value complex(Value re, Value im) const;
  Value isNaN(Value x) const { return cmp(Predicate::Uno, x, x); }
  Value isInf(Value x) const;
  Value isFinite(Value x) const;

  /// In lanes where `condition` holds, replaces `values[0, n)` by what `slow` makes of them: an scf.if that asks
  /// whether any lane needs it.
  template <class Slow> void rare(Value condition, Value *values, unsigned n, Slow slow) const {
    llvm::SmallVector<Value, 4> usual(values, values + n);
    llvm::SmallVector<mlir::Type, 4> types;
    llvm::SmallVector<mlir::Value, 4> results, unchanged;
    for (Value value : usual) {
      types.push_back(value.value.getType());
      unchanged.push_back(value.value);
    }
    auto branch = mlir::scf::IfOp::create(builder, loc, types, anyLane(condition), true);
    mlir::OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(branch.thenBlock());
    slow(values);
    for (unsigned k = 0; k < n; ++k)
      results.push_back(select(condition, values[k], usual[k]).value);
    mlir::scf::YieldOp::create(builder, loc, results);
    builder.setInsertionPointToStart(branch.elseBlock());
    mlir::scf::YieldOp::create(builder, loc, unchanged);
    for (unsigned k = 0; k < n; ++k)
      values[k].value = branch.getResult(k);
  }
  /// Applies `step` to `values[0, n)` in place `count` times, as an scf.for.
  template <class Step> void repeat(int64_t count, Value *values, unsigned n, Step step) const {
    llvm::SmallVector<mlir::Value, 4> initial;
    for (unsigned k = 0; k < n; ++k)
      initial.push_back(values[k].value);
    auto loop = mlir::scf::ForOp::create(builder, loc, index(0), index(count), index(1), initial);
    {
      mlir::OpBuilder::InsertionGuard guard(builder);
      builder.setInsertionPointToStart(loop.getBody());
      for (unsigned k = 0; k < n; ++k)
        values[k].value = loop.getRegionIterArg(k);
      step(values);
      llvm::SmallVector<mlir::Value, 4> results;
      for (unsigned k = 0; k < n; ++k)
        results.push_back(values[k].value);
      mlir::scf::YieldOp::create(builder, loc, results);
    }
    for (unsigned k = 0; k < n; ++k)
      values[k].value = loop.getResult(k);
  }

private:
  mlir::Type typeLike(mlir::Value like, DType type) const;
  Value integerOf(Value like, DType type, uint64_t value) const;
  mlir::Value index(int64_t value) const;
  mlir::Value anyLane(Value condition) const;
  /// Floats below f32 to f32 and back (numerics N1); other types pass.
  Value widen(Value x) const;
  Value narrow(Value x, DType type) const;
  Value widenF16(Value x) const;
  Value widenE4M3(Value x) const;
  Value narrowToF8(Value x, DType type) const;
  Value narrowToF16(Value x) const;
  Value narrowToBF16(Value x) const;
  Value roundToOdd(Value x) const;
  Value integerToFloat(Value x, DType type) const;
  Value floatToInteger(Value x, DType type) const;
  Value resize(Value x, DType type) const;
  /// The real (0) or the imaginary (1) part of a complex number.
  Value part(Value x, unsigned which) const;
  /// Extends the low 4 bits of a value of type I4 or U4.
  Value extendFourBits(Value x) const;
  template <class FloatOp> Value unary(Value x) const;
  template <class FloatOp, class IntOp>
  Value binary(Value a, Value b, mlir::arith::FastMathFlags flags = mlir::arith::FastMathFlags::none) const;
  Value signBits(Value x) const;

  mlir::OpBuilder &builder;
  mlir::Location loc;
  mlir::arith::FastMathFlags flags = mlir::arith::FastMathFlags::none;
};

} // namespace dlc::scalar

#endif // DLC_DIALECTS_DLC_SCALAR_IRSCALARBUILDER_H
