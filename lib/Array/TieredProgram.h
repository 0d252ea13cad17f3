// A program that runs its baseline code until its optimized code is there. The bits are the same, so nobody sees which.
#ifndef DLC_ARRAY_TIEREDPROGRAM_H
#define DLC_ARRAY_TIEREDPROGRAM_H

#include "lib/Array/Background.h"
#include "lib/Capi/Handles.h"

namespace dlc {

/// Makes the optimized program.
using Optimize = std::function<Status(dlc_program *&)>;

/// Takes over `baseline`, and has `optimize` called in the background. With `isKept` that happens even if the program,
/// or the process, ends before: what it makes goes to a cache.
dlc_program *makeTieredProgram(dlc_program *baseline, Optimize optimize, bool isKept);

} // namespace dlc

#endif // DLC_ARRAY_TIEREDPROGRAM_H
