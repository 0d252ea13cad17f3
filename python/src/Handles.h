// The objects of the C ABI as C++ values with counted references, and how a status becomes a Python exception.
#ifndef DLC_PYTHON_HANDLES_H
#define DLC_PYTHON_HANDLES_H

#include "dlc-c/dlc.h"
#include "dlc-c/trace.h"

#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <string>
#include <utility>
#include <vector>

namespace dlc::python {

namespace nb = nanobind;

/// Raises the Python exception of a failure and releases it; nothing for success. `location` is a place in the user's
/// code as currentLocation counts them; it is added to the message.
void check(dlc_status *status, uint32_t location = 0);

/// A file name as the system has it, from os.fsencode; a value error if it holds a null byte, where C would cut it.
std::string pathOf(nb::bytes path);
/// A str as UTF-8; what UTF-8 cannot say (lone surrogates) is escaped.
std::string textOf(nb::handle text);

/// The position in the user's source that runs now: the innermost frame outside of dlc's own files. Each place of the
/// program is looked at once.
uint32_t currentLocation();
/// "file:line:column" of a position, then the line and a caret if the file can be read.
std::string locationText(uint32_t location);
/// The line and the caret of the first position that a message of the compiler or the runtime names.
std::string excerptFor(const std::string &message);
/// Files under these folders are dlc's own.
void setPackageFolders(const std::vector<std::string> &folders);

/// Raises the exception by which a Python function ended a custom call on this thread, if this is the message of the
/// failure that it became.
void raisePending(const std::string &message);

/// A tensor in memory.
class Tensor {
public:
  explicit Tensor(dlc_tensor *handle) : handle(handle) {}
  Tensor(const Tensor &) = delete;
  Tensor(Tensor &&other) noexcept : handle(std::exchange(other.handle, nullptr)) {}
  ~Tensor() { dlc_tensor_release(handle); }
  dlc_tensor *handle;
};

/// A trace that its values keep alive.
class Trace {
public:
  Trace(bool lazy, const std::string &engine, bool fast);
  Trace(const Trace &other) : handle(other.handle) { dlc_trace_retain(handle); }
  ~Trace() { dlc_trace_release(handle); }
  dlc_trace *handle;
};

/// A value of a trace; it counts as alive as long as this object lives.
class Value {
public:
  Value(const Trace &trace, const dlc_value_info &info) : trace(trace), info(info) {}
  Value(const Value &) = delete;
  ~Value() { dlc_trace_value_release(trace.handle, info.id); }
  Trace trace;
  dlc_value_info info;
};

class Module {
public:
  explicit Module(dlc_module *handle) : handle(handle) {}
  Module(const Module &) = delete;
  ~Module() { dlc_module_release(handle); }
  dlc_module *handle;
};

class Program {
public:
  explicit Program(dlc_program *handle) : handle(handle) {}
  Program(const Program &) = delete;
  ~Program() { dlc_program_release(handle); }
  dlc_program *handle;
};

void bindArrays(nb::module_ &m);
void bindTraces(nb::module_ &m);
void bindCustomCalls(nb::module_ &m);
void bindDlpack(nb::module_ &m);

} // namespace dlc::python

#endif // DLC_PYTHON_HANDLES_H
