// What `evaluate`, the definition of each op as naive loops, works with. Independent of every emitter; only the scalar
// programs of functions are shared with compiled code.
#ifndef DLC_DIALECT_EVALUATE_H
#define DLC_DIALECT_EVALUATE_H

#include "dialects/dlc/Scalar/HostScalar.h"
#include "lib/Support/DimExpr.h"
#include "lib/Support/HostTensor.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <cmath>
#include <type_traits>
#include <vector>

namespace dlc {

enum class ReduceKind : uint32_t;

/// What evaluation knows beside the operands: the values of symbols, and where errors that depend on data go.
class EvaluateContext {
public:
  virtual ~EvaluateContext() = default;
  virtual int64_t extent(const DimExpr &dim) = 0;
  /// The op being evaluated found `index` outside of [0, extent) at its row-major output element (numerics N9).
  virtual void report(int64_t element, int64_t index, int64_t extent) = 0;
};

using HostValue = scalar::HostScalarBuilder::Value;

/// One payload over every element.
void evaluateElementwise(llvm::ArrayRef<HostTensor> inputs, HostTensor &output,
                         llvm::function_ref<HostValue(scalar::HostScalarBuilder &, llvm::ArrayRef<HostValue>)> payload);

/// All elements converted exactly to an accumulation type: float for f16, bf16 and f32, double for f64, int64_t for
/// integers and bool.
template <class T> std::vector<T> readAll(const HostTensor &tensor);
/// Writes elements, rounded once to the tensor's type; integers wrap.
template <class T> void writeAll(HostTensor &tensor, const std::vector<T> &values);

/// Calls `body(T{})` with the accumulation type of `type`.
template <class Body> void withAccumulator(DType type, Body body) {
  if (type == DType::F64)
    body(double{});
  else if (isFloat(type))
    body(float{});
  else
    body(int64_t{});
}

/// The same, or on complex elements with HostValue: what reduces and scans them.
template <class Body> void withCombined(DType type, Body body) {
  if (isComplex(type))
    body(HostValue{});
  else
    withAccumulator(type, body);
}

/// Sum, product and fused product of accumulators; integers wrap.
template <class T> T plus(T x, T y) {
  if constexpr (std::is_integral_v<T>)
    return T(uint64_t(x) + uint64_t(y));
  else
    return x + y;
}
template <class T> T times(T x, T y) {
  if constexpr (std::is_integral_v<T>)
    return T(uint64_t(x) * uint64_t(y));
  else
    return x * y;
}
template <class T> T fused(T x, T y, T z) {
  if constexpr (std::is_integral_v<T>)
    return plus(times(x, y), z);
  else
    return std::fma(x, y, z);
}

/// Combines two accumulators of elements of `type`; integers wrap, max and min are those of numerics N1. Complex
/// numbers, as HostValue, have products alone.
template <class T> T combine(ReduceKind kind, DType type, T x, T y);

/// Copies for each output index the element of `input` at `source(index)`.
void evaluateMoves(const HostTensor &input, HostTensor &output,
                   llvm::function_ref<int64_t(const std::vector<int64_t> &)> source);

} // namespace dlc

#endif // DLC_DIALECT_EVALUATE_H
