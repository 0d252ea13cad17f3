// What each subcommand's file gives to main's table.
#ifndef DLC_TOOLS_DLC_SUBCOMMANDS_H
#define DLC_TOOLS_DLC_SUBCOMMANDS_H

#include "tools/dlc/Command.h"

namespace dlc::cli {

extern const Subcommand runSubcommand;
extern const Subcommand compileSubcommand;

} // namespace dlc::cli

#endif // DLC_TOOLS_DLC_SUBCOMMANDS_H
