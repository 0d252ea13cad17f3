// `dlc verify` and `dlc reduce` over a compiler that a hook may change: the commands that people have are those without
// one; tests put bugs in.
#ifndef DLC_TOOLS_DLC_HOOKEDCOMMANDS_H
#define DLC_TOOLS_DLC_HOOKEDCOMMANDS_H

#include "lib/Check/Workbench.h"
#include "tools/dlc/Command.h"

namespace dlc::cli {

/// Asked when the action of a command runs.
using HookSource = std::function<check::SessionHook()>;

void defineVerify(Command &command, HookSource hook);
void defineReduce(Command &command, HookSource hook);

} // namespace dlc::cli

#endif // DLC_TOOLS_DLC_HOOKEDCOMMANDS_H
