// A program that runs its baseline code until its optimized code is there. The bits are the same, so nobody sees which.
#ifndef DLC_ARRAY_TIEREDPROGRAM_H
#define DLC_ARRAY_TIEREDPROGRAM_H

#include "lib/Array/Background.h"
#include "lib/Capi/Handles.h"

namespace dlc {

/// Makes the optimized program, or fails, or returns early because of `stop` and is called again.
using Optimize = std::function<Status(const Background::Stop &stop, dlc_program *&out)>;

/// Takes over `baseline`, and has `optimize` called in the background. With `isKept` that happens even if the program,
/// or the process, ends before: what it makes goes to a cache. Where `optimize` fails baseline code goes on to serve.
dlc_program *makeTieredProgram(dlc_program *baseline, Optimize optimize, bool isKept);

} // namespace dlc

#endif // DLC_ARRAY_TIEREDPROGRAM_H
