//===- FuzzProgram.cpp - Untrusted command tables -------------------------===//
#include "test/unit/Runtime/ProgramTrial.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  dlc::test::ProgramTrial trial;
  trial(std::string(reinterpret_cast<const char *>(data), size));
  return 0;
}
