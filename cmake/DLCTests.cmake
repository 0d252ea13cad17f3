# Unit tests. test/unit/<Layer>/ holds one program a layer; each of its GoogleTest cases is a test of ctest.
# A test whose label is `full` runs only by `./dev test --full`.
find_package(GTest REQUIRED)
include(GoogleTest)

# dlc_unit_test(NAME SOURCES... [LINK targets...] [MLIR]): a program of unit tests; MLIR: its sources include MLIR.
function(dlc_unit_test name)
  cmake_parse_arguments(arg "MLIR" "" "LINK" ${ARGN})
  add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE ${arg_LINK} GTest::gtest GTest::gtest_main)
  if(arg_MLIR)
    dlc_use_mlir(${name})
    target_link_libraries(${name} PRIVATE MLIR LLVM)
  endif()
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60)
endfunction()
