//===- Embedded.h - What an AOT executable is linked from -----------------===//
//
// The compiler hands the linker the exe kit, the kernels' objects and one data object that defines these symbols. The
// program blob holds its constants, so a static executable is self-contained.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_RUNTIME_EMBEDDED_H
#define DLC_RUNTIME_EMBEDDED_H

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

} // extern "C"

#endif // DLC_RUNTIME_EMBEDDED_H
