//===- SampleObject.cpp - The data object of the sample executable --------===//
//
// What the compiler makes for `--emit=exe`, by hand: the stage table, and the program blob by .incbin.
//
//===----------------------------------------------------------------------===//
#include "lib/Runtime/Embedded.h"
#include "test/unit/Runtime/SampleStages.h"

extern "C" const dlc_stage_entry dlc_stage_table[] = {{0, 0, dlc::test::axpyStage}, {0, 0, nullptr}};
extern "C" const dlc_call_entry dlc_call_table[] = {{nullptr, nullptr}};

__asm__(".section .rodata.dlc_program,\"a\",@progbits\n"
        ".balign 64\n"
        ".globl dlc_program_begin, dlc_program_end\n"
        "dlc_program_begin:\n"
        ".incbin \"" DLC_SAMPLE_PROGRAM "\"\n"
        "dlc_program_end:\n"
        ".byte 0\n"
        ".text\n");
