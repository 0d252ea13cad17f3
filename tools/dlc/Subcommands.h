// What each subcommand's file gives to main's table.
#ifndef DLC_TOOLS_DLC_SUBCOMMANDS_H
#define DLC_TOOLS_DLC_SUBCOMMANDS_H

#include "tools/dlc/Command.h"

namespace dlc::cli {

extern const Subcommand cacheSubcommand;
extern const Subcommand compileSubcommand;
extern const Subcommand doctorSubcommand;
extern const Subcommand explainSubcommand;
extern const Subcommand fuzzSubcommand;
extern const Subcommand gradSubcommand;
extern const Subcommand inspectSubcommand;
extern const Subcommand reduceSubcommand;
extern const Subcommand runSubcommand;
extern const Subcommand verifySubcommand;

} // namespace dlc::cli

#endif // DLC_TOOLS_DLC_SUBCOMMANDS_H
