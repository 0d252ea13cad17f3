// Streams one by one; each keeps its error until it is asked.
#include "tools/dlc/Output.h"

#include "llvm/Support/raw_ostream.h"

#include <cstdio>
#include <iostream>

namespace dlc::cli {

bool flushOutput() {
  llvm::outs().flush();
  bool isFine = !llvm::outs().has_error();
  llvm::outs().clear_error(); // else its destructor ends the process
  isFine &= bool(std::cout.flush());
  return std::fflush(stdout) == 0 && isFine;
}

} // namespace dlc::cli
