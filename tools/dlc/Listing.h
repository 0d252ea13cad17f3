// A command table as text, one line a command.
#ifndef DLC_TOOLS_DLC_LISTING_H
#define DLC_TOOLS_DLC_LISTING_H

#include "lib/Runtime/ProgramTable.h"

#include <string>

namespace dlc::cli {

/// "7: launch k_add(input 0, arena 64)", "9: jump to 4": the command with its operands.
std::string commandText(const ProgramTable &table, size_t command);

} // namespace dlc::cli

#endif // DLC_TOOLS_DLC_LISTING_H
