// The module _dlc: include/dlc-c/ in Python, and nothing else. python/dlc/ is written over it.
#include "Handles.h"

namespace dlc::python {

/// The exception type of a kind of failure.
static PyObject *exceptionOf(dlc_status_kind kind) {
  switch (kind) {
  case DLC_VALUE_ERROR:
  case DLC_CORRUPT:
    return PyExc_ValueError;
  case DLC_TYPE_ERROR:
    return PyExc_TypeError;
  case DLC_INDEX_ERROR:
    return PyExc_IndexError;
  case DLC_IO_ERROR:
    return PyExc_OSError;
  case DLC_UNSUPPORTED:
    return PyExc_NotImplementedError;
  default:
    return PyExc_RuntimeError;
  }
}

void check(dlc_status *status, uint32_t location) {
  if (!status)
    return;
  std::string message = dlc_status_message(status);
  PyObject *type = exceptionOf(dlc_status_get_kind(status));
  dlc_status_release(status);
  raisePending(message);
  message += location ? "\n  at " + locationText(location) : excerptFor(message);
  // A message may quote a file that is not UTF-8.
  nb::object text = nb::steal(PyUnicode_DecodeUTF8(message.data(), Py_ssize_t(message.size()), "backslashreplace"));
  PyErr_SetObject(type, text.ptr());
  throw nb::python_error();
}

std::string pathOf(nb::bytes path) {
  std::string text(path.c_str(), path.size());
  if (text.find('\0') != std::string::npos)
    throw nb::value_error("expected a path without null bytes");
  return text;
}

std::string textOf(nb::handle text) {
  nb::object bytes = nb::steal(PyUnicode_AsEncodedString(text.ptr(), "utf-8", "backslashreplace"));
  if (!bytes.is_valid())
    throw nb::python_error();
  return std::string(PyBytes_AS_STRING(bytes.ptr()), size_t(PyBytes_GET_SIZE(bytes.ptr())));
}

} // namespace dlc::python

NB_MODULE(_dlc, m) {
  using namespace dlc::python;
  m.doc() = "The C ABI of dlc";
  m.attr("version") = dlc_version();
  m.def("set_package_folders", &setPackageFolders);
  m.def("current_location", &currentLocation);
  m.def("location_text", &locationText);
  m.def("set_num_threads", [](uint32_t count) { check(dlc_set_num_threads(count)); });
  m.def("num_threads", &dlc_num_threads);
  m.def("set_cache_dir", [](nb::bytes path) { check(dlc_set_cache_dir(pathOf(path).c_str())); });
  m.def("cache_dir", [] { return nb::bytes(dlc_cache_dir()); });
  m.def("set_compile_options", [](bool fuse, const std::string &cpu, int tiers) {
    dlc_compile_options options = {fuse, cpu.c_str(), dlc_tiers(tiers)};
    check(dlc_set_compile_options(&options));
  });
  m.def("compile_options", [] {
    dlc_compile_options options;
    dlc_get_compile_options(&options);
    return nb::make_tuple(bool(options.fuse), std::string(options.cpu), int(options.tiers));
  });
  m.def("finish_compiling", &dlc_finish_compiling, nb::call_guard<nb::gil_scoped_release>());
  m.def("dim_combine", [](char operation, const std::string &lhs, const std::string &rhs) {
    char text[1024];
    check(dlc_dim_combine(operation, lhs.c_str(), rhs.c_str(), text, sizeof(text)));
    return std::string(text);
  });
  nb::set_leak_warnings(false); // whoever took an array by DLPack may keep it until after the interpreter's end
  bindArrays(m);
  bindTraces(m);
  bindCustomCalls(m);
  bindDlpack(m);
}
