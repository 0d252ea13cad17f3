//===- Element.h - Single elements as text --------------------------------===//
//
// Turns an element of any dtype into the shortest usual text that names its value, for summaries and messages.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_RUNTIME_ELEMENT_H
#define DLC_RUNTIME_ELEMENT_H

#include "lib/Runtime/DType.h"

namespace dlc {

/// The value of an f8, f16 or bf16 element, which f32 holds exactly.
float widenToF32(DType dtype, const void *element);

/// Writes the element at `element` as text to `out[0, capacity)`, cut to fit, NUL-terminated: "true", "-3", "0.1",
/// "1+2i". Floats have enough digits to be read back exactly.
void formatElement(DType dtype, const void *element, char *out, size_t capacity);

} // namespace dlc

#endif // DLC_RUNTIME_ELEMENT_H
