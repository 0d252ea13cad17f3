# MLIR and LLVM as layers link them: the two shared libraries, or, in what is shipped, their archives (contract C10). A
# shipped library or program holds one hidden copy of the parts it uses, beside whatever LLVM the process has else, and
# calls inside of it need no tables: functions compile a tenth faster. Programs of tests, of which there are many and of
# which some share a process with libdlc-compiler, link the shared libraries.

# The linker of executables is an archive in both cases; it asks for much of LLVM, so it stands before it.
find_library(DLC_LLD_ELF lldELF PATHS ${LLVM_LIBRARY_DIRS} NO_DEFAULT_PATH REQUIRED)
find_library(DLC_LLD_COMMON lldCommon PATHS ${LLVM_LIBRARY_DIRS} NO_DEFAULT_PATH REQUIRED)

# All archives but those of upstream's own tools, which have mains or want other libraries; the linker takes from them
# what is asked for.
file(GLOB archives ${LLVM_LIBRARY_DIRS}/libMLIR*.a ${LLVM_LIBRARY_DIRS}/libLLVM*.a)
list(FILTER archives EXCLUDE REGEX "CAPI|Test|Lsp|LSP|PDLL|Tblgen|TableGen")
if(NOT archives)
  message(FATAL_ERROR "expected LLVM's and MLIR's archives in ${LLVM_LIBRARY_DIRS}, but found none")
endif()
list(JOIN archives "," archives)

# lld's driver starts every target that LLVM was built with; those that dlc does not compile for stay out.
set(ABSENT_TARGETS ${LLVM_TARGETS_TO_BUILD})
list(REMOVE_ITEM ABSENT_TARGETS X86 AArch64 NVPTX)
list(TRANSFORM ABSENT_TARGETS REPLACE "(.+)" "ABSENT(\\1)")
list(JOIN ABSENT_TARGETS "\n" ABSENT_TARGETS)
configure_file(cmake/AbsentParts.cpp.in AbsentParts.cpp @ONLY)
add_library(dlc-absent-parts STATIC ${CMAKE_BINARY_DIR}/AbsentParts.cpp)
target_include_directories(dlc-absent-parts SYSTEM PRIVATE ${LLVM_INCLUDE_DIRS})

add_library(dlc-upstream INTERFACE)
set(is_static $<BOOL:$<TARGET_PROPERTY:DLC_STATIC_UPSTREAM>>)
target_link_libraries(dlc-upstream INTERFACE
  "$<${is_static}:$<LINK_GROUP:RESCAN,${DLC_LLD_ELF},${DLC_LLD_COMMON},dlc-absent-parts,${archives}>>"
  "$<$<NOT:${is_static}>:${DLC_LLD_ELF};${DLC_LLD_COMMON};MLIR;LLVM>"
  z zstd)

# dlc_ship(TARGET): a library or program that people get: it carries MLIR and LLVM inside, and shows nothing of them.
# Sanitizers look at the shared ones.
function(dlc_ship target)
  if(DLC_SANITIZE)
    target_link_options(${target} PRIVATE $<$<CXX_COMPILER_ID:Clang>:-Wl,--exclude-libs,ALL>)
  else()
    set_target_properties(${target} PROPERTIES DLC_STATIC_UPSTREAM ON)
    target_link_options(${target} PRIVATE -Wl,--exclude-libs,ALL -Wl,--gc-sections)
  endif()
endfunction()
