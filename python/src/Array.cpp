// Tensors in Python: made from and seen as NumPy arrays without a copy, and run through programs.
#include "Handles.h"

#include <cstring>

namespace dlc::python {

static nb::tuple shapeOf(const Tensor &tensor) {
  uint32_t rank = dlc_tensor_rank(tensor.handle);
  const int64_t *dims = dlc_tensor_dims(tensor.handle);
  nb::object shape = nb::steal(PyTuple_New(rank));
  for (uint32_t i = 0; i < rank; ++i)
    PyTuple_SET_ITEM(shape.ptr(), i, PyLong_FromLongLong(dims[i]));
  return nb::borrow<nb::tuple>(shape);
}

static void releaseView(void *context) {
  nb::gil_scoped_acquire gil;
  auto *view = static_cast<Py_buffer *>(context);
  PyBuffer_Release(view);
  delete view;
}

static dlc_status *copyOf(const Py_buffer &view, dlc_dtype dtype, const std::vector<int64_t> &dims, dlc_tensor *&out) {
  dlc_status *status = dlc_tensor_create(dtype, uint32_t(dims.size()), dims.data(), &out);
  if (!status && view.len)
    std::memcpy(dlc_tensor_data(out), view.buf, size_t(view.len));
  return status;
}

/// A tensor over a C-contiguous Python buffer, which is kept and must not be written by others, or a copy of it.
static Tensor tensorOfBuffer(nb::handle source, dlc_dtype dtype, const std::vector<int64_t> &dims, bool copy) {
  auto *view = new Py_buffer;
  if (PyObject_GetBuffer(source.ptr(), view, PyBUF_C_CONTIGUOUS) != 0) {
    delete view;
    throw nb::python_error();
  }
  size_t bytes = dlc_dtype_size(dtype);
  for (int64_t dim : dims)
    bytes *= size_t(dim);
  if (bytes != size_t(view->len)) {
    std::string message =
        "expected a buffer of " + std::to_string(bytes) + " bytes, but got " + std::to_string(view->len);
    releaseView(view);
    throw nb::value_error(message.c_str());
  }
  dlc_tensor *out = nullptr;
  dlc_status *status =
      copy ? copyOf(*view, dtype, dims, out)
           : dlc_tensor_wrap(view->buf, dtype, uint32_t(dims.size()), dims.data(), releaseView, view, &out);
  if (copy || status)
    releaseView(view);
  check(status);
  return Tensor(out);
}

/// The buffer protocol: numpy.frombuffer sees the bytes and keeps the tensor.
static int getBuffer(PyObject *object, Py_buffer *view, int flags) {
  Tensor *tensor = nb::inst_ptr<Tensor>(nb::handle(object));
  static char empty;
  void *data = dlc_tensor_data(tensor->handle);
  return PyBuffer_FillInfo(view, object, data ? data : &empty, Py_ssize_t(dlc_tensor_bytes(tensor->handle)), 0, flags);
}

static PyType_Slot tensorSlots[] = {{Py_bf_getbuffer, reinterpret_cast<void *>(getBuffer)}, {0, nullptr}};

static nb::list runProgram(const Program &program, nb::handle inputs) {
  std::vector<dlc_tensor *> arguments, results(dlc_program_output_count(program.handle), nullptr);
  for (nb::handle input : inputs)
    arguments.push_back(nb::cast<Tensor *>(input)->handle);
  dlc_status *status = nullptr;
  {
    nb::gil_scoped_release unlocked;
    status = dlc_program_run(program.handle, arguments.data(), arguments.size(), results.data(), results.size());
  }
  check(status);
  nb::list out;
  for (dlc_tensor *result : results)
    out.append(nb::cast(new Tensor(result), nb::rv_policy::take_ownership));
  return out;
}

/// (program, note) of the disk cache, or None.
static nb::object findProgram(nb::bytes key) {
  if (key.size() != 32)
    throw nb::value_error("expected a key of 32 bytes");
  dlc_program *program = nullptr;
  char *note = nullptr;
  check(dlc_program_find(reinterpret_cast<const uint8_t *>(key.c_str()), &program, &note));
  if (!program)
    return nb::none();
  nb::object text = nb::str(note);
  dlc_string_free(note);
  return nb::make_tuple(nb::cast(new Program(program), nb::rv_policy::take_ownership), text);
}

static void storeProgram(const Program &program, nb::bytes key, const std::string &label, const std::string &note) {
  if (key.size() != 32)
    throw nb::value_error("expected a key of 32 bytes");
  check(dlc_program_store(program.handle, reinterpret_cast<const uint8_t *>(key.c_str()), label.c_str(), note.c_str()));
}

/// {name of the count: count}.
static nb::dict codeCounts() {
  dlc_code_counts counts;
  dlc_code_counts_get(&counts);
  nb::dict out;
  out["programs_found"] = counts.programs_found;
  out["programs_compiled"] = counts.programs_compiled;
  out["kernels_found"] = counts.kernels_found;
  out["kernels_shared"] = counts.kernels_shared;
  out["kernels_compiled"] = counts.kernels_compiled;
  return out;
}

/// {name: tensor} of a .safetensors file.
static nb::dict loadTensors(nb::bytes path) {
  dlc_tensor_file *file = nullptr;
  check(dlc_tensor_file_open(pathOf(path).c_str(), &file));
  nb::dict tensors;
  dlc_status *status = nullptr;
  for (size_t i = 0, count = dlc_tensor_file_count(file); i < count && !status; ++i) {
    dlc_tensor *tensor = nullptr;
    status = dlc_tensor_file_read(file, i, &tensor);
    if (!status)
      tensors[dlc_tensor_file_name(file, i)] = nb::cast(new Tensor(tensor), nb::rv_policy::take_ownership);
  }
  dlc_tensor_file_release(file);
  check(status);
  return tensors;
}

static void saveTensors(nb::bytes path, nb::dict tensors) {
  std::vector<std::string> texts;
  std::vector<const char *> names;
  std::vector<dlc_tensor *> handles;
  for (auto [name, tensor] : tensors) {
    texts.push_back(textOf(name));
    if (texts.back().find('\0') != std::string::npos)
      throw nb::value_error("expected names of tensors without null characters");
    handles.push_back(nb::cast<Tensor *>(tensor)->handle);
  }
  for (const std::string &text : texts)
    names.push_back(text.c_str());
  check(dlc_tensor_file_write(pathOf(path).c_str(), names.data(), handles.data(), handles.size()));
}

static Program *openProgram(nb::bytes path) {
  dlc_program *program = nullptr;
  check(dlc_program_open(pathOf(path).c_str(), &program));
  return new Program(program);
}

void bindArrays(nb::module_ &m) {
  nb::class_<Tensor>(m, "Tensor", nb::type_slots(tensorSlots), "A dense tensor in memory")
      .def_prop_ro("dtype", [](const Tensor &tensor) { return dlc_tensor_dtype(tensor.handle); })
      .def_prop_ro("shape", &shapeOf)
      .def_prop_ro("address", [](const Tensor &t) { return reinterpret_cast<uintptr_t>(dlc_tensor_data(t.handle)); });
  m.def("tensor", &tensorOfBuffer, nb::arg("buffer"), nb::arg("dtype"), nb::arg("dims"), nb::arg("copy"));
  nb::class_<Program>(m, "Program", "Something that runs")
      .def_prop_ro("inputs", [](const Program &program) { return dlc_program_input_count(program.handle); })
      .def_prop_ro("outputs", [](const Program &program) { return dlc_program_output_count(program.handle); })
      .def("run", &runProgram, nb::arg("inputs"))
      .def("store", &storeProgram, nb::arg("key"), nb::arg("label"), nb::arg("note"));
  m.def("find_program", &findProgram, nb::arg("key"));
  m.def("open_program", &openProgram, nb::arg("path"), nb::rv_policy::take_ownership);
  m.def("build_id", [] { return std::string(dlc_build_id()); });
  m.def("code_counts", &codeCounts);
  m.def("load_tensors", &loadTensors, nb::arg("path"));
  m.def("save_tensors", &saveTensors, nb::arg("path"), nb::arg("tensors"));
}

} // namespace dlc::python
