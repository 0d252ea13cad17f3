# Writes OUT: a hash of dlc's compiler sources and LLVM's version (contract C6), part of every kernel key. Run as a
# script at each build; the header changes only when a source did.
file(GLOB_RECURSE sources ${ROOT}/dialects/*.td ${ROOT}/dialects/*.h ${ROOT}/dialects/*.cpp ${ROOT}/passes/*.td
     ${ROOT}/passes/*.h ${ROOT}/passes/*.cpp ${ROOT}/lib/Target/*.h ${ROOT}/lib/Target/*.cpp ${ROOT}/lib/Compiler/*.cpp
     ${ROOT}/lib/Support/*.cpp ${ROOT}/lib/Runtime/Rt.h ${ROOT}/lib/Runtime/*Format.h ${ROOT}/jit/*.cpp)
list(SORT sources)
set(all "${LLVM_VERSION}")
foreach(source ${sources})
  file(SHA256 ${source} hash)
  string(APPEND all ${hash})
endforeach()
string(SHA256 id "${all}")
set(text "// Generated: what kernel keys know of the compiler.\n#pragma once\n\nnamespace dlc {\ninline constexpr char compilerId[] = \"${id}\";\n} // namespace dlc\n")
if(EXISTS ${OUT})
  file(READ ${OUT} old)
endif()
if(NOT "${old}" STREQUAL "${text}")
  file(WRITE ${OUT} "${text}")
endif()
