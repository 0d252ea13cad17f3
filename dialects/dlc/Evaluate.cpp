// The loops that the definitions of ops share.
#include "dialects/dlc/Evaluate.h"

#include "dialects/dlc/Dlc.h"
#include "dialects/dlc/Scalar/Complex.h"

#include "llvm/ADT/SmallVector.h"

#include <cstring>

namespace dlc {

void evaluateElementwise(
    llvm::ArrayRef<HostTensor> inputs, HostTensor &output,
    llvm::function_ref<HostValue(scalar::HostScalarBuilder &, llvm::ArrayRef<HostValue>)> payload) {
  scalar::HostScalarBuilder builder;
  llvm::SmallVector<HostValue, 3> args(inputs.size());
  for (int64_t i = 0, size = output.size(); i < size; ++i) {
    for (auto [arg, input] : llvm::zip(args, inputs))
      arg = scalar::load(input.type, input.at(i));
    scalar::store(payload(builder, args), output.at(i));
  }
}

template <class T> std::vector<T> readAll(const HostTensor &tensor) {
  std::vector<T> values(tensor.size());
  scalar::HostScalarBuilder builder;
  constexpr DType accumulator = std::is_same_v<T, double>  ? DType::F64
                                : std::is_same_v<T, float> ? DType::F32
                                                           : DType::I64;
  if (tensor.type == accumulator) {
    if (!values.empty())
      std::memcpy(values.data(), tensor.buffer.data(), values.size() * sizeof(T));
    return values;
  }
  for (int64_t i = 0, size = tensor.size(); i < size; ++i) {
    HostValue value = builder.cast(scalar::load(tensor.type, tensor.at(i)), accumulator);
    scalar::store(value, &values[i]);
  }
  return values;
}

template <class T> void writeAll(HostTensor &tensor, const std::vector<T> &values) {
  scalar::HostScalarBuilder builder;
  constexpr DType accumulator = std::is_same_v<T, double>  ? DType::F64
                                : std::is_same_v<T, float> ? DType::F32
                                                           : DType::I64;
  for (size_t i = 0; i < values.size(); ++i)
    scalar::store(builder.cast(scalar::load(accumulator, &values[i]), tensor.type), tensor.at(int64_t(i)));
}

template <> std::vector<HostValue> readAll<HostValue>(const HostTensor &tensor) {
  std::vector<HostValue> values;
  for (int64_t i = 0, size = tensor.size(); i < size; ++i)
    values.push_back(scalar::load(tensor.type, tensor.at(i)));
  return values;
}
template <> void writeAll<HostValue>(HostTensor &tensor, const std::vector<HostValue> &values) {
  for (size_t i = 0; i < values.size(); ++i)
    scalar::store(values[i], tensor.at(int64_t(i)));
}

template std::vector<double> readAll<double>(const HostTensor &);
template std::vector<float> readAll<float>(const HostTensor &);
template std::vector<int64_t> readAll<int64_t>(const HostTensor &);
template void writeAll<double>(HostTensor &, const std::vector<double> &);
template void writeAll<float>(HostTensor &, const std::vector<float> &);
template void writeAll<int64_t>(HostTensor &, const std::vector<int64_t> &);

template <class T> T combine(ReduceKind kind, DType type, T x, T y) {
  scalar::HostScalarBuilder b;
  switch (kind) {
  case ReduceKind::sum:
    return plus(x, y);
  case ReduceKind::prod:
    return times(x, y);
  case ReduceKind::max:
  case ReduceKind::min: {
    DType integer = isUnsignedInt(type) ? DType::U64 : DType::I64;
    DType wide = std::is_same_v<T, double> ? DType::F64 : std::is_same_v<T, float> ? DType::F32 : integer;
    scalar::Scalar left = scalar::load(wide, &x), right = scalar::load(wide, &y);
    scalar::store(kind == ReduceKind::max ? b.maximum(left, right) : b.minimum(left, right), &x);
    return x;
  }
  case ReduceKind::all:
    return x && y;
  case ReduceKind::any:
    return x || y;
  }
  return x;
}
template <> HostValue combine<HostValue>(ReduceKind, DType, HostValue x, HostValue y) {
  scalar::HostScalarBuilder b;
  return scalar::factors(b, x, y);
}
template double combine<double>(ReduceKind, DType, double, double);
template float combine<float>(ReduceKind, DType, float, float);
template int64_t combine<int64_t>(ReduceKind, DType, int64_t, int64_t);

void evaluateMoves(const HostTensor &input, HostTensor &output,
                   llvm::function_ref<int64_t(const std::vector<int64_t> &)> source) {
  int64_t width = byteWidth(output.type);
  char *to = output.data<char>();
  forEachIndex(output.shape, [&](const std::vector<int64_t> &index) {
    std::memcpy(to, input.at(source(index)), width);
    to += width;
  });
}

} // namespace dlc
