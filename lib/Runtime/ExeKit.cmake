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

# dlc_kit_archive(ARCHIVE FOLDER SOURCES... FLAGS flags...): an archive of the runtime under FOLDER of the build tree.
# What runs between kernels is built for speed, the rest for size.
function(dlc_kit_archive archive folder)
  cmake_parse_arguments(arg "" "" "SOURCES;FLAGS" ${ARGN})
  set(hot_sources Executor.cpp Frame.cpp ThreadPool.cpp)
  set(objects "")
  foreach(source ${arg_SOURCES})
    if(source IN_LIST hot_sources)
      set(optimize -O2)
    else()
      set(optimize -Os)
    endif()
    set(object ${CMAKE_CURRENT_BINARY_DIR}/${folder}/${source}.o)
    add_custom_command(
      OUTPUT ${object}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_CURRENT_BINARY_DIR}/${folder}
      COMMAND ${DLC_KIT_CLANG} ${arg_FLAGS} ${optimize} -MD -MF ${object}.d -MT ${object} -c
              ${CMAKE_CURRENT_SOURCE_DIR}/${source} -o ${object}
      DEPENDS ${source} DEPFILE ${object}.d VERBATIM COMMENT "Building ${folder} object ${source}.o")
    list(APPEND objects ${object})
  endforeach()
  get_filename_component(parent ${archive} DIRECTORY)
  add_custom_command(
    OUTPUT ${archive}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${parent}
    COMMAND ${CMAKE_COMMAND} -E rm -f ${archive}
    COMMAND ${DLC_KIT_AR} rcsD ${archive} ${objects}
    DEPENDS ${objects} VERBATIM COMMENT "Archiving ${archive}")
endfunction()

dlc_kit_archive(${DLC_EXE_KIT_DIR}/libdlcrt.a exe-kit SOURCES ${DLC_RUNTIME_SOURCES} Main.cpp FLAGS ${DLC_KIT_FLAGS})

set(kit_copies crt1.o crti.o crtn.o libc.a libclang_rt.builtins.a)
list(TRANSFORM kit_copies PREPEND ${DLC_EXE_KIT_DIR}/)
add_custom_command(
  OUTPUT ${kit_copies}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${DLC_EXE_KIT_DIR}
  COMMAND ${CMAKE_COMMAND} -E copy ${DLC_MUSL_CRT1} ${DLC_MUSL_CRTI} ${DLC_MUSL_CRTN} ${DLC_MUSL_LIBC} ${DLC_EXE_KIT_DIR}
  COMMAND ${CMAKE_COMMAND} -E copy ${DLC_CLANG_BUILTINS} ${DLC_EXE_KIT_DIR}/libclang_rt.builtins.a
  VERBATIM COMMENT "Copying musl into the exe kit")

# The library kit, for objects and shared libraries: position-independent, against the host's libc, and hidden but for
# the C functions of Model.h.
set(DLC_LIBRARY_KIT_FLAGS -std=c++17 -g0 -nostdinc++ ${DLC_RUNTIME_FLAGS} -ffp-contract=off -fPIC -fvisibility=hidden
    -fno-semantic-interposition -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables -U_FORTIFY_SOURCE
    -fno-stack-protector -Wall -Wextra -Wno-unused-parameter -I${CMAKE_SOURCE_DIR})
dlc_kit_archive(${DLC_EXE_KIT_DIR}/libdlcmodel.a library-kit SOURCES ${DLC_RUNTIME_SOURCES} Library.cpp
                FLAGS ${DLC_LIBRARY_KIT_FLAGS})

# The same for AArch64, for objects made here and linked there; an empty file where its headers are not installed.
set(DLC_AARCH64_KIT ${DLC_EXE_KIT_DIR}/libdlcmodel-aarch64.a)
find_path(DLC_AARCH64_INCLUDE pthread.h PATHS /usr/aarch64-linux-gnu/include NO_DEFAULT_PATH)
if(DLC_AARCH64_INCLUDE)
  dlc_kit_archive(${DLC_AARCH64_KIT} library-kit-aarch64 SOURCES ${DLC_RUNTIME_SOURCES} Library.cpp
                  FLAGS --target=aarch64-linux-gnu -nostdlibinc -isystem ${DLC_AARCH64_INCLUDE} -mno-outline-atomics
                        ${DLC_LIBRARY_KIT_FLAGS})
else()
  add_custom_command(OUTPUT ${DLC_AARCH64_KIT} COMMAND ${CMAKE_COMMAND} -E make_directory ${DLC_EXE_KIT_DIR}
                     COMMAND ${CMAKE_COMMAND} -E touch ${DLC_AARCH64_KIT} VERBATIM)
endif()

dlc_kit_archive(${DLC_EXE_KIT_DIR}/libdlcshared.a library-kit SOURCES SharedLibrary.cpp FLAGS ${DLC_LIBRARY_KIT_FLAGS})

set(kit_files ${DLC_AARCH64_KIT} ${DLC_EXE_KIT_DIR}/libdlcshared.a ${DLC_EXE_KIT_DIR}/libdlcrt.a ${DLC_EXE_KIT_DIR}/libdlcmodel.a ${kit_copies})
add_custom_target(exe-kit ALL DEPENDS ${kit_files})
set(DLC_EXE_KIT_DIR ${DLC_EXE_KIT_DIR} CACHE INTERNAL "Folder of the exe kit")
set(DLC_KIT_FLAGS ${DLC_KIT_FLAGS} CACHE INTERNAL "Flags of code that goes into executables")
set(DLC_EXE_KIT_FILES ${kit_files} CACHE INTERNAL "Files of the exe kit")
