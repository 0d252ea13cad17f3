// The one symbol of libdlc-compiler.so.
#include "lib/Array/Table.h"

extern "C" __attribute__((visibility("default"))) const dlc::CompilerTable *
dlc_open_compiler(uint32_t version, const dlc::CompilerHost *host) {
  return dlc::openCompiler(version, host);
}
