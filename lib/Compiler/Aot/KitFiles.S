// The kit's files as bytes; Kit.cpp names them. CMake says in which folders they lie.
  .section .rodata.dlc_kit, "a", @progbits
#define FILE(symbol, path) \
  .balign 64; .globl symbol##_begin; .hidden symbol##_begin; symbol##_begin: .incbin path; \
  .globl symbol##_end; .hidden symbol##_end; symbol##_end: .byte 0
FILE(dlc_kit_runtime, "libdlcrt.a")
FILE(dlc_kit_model_library, "libdlcmodel.a")
FILE(dlc_kit_model_library_aarch64, "libdlcmodel-aarch64.a")
FILE(dlc_kit_shared_library, "libdlcshared.a")
FILE(dlc_kit_crt1, "crt1.o")
FILE(dlc_kit_crti, "crti.o")
FILE(dlc_kit_crtn, "crtn.o")
FILE(dlc_kit_libc, "libc.a")
FILE(dlc_kit_builtins, "libclang_rt.builtins.a")
FILE(dlc_kit_model_header, "Model.h")
FILE(dlc_kit_custom_call_header, "custom_call.h")
  .section .note.GNU-stack, "", @progbits
