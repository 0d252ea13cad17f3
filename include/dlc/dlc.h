// The C++ API of dlc, header-only over the C ABI (link libdlc). Arrays record what is done with them; an observation
// compiles and runs what is pending. Functions can be compiled (`jit`) and differentiated (`grad`). Every failure is a
// dlc::Error that names what was expected. An Array may be copied freely; one thread uses it at a time.
#ifndef DLC_DLC_H
#define DLC_DLC_H

#include "dlc-c/dlc.h"
#include "dlc-c/trace.h"

#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

namespace dlc {

/// A failure of dlc. `kind` tells a user's mistake from an input/output error or a bug.
class Error : public std::runtime_error {
public:
  Error(dlc_status_kind kind, const char *message) : std::runtime_error(message), kind(kind) {}
  dlc_status_kind kind;
};

namespace detail {

inline void check(dlc_status *status) {
  if (!status)
    return;
  Error error(dlc_status_get_kind(status), dlc_status_message(status));
  dlc_status_release(status);
  throw error;
}

/// Shared ownership of a handle of the C ABI.
template <class Handle> std::shared_ptr<Handle> own(Handle *handle, void (*release)(Handle *)) {
  return std::shared_ptr<Handle>(handle, release);
}

/// The trace that operations of this thread go to: that of a function being traced, else the pending one.
inline std::shared_ptr<dlc_trace> &current() {
  thread_local std::shared_ptr<dlc_trace> trace;
  return trace;
}

inline std::shared_ptr<dlc_trace> makeTrace(bool isLazy, bool isFast = false) {
  dlc_trace_options options = {};
  options.lazy = isLazy;
  options.engine = "jit";
  options.fast = isFast;
  dlc_trace *trace = nullptr;
  check(dlc_trace_create(&options, &trace));
  return own(trace, dlc_trace_release);
}

template <class T> struct TypeOf;
template <> struct TypeOf<float> {
  static constexpr dlc_dtype value = DLC_F32;
};
template <> struct TypeOf<double> {
  static constexpr dlc_dtype value = DLC_F64;
};
template <> struct TypeOf<int32_t> {
  static constexpr dlc_dtype value = DLC_I32;
};
template <> struct TypeOf<int64_t> {
  static constexpr dlc_dtype value = DLC_I64;
};
template <> struct TypeOf<bool> {
  static constexpr dlc_dtype value = DLC_BOOL;
};

} // namespace detail

/// A dense array of one element type: memory, or a value that a trace has yet to compute.
class Array {
public:
  Array() = default;
  /// A rank-0 array.
  template <class T> explicit Array(T value) : Array({}, &value) {}
  /// Copies `values`, row-major; their number must be the product of `shape`.
  template <class T> Array(const std::vector<int64_t> &shape, const std::vector<T> &values) {
    static_assert(!std::is_same<T, bool>::value, "std::vector<bool> holds bits: pass an array of bool");
    make<T>(shape);
    if (values.size() != size())
      throw Error(DLC_VALUE_ERROR, ("expected as many values as the shape has elements, " + std::to_string(size()) +
                                    ", but got " + std::to_string(values.size()))
                                       .c_str());
    fill(values.data());
  }
  /// Copies as many values as the shape has elements.
  template <class T> Array(const std::vector<int64_t> &shape, const T *values) {
    make<T>(shape);
    fill(values);
  }
  explicit Array(std::shared_ptr<dlc_tensor> memory) : memory(std::move(memory)) {}

  /// The extents; -1 for one that is symbolic in the trace.
  std::vector<int64_t> shape() const {
    if (memory)
      return {dlc_tensor_dims(memory.get()), dlc_tensor_dims(memory.get()) + dlc_tensor_rank(memory.get())};
    return {traced().info.dims, traced().info.dims + traced().info.rank};
  }
  dlc_dtype dtype() const { return memory ? dlc_tensor_dtype(memory.get()) : traced().info.dtype; }
  size_t size() const {
    size_t count = 1;
    for (int64_t extent : shape())
      count *= size_t(extent);
    return count;
  }
  /// The elements, row-major; computes them if need be. `T` must be the array's type.
  template <class T> const T *data() const {
    if (dtype() != detail::TypeOf<T>::value)
      throw Error(DLC_TYPE_ERROR, (std::string("expected the type of data() to be that of the array, ") +
                                   dlc_dtype_name(dtype()) + ", but got " + dlc_dtype_name(detail::TypeOf<T>::value))
                                      .c_str());
    return static_cast<const T *>(dlc_tensor_data(tensor().get()));
  }
  template <class T> std::vector<T> toVector() const { return std::vector<T>(data<T>(), data<T>() + size()); }
  /// The element of an array that has one.
  template <class T> T item() const {
    if (size() != 1)
      throw Error(DLC_VALUE_ERROR, ("expected an array of one element, but got " + std::to_string(size())).c_str());
    return *data<T>();
  }

