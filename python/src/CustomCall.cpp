// Custom calls that Python functions answer. The exception that ends one waits, on its thread, for the failure of the
// program to come back, and is raised in its place.
#include "Handles.h"

#include <cstring>

namespace dlc::python {

namespace {

/// The exception that a function of this thread raised last, and the text that the failure has for it. A plain pointer:
/// a thread may end without the interpreter's lock.
struct Pending {
  PyObject *exception = nullptr;
  std::string text;
};
thread_local Pending pending;

/// {name: function}; never ended, for Python's objects in it must not be dropped after the interpreter is.
nb::dict &functions() {
  static auto *all = new nb::dict;
  return *all;
}

/// The kinds of dlc_status_kind that exceptions have.
int kindOf(nb::handle exception) {
  const std::pair<PyObject *, int> kinds[] = {{PyExc_TypeError, DLC_TYPE_ERROR},
                                              {PyExc_IndexError, DLC_INDEX_ERROR},
                                              {PyExc_OSError, DLC_IO_ERROR},
                                              {PyExc_NotImplementedError, DLC_UNSUPPORTED}};
  for (auto [type, kind] : kinds)
    if (PyErr_GivenExceptionMatches(exception.ptr(), type))
      return kind;
  return DLC_VALUE_ERROR;
}

/// "ZeroDivisionError: division by zero".
std::string describe(nb::handle exception) {
  std::string text = Py_TYPE(exception.ptr())->tp_name;
  nb::object words = nb::steal(PyObject_Str(exception.ptr()));
  if (!words.is_valid()) {
    PyErr_Clear();
    return text;
  }
  std::string message = textOf(words);
  return message.empty() ? text : text + ": " + message;
}

/// [(memory, dtype, dims)]: what the functions of python/dlc make views of; zeros where they write.
nb::list listOf(const dlc_call_tensor *tensors, size_t count, int access) {
  static char empty;
  nb::list out;
  for (size_t i = 0; i < count; ++i) {
    const dlc_call_tensor &tensor = tensors[i];
    nb::object dims = nb::steal(PyTuple_New(tensor.rank));
    size_t bytes = dlc_dtype_size(tensor.dtype);
    for (uint32_t d = 0; d < tensor.rank; ++d) {
      PyTuple_SET_ITEM(dims.ptr(), d, PyLong_FromLongLong(tensor.dims[d]));
      bytes *= size_t(tensor.dims[d]);
    }
    char *data = bytes ? static_cast<char *>(tensor.data) : &empty;
    if (access == PyBUF_WRITE && bytes)
      memset(data, 0, bytes);
    nb::object memory = nb::steal(PyMemoryView_FromMemory(data, Py_ssize_t(bytes), access));
    if (!memory.is_valid())
      throw nb::python_error();
    out.append(nb::make_tuple(memory, tensor.dtype, dims));
  }
  return out;
}

int callPython(const dlc_custom_call *call, void *) {
  if (!Py_IsInitialized())
    return call->fail(call, DLC_UNSUPPORTED, "its function is Python's, which has ended");
  nb::gil_scoped_acquire gil;
  try {
    nb::object function = nb::steal(PyObject_CallMethod(functions().ptr(), "get", "s", call->name));
    if (!function.is_valid() || function.is_none())
      return call->fail(call, DLC_VALUE_ERROR, "its function is no longer registered");
    function(listOf(call->inputs, call->input_count, PyBUF_READ),
             listOf(call->outputs, call->output_count, PyBUF_WRITE), nb::str(call->attributes));
    return 0;
  } catch (nb::python_error &error) {
    nb::object exception = nb::borrow(error.value());
    Py_XDECREF(pending.exception);
    pending = {exception.ptr(), describe(exception)};
    Py_INCREF(pending.exception);
    // A failure holds no more, and its text must be found again.
    pending.text.resize(std::min<size_t>(pending.text.size(), 2048));
    return call->fail(call, kindOf(exception), pending.text.c_str());
  }
}

/// A callable, or None to take the name back.
void registerPython(const std::string &name, nb::object function) {
  if (name.find('\0') != std::string::npos)
    throw nb::value_error("expected the name of a custom call without null characters");
  bool isNone = function.is_none();
  check(dlc_register_custom_call(name.c_str(), isNone ? nullptr : callPython, nullptr));
  functions()[name.c_str()] = function;
}

void registerAddress(const std::string &name, uintptr_t address) {
  if (name.find('\0') != std::string::npos)
    throw nb::value_error("expected the name of a custom call without null characters");
  check(dlc_register_custom_call(name.c_str(), reinterpret_cast<dlc_custom_function>(address), nullptr));
}

/// The pointer of a capsule named "dlc_custom_function".
uintptr_t addressOf(nb::handle capsule) {
  void *pointer = PyCapsule_GetPointer(capsule.ptr(), "dlc_custom_function");
  if (!pointer)
    throw nb::python_error();
  return reinterpret_cast<uintptr_t>(pointer);
}

} // namespace

void raisePending(const std::string &message) {
  size_t found = pending.exception ? message.find(pending.text) : std::string::npos;
  if (found == std::string::npos)
    return;
  nb::object exception = nb::steal(std::exchange(pending.exception, nullptr));
  std::string note = message.substr(0, found);
  note = note.substr(0, note.find_last_not_of(": ") + 1) + excerptFor(message);
  if (PyObject_HasAttrString(exception.ptr(), "add_note"))
    exception.attr("add_note")(nb::str(note.c_str()));
  PyErr_SetObject(reinterpret_cast<PyObject *>(Py_TYPE(exception.ptr())), exception.ptr());
  throw nb::python_error();
}

void bindCustomCalls(nb::module_ &m) {
  m.def("register_custom_call", &registerPython, nb::arg("name"), nb::arg("function").none());
  m.def("register_custom_function", &registerAddress, nb::arg("name"), nb::arg("address"));
  m.def("custom_function_of", &addressOf, nb::arg("capsule"));
}

} // namespace dlc::python
