# Unit tests. test/unit/<Layer>/ holds one program a layer; each of its GoogleTest cases is a test of ctest.
# A test whose label is `full` runs only by `./dev test --full`.
find_package(GTest REQUIRED)
include(GoogleTest)

# dlc_unit_test(NAME SOURCES... [LINK targets...] [MLIR] [FULL pattern]): a program of unit tests; MLIR: its sources
# include MLIR; tests that GoogleTest's pattern selects are labelled `full`, and may take half an hour.
function(dlc_unit_test name)
  cmake_parse_arguments(arg "MLIR" "FULL" "LINK" ${ARGN})
  add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE ${arg_LINK} GTest::gtest GTest::gtest_main)
  if(arg_MLIR)
    dlc_use_mlir(${name})
    target_link_libraries(${name} PRIVATE dlc-upstream)
  endif()
  if(arg_FULL)
    gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 TEST_FILTER "-${arg_FULL}")
    gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 TEST_FILTER "${arg_FULL}" PROPERTIES LABELS full TIMEOUT 1800)
  else()
    gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60)
  endif()
endfunction()
