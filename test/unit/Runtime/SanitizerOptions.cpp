//===- SanitizerOptions.cpp - How the tests run under sanitizers ----------===//
//
// Allocations that cannot succeed must reach the code under test as null, not end the process.
//
//===----------------------------------------------------------------------===//

extern "C" const char *__asan_default_options() { return "allocator_may_return_null=1"; }
