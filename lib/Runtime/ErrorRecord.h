//===- ErrorRecord.h - Errors that depend on data (contract C9) -----------===//
//
// Running kernels report into one record per call; whatever the schedule, the report with the lowest (position,
// element) is the one kept, so that the error a user sees is as deterministic as the values. Reporting is rare, hence a
// spin lock.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_RUNTIME_ERRORRECORD_H
#define DLC_RUNTIME_ERRORRECORD_H

#include <stdint.h>

namespace dlc {

/// What went wrong: at `position` of the program, output element `element` (row-major) used `index` outside of
/// [0, extent).
struct ErrorReport {
  int64_t position;
  int64_t element;
  int64_t index;
  int64_t extent;
};

class ErrorRecord {
public:
  /// Keeps `report` if none with a lower or equal (position, element) is held. Any thread.
  void report(const ErrorReport &report) {
    acquire();
    if (!set || report.position < kept.position ||
        (report.position == kept.position && report.element < kept.element)) {
      kept = report;
      __atomic_store_n(&set, true, __ATOMIC_RELEASE);
    }
    __atomic_store_n(&lock, false, __ATOMIC_RELEASE);
  }

  /// True once anything was reported. Any thread.
  bool isSet() const { return __atomic_load_n(&set, __ATOMIC_ACQUIRE); }

  /// The report kept; only when isSet() and no kernel is running.
  const ErrorReport &get() const { return kept; }

  /// Forgets the report; only when no kernel is running.
  void clear() { __atomic_store_n(&set, false, __ATOMIC_RELEASE); }

private:
  void acquire() {
    while (__atomic_exchange_n(&lock, true, __ATOMIC_ACQUIRE))
      while (__atomic_load_n(&lock, __ATOMIC_RELAXED)) {
      }
  }
  bool lock = false;
  bool set = false;
  ErrorReport kept = {0, 0, 0, 0};
};

} // namespace dlc

#endif // DLC_RUNTIME_ERRORRECORD_H