  /// The memory of the array; runs what is pending.
  std::shared_ptr<dlc_tensor> tensor() const {
    if (!memory) {
      if (!dlc_trace_is_done(traced().trace.get()))
        detail::check(dlc_trace_flush(value->trace.get()));
      dlc_tensor *made = nullptr;
      detail::check(dlc_trace_value_tensor(value->trace.get(), value->info.id, &made));
      memory = detail::own(made, dlc_tensor_release);
      value.reset();
    }
    return memory;
  }

private:
  friend Array call(const char *, std::initializer_list<Array>, const std::string &);
  template <class> friend class Jit;
  friend std::vector<Array> valueAndGrad(const std::function<Array(const std::vector<Array> &)> &,
                                         const std::vector<Array> &);
  /// A counted value of a trace.
  struct Value {
    std::shared_ptr<dlc_trace> trace;
    dlc_value_info info;
    ~Value() { dlc_trace_value_release(trace.get(), info.id); }
  };
  Array(std::shared_ptr<dlc_trace> trace, dlc_value_info info) : value(new Value{std::move(trace), info}) {}

  /// The value of an array without memory.
  const Value &traced() const {
    if (!value)
      throw Error(DLC_VALUE_ERROR, "expected an array, but got one that was never set");
    return *value;
  }
  template <class T> void make(const std::vector<int64_t> &shape) {
    dlc_tensor *made = nullptr;
    detail::check(dlc_tensor_create(detail::TypeOf<T>::value, uint32_t(shape.size()), shape.data(), &made));
    memory = detail::own(made, dlc_tensor_release);
  }
  void fill(const void *values) {
    if (size())
      std::memcpy(dlc_tensor_data(memory.get()), values, dlc_tensor_bytes(memory.get()));
  }

  /// The array as a value of `trace`.
  uint32_t in(const std::shared_ptr<dlc_trace> &trace) const {
    if (value && value->trace == trace)
      return value->info.id;
    dlc_value_info info;
    detail::check(dlc_trace_tensor(trace.get(), tensor().get(), &info));
    return info.id;
  }

