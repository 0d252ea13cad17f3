//===- Status.cpp - How functions of the runtime fail ---------------------===//
//
// Records are malloc'ed with the message behind the header. One static record, never counted down, stands in when
// malloc fails.
//
//===----------------------------------------------------------------------===//
#include "lib/Runtime/Status.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

using namespace dlc;

static constexpr size_t maxMessage = 4096;

const char *dlc::name(ErrorKind kind) {
  switch (kind) {
  case ErrorKind::Ok:
    return "ok";
  case ErrorKind::Value:
    return "value error";
  case ErrorKind::Type:
    return "type error";
  case ErrorKind::Index:
    return "index error";
  case ErrorKind::Io:
    return "i/o error";
  case ErrorKind::Corrupt:
    return "corrupt data";
  case ErrorKind::Unsupported:
    return "unsupported";
  case ErrorKind::Internal:
    return "internal error";
  }
  return "unknown error";
}

Status::Rep *Status::outOfMemory() {
  static struct {
    uint32_t references;
    ErrorKind kind;
    char message[sizeof("out of memory")];
  } storage = {1, ErrorKind::Io, "out of memory"};
  static_assert(offsetof(Rep, message) == 5, "the message must follow the kind");
  return reinterpret_cast<Rep *>(&storage);
}

void Status::retain() const {
  if (rep)
    __atomic_fetch_add(&rep->references, 1, __ATOMIC_RELAXED);
}

void Status::release() {
  if (rep && __atomic_fetch_sub(&rep->references, 1, __ATOMIC_ACQ_REL) == 1)
    free(rep);
  rep = nullptr;
}

Status Status::make(ErrorKind kind, const char *text, uint64_t length) {
  auto *rep = static_cast<Rep *>(malloc(sizeof(Rep) + length + 1));
  if (!rep) {
    Status fallback(outOfMemory());
    fallback.retain();
    return fallback;
  }
  rep->references = 1;
  rep->kind = kind;
  char *message = reinterpret_cast<char *>(rep) + offsetof(Rep, message);
  memcpy(message, text, length);
  message[length] = '\0';
  return Status(rep);
}

static size_t formatInto(char (&buffer)[maxMessage], size_t at, const char *format, va_list arguments) {
  int written = vsnprintf(buffer + at, maxMessage - at, format, arguments);
  if (written < 0)
    return at;
  size_t end = at + static_cast<size_t>(written);
  return end < maxMessage ? end : maxMessage - 1;
}

Status Status::error(ErrorKind kind, const char *format, ...) {
  char buffer[maxMessage];
  va_list arguments;
  va_start(arguments, format);
  size_t length = formatInto(buffer, 0, format, arguments);
  va_end(arguments);
  return make(kind, buffer, length);
}

Status Status::withContext(const char *format, ...) const {
  if (isOk())
    return Status();
  char buffer[maxMessage];
  va_list arguments;
  va_start(arguments, format);
  size_t length = formatInto(buffer, 0, format, arguments);
  va_end(arguments);
  int rest = snprintf(buffer + length, maxMessage - length, ": %s", message());
  if (rest > 0)
    length = length + static_cast<size_t>(rest) < maxMessage ? length + static_cast<size_t>(rest) : maxMessage - 1;
  return make(kind(), buffer, length);
}
