// The backends that are linked in: adding one is adding its folder and a row here.
#ifndef DLC_COMPILER_TARGETS_H
#define DLC_COMPILER_TARGETS_H

#include "lib/Compiler/Options.h"
#include "passes/Target.h"

#include <memory>

namespace dlc {

/// The target that the options name; null and `error` if there is none.
std::unique_ptr<Target> createTarget(const Options &options, std::string &error);

/// Why this machine cannot run what the options make: there is no such target, or it has not the CPU's features; empty
/// if it can.
std::string whyNotHere(const Options &options);

} // namespace dlc

#endif // DLC_COMPILER_TARGETS_H
