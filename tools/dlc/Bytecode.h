// Bytecode as text, read by a process of its own: MLIR's reader ends its process, or never ends, on counts that no
// file holds.
#ifndef DLC_TOOLS_DLC_BYTECODE_H
#define DLC_TOOLS_DLC_BYTECODE_H

#include "lib/Runtime/Status.h"

#include <string>

namespace dlc::cli {

bool isBytecode(const std::string &bytes);

/// Puts the text of a module, locations included, in the place of its bytecode. Corrupt, with `name`, if it cannot be
/// read within ten seconds of work and a second more a megabyte.
Status takeText(std::string &bytes, const std::string &name);

} // namespace dlc::cli

#endif // DLC_TOOLS_DLC_BYTECODE_H
