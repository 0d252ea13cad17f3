# The exe kit: the runtime built again, with clang against musl, beside the crt files, libc and builtins that a static
# executable is linked from. Everything lands in <build>/exe-kit/, which the compiler embeds; DLC_EXE_KIT_DIR and
# DLC_EXE_KIT_FILES tell it where. The flags are spelled out: neither sanitizers nor the host's options belong here.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  set(DLC_MUSL_ARCH x86_64)
else()
  set(DLC_MUSL_ARCH ${CMAKE_SYSTEM_PROCESSOR})
endif()
set(DLC_MUSL_TRIPLE ${DLC_MUSL_ARCH}-linux-musl)
find_program(DLC_KIT_CLANG clang++-22 REQUIRED)
find_program(DLC_KIT_AR llvm-ar-22 REQUIRED)
find_path(DLC_MUSL_INCLUDE pthread.h PATHS /usr/include/${DLC_MUSL_TRIPLE} NO_DEFAULT_PATH REQUIRED)
find_file(DLC_MUSL_LIBC libc.a PATHS /usr/lib/${DLC_MUSL_TRIPLE} NO_DEFAULT_PATH REQUIRED)
find_file(DLC_MUSL_CRT1 crt1.o PATHS /usr/lib/${DLC_MUSL_TRIPLE} NO_DEFAULT_PATH REQUIRED)
find_file(DLC_MUSL_CRTI crti.o PATHS /usr/lib/${DLC_MUSL_TRIPLE} NO_DEFAULT_PATH REQUIRED)
find_file(DLC_MUSL_CRTN crtn.o PATHS /usr/lib/${DLC_MUSL_TRIPLE} NO_DEFAULT_PATH REQUIRED)
execute_process(COMMAND ${DLC_KIT_CLANG} -print-resource-dir OUTPUT_VARIABLE DLC_CLANG_RESOURCES
                OUTPUT_STRIP_TRAILING_WHITESPACE)
find_file(DLC_CLANG_BUILTINS libclang_rt.builtins-${DLC_MUSL_ARCH}.a PATHS ${DLC_CLANG_RESOURCES}/lib/linux
          NO_DEFAULT_PATH REQUIRED)

set(DLC_EXE_KIT_DIR ${CMAKE_BINARY_DIR}/exe-kit)
set(DLC_KIT_FLAGS --target=${DLC_MUSL_TRIPLE} -std=c++17 -g0 -nostdinc++ -nostdlibinc -isystem ${DLC_MUSL_INCLUDE}
    ${DLC_RUNTIME_FLAGS} -ffp-contract=off -fno-pic -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables
    -fno-stack-protector -Wall -Wextra -Wno-unused-parameter -I${CMAKE_SOURCE_DIR})

# What runs between kernels is built for speed, the rest for size.
set(kit_hot_sources Executor.cpp Frame.cpp ThreadPool.cpp)
set(kit_objects "")
foreach(source ${DLC_RUNTIME_SOURCES} Main.cpp)
  if(source IN_LIST kit_hot_sources)
    set(optimize -O2)
  else()
    set(optimize -Os)
  endif()
  set(object ${CMAKE_CURRENT_BINARY_DIR}/exe-kit/${source}.o)
  add_custom_command(
    OUTPUT ${object}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_CURRENT_BINARY_DIR}/exe-kit
    COMMAND ${DLC_KIT_CLANG} ${DLC_KIT_FLAGS} ${optimize} -MD -MF ${object}.d -MT ${object} -c ${CMAKE_CURRENT_SOURCE_DIR}/${source}
            -o ${object}
    DEPENDS ${source} DEPFILE ${object}.d VERBATIM COMMENT "Building exe kit object ${source}.o")
  list(APPEND kit_objects ${object})
endforeach()

set(DLC_EXE_KIT_FILES libdlcrt.a crt1.o crti.o crtn.o libc.a libclang_rt.builtins.a)
list(TRANSFORM DLC_EXE_KIT_FILES PREPEND ${DLC_EXE_KIT_DIR}/ OUTPUT_VARIABLE kit_files)
add_custom_command(
  OUTPUT ${kit_files}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${DLC_EXE_KIT_DIR}
  COMMAND ${CMAKE_COMMAND} -E rm -f ${DLC_EXE_KIT_DIR}/libdlcrt.a
  COMMAND ${DLC_KIT_AR} rcsD ${DLC_EXE_KIT_DIR}/libdlcrt.a ${kit_objects}
  COMMAND ${CMAKE_COMMAND} -E copy ${DLC_MUSL_CRT1} ${DLC_MUSL_CRTI} ${DLC_MUSL_CRTN} ${DLC_MUSL_LIBC} ${DLC_EXE_KIT_DIR}
  COMMAND ${CMAKE_COMMAND} -E copy ${DLC_CLANG_BUILTINS} ${DLC_EXE_KIT_DIR}/libclang_rt.builtins.a
  DEPENDS ${kit_objects} VERBATIM COMMENT "Archiving the exe kit")
add_custom_target(exe-kit ALL DEPENDS ${kit_files})
set(DLC_EXE_KIT_DIR ${DLC_EXE_KIT_DIR} CACHE INTERNAL "Folder of the exe kit")
set(DLC_KIT_FLAGS ${DLC_KIT_FLAGS} CACHE INTERNAL "Flags of code that goes into executables")
set(DLC_EXE_KIT_FILES ${kit_files} CACHE INTERNAL "Files of the exe kit")
