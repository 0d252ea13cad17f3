// Where in the user's program an op is applied: found by walking Python frames, once for each place. The C side keeps
// positions by number; this file keeps their text for messages.
#include "Handles.h"

#include <fstream>
#include <unordered_map>

namespace dlc::python {

namespace {

struct Place {
  PyCodeObject *code; ///< Held, so that its address stays unique.
  int instruction;
  bool operator==(const Place &other) const { return code == other.code && instruction == other.instruction; }
};
struct PlaceHash {
  size_t operator()(const Place &place) const {
    return std::hash<void *>()(place.code) * 31 + size_t(place.instruction);
  }
};
struct Position {
  std::string file;
  uint32_t line, column;
};

/// Never ended: Python's objects in it must not be dropped after the interpreter is.
struct Places {
  std::vector<std::string> folders;
  std::unordered_map<PyCodeObject *, bool> isOwn;
  std::unordered_map<Place, uint32_t, PlaceHash> numbers;
  std::unordered_map<uint32_t, Position> positions;
};
Places &places() {
  static Places *instance = new Places;
  return *instance;
}

bool isOwn(PyCodeObject *code) {
  auto [found, isNew] = places().isOwn.try_emplace(code, false);
  if (isNew) {
    Py_INCREF(reinterpret_cast<PyObject *>(code));
    std::string file = textOf(code->co_filename);
    for (const std::string &folder : places().folders)
      found->second |= file.rfind(folder, 0) == 0;
  }
  return found->second;
}

/// Line and column (from 1) of the instruction, by code.co_positions() where Python has it.
Position positionOf(PyFrameObject *frame, PyCodeObject *code, int instruction) {
  Position position{textOf(code->co_filename), uint32_t(PyFrame_GetLineNumber(frame)), 1};
#if PY_VERSION_HEX >= 0x030B0000
  nb::object all = nb::steal(PyObject_CallMethod(reinterpret_cast<PyObject *>(code), "co_positions", nullptr));
  int index = 0;
  for (nb::handle entry : all) {
    if (index++ * 2 != instruction)
      continue;
    nb::object column = entry[2];
    if (!column.is_none())
      position.column = nb::cast<uint32_t>(column) + 1;
    break;
  }
#endif
  return position;
}

int instructionOf(PyFrameObject *frame) {
#if PY_VERSION_HEX >= 0x030B0000
  return PyFrame_GetLasti(frame);
#else
  return PyFrame_GetLineNumber(frame);
#endif
}

} // namespace

void setPackageFolders(const std::vector<std::string> &folders) { places().folders = folders; }

uint32_t currentLocation() {
  PyFrameObject *frame = PyEval_GetFrame();
  nb::object held = nb::borrow(reinterpret_cast<PyObject *>(frame));
  for (; frame; frame = reinterpret_cast<PyFrameObject *>(held.ptr())) {
    PyCodeObject *code = PyFrame_GetCode(frame);
    nb::object codeHeld = nb::steal(reinterpret_cast<PyObject *>(code));
    if (isOwn(code)) {
      held = nb::steal(reinterpret_cast<PyObject *>(PyFrame_GetBack(frame)));
      continue;
    }
    Place place{code, instructionOf(frame)};
    uint32_t &number = places().numbers[place];
    if (!number) {
      Py_INCREF(codeHeld.ptr());
      Position position = positionOf(frame, code, place.instruction);
      check(dlc_location_intern(position.file.c_str(), position.line, position.column, &number));
      places().positions[number] = position;
    }
    return number;
  }
  return 0;
}

static std::string nameOf(const Position &at) {
  return at.file + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

/// "\n    the line\n    ^", or nothing if the file cannot be read.
static std::string excerptOf(const Position &at) {
  std::ifstream source(at.file);
  std::string line;
  for (uint32_t i = 0; i < at.line; ++i)
    if (!std::getline(source, line))
      return "";
  size_t indent = line.find_first_not_of(" \t");
  if (indent == std::string::npos || at.column <= indent)
    return "";
  return "\n    " + line.substr(indent) + "\n    " + std::string(at.column - 1 - indent, ' ') + "^";
}

std::string locationText(uint32_t location) {
  auto found = places().positions.find(location);
  return found == places().positions.end() ? "unknown" : nameOf(found->second) + excerptOf(found->second);
}

std::string excerptFor(const std::string &message) {
  for (const auto &[number, at] : places().positions) {
    std::string name = nameOf(at);
    size_t found = message.find(name);
    if (found == std::string::npos)
      continue;
    size_t end = found + name.size();
    if (end == message.size() || !isdigit(static_cast<unsigned char>(message[end])))
      return excerptOf(at);
  }
  return "";
}

} // namespace dlc::python
