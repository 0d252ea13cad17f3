//===- WriteSampleProgram.cpp - The program blob of the sample executable -===//
#include "test/unit/Runtime/SamplePrograms.h"

#include <cstdio>

int main(int count, char **arguments) {
  std::string bytes;
  if (count != 2 || !dlc::writeProgram(dlc::test::makeAxpyProgram(), bytes).empty())
    return 1;
  FILE *file = std::fopen(arguments[1], "wb");
  if (!file)
    return 1;
  bool isWritten = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  return std::fclose(file) == 0 && isWritten ? 0 : 1;
}