  mutable std::shared_ptr<dlc_tensor> memory;
  mutable std::shared_ptr<Value> value;
};

/// Records an operation by name: a builder that broadcasts and promotes ("add", "matmul", "softmax"), or an op
/// ("dlc.add"). `attributes` is an MLIR dictionary.
inline Array call(const char *name, std::initializer_list<Array> operands, const std::string &attributes = "") {
  std::shared_ptr<dlc_trace> &trace = detail::current();
  if (!trace || dlc_trace_is_done(trace.get()))
    trace = detail::makeTrace(true);
  std::vector<uint32_t> ids;
  for (const Array &operand : operands)
    ids.push_back(operand.in(trace));
  dlc_value_info result;
  size_t count = 0;
  detail::check(dlc_trace_op(trace.get(), name, ids.data(), ids.size(),
                             attributes.empty() ? nullptr : attributes.c_str(), 0, &result, 1, &count));
  return Array(trace, result);
}

inline Array operator+(const Array &x, const Array &y) { return call("add", {x, y}); }
inline Array operator-(const Array &x, const Array &y) { return call("sub", {x, y}); }
inline Array operator*(const Array &x, const Array &y) { return call("mul", {x, y}); }
inline Array operator/(const Array &x, const Array &y) { return call("div", {x, y}); }
inline Array operator-(const Array &x) { return call("dlc.neg", {x}); }
/// The matrix product, batched over leading dims.
inline Array matmul(const Array &x, const Array &y) { return call("matmul", {x, y}); }
inline Array exp(const Array &x) { return call("dlc.exp", {x}); }
inline Array log(const Array &x) { return call("dlc.log", {x}); }
inline Array tanh(const Array &x) { return call("dlc.tanh", {x}); }
inline Array relu(const Array &x) { return call("dlc.relu", {x}); }
inline Array sqrt(const Array &x) { return call("dlc.sqrt", {x}); }
/// The sum and the mean of all elements, rank 0.
inline Array sum(const Array &x) { return call("reduce", {x}, "{kind = \"sum\"}"); }
inline Array mean(const Array &x) { return call("mean", {x}); }

/// A function of arrays, compiled once for each signature of its arguments; made by `jit`.
template <class Function> class Jit {
public:
  explicit Jit(Function function, bool isFast = false) : function(std::move(function)), isFast(isFast) {}

  Array operator()(const std::vector<Array> &arguments) {
    std::string key;
    for (const Array &argument : arguments) {
      key += std::to_string(argument.dtype()) + "[";
      for (int64_t extent : argument.shape())
        key += std::to_string(extent) + ",";
    }
    std::shared_ptr<dlc_program> &program = programs[key];
    if (!program)
      program = compile(arguments);
    std::vector<dlc_tensor *> inputs;
    for (const Array &argument : arguments)
      inputs.push_back(argument.tensor().get());
    dlc_tensor *output = nullptr;
    detail::check(dlc_program_run(program.get(), inputs.data(), inputs.size(), &output, 1));
    return Array(detail::own(output, dlc_tensor_release));
  }

private:
  std::shared_ptr<dlc_program> compile(const std::vector<Array> &arguments) {
    std::shared_ptr<dlc_trace> trace = detail::makeTrace(false, isFast), outer = trace;
    std::swap(outer, detail::current());
    struct Restore {
      std::shared_ptr<dlc_trace> &outer;
      ~Restore() { std::swap(outer, detail::current()); }
    } restore{outer};
    std::vector<Array> traced;
    for (const Array &argument : arguments) {
      std::vector<std::string> extents;
      for (int64_t extent : argument.shape())
        extents.push_back(std::to_string(extent));
      std::vector<const char *> texts;
      for (const std::string &extent : extents)
        texts.push_back(extent.c_str());
      dlc_value_info info;
      std::string name = "x" + std::to_string(traced.size());
      detail::check(
          dlc_trace_input(trace.get(), argument.dtype(), uint32_t(texts.size()), texts.data(), name.c_str(), 0, &info));
      traced.push_back(Array(trace, info));
    }
    Array result = function(traced);
    uint32_t output = result.in(trace);
    dlc_module *made = nullptr;
    detail::check(dlc_trace_finish(trace.get(), &output, 1, &made));
    std::shared_ptr<dlc_module> module = detail::own(made, dlc_module_release);
    dlc_program *program = nullptr;
    detail::check(dlc_module_compile(module.get(), "jit", &program));
    return detail::own(program, dlc_program_release);
  }

  Function function;
  bool isFast;
  std::map<std::string, std::shared_ptr<dlc_program>> programs;
};

/// How `jit` compiles.
struct JitOptions {
  /// Gives up exact numerics (docs/numerics.md): code may contract, reorder and approximate, so bits may differ between
  /// CPUs, shapes and thread counts. Errors stay bounded.
  bool isFast = false;
};

/// Compiles `function`, from a vector of arrays to an array, when it is first called with a signature.
template <class Function> Jit<Function> jit(Function function, JitOptions options = {}) {
  return Jit<Function>(std::move(function), options.isFast);
}

/// The value of `function` (rank 0, of a float type) at `arguments`, then its gradient with respect to each argument.
inline std::vector<Array> valueAndGrad(const std::function<Array(const std::vector<Array> &)> &function,
                                       const std::vector<Array> &arguments) {
  std::shared_ptr<dlc_trace> &trace = detail::current();
  if (!trace || dlc_trace_is_done(trace.get()))
    trace = detail::makeTrace(true);
  std::shared_ptr<dlc_trace> here = trace;
  std::vector<uint32_t> ids;
  for (const Array &argument : arguments)
    ids.push_back(argument.in(here));
  std::vector<dlc_value_info> inner(arguments.size());
  detail::check(dlc_trace_begin_function(here.get(), ids.data(), ids.size(), inner.data()));
  uint32_t index = 0;
  dlc_dtype dtype;
  try {
    std::vector<Array> traced;
    for (const dlc_value_info &info : inner)
      traced.push_back(Array(here, info));
    Array result = function(traced);
    dtype = result.dtype();
    uint32_t output = result.in(here);
    detail::check(dlc_trace_end_function(here.get(), &output, 1, &index));
  } catch (...) {
    dlc_trace_abandon_function(here.get());
    throw;
  }
  std::vector<int64_t> wrt;
  for (size_t i = 0; i < arguments.size(); ++i)
    wrt.push_back(int64_t(i));
  int64_t of = 0;
  Array one = dtype == DLC_F64 ? Array(1.0) : Array(1.0f);
  uint32_t cotangent = one.in(here);
  std::vector<dlc_value_info> results(1 + arguments.size());
  size_t count = 0;
  detail::check(dlc_trace_vjp(here.get(), index, ids.data(), ids.size(), wrt.data(), wrt.size(), &of, 1, &cotangent, 0,
                              results.data(), results.size(), &count));
  std::vector<Array> arrays;
  for (const dlc_value_info &info : results)
    arrays.push_back(Array(here, info));
  return arrays;
}

/// The gradient of `function` with respect to each argument.
inline std::vector<Array> grad(const std::function<Array(const std::vector<Array> &)> &function,
                               const std::vector<Array> &arguments) {
  std::vector<Array> all = valueAndGrad(function, arguments);
  all.erase(all.begin());
  return all;
}

} // namespace dlc

#endif // DLC_DLC_H
