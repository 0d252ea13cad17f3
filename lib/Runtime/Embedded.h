//===- Embedded.h - What an AOT executable is linked from -----------------===//
//
// The compiler hands the linker the exe kit, the kernels' objects and one data object that defines these symbols. The
// program blob holds its constants, so a static executable is self-contained.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_RUNTIME_EMBEDDED_H
#define DLC_RUNTIME_EMBEDDED_H

#include "include/dlc-c/custom_call.h"
#include "lib/Runtime/CustomCall.h"
#include "lib/Runtime/Rt.h"

extern "C" {

/// The code of stage `stage` of the program's kernel number `kernel`.
struct dlc_stage_entry {
  uint32_t kernel;
  uint32_t stage;
  dlc_stage function;
};

/// The program blob (ProgramFormat.h), 64-byte aligned.
extern const unsigned char dlc_program_begin[];
extern const unsigned char dlc_program_end[];

/// All stages of all kernels in any order; an entry whose function is null ends the table.
extern const dlc_stage_entry dlc_stage_table[];

/// A custom call's function that was linked in.
struct dlc_call_entry {
  const char *name;
  dlc_custom_function function;
};

/// The functions of custom calls that were linked in; an entry whose name is null ends the table.
extern const dlc_call_entry dlc_call_table[];

} // extern "C"

namespace dlc {

/// Registers what was linked in, but for names that the host program has registered. Io if memory is out.
inline Status registerLinkedCalls() {
  for (const dlc_call_entry *entry = dlc_call_table; entry->name; ++entry)
    if (!findCustomCall(entry->name).function)
      DLC_RETURN_IF_FAILED(registerCustomCall(entry->name, {entry->function, nullptr}));
  return Status::ok();
}

} // namespace dlc

#endif // DLC_RUNTIME_EMBEDDED_H
