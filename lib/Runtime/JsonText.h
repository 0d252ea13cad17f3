//===- JsonText.h - Strings of JSON ---------------------------------------===//
//
// Between the text of a JSON string and UTF-8. Parsing JSON itself is jsmn's.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_RUNTIME_JSONTEXT_H
#define DLC_RUNTIME_JSONTEXT_H

#include <stddef.h>

namespace dlc {

/// True if `text[0, length)` is UTF-8 without surrogates and overlong forms.
bool isUtf8(const char *text, size_t length);

/// Decodes the inside of a JSON string to `out`, which has room for `length` + 1 bytes, and ends it with NUL. Returns
/// the decoded length, or -1 if an escape or the UTF-8 is bad, or the string holds a NUL.
long decodeJsonString(const char *text, size_t length, char *out);

/// Encodes UTF-8 as the inside of a JSON string to `out`, which has room for 6 * `length` bytes; returns what it took.
size_t encodeJsonString(const char *text, size_t length, char *out);

} // namespace dlc

#endif // DLC_RUNTIME_JSONTEXT_H
