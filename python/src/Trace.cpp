// Traces in Python. Operands are values, tensors and Python's scalars; results are new values.
#include "Handles.h"

namespace dlc::python {

Trace::Trace(bool lazy, const std::string &engine, bool fast) : handle(nullptr) {
  dlc_trace_options options{uint8_t(lazy), engine.c_str(), uint8_t(fast)};
  check(dlc_trace_create(&options, &handle));
}

/// Extents, -1 where symbolic.
static nb::tuple shapeOf(const Value &value) {
  nb::object shape = nb::steal(PyTuple_New(value.info.rank));
  for (uint32_t i = 0; i < value.info.rank; ++i)
    PyTuple_SET_ITEM(shape.ptr(), i, PyLong_FromLongLong(value.info.dims[i]));
  return nb::borrow<nb::tuple>(shape);
}

static Tensor *tensorOf(const Value &value) {
  dlc_tensor *out = nullptr;
  dlc_status *status = nullptr;
  {
    nb::gil_scoped_release unlocked;
    status = dlc_trace_value_tensor(value.trace.handle, value.info.id, &out);
  }
  check(status);
  return new Tensor(out);
}

/// A Python scalar as a value of the trace.
static void addScalar(const Trace &trace, PyObject *operand, dlc_value_info &info) {
  if (PyBool_Check(operand)) {
    check(dlc_trace_scalar(trace.handle, 'b', operand == Py_True, 0, &info));
  } else if (PyLong_Check(operand)) {
    int overflow = 0;
    long long integer = PyLong_AsLongLongAndOverflow(operand, &overflow);
    if (overflow)
      throw nb::value_error("expected an integer of 64 bits");
    check(dlc_trace_scalar(trace.handle, 'i', integer, 0, &info));
  } else if (PyFloat_Check(operand)) {
    check(dlc_trace_scalar(trace.handle, 'f', 0, PyFloat_AS_DOUBLE(operand), &info));
  } else {
    std::string message = std::string("expected an array or a number, but got ") + Py_TYPE(operand)->tp_name;
    throw nb::type_error(message.c_str());
  }
}

/// An operand as a value of the trace with one reference more. A value of another trace is what it was computed to.
static dlc_value_info addOperand(const Trace &trace, nb::handle operand) {
  dlc_value_info info;
  if (nb::isinstance<Value>(operand)) {
    const Value &value = *nb::inst_ptr<Value>(operand);
    if (value.trace.handle == trace.handle) {
      dlc_trace_value_retain(trace.handle, value.info.id);
      return value.info;
    }
    Tensor *tensor = tensorOf(value);
    dlc_status *status = dlc_trace_tensor(trace.handle, tensor->handle, &info);
    delete tensor;
    check(status);
  } else if (nb::isinstance<Tensor>(operand)) {
    check(dlc_trace_tensor(trace.handle, nb::inst_ptr<Tensor>(operand)->handle, &info));
  } else {
    addScalar(trace, operand.ptr(), info);
  }
  return info;
}

namespace {

/// Operands as numbers of the trace, held until the end.
class Operands {
public:
  Operands(const Trace &trace, nb::handle operands) : trace(trace) {
    for (nb::handle operand : operands)
      ids.push_back(addOperand(trace, operand).id);
  }
  Operands(const Operands &) = delete;
  ~Operands() {
    for (uint32_t id : ids)
      dlc_trace_value_release(trace.handle, id);
  }
  std::vector<uint32_t> ids;

private:
  const Trace &trace;
};

} // namespace

static nb::list wrap(const Trace &trace, const dlc_value_info *infos, size_t count) {
  nb::list values;
  for (size_t i = 0; i < count; ++i)
    values.append(nb::cast(new Value(trace, infos[i]), nb::rv_policy::take_ownership));
  return values;
}

static nb::list appendOp(const Trace &trace, const std::string &name, nb::handle operands, nb::handle attributes,
                         size_t capacity) {
  Operands numbers(trace, operands);
  uint32_t location = currentLocation();
  constexpr size_t usual = 4; // need no memory of their own
  dlc_value_info few[usual];
  std::vector<dlc_value_info> many(capacity > usual ? capacity : 0);
  dlc_value_info *results = many.empty() ? few : many.data();
  size_t count = 0;
  check(dlc_trace_op(trace.handle, name.c_str(), numbers.ids.data(), numbers.ids.size(),
                     attributes.is_none() ? nullptr : PyUnicode_AsUTF8(attributes.ptr()), location, results,
                     many.empty() ? usual : capacity, &count),
        location);
  return wrap(trace, results, count);
}

static Value *addInput(const Trace &trace, dlc_dtype dtype, const std::vector<std::string> &dims,
                       const std::string &name, bool weak) {
  std::vector<const char *> texts;
  for (const std::string &dim : dims)
    texts.push_back(dim.c_str());
  dlc_value_info info;
  check(dlc_trace_input(trace.handle, dtype, uint32_t(dims.size()), texts.data(), name.c_str(), weak, &info));
  return new Value(trace, info);
}

static Value *addExtent(const Trace &trace, const std::string &text) {
  dlc_value_info info;
  check(dlc_trace_extent(trace.handle, text.c_str(), &info));
  return new Value(trace, info);
}

static nb::list beginFunction(const Trace &trace, nb::handle arguments) {
  Operands numbers(trace, arguments);
  std::vector<dlc_value_info> inner(numbers.ids.size());
  check(dlc_trace_begin_function(trace.handle, numbers.ids.data(), numbers.ids.size(), inner.data()));
  return wrap(trace, inner.data(), inner.size());
}

static nb::list beginBatched(const Trace &trace, nb::handle arguments, const std::vector<int64_t> &axes) {
  Operands numbers(trace, arguments);
  std::vector<dlc_value_info> inner(numbers.ids.size());
  if (axes.size() != inner.size())
    throw nb::value_error("expected one axis for each argument");
  check(dlc_trace_begin_batched(trace.handle, numbers.ids.data(), numbers.ids.size(), axes.data(), inner.data()));
  return wrap(trace, inner.data(), inner.size());
}

static uint32_t endFunction(const Trace &trace, nb::handle results) {
  Operands numbers(trace, results);
  uint32_t function = 0;
  check(dlc_trace_end_function(trace.handle, numbers.ids.data(), numbers.ids.size(), &function));
  return function;
}

/// dlc_trace_vjp or dlc_trace_jvp; one seed for each of `seeded`.
static nb::list differentiate(decltype(&dlc_trace_vjp) derivative, const Trace &trace, uint32_t function,
                              nb::handle arguments, const std::vector<int64_t> &wrt, const std::vector<int64_t> &of,
                              nb::handle seeds, size_t seeded, size_t capacity) {
  Operands numbers(trace, arguments), given(trace, seeds);
  std::vector<dlc_value_info> results(capacity);
  size_t count = 0;
  uint32_t location = currentLocation();
  if (given.ids.size() != seeded)
    throw nb::value_error("expected one cotangent or tangent for each differentiated result or argument");
  check(derivative(trace.handle, function, numbers.ids.data(), numbers.ids.size(), wrt.data(), wrt.size(), of.data(),
                   of.size(), given.ids.data(), location, results.data(), capacity, &count),
        location);
  return wrap(trace, results.data(), count);
}

static nb::list callVjp(const Trace &trace, uint32_t function, nb::handle arguments, const std::vector<int64_t> &wrt,
                        const std::vector<int64_t> &of, nb::handle cotangents, size_t capacity) {
  return differentiate(&dlc_trace_vjp, trace, function, arguments, wrt, of, cotangents, of.size(), capacity);
}

static nb::list callJvp(const Trace &trace, uint32_t function, nb::handle arguments, const std::vector<int64_t> &wrt,
                        const std::vector<int64_t> &of, nb::handle tangents, size_t capacity) {
  return differentiate(&dlc_trace_jvp, trace, function, arguments, wrt, of, tangents, wrt.size(), capacity);
}

static nb::list callVmap(const Trace &trace, uint32_t function, nb::handle arguments,
                         const std::vector<int64_t> &inAxes, const std::vector<int64_t> &outAxes) {
  Operands numbers(trace, arguments);
  std::vector<dlc_value_info> results(outAxes.size());
  size_t count = 0;
  uint32_t location = currentLocation();
  if (numbers.ids.size() != inAxes.size())
    throw nb::value_error("expected one axis for each argument");
  check(dlc_trace_vmap(trace.handle, function, numbers.ids.data(), numbers.ids.size(), inAxes.data(), outAxes.data(),
                       outAxes.size(), location, results.data(), results.size(), &count),
        location);
  return wrap(trace, results.data(), count);
}

/// `make` adds a branch or loop with these results.
template <class Make> static nb::list addControlFlow(const Trace &trace, size_t capacity, Make make) {
  std::vector<dlc_value_info> results(capacity);
  size_t count = 0;
  uint32_t location = currentLocation();
  check(make(location, results.data(), &count), location);
  return wrap(trace, results.data(), count);
}

static nb::list addIf(const Trace &trace, nb::handle predicate, uint32_t whenTrue, uint32_t whenFalse,
                      nb::handle arguments, size_t capacity) {
  Operands numbers(trace, arguments), condition(trace, nb::make_tuple(predicate));
  return addControlFlow(trace, capacity, [&](uint32_t location, dlc_value_info *results, size_t *count) {
    return dlc_trace_if(trace.handle, condition.ids[0], whenTrue, whenFalse, numbers.ids.data(), numbers.ids.size(),
                        location, results, capacity, count);
  });
}

static nb::list addWhile(const Trace &trace, uint32_t condition, uint32_t body, nb::handle inits) {
  Operands numbers(trace, inits);
  size_t capacity = numbers.ids.size();
  return addControlFlow(trace, capacity, [&](uint32_t location, dlc_value_info *results, size_t *count) {
    return dlc_trace_while(trace.handle, condition, body, numbers.ids.data(), capacity, location, results, capacity,
                           count);
  });
}

static nb::list addFor(const Trace &trace, nb::handle lower, nb::handle upper, uint32_t body, nb::handle inits) {
  Operands numbers(trace, inits), bounds(trace, nb::make_tuple(lower, upper));
  size_t capacity = numbers.ids.size();
  return addControlFlow(trace, capacity, [&](uint32_t location, dlc_value_info *results, size_t *count) {
    return dlc_trace_for(trace.handle, bounds.ids[0], bounds.ids[1], body, numbers.ids.data(), capacity, location,
                         results, capacity, count);
  });
}

static void flush(const Trace &trace) {
  dlc_status *status = nullptr;
  {
    nb::gil_scoped_release unlocked;
    status = dlc_trace_flush(trace.handle);
  }
  check(status);
}

static Module *finish(const Trace &trace, nb::handle outputs) {
  Operands numbers(trace, outputs);
  dlc_module *module = nullptr;
  check(dlc_trace_finish(trace.handle, numbers.ids.data(), numbers.ids.size(), &module));
  return new Module(module);
}

static std::string moduleText(const Module &module, const std::string &phase) {
  char *text = nullptr;
  check(dlc_module_text(module.handle, phase.c_str(), &text));
  std::string out = text;
  dlc_string_free(text);
  return out;
}

static Program *compileModule(const Module &module, const std::string &engine) {
  dlc_program *program = nullptr;
  dlc_status *status = nullptr;
  {
    nb::gil_scoped_release unlocked;
    status = dlc_module_compile(module.handle, engine.c_str(), &program);
  }
  check(status);
  return new Program(program);
}

static void emitModule(const Module &module, const std::string &kind, nb::bytes path, const std::string &target,
                       const std::vector<nb::bytes> &link) {
  std::vector<std::string> files;
  for (const nb::bytes &file : link)
    files.push_back(pathOf(file));
  std::vector<const char *> paths;
  for (const std::string &file : files)
    paths.push_back(file.c_str());
  check(dlc_module_emit(module.handle, kind.c_str(), pathOf(path).c_str(), target.empty() ? nullptr : target.c_str(),
                        paths.data(), paths.size()));
}

static Module *parseModule(const std::string &text, const std::string &name) {
  dlc_module *module = nullptr;
  check(dlc_module_parse(text.data(), text.size(), name.c_str(), &module));
  return new Module(module);
}

static std::string dimOf(const Value &value, uint32_t dim) {
  char text[1024];
  check(dlc_trace_dim_text(value.trace.handle, value.info.id, dim, text, sizeof(text)));
  return text;
}

void bindTraces(nb::module_ &m) {
  constexpr auto owned = nb::rv_policy::take_ownership;
  nb::class_<Value>(m, "Value", "A value of a trace")
      .def_prop_ro("dtype", [](const Value &value) { return value.info.dtype; })
      .def_prop_ro("weak", [](const Value &value) { return bool(value.info.weak); })
      .def_prop_ro("shape", &shapeOf)
      .def_prop_ro("done", [](const Value &value) { return bool(dlc_trace_is_done(value.trace.handle)); })
      .def("dim", &dimOf, nb::arg("dim"))
      .def("tensor", &tensorOf, owned);
  nb::class_<Trace>(m, "Trace", "dlc IR that is being recorded")
      .def(nb::init<bool, const std::string &, bool>(), nb::arg("lazy"), nb::arg("engine"), nb::arg("fast") = false)
      .def("op", &appendOp, nb::arg("name"), nb::arg("operands"), nb::arg("attributes").none(), nb::arg("capacity") = 4)
      .def(
          "value", [](const Trace &t, nb::handle x) { return new Value(t, addOperand(t, x)); }, owned)
      .def(
          "as_weak",
          [](const Trace &t, const Value &value) {
            dlc_value_info info;
            check(dlc_trace_as_weak(t.handle, value.info.id, &info));
            return new Value(t, info);
          },
          nb::arg("value"), owned)
      .def(
          "require_different",
          [](const Trace &t, const std::string &one, const std::string &other) {
            check(dlc_trace_require_different(t.handle, one.c_str(), other.c_str()));
          },
          nb::arg("one"), nb::arg("other"))
      .def("extent", &addExtent, nb::arg("text"), owned)
      .def("input", &addInput, nb::arg("dtype"), nb::arg("dims"), nb::arg("name"), nb::arg("weak"), owned)
      .def("owns", [](const Trace &t, const Value &value) { return value.trace.handle == t.handle; })
      .def("begin_function", &beginFunction, nb::arg("arguments"))
      .def("begin_batched", &beginBatched, nb::arg("arguments"), nb::arg("axes"))
      .def("end_function", &endFunction, nb::arg("results"))
      .def("abandon_function", [](const Trace &t) { dlc_trace_abandon_function(t.handle); })
      .def("vjp", &callVjp, nb::arg("function"), nb::arg("arguments"), nb::arg("wrt"), nb::arg("of"),
           nb::arg("cotangents"), nb::arg("capacity"))
      .def("jvp", &callJvp, nb::arg("function"), nb::arg("arguments"), nb::arg("wrt"), nb::arg("of"),
           nb::arg("tangents"), nb::arg("capacity"))
      .def("vmap", &callVmap, nb::arg("function"), nb::arg("arguments"), nb::arg("in_axes"), nb::arg("out_axes"))
      .def("branch", &addIf, nb::arg("predicate"), nb::arg("when_true"), nb::arg("when_false"), nb::arg("arguments"),
           nb::arg("capacity"))
      .def("while_loop", &addWhile, nb::arg("condition"), nb::arg("body"), nb::arg("inits"))
      .def("for_loop", &addFor, nb::arg("lower"), nb::arg("upper"), nb::arg("body"), nb::arg("inits"))
      .def("flush", &flush)
      .def("finish", &finish, nb::arg("outputs"), owned)
      .def_prop_ro("done", [](const Trace &t) { return bool(dlc_trace_is_done(t.handle)); })
      .def_prop_ro("length", [](const Trace &t) { return dlc_trace_length(t.handle); })
      .def_prop_ro("at_boundary", [](const Trace &t) { return bool(dlc_trace_at_boundary(t.handle)); });
  nb::class_<Module>(m, "Module", "dlc IR whose entry function is @main")
      .def("text", &moduleText, nb::arg("phase"))
      .def("compile", &compileModule, nb::arg("engine"), owned)
      .def("emit", &emitModule, nb::arg("kind"), nb::arg("path"), nb::arg("target"),
           nb::arg("link") = std::vector<nb::bytes>());
  m.def("parse_module", &parseModule, nb::arg("text"), nb::arg("name"), owned);
}

} // namespace dlc::python
