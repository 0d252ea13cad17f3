// The end of the standard output, which several streams write to.
#ifndef DLC_TOOLS_DLC_OUTPUT_H
#define DLC_TOOLS_DLC_OUTPUT_H

namespace dlc::cli {

/// Whether everything printed so far has left the process: by stdio, by C++ streams (CLI11's help) and by LLVM's.
bool flushOutput();

} // namespace dlc::cli

#endif // DLC_TOOLS_DLC_OUTPUT_H
