//===- Status.h - How functions of the runtime fail -----------------------===//
//
// A function that can fail returns a Status. A Status is one pointer: null for success, else a reference-counted record
// of the kind and the message, so that the success path costs nothing. Making one never fails: when memory is out, the
// message becomes a fixed text.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_RUNTIME_STATUS_H
#define DLC_RUNTIME_STATUS_H

#include <stdint.h>

namespace dlc {

/// What kind of failure a Status is. The numeric values are those of the C ABI.
enum class ErrorKind : uint8_t {
  Ok = 0,
  Value = 1,       ///< A user's value breaks a rule: shape, range, count (Python: ValueError).
  Type = 2,        ///< A user's dtype or kind of object breaks a rule (Python: TypeError).
  Index = 3,       ///< An index is out of range, found by running code (Python: IndexError).
  Io = 4,          ///< The operating system refused: file, memory, thread (Python: OSError).
  Corrupt = 5,     ///< Bytes of a file or artifact are not what their format says (Python: ValueError).
  Unsupported = 6, ///< Well-formed, but outside of what this build does (Python: NotImplementedError).
  Internal = 7     ///< A bug of dlc.
};

/// The name of a kind for messages: "value error", "index error", ...
const char *name(ErrorKind kind);

/// Success, or a kind and a message. Cheap to copy and return; copies may be used on different threads.
class [[nodiscard]] Status {
public:
  /// Success.
  Status() = default;
  Status(const Status &other) : rep(other.rep) { retain(); }
  Status(Status &&other) noexcept : rep(other.rep) { other.rep = nullptr; }
  Status &operator=(Status other) noexcept {
    Rep *mine = rep;
    rep = other.rep;
    other.rep = mine;
    return *this;
  }
  ~Status() { release(); }

  /// Success.
  static Status ok() { return Status(); }
  /// A failure with a printf-style message; messages longer than 4,095 bytes are cut. `kind` must not be Ok.
  static Status error(ErrorKind kind, const char *format, ...) __attribute__((format(printf, 2, 3)));

  /// True for success.
  bool isOk() const { return rep == nullptr; }
  /// True for failure, so that `if (Status status = f(); status.failed()) return status;` reads well.
  bool failed() const { return rep != nullptr; }
  ErrorKind kind() const { return rep ? rep->kind : ErrorKind::Ok; }
  /// The message, "" for success; lives as long as this Status or a copy of it.
  const char *message() const { return rep ? rep->message : ""; }

  /// This failure with `text: ` (printf-style) put before its message; success stays success.
  Status withContext(const char *format, ...) const __attribute__((format(printf, 2, 3)));

private:
  struct Rep {
    uint32_t references;
    ErrorKind kind;
    char message[4];
  };
  explicit Status(Rep *rep) : rep(rep) {}
  static Status make(ErrorKind kind, const char *text, uint64_t length);
  static Rep *outOfMemory();
  void retain() const;
  void release();
  Rep *rep = nullptr;
};

} // namespace dlc

/// Returns the Status of `expression` from the enclosing function if it failed.
#define DLC_RETURN_IF_FAILED(expression)                                                                               \
  do {                                                                                                                 \
    if (::dlc::Status dlcStatus = (expression); dlcStatus.failed())                                                    \
      return dlcStatus;                                                                                                \
  } while (false)

#endif // DLC_RUNTIME_STATUS_H
