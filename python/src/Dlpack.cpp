// DLPack capsules of element types that NumPy does not know: NumPy makes and reads them as bytes, and here they are
// given their type, or bytes again. The structs are those of DLPack 1.1 (github.com/dmlc/dlpack,
// include/dlpack/dlpack.h).
#include "Handles.h"

namespace dlc::python {

namespace {

struct ElementType {
  uint8_t code, bits;
  uint16_t lanes;
};
struct Tensor {
  void *data;
  int32_t deviceKind, device;
  int32_t rank;
  ElementType type;
  int64_t *shape, *strides;
  uint64_t offset;
};
struct Versioned {
  uint32_t major, minor;
  void *context;
  void (*release)(Versioned *);
  uint64_t flags;
  Tensor tensor;
};

/// An element of less than a byte takes one.
constexpr uint64_t paddedFlag = 4;

/// The struct of a capsule that nobody has consumed; `versioned` is null for the form without version and flags, which
/// starts with the tensor.
Tensor &tensorOf(nb::handle capsule, Versioned *&versioned) {
  versioned = nullptr;
  if (PyCapsule_IsValid(capsule.ptr(), "dltensor_versioned")) {
    versioned = static_cast<Versioned *>(PyCapsule_GetPointer(capsule.ptr(), "dltensor_versioned"));
    if (versioned->major != 1)
      throw nb::buffer_error(("expected DLPack of version 1, but got " + std::to_string(versioned->major)).c_str());
    return versioned->tensor;
  }
  void *plain = PyCapsule_GetPointer(capsule.ptr(), "dltensor");
  if (!plain)
    throw nb::python_error();
  return *static_cast<Tensor *>(plain);
}

/// (code, bits, lanes, whether elements of less than a byte take one).
nb::tuple typeOf(nb::handle capsule) {
  Versioned *versioned;
  ElementType type = tensorOf(capsule, versioned).type;
  return nb::make_tuple(type.code, type.bits, type.lanes, versioned && (versioned->flags & paddedFlag));
}

void setType(nb::handle capsule, uint8_t code, uint8_t bits) {
  Versioned *versioned;
  tensorOf(capsule, versioned).type = {code, bits, 1};
  if (!versioned)
    return;
  versioned->flags = bits < 8 ? versioned->flags | paddedFlag : versioned->flags & ~paddedFlag;
  if (bits < 8 && versioned->minor < 1)
    versioned->minor = 1; // the first with the flag
}

} // namespace

void bindDlpack(nb::module_ &m) {
  m.def("dlpack_type", &typeOf, nb::arg("capsule"));
  m.def("set_dlpack_type", &setType, nb::arg("capsule"), nb::arg("code"), nb::arg("bits"));
}

} // namespace dlc::python
