# One function a kind of layer. Every layer is an OBJECT-free static library named DLC<Path>; layers that see MLIR
# share one precompiled header of upstream headers and link dlc-upstream, never an archive of MLIR by its name (which
# registers everything twice beside the shared library).

# All code that computes values keeps a*b+c as two roundings (numerics N10).
add_compile_options(-ffp-contract=off)
# The ids of MLIR's types and traits are inline variables. Where dlc and MLIR's libraries come from one compiler they have
# one name and are found by it; else they have to be one symbol, which must not be hidden.
add_compile_options($<$<COMPILE_LANG_AND_ID:CXX,Clang>:-fvisibility-inlines-hidden>)
add_compile_options(-Wall -Wextra -Wno-unused-parameter)
include_directories(${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR})
set(LLVM_TABLEGEN_FLAGS "")
foreach(folder ${MLIR_INCLUDE_DIRS} ${CMAKE_SOURCE_DIR})
  list(APPEND LLVM_TABLEGEN_FLAGS -I ${folder})
endforeach()
include_directories(BEFORE ${CMAKE_SOURCE_DIR}/include)
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  add_link_options(-fuse-ld=lld)
endif()
if(DLC_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  # Compiled code has no type in front of it, which a call through a pointer would be checked against.
  add_compile_options($<$<CXX_COMPILER_ID:Clang>:-fno-sanitize=function>)
  add_link_options(-fsanitize=address,undefined)
endif()

# dlc_layer(NAME SOURCES... [LINK targets...]): a layer that knows neither LLVM nor MLIR.
function(dlc_layer name)
  cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
  add_library(${name} STATIC ${arg_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PUBLIC ${arg_LINK})
endfunction()

# dlc_mlir_layer(NAME SOURCES... [LINK targets...] [DEPENDS tablegen targets...]): a layer that may use MLIR.
function(dlc_mlir_layer name)
  cmake_parse_arguments(arg "" "" "LINK;DEPENDS" ${ARGN})
  add_library(${name} STATIC ${arg_UNPARSED_ARGUMENTS})
  dlc_use_mlir(${name})
  target_link_libraries(${name} PUBLIC ${arg_LINK} dlc-upstream)
  if(arg_DEPENDS)
    add_dependencies(${name} ${arg_DEPENDS})
  endif()
endfunction()

# Flags, include folders and the precompiled header of everything that includes MLIR.
function(dlc_use_mlir target)
  target_include_directories(${target} SYSTEM PUBLIC ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions>)
  if(NOT LLVM_ENABLE_RTTI)
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fno-rtti>)
  endif()
  if(DLC_PCH)
    # One precompiled header serves libraries and programs, so programs are compiled as libraries are.
    get_target_property(kind ${target} TYPE)
    if(kind STREQUAL EXECUTABLE)
      set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
      target_compile_options(${target} PRIVATE -fPIC)
    endif()
    if(NOT TARGET dlc-pch)
      add_library(dlc-pch OBJECT ${CMAKE_SOURCE_DIR}/cmake/pch.cpp)
      target_include_directories(dlc-pch SYSTEM PUBLIC ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
      target_compile_options(dlc-pch PRIVATE -fno-exceptions)
      if(NOT LLVM_ENABLE_RTTI)
        target_compile_options(dlc-pch PRIVATE -fno-rtti)
      endif()
      target_precompile_headers(dlc-pch PRIVATE ${CMAKE_SOURCE_DIR}/cmake/pch.h)
      if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
        target_compile_options(dlc-pch PUBLIC -fpch-instantiate-templates)
      endif()
    endif()
    target_precompile_headers(${target} REUSE_FROM dlc-pch)
    if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
      target_compile_options(${target} PRIVATE -fpch-instantiate-templates)
    endif()
  endif()
endfunction()

# dlc_tablegen(OUTPUT GENERATOR [DIRECTORY folder]): runs dlc-tblgen on LLVM_TARGET_DEFINITIONS.
function(dlc_tablegen output generator)
  cmake_parse_arguments(arg "" "DIRECTORY" "" ${ARGN})
  if(NOT arg_DIRECTORY)
    set(arg_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
  endif()
  add_custom_command(
    OUTPUT ${arg_DIRECTORY}/${output}
    COMMAND dlc-tblgen ${generator} ${LLVM_TABLEGEN_FLAGS} -I ${CMAKE_SOURCE_DIR}/dialects/dlc ${LLVM_TARGET_DEFINITIONS} -o ${arg_DIRECTORY}/${output}
            -d ${CMAKE_CURRENT_BINARY_DIR}/${output}.d
    DEPFILE ${CMAKE_CURRENT_BINARY_DIR}/${output}.d
    DEPENDS dlc-tblgen ${LLVM_TARGET_DEFINITIONS}
    COMMENT "Generating ${output}" VERBATIM)
endfunction()
